import {
  TypeInfo,
  getNamedType,
  isCompositeType,
  visit,
  visitWithTypeInfo,
  type DocumentNode,
  type GraphQLSchema,
} from 'graphql';
import { rowScopeOf, type Viewer } from '../domain/viewer.js';
import { isOpenType } from './open-types.js';

/** Whom an execution is for. Readers of one audience see the same, and share it. */
export interface Audience {
  readonly key: string;
  /** As whom it is executed: with no more rights than any reader of the audience has. */
  readonly viewer: Viewer;
}

export const EVERYBODY: Audience = { key: 'public', viewer: null };

/** The audience of a viewer's subscription: everybody, where its document selects nothing but open types. */
export function audienceOf(schema: GraphQLSchema, document: DocumentNode, viewer: Viewer): Audience {
  const scope = rowScopeOf(viewer);
  if (viewer === null || scope === 'public' || isOpenDocument(schema, document)) return EVERYBODY;
  const isAdmin = scope === 'admin';
  return {
    // Administrators see the same rows; which of them are their own differs.
    key: isAdmin ? `admin:${viewer.operatorId}` : scope,
    viewer: { ...viewer, role: isAdmin ? 'ADMIN' : 'READER', scopes: new Set(['READ']) },
  };
}

const known = new WeakMap<DocumentNode, boolean>();

function isOpenDocument(schema: GraphQLSchema, document: DocumentNode): boolean {
  const earlier = known.get(document);
  if (earlier !== undefined) return earlier;
  const types = new TypeInfo(schema);
  let isOpen = true;
  const look = (): void => {
    const type = getNamedType(types.getType());
    if (type && isCompositeType(type) && !isOpenType(type.name)) isOpen = false;
  };
  visit(document, visitWithTypeInfo(types, { Field: look, InlineFragment: look, FragmentDefinition: look }));
  known.set(document, isOpen);
  return isOpen;
}
