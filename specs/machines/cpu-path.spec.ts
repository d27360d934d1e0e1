/** Who stores the entries of an update: each thing to wait for makes it a job, nothing to wait for leaves it to the CPU. */
import fc from 'fast-check';
import type { Fact } from '../../domain/facts/schema.ts';
import { canonicalScenario } from '../../domain/scenario/canonical.ts';
import type { ScenarioInput } from '../../domain/scenario/schema.ts';
import { SharedReader } from '../../machines/shared/reader.ts';
import { isForCpu, isQueueIdle } from '../../machines/vm/cpu-path.ts';
import type { StepRecord } from '../../streams/world/record.ts';
import { sharedOf } from '../rig/actors.ts';
import { breaches } from '../rig/invariants.ts';
import { wholeRun } from '../rig/runs.ts';
import { scenarioOf, schedules } from '../rig/scenarios.ts';

type Step = ScenarioInput['clients'][string][number];
type Bind = Extract<Step, { bind: unknown }>['bind'];

const K = 0x1000;
const HEAP = 0x7f0000000000;

describe('the test', () => {
  test('a queue is idle exactly when its last job is done', () => {
    const queue = fc.record({ pushed: fc.nat(9), done: fc.nat(9) });
    const property = fc.property(queue, ({ pushed, done }) => {
      const open = Array.from({ length: pushed }, (_, i) => i + 1).filter((job) => job > done);
      const inFlight = ['b0:1', 'b1/tlb/gt0:3', ...open.map((job) => `b1:${job}`)];
      const isIdle = isQueueIdle({ engine: 'b1', nextSeqno: pushed + 1, inFlight });
      expect(isIdle).toBe(open.length === 0);
    });
    fc.assert(property);
  });

  test('the CPU stores if it may, the queue is idle, and all that a job waits for has signalled', () => {
    const made = ['b:1', 'a:1', 'a:2', 'a:3'].map((fence): Fact => ({
      type: 'fence.created',
      fence,
      kind: 'spec',
      parts: [],
    }));
    const property = fc.property(
      fc.constantFrom('gpu' as const, 'cpu-when-idle' as const),
      fc.boolean(),
      fc.subarray(['a:1', 'a:2', 'a:3']),
      fc.subarray(['a:1', 'a:2', 'a:3', 'stub:0']),
      (setting, isIdle, signaled, waits) => {
        const over = signaled.map((fence): Fact => ({ type: 'fence.signaled', fence, error: 0 }));
        const queue = { engine: 'b', nextSeqno: 2, inFlight: isIdle ? [] : ['b:1'] };
        const shared = new SharedReader(sharedOf([...made, ...over]), null);
        const isClear = waits.every((each) => each === 'stub:0' || signaled.includes(each));
        const expected = setting === 'cpu-when-idle' && isIdle && isClear;
        expect(isForCpu(setting, queue, waits, shared)).toBe(expected);
      },
    );
    fc.assert(property);
  });
});

const addr = 0x10000;
const mapAt = (at: number, bo = 'data'): Bind => ({
  vm: 'vm0',
  ops: [{ map: { addr: at, range: 2 * K, bo } }],
});
const bind = (each: Bind): Step => ({ bind: each });
const unmap = (range: number): Bind => ({ vm: 'vm0', ops: [{ unmap: { addr, range } }] });
const last = { out: ['last'] };
/** A job that waits, and is under way until the end. */
const held: Step = { exec: { queue: 'q0', batch: [{ spin: { ns: 1 } }], in: ['gate'] } };

