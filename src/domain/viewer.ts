/** Who asks, and what he may do. */

export const API_ROLES = ['READER', 'AGENT', 'OPERATOR', 'ADMIN'] as const;
export type ApiRole = (typeof API_ROLES)[number];

/** What a key may be used for; each action names the one it takes. */
export const API_SCOPES = [
  'READ',
  'WORKLOADS',
  'PLACEMENTS',
  'NEGOTIATIONS',
  'DECISIONS',
  'AGENT_STATES',
  'FLEXIBILITY',
  'REGISTRY',
  'KEYS',
  'OPERATORS',
] as const;
export type ApiScope = (typeof API_SCOPES)[number];

const AGENT: readonly ApiScope[] = [
  'READ',
  'WORKLOADS',
  'PLACEMENTS',
  'NEGOTIATIONS',
  'DECISIONS',
  'AGENT_STATES',
];
const OPERATOR: readonly ApiScope[] = [...AGENT, 'FLEXIBILITY', 'REGISTRY', 'KEYS'];

/** The most that a key of a role may be used for. */
export const SCOPES_OF_ROLE: Readonly<Record<ApiRole, readonly ApiScope[]>> = {
  READER: ['READ'],
  AGENT,
  OPERATOR,
  ADMIN: [...OPERATOR, 'OPERATORS'],
};

/** Somebody who showed a key: an operator, in one of its roles. */
export interface KnownViewer {
  readonly operatorId: number;
  readonly operatorName: string;
  readonly role: ApiRole;
  readonly scopes: ReadonlySet<ApiScope>;
  readonly apiKeyId: number;
}

/** Null: nobody in particular, who sees what is open to read. */
export type Viewer = KnownViewer | null;

/** A key's scopes within its role; none named: all of the role's. */
export const scopesOf = (role: ApiRole, named: readonly string[]): ReadonlySet<ApiScope> =>
  new Set(SCOPES_OF_ROLE[role].filter((scope) => named.length === 0 || named.includes(scope)));

/** A role that may give another: none gives more than it has. */
export const mayGiveRole = (own: ApiRole, given: ApiRole): boolean =>
  API_ROLES.indexOf(given) <= API_ROLES.indexOf(own);

/** Viewers of one scope see the same rows: what is loaded for one may be shown to the other. */
export const rowScopeOf = (viewer: Viewer): string =>
  viewer === null || !viewer.scopes.has('READ')
    ? 'public'
    : viewer.role === 'ADMIN'
      ? 'admin'
      : `operator:${viewer.operatorId}`;
