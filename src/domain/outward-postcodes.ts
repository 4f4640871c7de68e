/**
 * Which distribution area serves each outward postcode (`EN2`, `RG10`, `SW1A`) of Great Britain.
 *
 * This is the area of the local distribution network, as in the postcode route of the Carbon Intensity API; it says
 * nothing about the supplier or about where the electricity was made.
 *
 * How good it is: a district can straddle two licence areas, above all around London and along the rural borders.
 * Each is given to the one area that holds its middle on the map of licence areas (NESO, Open Government Licence v3);
 * where the border runs within about a kilometre of that middle, its larger places decide. Near a border the meter
 * number, not the postcode, is the proof. The API's own table is not published and can differ there.
 *
 * Left out, so unknown here: codes for large users and PO boxes, which are no place (`BS99`, `CR9`, `E98`).
 */

/**
 * Districts by region id, one postcode area a word: `AB10-16,21` is AB10 to AB16 and AB21, and `EC1AM` is EC1 with its
 * lettered parts EC1A and EC1M.
 */
const DISTRICTS: Readonly<Record<number, string>> = {
  1: `AB10-16,21-25,30-39,41-45,51-56 DD1-5,7-11 FK15-21 G63 HS1-9 IV1-28,30-32,36,40-49,51-56,63 KA27-28 KW1-3,5-17
      KY13 PA20-38,41-49,60-78,80 PH1-26,30-44,49-50 ZE1-3`,
  2: `DD6 DG1-14,16 EH1-49,51-55 FK1-14 G1-5,11-15,20-23,31-34,40-46,51-53,60-62,64-69,71-78,81-84 KA1-26,29-30
      KY1-12,14-16 ML1-12 PA1-19 TD1-15`,
  3: `BB1-12 BD24 BL0-9 CA1-28 FY1-8 L40 LA1-23 M1-9,11-35,38,40-41,43-46,50,90 OL1-13,15-16 PR1-7,25-26
      SK1-17,22-23 WA3,12,14-15 WN1-8`,
  4: `DH1-9 DL1-17 HG1-5 NE1-13,15-49,61-71 SR1-8 TS1-29 YO1,7,10-13,17-19,21-24,26,30-32,51,60-62`,
  5: `BB18 BD1-23 DN1-9,11-12,14-21,31-41 HD1-9 HU1-20 HX1-7 LN7-8,11 LS1-29 OL14
      S1-14,17-18,25-26,33,35-36,60-66,70-75 WF1-17 YO8,14-16,25,41-43`,
  6: `CH1-8,41-49,60-66 CW1-11 L1-39 LL11-49,51-78 PR8-9 SY4,10-24 WA1-2,4-11,13,16`,
  7: `CF3,5,10-11,14-15,23-24,31-48,61-64,71-72,81-83 LD1-6,8 NP4,7-8,10-13,15-16,18-20,22-26,44 SA1-20,31-48,61-73
      SY25`,
  8: `B1-21,23-38,40,42-50,60-76,80,90-94,96-98 BS30,35,37 CV36-37 CW12 DY1-14 GL1-6,9-20,50-56 HR1-9 LD7 OX15-16
      ST1-13,15-21 SY1-3,5-9 TF1-13 WR1-15 WS1-15 WV1-16`,
  9: `B77-79,95 CV1-13,21-23,31-35,47 DE1,3-7,11-15,21-24,45,55-56,65,72-75 DN10,22 LE1-19,65,67 LN1-6,9-10,12-13
      MK1-19,46 NG1-25,31-34 NN1-18,29 OX17 PE6,8-12,20-25 S20-21,32,40-45,80-81 ST14`,
  10: `AL1-10 CB1-11,21-25 CM0-9,11-24,77 CO1-16 E4 EN1-11 HA0-9 HP1-7,16-23,27 IP1-33 LU1-7 MK40-45
      N2-4,6,8-15,17-18,20-22 NR1-35 NW2,4,7,9,11 OX9,39 PE1-5,7,13-16,19,26-38 RM1-20 SG1-19 SS0-9,11-17
      WD3-7,17-19,23-25`,
  11: `BA1-6,16 BS1-11,13-16,20-29,31-32,34,36,39-41,48-49 DT6-8 EX1-24,31-39 PL1-35 TA1-24 TQ1-14 TR1-27`,
  12: `BA7-15,20-22 BH1-25,31 BN18 DT1-5,9-11 GL7-8 GU7-12,14-20,24-35,46-47,51-52 HP8-15
      OX1-5,7,10-14,18,20,25-29,33,44,49 PO1-22,30-41 RG1-2,4-10,12,14,17-31,40-42,45 RH14 SL0-9 SN1-16,25-26
      SO14-24,30-32,40-43,45,50-53 SP1-11 TW3-8,13-20 UB1-11 W3-5,7,13`,
  13: `BR1,3,7 CR4 DA1,5-8,14-18 E1W,2-3,5-18,20 EC1AMNPRVY,2AMNPRVY,3AMNPRV,4AMNPRVY IG1-11 KT2-4 N1CP,5,7,16,19
      NW1W,3,5-6,8,10 SE1P,2-24,26-28 SM4 SW1AEHPVWXY,2-20 W1ABCDFGHJKSTUW,2,6,8-12,14 WC1ABEHNRVX,2ABEHNR`,
  14: `BN1-3,5-17,20-27,41-45 BR2,4-6,8 CR0,2-3,5-8 CT1-21 DA2-4,9-13 GU1-6,21-23 KT1,5-24 ME1-20 RH1-13,15-20 SE25
      SM1-3,5-7 TN1-40 TW1-2,9-12`,
};

