import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OUTWARD_POSTCODES, regionIdOfPostcode } from '../../../src/domain/outward-postcodes.js';

const POSTCODE_AREAS =
  `AB AL B BA BB BD BH BL BN BR BS CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH
  EN EX FK FY G GL GU HA HD HG HP HR HS HU HX IG IP IV KA KT KW KY L LA LD LE LL LN LS LU M ME MK ML N NE NG NN NP NR NW
  OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD WF
  WN WR WS WV YO ZE`.split(/\s+/);

const placed = Object.entries(OUTWARD_POSTCODES).flatMap(([id, codes]) =>
  codes.map((code) => ({ code, regionId: Number(id) })),
);

describe('OUTWARD_POSTCODES', () => {
  it('covers the 14 licence areas', () => {
    expect(Object.keys(OUTWARD_POSTCODES).map(Number)).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
    ]);
  });

  it('holds well-formed codes, each in one licence area only', () => {
    for (const { code } of placed) expect(code).toMatch(/^[A-Z]{1,2}(0|[1-9]\d?)[A-Z]?$/);
    expect(new Set(placed.map(({ code }) => code)).size).toBe(placed.length);
  });

  it('holds the 120 postcode areas of Great Britain and no other', () => {
    expect(POSTCODE_AREAS).toHaveLength(120);
    expect([...new Set(placed.map(({ code }) => code.replace(/\d.*/, '')))].sort()).toEqual(POSTCODE_AREAS);
  });

  it('keeps a lettered part with its district', () => {
    for (const { code, regionId } of placed.filter((each) => /[A-Z]$/.test(each.code))) {
      expect(OUTWARD_POSTCODES[regionId]).toContain(code.slice(0, -1));
    }
  });
});

