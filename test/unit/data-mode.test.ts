import { describe, expect, it } from 'vitest';
import { dataModeLine, type DataEvidence } from '../../src/cli/data-mode.js';

const OWN = { CARBON_INTENSITY_URL: 'https://api.carbonintensity.org.uk', INGEST: true };
const evidence = (changed: Partial<DataEvidence>): DataEvidence => ({
  realRegions: 18,
  syntheticRegions: 0,
  failing: [],
  sources: 5,
  now: new Date('2023-11-06T12:30:00Z'),
  clockOffsetMs: 0,
  ...changed,
});

describe('the data mode', () => {
  it("is live where real values of the publisher's own address cover now", () => {
    expect(dataModeLine(OWN, evidence({}))).toBe('live: https://api.carbonintensity.org.uk');
  });

  it('is a replay where the address or the clock of the database is another', () => {
    const mirror = { ...OWN, CARBON_INTENSITY_URL: 'http://127.0.0.1:4999/carbon-intensity' };
    expect(dataModeLine(mirror, evidence({}))).toBe('replay: http://127.0.0.1:4999/carbon-intensity');
    expect(dataModeLine(OWN, evidence({ clockOffsetMs: -1 }))).toBe(
      'replay, clock at 2023-11-06T12:30:00.000Z: https://api.carbonintensity.org.uk',
    );
  });

  it('is synthetic where no real value covers now, whatever was due or ran', () => {
    const failing = [{ source: 'a', error: 'no route' }];
    expect(dataModeLine(OWN, evidence({ realRegions: 0, syntheticRegions: 18, failing }))).toMatch(
      /^synthetic: .*labelled.*; 1 of 5 sources failing \(a: no route\)$/,
    );
  });

  it('says which part is synthetic, that nothing is known, and that this process does not ingest', () => {
    expect(dataModeLine(OWN, evidence({ realRegions: 1, syntheticRegions: 17 }))).toMatch(
      /^live: .*; 17 of 18 regions are synthetic/,
    );
    expect(dataModeLine(OWN, evidence({ realRegions: 0 }))).toMatch(/^none: nothing is known/);
    expect(dataModeLine({ ...OWN, INGEST: false }, evidence({}))).toMatch(/INGEST=off/);
  });
});
