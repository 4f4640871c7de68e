export type DatasetStatus = 'WORKING' | 'UNAVAILABLE';

/** One data set of Elexon's catalogue, and what came of the last time it was tried. */
export interface MarketDataset {
  readonly code: string;
  /** In the publisher's words; its code where this version does not know it. */
  readonly name: string;
  readonly status: DatasetStatus;
  /** Why it is unavailable; null when it works. */
  readonly reason: string | null;
  readonly lastTriedAt: Date;
  /** When the publisher says it last changed; null where it does not say. */
  readonly lastUpdatedAt: Date | null;
  /** Good rows of the look, which ends after some hundred. */
  readonly rowsSeen: number;
}
