import type { StatedPrice } from '../compute-window.js';

/** Whether two prices are the same: in GBP/MWh where both are known so, else to the letter. One that is not stated has not changed. */
export function isSamePrice(accepted: StatedPrice | null, stated: StatedPrice | null): boolean {
  if (stated === null || isUnstated(stated)) return true;
  if (accepted === null) return false;
  if (accepted.gbpPerMwh !== null && stated.gbpPerMwh !== null)
    return accepted.gbpPerMwh === stated.gbpPerMwh;
  return (
    accepted.originalPrice === stated.originalPrice &&
    accepted.originalCurrency === stated.originalCurrency &&
    (stated.originalUnit === null || accepted.originalUnit === stated.originalUnit)
  );
}

const isUnstated = ({ gbpPerMwh, originalPrice }: StatedPrice): boolean =>
  gbpPerMwh === null && originalPrice === null;

/** `102 GBP/MWh`, or as it was stated. */
export function priceText(price: StatedPrice | null): string {
  if (price === null) return 'no price';
  if (price.gbpPerMwh !== null) return `${price.gbpPerMwh} GBP/MWh`;
  const { originalPrice, originalCurrency, originalUnit } = price;
  return (
    [originalPrice, originalCurrency, originalUnit].filter((part) => part !== null).join(' ') || 'no price'
  );
}
