/** Where work is allowed to run. */
export interface AllowedPlaces {
  readonly allowedDcIds: readonly string[];
  /** Empty: any. */
  readonly allowedRegionIds: readonly number[];
}

/** What is wrong with one of the data centres that work may run at. */
export interface AllowedCentreFault {
  /** Its place in the list, from 0. */
  readonly index: number;
  readonly message: string;
}

/** Data centres that there are none of, or that are in no region the work may run in. */
export const faultsOfAllowedCentres = (
  regions: ReadonlyMap<string, number>,
  { allowedDcIds, allowedRegionIds }: AllowedPlaces,
): AllowedCentreFault[] =>
  allowedDcIds.flatMap((dcId, index) => {
    const region = regions.get(dcId);
    if (region === undefined) return [{ index, message: `there is no data centre ${dcId}` }];
    return allowedRegionIds.length > 0 && !allowedRegionIds.includes(region)
      ? [{ index, message: `${dcId} is in region ${region}, which is not among allowedRegionIds` }]
      : [];
  });