/** By what happens before: the steps, the last of which is the bind in question, and who does it. */
const CASES: Readonly<Record<string, readonly ['cpu' | 'gpu', ...Step[]]>> = {
  'nothing to wait for': ['cpu', bind({ ...mapAt(addr), ...last })],
  'an in-sync that is pending': ['gpu', bind({ ...mapAt(addr), in: ['gate'], ...last })],
  'an in-sync that has signalled': [
    'cpu',
    { signal: 'other' },
    bind({ ...mapAt(addr), in: ['other'], ...last }),
  ],
  'a job before it on the queue': [
    'gpu',
    bind({ ...mapAt(0x20000), in: ['gate'] }),
    bind({ ...mapAt(addr), ...last }),
  ],
  'a job before it on the queue that is done (S49: not as posted)': [
    'cpu',
    bind({ ...mapAt(0x20000), in: ['other'], out: ['first'] }),
    { signal: 'other' },
    { wait: 'first' },
    bind({ ...mapAt(addr), ...last }),
  ],
  'a job of another queue that stores near': [
    'gpu',
    bind({ ...mapAt(0x20000), queue: 'b1', in: ['gate'] }),
    bind({ ...mapAt(addr), ...last }),
  ],
  'a job of another queue that stores far away': [
    'cpu',
    bind({ ...mapAt(2 ** 39), queue: 'b1', in: ['gate'] }),
    bind({ ...mapAt(addr), ...last }),
  ],
  'a BO on its way': [
    'gpu',
    bind(mapAt(0x20000, 'moving')),
    held,
    { evict: { bo: 'moving' } },
    bind({ ...mapAt(addr, 'moving'), ...last }),
  ],
  'a BO that has arrived': [
    'cpu',
    { evict: { bo: 'moving' } },
    bind({ ...mapAt(0x20000, 'moving'), out: ['first'] }),
    { wait: 'first' },
    bind({ ...mapAt(addr, 'moving'), ...last }),
  ],
  'a split, and a job under way': ['gpu', bind(mapAt(addr)), held, bind({ ...unmap(K), ...last })],
  'a split, and no job': ['cpu', bind(mapAt(addr)), bind({ ...unmap(K), ...last })],
  'a whole mapping gone, and a job under way': [
    'cpu',
    bind(mapAt(addr)),
    held,
    bind({ ...unmap(2 * K), ...last }),
  ],
  'a userptr': [
    'cpu',
    bind({ vm: 'vm0', ops: [{ mapUserptr: { addr, range: K, ptr: HEAP } }], ...last }),
  ],
};

const worldOf = (steps: readonly Step[], more: object = {}): Parameters<typeof scenarioOf>[0] => ({
  device: { ptUpdates: 'cpu-when-idle' },
  vms: { vm0: {} },
  queues: { q0: { vm: 'vm0' }, b1: { vm: 'vm0', kind: 'bind' } },
  bos: { data: { size: 2 * K }, moving: { size: 2 * K } },
  userptrs: { heap: { addr: HEAP, size: K } },
  syncobjs: { gate: { pending: true }, other: { pending: true }, first: {}, last: {} },
  clients: { app: [...steps, { signal: 'gate' }, { wait: 'last' }] },
  ...more,
});

/** Who stores entries for the last VM_BIND of these records. */
function whoStored(records: readonly StepRecord[]): string[] {
  const at = records.findLastIndex(({ facts }) =>
    facts.some((each) => each.type === 'op.executed'),
  );
  const facts = records[at]?.facts ?? [];
  const jobs = facts.filter((each) => each.type === 'job.queued' && each.engine === 'vm0/bind0');
  const isByCpu = facts.some((each) => each.type === 'vm.cpuBound');
  expect(isByCpu).toBe(facts.some((each) => each.type === 'pte.written'));
  return [...(jobs.length > 0 ? ['gpu'] : []), ...(isByCpu ? ['cpu'] : [])];
}

describe('the path', () => {
  test.each(Object.entries(CASES))('%s', (_what, [who, ...steps]) => {
    const scenario = scenarioOf(worldOf(steps));
    for (const schedule of schedules(8)) {
      const { records, end } = wholeRun({ scenario, ...schedule });
      expect([end.verdict, end.reasons, breaches(records)]).toEqual(['ok', [], []]);
      expect(whoStored(records)).toEqual([who]);
    }
  });

  test.each(Object.entries(CASES))('without the setting: %s', (_what, [, ...steps]) => {
    for (const device of [{}, { ptUpdates: 'gpu' }]) {
      const scenario = scenarioOf(worldOf(steps, { device }));
      const { records } = wholeRun({ scenario, chooser: 'time', seed: '0x1' });
      expect(whoStored(records)).toEqual(['gpu']);
    }
  });
});

