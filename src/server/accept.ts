/** Quality and place of one media type in an Accept header; null where it is not named. */
function preferenceOf(
  accept: string,
  mediaType: string,
): { readonly quality: number; readonly place: number } | null {
  for (const [place, range] of accept.toLowerCase().split(',').entries()) {
    const [type, ...parameters] = range.split(';').map((part) => part.trim());
    if (type !== mediaType) continue;
    const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
    return { quality: quality === undefined ? 1 : Number(quality) || 0, place };
  }
  return null;
}

/** Whether a client is answered in application/json rather than application/graphql-response+json, as Apollo chooses. */
export function takesPlainJson(accept: string | undefined): boolean {
  const graphql = preferenceOf(accept ?? '', 'application/graphql-response+json');
  if (graphql === null || graphql.quality === 0) return true;
  const json = preferenceOf(accept ?? '', 'application/json');
  if (json === null) return false;
  return json.quality === graphql.quality ? json.place < graphql.place : json.quality > graphql.quality;
}