/** `10-12` gives AB10, AB11, AB12; `1CP` gives N1, N1C, N1P. */
function expandRange(area: string, range: string): string[] {
  const match = /^(\d+)([A-Z]*)(?:-(\d+))?$/.exec(range);
  if (match === null) throw new RangeError(`postcode area ${area} has a range that cannot be read: ${range}`);
  const [, first = '', letters = '', last = first] = match;
  const numbers = Array.from({ length: Number(last) - Number(first) + 1 }, (_, i) => Number(first) + i);
  return numbers.flatMap((n) => [`${area}${n}`, ...Array.from(letters, (letter) => `${area}${n}${letter}`)]);
}

function expandArea(word: string): string[] {
  const area = word.replace(/\d.*$/, '');
  return word
    .slice(area.length)
    .split(',')
    .flatMap((range) => expandRange(area, range));
}

/** Outward codes by region id, 1 to 14; each code is in one region only. */
export const OUTWARD_POSTCODES: Readonly<Record<number, readonly string[]>> = Object.fromEntries(
  Object.entries(DISTRICTS).map(([id, words]) => [Number(id), words.split(/\s+/).flatMap(expandArea)]),
);

const REGION_ID_BY_OUTWARD: ReadonlyMap<string, number> = new Map(
  Object.entries(OUTWARD_POSTCODES).flatMap(([id, codes]) =>
    codes.map((code) => [code, Number(id)] as const),
  ),
);

/** Districts divided by a final letter, all in inner London. */
const LETTERED_DISTRICTS: ReadonlySet<string> = new Set(
  [...REGION_ID_BY_OUTWARD.keys()].filter((code) => /[A-Z]$/.test(code)).map((code) => code.slice(0, -1)),
);

const LONGEST_INPUT = 32;
const OUTWARD_CODE = /^([A-Z]{1,2}[0-9]{1,2})([A-Z]?)$/i;
const FULL_POSTCODE = /^([A-Z]{1,2}[0-9]{1,2})([A-Z]?)[0-9][A-Z]{2}$/i;

/**
 * Licence area (1 to 14) of an outward code or a full postcode, in any case.
 *
 * White space may stand around an outward code and anywhere in a full postcode. A letter that ends an outward code
 * counts only where districts are lettered, and any letter will do there: `W1X`, no longer in use, is `W1`. The inward
 * code must have the right form, but whether it exists is not checked.
 *
 * @returns null for anything that is no outward code of Great Britain: Northern Ireland (BT), the Channel Islands
 *   (JE, GY), the Isle of Man (IM), large users' codes, a broken-off postcode (`N1 1`), more than 32 characters.
 */
export function regionIdOfPostcode(postcode: string): number | null {
  if (postcode.length > LONGEST_INPUT) return null;
  const match = OUTWARD_CODE.exec(postcode.trim()) ?? FULL_POSTCODE.exec(postcode.replace(/\s/g, ''));
  if (match === null) return null;
  const [, district = '', letter = ''] = match;
  const code = district.toUpperCase();
  if (letter !== '' && !LETTERED_DISTRICTS.has(code)) return null;
  return REGION_ID_BY_OUTWARD.get(code) ?? null;
}
