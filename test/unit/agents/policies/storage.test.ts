import { describe, expect, it } from 'vitest';
import { checkProposals } from '../../../../src/agents/contract.js';
import { afterHalfAnHour, storage } from '../../../../src/agents/policies/storage.js';
import type { StorageSeen, View } from '../../../../src/agents/seen.js';
import { HALF_HOUR, agentSeen, decided, outlookOf, storeSeen, viewOf } from '../../../support/seen.js';

describe('the storage agent', () => {
  const agent = agentSeen({ type: 'STORAGE_AGENT', isDemo: true });
  const priced = (prices: (i: number) => number) =>
    outlookOf(13, 48, (i) => ({ gbpPerMwh: prices(i), gco2PerKwh: 100 }));
  const schedules = (asset: Partial<StorageSeen>, prices: (i: number) => number, view: Partial<View> = {}) =>
    decided(storage, {
      stimulus: HALF_HOUR,
      view: viewOf({ agent, storage: [storeSeen(asset)], outlook: priced(prices), ...view }),
    });
  const dearNow = (i: number): number => (i < 12 ? 150 : i < 36 ? 80 : 20);
  const cheapNow = (i: number): number => (i < 12 ? 20 : i < 36 ? 80 : 150);

  it.each<[string, Partial<StorageSeen>, (i: number) => number, string | undefined, string | undefined]>([
    ['charges while it is cheap', {}, cheapNow, 'CHARGING', 'PRICE_OPTIMIZATION'],
    ['discharges while it is dear', {}, dearNow, 'DISCHARGING', 'SCHEDULE_DISCHARGE'],
    ['goes on as it is', { status: 'CHARGING', chargeMwh: 8 }, cheapNow, undefined, undefined],
    ['rests when it is full', { status: 'CHARGING', chargeMwh: 18 }, cheapNow, 'IDLE', 'PRICE_OPTIMIZATION'],
    [
      'rests when it is empty',
      { status: 'DISCHARGING', chargeMwh: 4 },
      dearNow,
      'IDLE',
      'PRICE_OPTIMIZATION',
    ],
    [
      'rests when the losses take the difference',
      { status: 'CHARGING' },
      (i) => 100 + i / 10,
      'IDLE',
      'PRICE_OPTIMIZATION',
    ],
    ['stays as it was made', { status: 'MAINTENANCE' }, dearNow, undefined, undefined],
  ])('%s', (_what, asset, prices, status, type) => {
    const proposals = schedules(asset, prices);
    expect(proposals.find(({ input }) => 'status' in input)?.input['status']).toBe(status);
    expect(proposals.find(({ decision }) => decision)?.decision?.type).toBe(type);
    expect(() => checkProposals(storage, 'us', proposals)).not.toThrow();
  });

  it('goes by carbon intensity where no price is known', () => {
    const outlook = outlookOf(13, 48, (i) => ({ gco2PerKwh: cheapNow(i) }));
    expect(schedules({}, cheapNow, { outlook })[0]?.decision?.reasoning).toContain('gCO2/kWh');
  });

  it('holds what half an hour left of it, never more than it can', () => {
    expect(afterHalfAnHour(storeSeen({ status: 'CHARGING' }))).toBe(14);
    expect(afterHalfAnHour(storeSeen({ status: 'CHARGING', chargeMwh: 19 }))).toBe(20);
    expect(afterHalfAnHour(storeSeen({ status: 'DISCHARGING' }))).toBe(5);
    expect(afterHalfAnHour(storeSeen({ status: 'DISCHARGING', chargeMwh: 3 }))).toBe(0);
    expect(afterHalfAnHour(storeSeen())).toBe(10);
  });

  it('only decides for a real store, whose own system reports it', () => {
    const proposals = schedules({}, dearNow, { agent: agentSeen({ type: 'STORAGE_AGENT' }) });
    expect(proposals).toMatchObject([
      {
        action: 'recordDecision',
        input: { type: 'SCHEDULE_DISCHARGE', agentId: 'us', policy: { name: 'storage' } },
      },
    ]);
  });
});