describe('regionIdOfPostcode', () => {
  it.each([
    [1, 'AB10 DD1 IV1 HS1 ZE1 KW15 PH1 PA34 FK15 KY13 KA27 G63'],
    [2, 'G1 EH1 KA1 ML1 TD1 DG1 KY1 FK1 PA1 DD6 TD15 G84'],
    [3, 'M1 BL1 LA1 CA1 PR1 FY1 SK1 OL1 WN1 BB8 WA14 SK17 BD24'],
    [4, 'NE1 SR1 DH1 TS1 DL1 HG1 YO1 YO11'],
    [5, 'LS1 BD1 HD1 HX1 WF1 S1 HU1 DN1 DN31 LN11 YO15 OL14'],
    [6, 'L1 CH1 WA1 CW1 LL11 LL57 SY23 SY16 PR8 L39'],
    [7, 'CF10 SA1 NP20 LD1 NP16 SY25'],
    [8, 'B1 WV1 DY1 WS1 ST1 TF1 WR1 GL1 HR1 SY1 OX16 CV37 CW12'],
    [9, 'NG1 LE1 DE1 CV1 NN1 MK9 LN1 S40 B77 PE9 OX17 DN22'],
    [10, 'EN2 NR1 IP1 CB1 CO1 CM1 SS1 RM1 LU1 SG1 AL1 WD17 HA1 E4 N9 N15 NW7 MK40 PE1 HP1'],
    [11, 'BS1 EX1 PL1 TR1 TQ1 TA1 BA1 DT6'],
    [12, 'RG10 OX1 SO14 PO1 BH1 SN1 SL1 SP1 DT1 GU14 UB1 W3 TW6 BA21 HP11 RH14'],
    [13, 'SW1A EC1A WC2H E1W W1B SE1P N1C E14 SE10 NW1 IG1 BR1 DA7 N1 SW19 E20'],
    [14, 'BN1 CT1 ME1 TN1 CR0 RH1 KT1 GU1 TW9 TW11 DA11 BR6 SM1 BN17'],
  ])('knows well-known districts of region %i', (regionId, districts) => {
    const known = districts.split(' ');
    expect(known.filter((district) => regionIdOfPostcode(district) !== regionId)).toEqual([]);
  });

  it.each([
    ['sw1a 1aa', 13],
    ['SW1A1AA', 13],
    ['  Sw1A\t1aA ', 13],
    ['W1A 1AA', 13],
    ['w1a1aa', 13],
    ['EC1A1BB', 13],
    ['N1 1AA', 13],
    ['N11AA', 13],
    ['N11 1AA', 10],
    ['n111aa', 10],
    ['m1 1ae', 3],
    ['B33 8TH', 8],
    ['CR2 6XH', 14],
    ['DN55 1PT', null],
    ['LL57 2EG', 6],
  ])('reads %j as %j', (postcode, regionId) => {
    expect(regionIdOfPostcode(postcode)).toBe(regionId);
  });

  it.each([
    ['W1X', 13],
    ['EC1Z', 13],
    ['WC1', 13],
    ['SW1', 13],
    ['M1A', null],
    ['SW11A', null],
    ['W3A', null],
    ['RG10A 1AA', null],
  ])('takes a letter only where districts are lettered: %s is %j', (postcode, regionId) => {
    expect(regionIdOfPostcode(postcode)).toBe(regionId);
  });

  const OUTSIDE_GREAT_BRITAIN = [
    'BT1',
    'BT1 1AA',
    'JE2 3AB',
    'GY1',
    'IM1 1AA',
    'BFPO 1',
    'GIR 0AA',
    'ZZ99 3VZ',
  ];
  const NO_PLACE = ['BS99', 'CR9', 'E98', 'EN99', 'XX1', 'Q1'];
  const BROKEN_OFF = [
    'SW',
    '10',
    'N1 1',
    'N1 1A',
    'S W1',
    'SW1A 1A',
    'SW1A 1AAA',
    'SW1A-1AA',
    'EN02',
    'EN2;',
  ];
  const NOT_ASCII = ['ＥＮ2', 'EN２', 'ß1', '\u017fW1A', 'EN2\u00001AA'];
  const NO_POSTCODE = ['', ' ', 'E1\n2\n', 'null', 'constructor', '__proto__'];

  it.each([OUTSIDE_GREAT_BRITAIN, NO_PLACE, BROKEN_OFF, NOT_ASCII, NO_POSTCODE].flat())(
    'is null for %j',
    (text) => {
      expect(regionIdOfPostcode(text)).toBeNull();
    },
  );

  it('refuses long text without reading it', () => {
    for (const part of ['A', '1', ' ', 'SW1A1AA', 'A1'])
      expect(regionIdOfPostcode(part.repeat(1_000_000))).toBeNull();
    expect(regionIdOfPostcode(`EN2${' '.repeat(29)}`)).toBe(10);
    expect(regionIdOfPostcode(`EN2${' '.repeat(30)}`)).toBeNull();
  });

  const inward = fc.stringMatching(/^[0-9][ABDEFGHJLNPQRSTUWXYZ]{2}$/);

  it('gives one answer for a code in any case, with any inward code and any white space', () => {
    const disguised = fc.tuple(fc.constantFrom(...placed), inward).chain(([{ code, regionId }, unit]) => {
      const full = code + unit;
      return fc
        .array(fc.tuple(fc.boolean(), fc.constantFrom('', '', ' ', '\t', '  ')), {
          minLength: full.length,
          maxLength: full.length,
        })
        .map((choices) => ({
          regionId,
          postcode: choices
            .map(([lower, gap], i) => {
              const letter = full.charAt(i);
              return (lower ? letter.toLowerCase() : letter) + gap;
            })
            .join(''),
        }));
    });
    fc.assert(
      fc.property(disguised, ({ postcode, regionId }) => {
        expect(regionIdOfPostcode(postcode)).toBe(regionId);
      }),
      { numRuns: 1000 },
    );
  });

  it('gives every code it lists the region it lists it in', () => {
    expect(placed.filter(({ code, regionId }) => regionIdOfPostcode(code) !== regionId)).toEqual([]);
  });

  it('never throws and never leaves 1 to 14', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' })), (text) => {
        const regionId = regionIdOfPostcode(text);
        expect(regionId === null || (Number.isInteger(regionId) && regionId >= 1 && regionId <= 14)).toBe(
          true,
        );
      }),
    );
  });
});
