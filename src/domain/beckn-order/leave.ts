/** What an operator lets its agent spend. */
export interface BuyingLeave {
  /** GBP/MWh; null: as much as the work's limits and the grid's price let it. */
  readonly maxGbpPerMwh: number | null;
}

/** What an agent's `config` says of it. Null: it may not buy. A limit that cannot be read allows nothing. */
export function leaveOf({
  config,
}: {
  readonly config: Readonly<Record<string, unknown>>;
}): BuyingLeave | null {
  const { buysWindows, maxWindowGbpPerMwh: max = null } = config;
  if (buysWindows !== true) return null;
  if (max === null) return { maxGbpPerMwh: null };
  return typeof max === 'number' && Number.isFinite(max) ? { maxGbpPerMwh: max } : null;
}
