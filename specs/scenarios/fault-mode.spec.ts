/** Page faults through the whole world: queues that fill up, atomics, and moves under the feet of several VMs. */
import { FAULT_QUEUE_LENGTH } from '../../machines/faults/faults.ts';
import { FAULT_QUEUES } from '../../machines/faults/names.ts';
import type { Fact } from '../../domain/facts/schema.ts';
import type { ScenarioInput } from '../../domain/scenario/schema.ts';
import type { VmContext } from '../../machines/vm/context.ts';
import { breaches } from '../rig/invariants.ts';
import { quiescentFaults } from '../rig/quiescent.ts';
import { wholeRun, type WholeRun } from '../rig/runs.ts';
import { scenarioOf, schedules } from '../rig/scenarios.ts';

type Input = Omit<ScenarioInput, 'fencelab' | 'name'>;
type Steps = ScenarioInput['clients'][string];
type BindOp = Extract<Steps[number], { bind: unknown }>['bind']['ops'][number];

const factsOf = ({ records }: WholeRun): Fact[] => records.flatMap(({ facts }) => facts);
const typed = <T extends Fact['type']>(run: WholeRun, type: T): Extract<Fact, { type: T }>[] =>
  factsOf(run).filter((fact): fact is Extract<Fact, { type: T }> => fact.type === type);

/** Under every schedule all expectations and invariants hold, nobody is left waiting, and the tables are right. */
function holds(input: Input, runs = 20): WholeRun[] {
  const scenario = scenarioOf(input);
  return schedules(runs).map((schedule) => {
    const run = wholeRun({ scenario, ...schedule });
    const { verdict, reasons, world } = run.end;
    expect({ ...schedule, verdict, reasons }).toEqual({ ...schedule, verdict: 'ok', reasons: [] });
    expect([schedule, breaches(run.records), quiescentFaults(world)]).toEqual([schedule, [], []]);
    return run;
  });
}

/** A call, and the wait until the GPU sees it. */
const done = (vm: string, op: BindOp, value: number): Steps => [
  { bind: { vm, ops: [op], out: [{ userFence: 0x1000, value }] } },
  { waitUserFence: { addr: 0x1000, value } },
];

const NULL_MAP = { map: { addr: 0x10000, range: 0x1000, null: true } };

/** So many clients that one page fault each is more than a queue takes. */
function crowd(size: number, more: Readonly<Record<string, Steps>> = {}): Input {
  const readers = Array.from({ length: size }, (_, i): [string, Steps] => [
    `r${i}`,
    [{ sleep: { ns: 100_000 } }, { gpu: { vm: 'vm0', read: 0x10000, expect: 0 } }],
  ]);
  return {
    vms: { vm0: { mode: 'fault' } },
    clients: {
      app: [{ bind: { vm: 'vm0', ops: [NULL_MAP] } }],
      ...Object.fromEntries(readers),
      ...more,
    },
  };
}

describe('a full page-fault queue', () => {
  const room = FAULT_QUEUE_LENGTH + 1;
  // all fault before the first is handled
  const latency = { wakeNs: 100_000, accessNs: 10, jitter: 1 };

  test('takes one fault in hand and as many as the ring has room for', () => {
    const run = wholeRun({
      scenario: scenarioOf({ ...crowd(room), latency }),
      seed: '0x1',
      chooser: 'time',
    });
    expect([run.end.verdict, typed(run, 'fault.dropped')]).toEqual(['ok', []]);
  });

  test('drops one more, and the run says who waits for an answer that nobody gives', () => {
    const scenario = scenarioOf({ ...crowd(room + 1), latency });
    const run = wholeRun({ scenario, seed: '0x1', chooser: 'time' });
    expect(typed(run, 'fault.dropped')).toEqual([
      { type: 'fault.dropped', gt: 'gt0', vm: 'vm0', addr: 0x10 },
    ]);
    expect([run.end.verdict, run.end.reasons]).toEqual([
      'stuck',
      [
        expect.stringMatching(
          /^r\d+, step 2 \(gpu vm0\) waits for the answer of gt0 \(running\), which waits for an answer to the page fault of vm0 at 0x10000, which nobody brings about$/,
        ),
      ],
    ]);
    expect(breaches(run.records)).toEqual([]);
  });

  test('a reset has what was dropped made again', () => {
    const reset = { reset: [{ sleep: { ns: 5_000_000 } }, { reset: {} }] };
    const scenario = scenarioOf({ ...crowd(room + 1, reset), latency });
    const run = wholeRun({ scenario, seed: '0x1', chooser: 'time' });
    expect(typed(run, 'fault.dropped')).toHaveLength(1);
    expect([run.end.verdict, run.end.reasons]).toEqual(['ok', []]);
  });
});

