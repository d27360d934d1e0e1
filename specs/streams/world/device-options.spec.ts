/**
 * Every scenario on every device that one can ask for: whatever its checks refuse there, no invariant breaks, and page
 * tables and TLBs agree with the address spaces whenever nothing is under way. Costs and full flushes change no result.
 */
import type { Scenario } from '../../../domain/scenario/schema.ts';
import { DEVICES, type DeviceName } from '../../../domain/devices.ts';
import { ERRNO } from '../../../domain/errno.ts';
import { scenario as build, unmap, map, restart } from '../../../domain/scenario/builder.ts';
import { tableExecutor } from '../../../streams/world/run.ts';
import { startWorld } from '../../../streams/world/start.ts';
import { breaches } from '../../rig/invariants.ts';
import { quiescentFaults } from '../../rig/quiescent.ts';
import { stepsOf, wholeRun } from '../../rig/runs.ts';
import { type Schedule, SCENARIOS } from '../../rig/scenarios.ts';

const SCHEDULES: readonly Schedule[] = [
  { chooser: 'time', seed: '0x1' },
  { chooser: 'random', seed: '0x2' },
];
const on = (scenario: Scenario, device: Partial<Scenario['device']>): Scenario => ({
  ...scenario,
  device: { ...scenario.device, ...device },
});

describe.each(Object.keys(DEVICES) as DeviceName[])('on %s', (flavour) => {
  test.each(SCENARIOS)('$name keeps every invariant', ({ scenario }) => {
    for (const schedule of SCHEDULES) {
      const options = { scenario: on(scenario, { flavour }), ...schedule };
      const records = [startWorld(options.scenario, options.seed, tableExecutor).record];
      for (const { record, world } of stepsOf(options)) {
        records.push(record);
        expect([record.seq, quiescentFaults(world)]).toEqual([record.seq, []]);
      }
      expect(breaches(records)).toEqual([]);
    }
  });
});

test.each(SCENARIOS)('$name ends as it does without costs and with ranges', ({ scenario }) => {
  for (const device of [{ costs: {} }, { rangeInvalidation: false }]) {
    for (const schedule of SCHEDULES) {
      const { records, end } = wholeRun({ scenario: on(scenario, device), ...schedule });
      expect([device, end.verdict, end.reasons]).toEqual([device, 'ok', []]);
      expect(breaches(records)).toEqual([]);
    }
  }
});

test('an asynchronous unmap that leaves no whole 64K puts its VM in error, and nothing has changed', () => {
  const half = build('half')
    .device({ flavour: 'dg2' })
    .vm('vm0', { async: true })
    .bo('data', { size: 0x20000 })
    .syncobj('done')
    .client('app', (app) =>
      app
        .bind('vm0', [map({ addr: 0x10000, range: 0x20000, bo: 'data' })], { out: ['done'] })
        .wait('done')
        .bind('vm0', [unmap({ addr: 0x20000, range: 0x1000 })])
        .sleep(1_000_000)
        .gpuRead('vm0', 0x2fff8, { expect: 0 })
        .gpuRead('vm0', 0x20000, { expect: 0 })
        .bind('vm0', [restart()]),
    )
    .build();
  const { records } = wholeRun({ scenario: half, chooser: 'time', seed: '0x1' });
  const facts = records.flatMap((record) => record.facts);
  const errors = facts.flatMap((fact) => (fact.type === 'vm.errored' ? [fact.error] : []));
  // RESTART tries the same op again
  expect(errors).toEqual([ERRNO.EINVAL, ERRNO.EINVAL]);
  expect(facts.filter(({ type }) => type === 'expect.failed')).toEqual([]);
  expect(facts.filter(({ type }) => type === 'table.freed')).toEqual([]);
});
