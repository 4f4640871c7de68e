import { describe, expect, it } from 'vitest';
import { ELEXON_FUELS, ELEXON_RESOURCE_TYPES, elexonFuelOf } from '../../../src/domain/elexon-fuels.js';
import { INTERCONNECTORS, interconnectorOf } from '../../../src/domain/interconnectors.js';

describe('fuels of Elexon', () => {
  it('names every code once', () => {
    const codes = [...ELEXON_FUELS, ...ELEXON_RESOURCE_TYPES].map(({ code }) => code);
    expect(new Set(codes).size).toBe(codes.length);
    expect(ELEXON_FUELS).toHaveLength(20);
  });

  it('tells pumped storage from hydro, and a link from a fuel', () => {
    expect(elexonFuelOf('PS')).toEqual({ code: 'PS', name: 'Pumped storage', kind: 'STORAGE' });
    expect(elexonFuelOf('NPSHYD')).toEqual({ code: 'NPSHYD', name: 'Hydro', kind: 'FUEL' });
    expect(elexonFuelOf('INTFR')).toEqual({ code: 'INTFR', name: 'IFA (France)', kind: 'INTERCONNECTOR' });
    expect(elexonFuelOf('Wind Offshore')).toMatchObject({ name: 'Wind, offshore', kind: 'FUEL' });
  });

  it('keeps the word of a code it does not know', () => {
    expect(elexonFuelOf('FUSION')).toEqual({ code: 'FUSION', name: 'FUSION', kind: 'FUEL' });
    expect(elexonFuelOf('INTXYZ')).toEqual({ code: 'INTXYZ', name: 'INTXYZ', kind: 'INTERCONNECTOR' });
  });
});

describe('interconnectors', () => {
  it('carry 10.3 GW together, of which 4 GW to France', () => {
    const sum = (links: typeof INTERCONNECTORS) => links.reduce((mw, { capacityMw }) => mw + capacityMw, 0);
    expect(sum(INTERCONNECTORS)).toBe(10_300);
    expect(sum(INTERCONNECTORS.filter(({ country }) => country === 'France'))).toBe(4_000);
  });

  it('are found by code, and only they', () => {
    expect(interconnectorOf('INTNSL')?.country).toBe('Norway');
    expect(interconnectorOf('CCGT')).toBeNull();
  });
});