test('the faults of a VM come to the queue of its asid', () => {
  const names = Array.from({ length: FAULT_QUEUES + 1 }, (_, i) => `vm${i}`);
  const program = (vm: string): Steps => [
    { bind: { vm, ops: [NULL_MAP] } },
    { gpu: { vm, read: 0x10000, expect: 0 } },
  ];
  const runs = holds({
    vms: Object.fromEntries(names.map((vm) => [vm, { mode: 'fault' }])),
    clients: Object.fromEntries(names.map((vm, i) => [`c${i}`, program(vm)])),
  });
  for (const { records } of runs) {
    const raised = records.filter(({ type }) => type === 'fault.raise');
    const seen = raised.map(({ actor, data }) => `${(data as { vm: string }).vm} ${actor}`).sort();
    expect(seen).toEqual(names.map((vm, i) => `${vm} gt0/faults${i % FAULT_QUEUES}`).sort());
  }
});

test('the mapping of the last fault is forgotten when it is unmapped, or replaced', () => {
  const runs = holds({
    vms: { vm0: { mode: 'fault' } },
    bos: { data: { size: 0x4000 } },
    clients: {
      app: [
        { cpu: { bo: 'data', write: 0x1000, value: 7 } },
        { bind: { vm: 'vm0', ops: [{ map: { addr: 0x10000, range: 0x4000, bo: 'data' } }] } },
        { gpu: { vm: 'vm0', read: 0x11000, expect: 7 } },
        ...done('vm0', { unmap: { addr: 0x11000, range: 0x1000 } }, 1),
        { gpu: { vm: 'vm0', read: 0x11000, expect: 'fault' } },
        { gpu: { vm: 'vm0', read: 0x12000, expect: 0 } },
        ...done('vm0', { map: { addr: 0x12000, range: 0x1000, null: true } }, 2),
        { gpu: { vm: 'vm0', write: 0x12000, value: 9, expect: 'dropped' } },
        ...done('vm0', { unmap: { addr: 0x10000, range: 0x4000 } }, 3),
        { gpu: { vm: 'vm0', read: 0x12000, expect: 'fault' } },
        { cpu: { bo: 'data', read: 0x2000, expect: 0 } },
      ],
    },
  });
  for (const { end } of runs) {
    expect((end.world.actors.get('vm0')?.context as VmContext).lastFault).toBeNull();
  }
});

describe('atomic accesses', () => {
  const userptrs = { heap: { addr: 0x7f0000000000, size: 0x1000 } };

  test('bring the BO to VRAM, and come through; what follows needs no fault', () => {
    const runs = holds({
      vms: { vm0: { mode: 'fault' } },
      queues: { q0: { vm: 'vm0' } },
      bos: { sys: { size: 0x1000, placement: 'system' } },
      clients: {
        app: [
          { cpu: { bo: 'sys', write: 8, value: 5 } },
          { bind: { vm: 'vm0', ops: [{ map: { addr: 0x10000, range: 0x1000, bo: 'sys' } }] } },
          { gpu: { vm: 'vm0', read: 0x10008, expect: 5 } },
          { gpu: { vm: 'vm0', atomic: 0x10008, value: 3, expect: 5 } },
          {
            exec: {
              queue: 'q0',
              batch: [
                { atomic: 0x10008, value: '0xffffffffffffffff', expect: 8 },
                { read: 0x10008, expect: 7 },
              ],
              out: [{ userFence: 0x1000, value: 1 }],
            },
          },
          { waitUserFence: { addr: 0x1000, value: 1 } },
          { cpu: { bo: 'sys', read: 8, expect: 7 } },
        ],
      },
    });
    for (const run of runs) {
      // the first is not there; the second is there in system memory, whose entries have no atomic bit
      expect(typed(run, 'fault.raised').map(({ access }) => access)).toEqual(['read', 'atomic']);
      expect(typed(run, 'bo.moved').map(({ placement, stays }) => [placement, stays])).toEqual([
        ['vram', true],
      ]);
    }
  });

  test('are refused where no VRAM can be: EACCES', () => {
    const maps = [
      { map: { addr: 0x10000, range: 0x1000, null: true } },
      { mapUserptr: { addr: 0x20000, range: 0x1000, ptr: 0x7f0000000000 } },
      { map: { addr: 0x30000, range: 0x1000, bo: 'data', readOnly: true } },
    ];
    for (const isThere of [false, true]) {
      const runs = holds({
        vms: { vm0: { mode: 'fault' } },
        bos: { data: { size: 0x1000 } },
        userptrs,
        clients: {
          app: [
            ...maps.map((op) => ({ bind: { vm: 'vm0', ops: [op] } })),
            ...(isThere ? [0x10000, 0x20000, 0x30000] : []).map((read) => ({
              gpu: { vm: 'vm0', read },
            })),
            { gpu: { vm: 'vm0', atomic: 0x10000, value: 1, expect: 'fault' } },
            { gpu: { vm: 'vm0', atomic: 0x20000, value: 1, expect: 'fault' } },
            { gpu: { vm: 'vm0', atomic: 0x30000, value: 1, expect: 'fault' } },
          ],
        },
      });
      const faults = isThere
        ? ['atomic-violation', 'atomic-violation', 'write-violation']
        : ['not-present', 'not-present', 'not-present'];
      for (const run of runs) {
        const atomics = typed(run, 'access.done').filter(({ access }) => access === 'atomic');
        expect(atomics.map(({ fault }) => fault)).toEqual(faults);
        const refused = typed(run, 'fault.handled').filter(({ result }) => result !== 0);
        expect(refused.map(({ result }) => result)).toEqual([-13, -13, -13]);
      }
    }
  });

  test('need no bit on a device without page faults', () => {
    holds({
      vms: { vm0: {} },
      syncobjs: { one: {}, two: {} },
      bos: { sys: { size: 0x1000, placement: 'system' } },
      clients: {
        app: [
          { bind: { vm: 'vm0', ops: [{ map: { addr: 0x10000, range: 0x1000, bo: 'sys' } }], out: ['one'] } },
          { bind: { vm: 'vm0', ops: [{ map: { addr: 0x20000, range: 0x1000, null: true } }], out: ['two'] } },
          { wait: 'one' },
{ wait: 'two' },
          { gpu: { vm: 'vm0', atomic: 0x10000, value: 3, expect: 0 } },
          { gpu: { vm: 'vm0', atomic: 0x10000, value: 3, expect: 3 } },
          { gpu: { vm: 'vm0', atomic: 0x20000, value: 3, expect: 'dropped' } },
        ],
      },
    });
  });
});