test('the default written out is the same scenario', () => {
  const [named, plain, cpu] = [{ ptUpdates: 'gpu' }, {}, { ptUpdates: 'cpu-when-idle' }].map(
    (device) => canonicalScenario(scenarioOf(worldOf([], { device }))),
  );
  expect(named).toBe(plain);
  expect(cpu).not.toBe(plain);
});

describe('a store of the CPU', () => {
  const scenario = scenarioOf(worldOf([bind(mapAt(addr)), bind({ ...unmap(2 * K), ...last })]));
  const { records } = wholeRun({ scenario, chooser: 'time', seed: '0x1' });
  const recordOf = (type: Fact['type'], nth = 0): StepRecord =>
    records.filter(({ facts }) => facts.some((each) => each.type === type))[nth] as StepRecord;

  test('is in force when the ioctl returns, and a bind has nothing left to wait for', () => {
    const [first] = records.filter(({ type }) => type === 'vm.bind');
    const types = first?.facts.map(({ type }) => type);
    expect(types).toEqual(expect.arrayContaining(['pte.written', 'vm.cpuBound', 'bind.finished']));
    expect(types).not.toContain('fence.created');
    expect(first?.sends).toEqual([['app', 'ioctl.done']]);
  });

  test('asks for the flush in the same step; the out-sync and the tables wait for it', () => {
    const unbound = recordOf('vma.unbound');
    expect(unbound.sends).toEqual([
      ['gt0/tlb', 'tlb.invalidate'],
      ['app', 'ioctl.done'],
    ]);
    const acked = recordOf('tlb.acked');
    const types = acked.facts.map(({ type }) => type);
    expect(types.slice(0, 2)).toEqual(['tlb.acked', 'table.freed']);
    expect(types).toContain('fence.signaled');
    const [created] = unbound.facts.filter((each) => each.type === 'fence.created');
    expect(created?.fence).toBe('vm0/cpu/gt0:1');
  });
});

test('a flush that the CPU asks for may overtake the one of a job that is done, and no context is out of order', () => {
  const unmapFar: Bind = { vm: 'vm0', ops: [{ unmap: { addr: 2 ** 39, range: 2 * K } }] };
  const steps = [
    bind(mapAt(addr)),
    bind(mapAt(2 ** 39)),
    bind({ ...unmap(2 * K), in: ['other'], out: ['first'] }),
    { signal: 'other' } as const,
    { sleep: { ns: 30_000 } },
    bind({ ...unmapFar, ...last }),
    { wait: 'first' },
  ];
  let overtaken = 0;
  for (const schedule of schedules(100)) {
    const { records, end } = wholeRun({ scenario: scenarioOf(worldOf(steps)), ...schedule });
    expect([end.verdict, breaches(records)]).toEqual(['ok', []]);
    const requested = records
      .flatMap(({ facts }) => facts)
      .flatMap((each) => (each.type === 'tlb.requested' ? [each.fence] : []));
    if (requested[0]?.startsWith('vm0/cpu/') === true) overtaken += 1;
  }
  expect(overtaken).toBeGreaterThan(0);
});

test('pages that change between pin and commit are pinned again before the CPU stores', () => {
  const pinned = { vm: 'vm0', ops: [{ mapUserptr: { addr, range: K, ptr: HEAP } }], ...last };
  const input = worldOf([bind(pinned)]);
  const clients = { ...input.clients, munmap: [{ invalidate: { userptr: 'heap' } }] };
  const scenario = scenarioOf({ ...input, clients });
  let again = 0;
  for (const schedule of schedules(60)) {
    const { records, end } = wholeRun({ scenario, ...schedule });
    expect([end.verdict, breaches(records)]).toEqual(['ok', []]);
    expect(whoStored(records)).toEqual(['cpu']);
    const facts = records.flatMap((record) => record.facts);
    if (facts.filter(({ type }) => type === 'vma.pinned').length > 1) again += 1;
  }
  expect(again).toBeGreaterThan(0);
});
