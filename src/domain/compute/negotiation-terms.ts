/** What one side of a negotiation proposes. Null is "not said"; something is. */
export interface NegotiationTerms {
  /** From inside, to outside; ISO 8601, UTC. */
  readonly window: { readonly from: string; readonly to: string } | null;
  readonly powerKw: number | null;
  readonly carbonGco2PerKwh: number | null;
  /** Negative: paid to take it. */
  readonly gbpPerMwh: number | null;
  /** What is paid for the flexibility, all in all. */
  readonly flexibilityRevenueGbp: number | null;
  /** Whatever else the two agree to speak of. */
  readonly extra: Readonly<Record<string, unknown>> | null;
}
