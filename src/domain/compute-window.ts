/** What a compute-energy marketplace states, in Pylon's units: zones, dated windows, and offers of them. */

/** A place of the grid as the marketplace names it. */
export interface StatedZone {
  /** The marketplace's code of the zone; several areas may share one. */
  readonly zoneCode: string;
  readonly area: string;
  /** Middle of the place, WGS 84 degrees; null where it gives none. */
  readonly latitude: number | null;
  readonly longitude: number | null;
  /** Licence area; null with its reason where it is not known. */
  readonly regionId: number | null;
  readonly regionReason: string | null;
}

/** A price as it was stated, and in GBP/MWh where that needs no exchange rate. */
export interface StatedPrice {
  /** GBP/MWh; negative prices are real. Null with its reason. */
  readonly gbpPerMwh: number | null;
  readonly priceReason: string | null;
  /** As it was stated, in `originalCurrency` for `originalUnit`; null where none was. */
  readonly originalPrice: number | null;
  readonly originalCurrency: string | null;
  readonly originalUnit: string | null;
}

export interface StatedOffer extends StatedPrice {
  readonly offerCode: string;
  readonly providerId: string;
  readonly name: string | null;
}

/** One item of a catalogue: power for computing at one place over one interval. */
export interface StatedWindow {
  /** The provider platform that answered. */
  readonly bppId: string;
  readonly providerId: string;
  readonly itemId: string;
  readonly name: string | null;
  readonly zone: StatedZone;
  /** Inside. */
  readonly from: Date;
  /** Outside. */
  readonly to: Date;
  readonly capacityMw: number | null;
  readonly renewablePct: number | null;
  readonly carbonIntensityGco2PerKwh: number | null;
  readonly reservationRequired: boolean | null;
  /** Of its cheapest offer in GBP/MWh; else of the first. */
  readonly price: StatedPrice;
  readonly offers: readonly StatedOffer[];
}

const NO_OFFER: StatedPrice = {
  gbpPerMwh: null,
  priceReason: 'no offer states a price',
  originalPrice: null,
  originalCurrency: null,
  originalUnit: null,
};

/** The price to compare a window by: of the cheapest of its offers in GBP/MWh; else of the first. */
export function priceOf(offers: readonly StatedOffer[]): StatedPrice {
  const best = offers.reduce<StatedPrice | null>(
    (least, offer) =>
      least === null ||
      (offer.gbpPerMwh !== null && (least.gbpPerMwh === null || offer.gbpPerMwh < least.gbpPerMwh))
        ? offer
        : least,
    null,
  );
  if (!best) return NO_OFFER;
  const { gbpPerMwh, priceReason, originalPrice, originalCurrency, originalUnit } = best;
  return { gbpPerMwh, priceReason, originalPrice, originalCurrency, originalUnit };
}
