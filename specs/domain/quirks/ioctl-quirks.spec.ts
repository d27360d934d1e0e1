/** The bugs of the VM_BIND ioctl at their borders: what the kernel got right stays right with the bug in it. */
import type { QuirkId } from '../../../domain/quirks/quirks.ts';
import { IOCTL_QUIRKS } from '../../../domain/quirks/ioctl-quirks.ts';
import type { ScenarioInput } from '../../../domain/scenario/schema.ts';
import { seed32 } from '../../../hw/latency.ts';
import { randomFaults } from '../../../streams/world/decide.ts';
import { runScenario } from '../../../streams/world/run.ts';
import { brokenBy } from '../../rig/quirks.ts';
import { SCENARIOS, scenarioOf, seedOf } from '../../rig/scenarios.ts';

type Steps = ScenarioInput['clients'][string];

const bind = (...ops: Extract<Steps[number], { bind: unknown }>['bind']['ops']): Steps[number] => ({
  bind: { vm: 'vm0', ops },
});
const map = (addr: number, range: number, bo: string) => ({ map: { addr, range, bo } });
const zeroes = (addr: number) => ({ map: { addr, range: 0x1000, null: true } });
const unmap = (addr: number) => ({ unmap: { addr, range: 0x1000 } });
const A = 0x10000;

/** What the program breaks in a VM with this bug. */
function broken(quirk: QuirkId, async: boolean, ...steps: Steps): string[] {
  const scenario = scenarioOf({
    device: { quirks: [quirk] },
    vms: { vm0: { async } },
    bos: { one: { size: 0x3000 }, two: { size: 0x3000 }, own: { size: 0x3000, vm: 'vm0' } },
    clients: { app: steps },
  });
  return [...brokenBy(scenario, 1, false)];
}

/** By quirk: what does not come to it, and next to it what does. */
const BORDERS: Readonly<Record<string, readonly [() => string[], () => string[]]>> = {
  'S02: an empty list behind another': [
    () => broken('S02', true, bind(map(A, 0x1000, 'one'), unmap(0x50000))),
    () => broken('S02', true, bind(unmap(0x50000), map(A, 0x1000, 'one'))),
  ],
  'S05: an asynchronous call': [
    () => broken('S05', true, bind(map(A, 0x3000, 'one')), bind(zeroes(A))),
    () => broken('S05', false, bind(map(A, 0x3000, 'one')), bind(zeroes(A))),
  ],
  'S12: a REMAP with a next': [
    () => broken('S12', false, bind(map(A, 0x3000, 'one')), bind(zeroes(A + 0x1000))),
    () => broken('S12', false, bind(map(A, 0x3000, 'one')), bind(zeroes(A + 0x2000))),
  ],
  'S12: a map without a flag': [
    () => broken('S12', false, bind(map(A, 0x3000, 'one')), bind(map(A + 0x2000, 0x1000, 'two'))),
    () => broken('S12', false, bind(map(A, 0x3000, 'one')), bind(zeroes(A + 0x2000))),
  ],
  'S12: the flag in another list': [
    () =>
      broken(
        'S12',
        true,
        bind(map(A, 0x3000, 'one')),
        bind(map(A + 0x2000, 0x1000, 'two'), zeroes(0x50000)),
      ),
    () => broken('S12', true, bind(map(A, 0x3000, 'one')), bind(zeroes(A + 0x2000))),
  ],
  'S01: one external BO': [
    () =>
      broken('S01', false, bind(map(A, 0x1000, 'one')), bind(map(0x50000, 0x1000, 'own')), {
        close: 'vm0',
      }),
    () =>
      broken('S01', false, bind(map(A, 0x1000, 'one')), bind(map(0x50000, 0x1000, 'two')), {
        close: 'vm0',
      }),
  ],
  'S14: ops that have nothing to do with each other': [
    () => broken('S14', true, bind(map(A, 0x1000, 'one'), unmap(0x50000))),
    () => broken('S14', true, bind(map(A, 0x1000, 'one'), unmap(A))),
  ],
};

describe.each(Object.entries(BORDERS))('%s', (_what, [right, wrong]) => {
  test('comes to nothing', () => {
    expect(right()).toEqual([]);
  });

  test('is at the border', () => {
    expect(wrong()).not.toEqual([]);
  });
});

/** A bug of the kernel is none of the simulator: whatever it leaves, the run goes on. */
test.each(IOCTL_QUIRKS.map(({ id }) => id))('%s leaves every scenario able to run', (id) => {
  const ours = SCENARIOS.filter(({ scenario }) => scenario.device.profile === 'xe-2023');
  for (const { scenario } of ours) {
    const seed = seedOf(1);
    const decider = randomFaults(seed32(seed), 8);
    const on = { ...scenario, device: { ...scenario.device, quirks: [id] } };
    const run = runScenario({ scenario: on, seed, chooser: 'random', decider });
    for (let steps = 0; steps < 2000 && run.next().done !== true; steps++);
  }
  expect(ours.length).toBeGreaterThan(20);
});
