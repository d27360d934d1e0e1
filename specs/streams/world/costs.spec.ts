/** The cost model in whole runs: each cost counts as often as its work is done, and what a page table costs is its shape. */
import type { Scenario, ScenarioInput } from '../../../domain/scenario/schema.ts';
import { scenarioSchema } from '../../../domain/scenario/schema.ts';
import { type CostName, COSTS } from '../../../hw/costs.ts';
import { wholeRun } from '../../rig/runs.ts';

type Device = NonNullable<ScenarioInput['device']>;
type Steps = ScenarioInput['clients'][string];
type Op = Extract<Steps[number], { bind: unknown }>['bind']['ops'][number];

const call = (...ops: Op[]): Steps => [
  { bind: { vm: 'vm0', ops, out: ['done'] } },
  { wait: 'done' },
];

function scenarioOf(device: Device, steps: Steps, async = false): Scenario {
  return scenarioSchema.parse({
    ...{ fencelab: 1, name: 'costs', device, latency: { jitter: 1 } },
    vms: { vm0: { async } },
    bos: { data: { size: 0x10000, placement: 'system' } },
    syncobjs: { done: {} },
    clients: { app: steps },
  });
}

/** When the last step of the client ends. */
function endOf(device: Device, steps: Steps, async = false): number {
  const { records } = wholeRun({
    scenario: scenarioOf(device, steps, async),
    seed: '0x1',
    chooser: 'time',
  });
  const last = records.findLast(({ facts }) => facts.some(({ type }) => type === 'step.ended'));
  return last?.t ?? NaN;
}

const TIMERS: readonly CostName[] = ['tlbTimeoutNs', 'jobTimeoutNs', 'gtResetNs'];
/** All work for nothing; timers as they are. */
const FREE = Object.fromEntries(
  (Object.keys(COSTS) as CostName[]).map((name) => [
    name,
    TIMERS.includes(name) ? COSTS[name].defaultNs : 0,
  ]),
) as Record<CostName, number>;
const X = 1_000_000;

/** How many times a cost counts in a run. */
function added(name: CostName, steps: Steps, async = false): number {
  const dearer = { ...FREE, [name]: FREE[name] + X };
  return (endOf({ costs: dearer }, steps, async) - endOf({ costs: FREE }, steps, async)) / X;
}

/** 1 MiB of NULL: 3 tables, 256 leaves, 2 directory entries, 1 update; then it goes: 1 update, a flush, an ack. */
const MIB = { addr: 0, range: 0x100000 };
const THERE = call({ map: { ...MIB, null: true } });
const AND_BACK = [...THERE, ...call({ unmap: MIB })];
/** 16 pages: 3 tables, 16 leaves, and 2 directory entries; then to VRAM, where 16 entries are written anew. */
const MOVED = [
  ...call({ map: { addr: 0, range: 0x10000, bo: 'data' } }),
  ...call({ prefetch: { addr: 0, range: 0x10000, region: 1 } }),
];

const TIMES: Readonly<
  Partial<Record<CostName, readonly [there: number, andBack: number, moved: number]>>
> = {
  ioctlNs: [1, 2, 2],
  opNs: [1, 2, 2],
  tableNs: [3, 3, 3],
  cpuEntryNs: [258, 258, 18],
  jobNs: [1, 2, 3],
  storeNs: [1, 2, 2],
  gpuEntryNs: [1, 2, 17],
  copyPageNs: [0, 0, 16],
  flushNs: [0, 1, 1],
  ackNs: [0, 1, 1],
};

test('every cost is counted here, or is the length of a timer', () => {
  expect([...Object.keys(TIMES), ...TIMERS].sort()).toEqual(Object.keys(COSTS).sort());
});

test.each(Object.entries(TIMES) as [CostName, readonly [number, number, number]][])(
  '%s counts as often as its work is done',
  (name, [there, andBack, moved]) => {
    expect([added(name, THERE), added(name, AND_BACK), added(name, MOVED, true)]).toEqual([
      ...[there, andBack, moved],
    ]);
    expect(added(name, THERE, true)).toBe(there);
  },
);

test.each(TIMERS)('%s costs nothing when all goes well', (name) => {
  expect([added(name, AND_BACK), added(name, MOVED, true)]).toEqual([0, 0]);
});

test('a reset takes as long as it says', () => {
  expect(added('gtResetNs', [{ reset: { gt: 0 } }])).toBe(1);
});

test('a scenario without costs is one whose costs are 0, but for timers', () => {
  expect(endOf({}, AND_BACK)).toBe(endOf({ costs: FREE }, AND_BACK));
  expect(endOf({ costs: {} }, AND_BACK)).toBeGreaterThan(
    endOf({}, AND_BACK) + COSTS.flushNs.defaultNs,
  );
});

test('NULL costs what its tables are, not what its range is', () => {
  const of = (range: number, addr = 0): number =>
    endOf({ costs: {} }, call({ map: { addr, range, null: true } }));
  const [page, tib] = [of(0x1000), of(2 ** 40)];
  const { tableNs, cpuEntryNs, gpuEntryNs } = COSTS;
  // a page: 3 tables and 3 entries; 1 TiB: 2 tables with 512 entries of 1G each, and 2 entries of the root
  expect(tib - page).toBe(
    -tableNs.defaultNs + (1024 - 3) * cpuEntryNs.defaultNs + gpuEntryNs.defaultNs,
  );
  // 4K further: a table of 1G leaves more, and one of 2M and one of 4K at each end: 511 + 1 each, and what points to them
  expect(of(2 ** 40, 0x1000) - tib).toBe(
    5 * tableNs.defaultNs + (2050 - 1024) * cpuEntryNs.defaultNs + gpuEntryNs.defaultNs,
  );
});