describe('a BO that moves for one VM', () => {
  const bos = { data: { size: 0x2000 } };
  const vms = { vm0: { mode: 'fault', async: true }, vm1: { mode: 'fault' } } as const;
  const map = { map: { addr: 0x10000, range: 0x2000, bo: 'data' } };
  const bind = (vm: string): Steps[number] => ({ bind: { vm, ops: [map] } });
  const prefetch = (region: number, value: number): Steps =>
    done('vm0', { prefetch: { addr: 0x10000, range: 0x1000, region } }, value);

  test('is taken out of the tables of every VM first: PREFETCH', () => {
    const runs = holds({
      vms,
      bos,
      clients: {
        app: [
          bind('vm0'),
          bind('vm1'),
          { gpu: { vm: 'vm1', write: 0x10000, value: 7, expect: 'ok' } },
          ...prefetch(0, 1),
          { gpu: { vm: 'vm1', read: 0x10000, expect: 7 } },
          { gpu: { vm: 'vm1', write: 0x10000, value: 8, expect: 'ok' } },
          ...prefetch(1, 2),
          { gpu: { vm: 'vm0', read: 0x10000, expect: 8 } },
          { gpu: { vm: 'vm1', read: 0x10000, expect: 8 } },
        ],
      },
    });
    for (const run of runs) {
      const zapped = typed(run, 'vma.zapped').map(({ vm }) => vm);
      expect(zapped).toEqual(['vm1', 'vm0', 'vm1']);
      expect(typed(run, 'vma.evicted')).toEqual([]);
    }
  });

  test('while the other VM uses it, and memory pressure takes it away', () => {
    const writes = [1, 2, 3, 4].map((value) => ({
      gpu: { vm: 'vm1', write: 0x10000, value, expect: 'ok' as const },
    }));
    const runs = holds(
      {
        vms,
        bos,
        clients: {
          app: [bind('vm0'), ...prefetch(0, 1), ...prefetch(1, 2), ...prefetch(0, 3)],
          other: [bind('vm1'), ...writes, { cpu: { bo: 'data', read: 0, expect: 4 } }],
          pressure: [{ evict: { bo: 'data' } }, { evict: { bo: 'data' } }],
        },
      },
      60,
    );
    const zaps = runs.flatMap((run) => typed(run, 'vma.zapped').map(({ vm }) => vm));
    expect(new Set(zaps)).toEqual(new Set(['vm0', 'vm1']));
  });

  test('is brought back by a fault, and by a MAP with IMMEDIATE, of a VM that finds it evicted', () => {
    const runs = holds({
      vms: { vm0: { mode: 'fault' }, vm1: { mode: 'fault' } },
      bos,
      clients: {
        app: [
          bind('vm0'),
          bind('vm1'),
          { gpu: { vm: 'vm0', write: 0x10000, value: 7, expect: 'ok' } },
          { evict: { bo: 'data' } },
          { gpu: { vm: 'vm1', read: 0x10000, expect: 7 } },
          { evict: { bo: 'data' } },
          {
            bind: {
              vm: 'vm1',
              ops: [{ map: { addr: 0x20000, range: 0x1000, bo: 'data', immediate: true } }],
            },
          },
          { gpu: { vm: 'vm1', read: 0x20000, expect: 7 } },
          { gpu: { vm: 'vm0', read: 0x10000, expect: 7 } },
        ],
      },
    });
    for (const run of runs) {
      const moves = typed(run, 'bo.moved').map(({ placement }) => placement);
      expect(moves).toEqual(['system', 'vram', 'system', 'vram']);
    }
  });
});
