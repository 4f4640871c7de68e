import { describe, expect, it } from 'vitest';
import { limitFaults, placeFaults, slotFaults } from '../../../../src/domain/compute/slots.js';

const at = (time: string): Date => new Date(`2026-03-02T${time}Z`);
const slot = (time: string) => ({ from: at(time), powerKw: 1 });

describe('slots', () => {
  it('are half hours, each once, the present one at the earliest', () => {
    const slots = ['11:30', '12:00', '12:30', '12:30', '12:45'].map(slot);
    expect(slotFaults(slots, at('12:29'), 'slots').map(({ path }) => path)).toEqual([
      'slots.0.from',
      'slots.3.from',
      'slots.4.from',
    ]);
  });

  const limits = {
    earliestStart: at('12:10'),
    deadline: at('13:10'),
    allowedRegionIds: [],
    allowedDcIds: [],
  };
  it('are within the half hours that the start and the deadline of the work fall in', () => {
    const slots = ['11:30', '12:00', '13:00', '13:30'].map(slot);
    const faults = limitFaults(limits, { dcId: 'a', regionId: 13 }, slots, 'slots');
    expect(faults.map(({ path }) => path)).toEqual(['slots.0.from', 'slots.3.from']);
    const onTheDot = { ...limits, deadline: at('13:00') };
    expect(limitFaults(onTheDot, { dcId: 'a', regionId: 13 }, [slot('13:00')], 'slots')).toHaveLength(1);
  });

  it('are where the work may run', () => {
    const centre = { dcId: 'a', regionId: 13 };
    expect(placeFaults({ allowedRegionIds: [], allowedDcIds: [] }, centre)).toEqual([]);
    expect(placeFaults({ allowedRegionIds: [13], allowedDcIds: ['a'] }, centre)).toEqual([]);
    expect(placeFaults({ allowedRegionIds: [12], allowedDcIds: ['b'] }, centre)).toHaveLength(2);
  });
});
