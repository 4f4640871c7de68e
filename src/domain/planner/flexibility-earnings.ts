/** An open request that demand of an area be lower, which pays for what is moved away. */
export interface TurnDown {
  readonly windowId: number;
  /** The region and all that lies in it. */
  readonly regionIds: ReadonlySet<number>;
  /** Its half hours, numbered as those of the shifts: `from` inside, `to` outside. */
  readonly from: number;
  readonly to: number;
  /** How much demand is to change altogether, MW. */
  readonly volumeMw: number;
  readonly gbpPerMwh: number;
}

/** Energy drawn in one half hour of one licence area. */
export interface Draw {
  readonly regionId: number;
  readonly slot: number;
  readonly mwh: number;
}

/** Work that leaves where it stands for another place or time. */
export interface Shift {
  readonly before: readonly Draw[];
  readonly after: readonly Draw[];
}

export interface Earning {
  readonly windowId: number;
  readonly mwh: number;
  readonly gbp: number;
}

const HOURS_A_SLOT = 0.5;

/**
 * What turn-down windows pay for shifts: MW × hours × GBP/MWh of what leaves the area of a window in its half hours, less what
 * comes into it then. Energy is sold once, to the window that pays the most; no window buys more than its volume, which the
 * shifts have in the order they are given. Windows that pay nothing buy nothing.
 *
 * @returns of each shift, what it earns of which windows, the dearest window first.
 */
export function earningsOf(windows: readonly TurnDown[], shifts: readonly Shift[]): Earning[][] {
  const dearest = windows
    .filter(({ gbpPerMwh }) => gbpPerMwh > 0)
    .sort((a, b) => b.gbpPerMwh - a.gbpPerMwh || a.windowId - b.windowId);
  const sold = new Map<string, number>();
  return shifts.map(({ before, after }) => {
    const unsold = before.map(({ mwh }) => mwh);
    return dearest.flatMap((window): Earning[] => {
      const isHere = ({ regionId, slot }: Draw): boolean =>
        window.regionIds.has(regionId) && slot >= window.from && slot < window.to;
      let mwh = 0;
      for (const slot of new Set(before.filter(isHere).map((draw) => draw.slot))) {
        const isThen = (draw: Draw): boolean => draw.slot === slot && isHere(draw);
        const key = `${window.windowId} ${slot}`;
        const wanted = window.volumeMw * HOURS_A_SLOT - (sold.get(key) ?? 0);
        const most = Math.min(wanted, sumOf(before.filter(isThen)) - sumOf(after.filter(isThen)));
        let taken = 0;
        for (const [i, draw] of before.entries()) {
          if (!isThen(draw)) continue;
          const part = Math.max(0, Math.min(unsold[i]!, most - taken));
          unsold[i]! -= part;
          taken += part;
        }
        sold.set(key, (sold.get(key) ?? 0) + taken);
        mwh += taken;
      }
      return mwh > 0 ? [{ windowId: window.windowId, mwh, gbp: mwh * window.gbpPerMwh }] : [];
    });
  });
}

const sumOf = (draws: readonly Draw[]): number => draws.reduce((sum, { mwh }) => sum + mwh, 0);
