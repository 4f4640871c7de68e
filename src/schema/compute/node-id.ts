/** The row that a global id of a table with numbers names; one that no row has for any other text. */
export const rowNumberOf = (id: string): number => (/^[1-9]\d{0,8}$/.test(id) ? Number(id) : -1);
