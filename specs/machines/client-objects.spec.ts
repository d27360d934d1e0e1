/** Making and closing what a scenario declares, with what the steps expect; and steps that act on the device. */
import type { Fact } from '../../domain/facts/schema.ts';
import type { ScenarioInput } from '../../domain/scenario/schema.ts';
import type { Stepped } from '../../machines/execute/executor.ts';
import { deliver, factsIn, sentIn, sharedOf } from '../rig/actors.ts';
import { clientOf, device, fence, next, signaled, verdictOf, vm } from '../rig/client.ts';

type StepInput = ScenarioInput['clients'][string][number];

const declared = {
  vms: { vm0: {} },
  bos: { bo0: { size: 0x2000 }, own: { size: 0x1000, vm: 'vm0' } },
  syncobjs: { s: {}, tl: { kind: 'timeline' as const } },
  queues: {
    q0: { vm: 'vm0' },
    b0: { vm: 'vm0', kind: 'bind' as const },
    far: { vm: 'vm0', gt: 3 },
  },
  userptrs: { up: { addr: 0x10000, size: 0x1000 } },
};
const taking = (step: StepInput, ...facts: readonly Fact[]): Stepped =>
  next(clientOf([step], declared), sharedOf([device, ...facts]));
const types = ({ effects }: Stepped): string[] => factsIn(effects).map(({ type }) => type);
const sent = ({ effects }: Stepped): string[] =>
  sentIn(effects).map(([to, type]) => `${to} ${type}`);

const bo0: Fact[] = [
  { type: 'bo.created', bo: 'bo0', range: 2, phys: 2 ** 38, placement: 'vram', vm: null },
  { type: 'ref.taken', of: 'bo0', by: 'handle' },
];
const queue = (name: string, kind: 'exec' | 'bind'): Fact => ({
  type: 'queue.created',
  queue: name,
  vm: 'vm0',
  gt: 'gt0',
  kind,
});

describe('create', () => {
  test('a BO: its handle keeps it', () => {
    const step = taking({ create: 'bo0' });
    expect(types(step)).toEqual(['step.began', 'bo.created', 'ref.taken', 'step.ended']);
  });

  test.each([
    ['ENOENT', 'passed: create'],
    ['ok', 'failed: create: ok, not ENOENT'],
  ] as const)('a BO private to no VM, where %s is expected', (expected, verdict) => {
    const step = taking({ create: { name: 'own', expect: expected } });
    expect(verdictOf(step)).toContain(verdict);
    expect(types(step)).not.toContain('bo.created');
  });

  test('something that was expected to fail', () => {
    const step = taking({ create: { name: 's', expect: 'EINVAL' } });
    expect(verdictOf(step)).toContain('failed: create: EINVAL, not ok');
  });

  test('a VM and an exec queue are asked; a bind queue is there', () => {
    expect(sent(taking({ create: 'vm0' }))).toEqual(['vm0 vm.create']);
    const asked = taking({ create: 'q0' }, vm('vm0'));
    expect(sent(asked)).toEqual(['q0 queue.create']);
    expect(asked.state.value).toBe('inIoctl');
    expect(types(taking({ create: 'b0' }, vm('vm0')))).toContain('queue.created');
  });

  test('a queue of no VM, or of no GT, is not asked', () => {
    expect(verdictOf(taking({ create: { name: 'q0', expect: 'ENOENT' } }))).toContain(
      'passed: create',
    );
    const far = taking({ create: { name: 'far', expect: 'EINVAL' } }, vm('vm0'));
    expect(verdictOf(far)).toContain('passed: create');
  });

  test.each([
    [0, 'ok', 'passed: ioctl'],
    [-22, 'EINVAL', 'passed: ioctl'],
    [-22, 'ok', 'failed: ioctl: ok, not EINVAL'],
  ] as const)('the result %d of a VM where %s is expected', (result, expected, verdict) => {
    const asked = taking({ create: { name: 'vm0', expect: expected } });
    const done = deliver(asked.state, 'ioctl.done', { result });
    expect(verdictOf(done)).toEqual([verdict, `ended ${result}`]);
  });
});

describe('close', () => {
  test('a BO: the last reference takes the memory along', () => {
    const step = taking({ close: 'bo0' }, ...bo0);
    const freeing = ['bo.closed', 'ref.dropped', 'bo.freed', 'memory.freed'];
    expect(types(step)).toEqual(['step.began', ...freeing, 'step.ended']);
    const kept = taking({ close: 'bo0' }, ...bo0, { type: 'ref.taken', of: 'bo0', by: 'vm0/1' });
    expect(types(kept)).toEqual(['step.began', 'bo.closed', 'ref.dropped', 'step.ended']);
  });

  test.each<[string, Fact[]]>([
    ['bo0', []],
    ['bo0', [...bo0, { type: 'bo.closed', bo: 'bo0' }]],
  ])('%s twice', (name, facts) => {
    const step = taking({ close: { name, expect: 'EINVAL' } }, ...facts);
    expect(verdictOf(step)).toEqual(['passed: close', 'ended -22']);
  });

  test('queues and VMs', () => {
    expect(sent(taking({ close: 'vm0' }))).toEqual(['vm0 vm.close']);
    expect(sent(taking({ close: 'q0' }, queue('q0', 'exec')))).toEqual(['q0 queue.destroy']);
    expect(types(taking({ close: 'b0' }, queue('b0', 'bind')))).toContain('queue.destroyed');
    for (const name of ['q0', 'b0']) {
      const gone = taking({ close: { name, expect: 'ENOENT' } });
      expect(verdictOf(gone)).toContain('passed: close');
    }
  });
});

describe('what acts on the device', () => {
  test.each([
    [0, []],
    [-2, ['failed: evict: ok, not ENOENT']],
  ] as const)('an eviction that ends with %d', (result, verdict) => {
    const asked = taking({ evict: { bo: 'bo0' } });
    expect(sentIn(asked.effects)).toEqual([
      ['memory', 'memory.evict', { bo: 'bo0', to: 'system' }],
    ]);
    const done = deliver(asked.state, 'evict.done', { result });
    expect(verdictOf(done)).toEqual([...verdict, `ended ${result}`]);
    expect(done.state.value).toBe('running');
  });

  test('a reset is waited for', () => {
    const asked = taking({ reset: { gt: 1 } });
    expect(sent(asked)).toEqual(['gt1 gt.reset']);
    expect(deliver(asked.state, 'reset.done', {}).state.value).toBe('running');
  });

  test('an access counter is not', () => {
    const step = taking({ accessCounter: { vm: 'vm0', addr: 0x20000, granularity: 1 } });
    const seen = { gt: 'gt0', addr: 32, granularity: 1, vector: '0x1' };
    expect(sentIn(step.effects)).toContainEqual(['vm0', 'vm.accessCounter', seen]);
    expect(step.state.value).toBe('running');
    expect(() => taking({ accessCounter: { vm: 'vm0', addr: 1 } })).toThrow('0x1');
  });

  test.each([
    [0, 'ok', 'passed: madvise'],
    [-22, 'ok', 'failed: madvise: ok, not EINVAL'],
  ] as const)('advice that ends with %d', (result, expected, verdict) => {
    const madvise = { vm: 'vm0', addr: 0, range: 0x1000, property: 4, value: 1, expect: expected };
    const asked = taking({ madvise });
    const data = { addr: '0x0', range: '0x1000', property: 4, value: '0x1' };
    expect(sentIn(asked.effects)).toEqual([['vm0', 'vm.madvise', data]]);
    expect(verdictOf(deliver(asked.state, 'ioctl.done', { result }))[0]).toBe(verdict);
  });
});

describe('the CPU touches a BO that moves', () => {
  const moving: Fact[] = [
    ...bo0,
    fence('memory/copy:1', 'move'),
    { type: 'resv.added', resv: 'bo0', fence: 'memory/copy:1', usage: 'kernel' },
  ];
  const read: StepInput = { cpu: { bo: 'bo0', read: 0, expect: 0 } };

  test('it waits for the move, and for the next one', () => {
    const waiting = taking(read, ...moving);
    expect(waiting.state.value).toBe('faulting.awaitingMove');
    const again: Fact[] = [
      ...moving,
      signaled('memory/copy:1'),
      fence('memory/copy:2', 'move'),
      { type: 'resv.added', resv: 'bo0', fence: 'memory/copy:2', usage: 'kernel' },
    ];
    const first = { fence: 'memory/copy:1', error: 0 };
    const still = deliver(waiting.state, 'fence.signaled', first, sharedOf([device, ...again]));
    expect(still.state.value).toBe('faulting.awaitingMove');
    expect(types(still)).toEqual(['fence.waited']);
    const other = deliver(still.state, 'fence.signaled', first, sharedOf([device, ...again]));
    expect(other.state.value).toBe('faulting.awaitingMove');
    const settled = sharedOf([device, ...again, signaled('memory/copy:2')]);
    const done = deliver(
      still.state,
      'fence.signaled',
      { fence: 'memory/copy:2', error: 0 },
      settled,
    );
    expect(done.state.value).toBe('running');
    expect(verdictOf(done)).toEqual(['passed: CPU read', 'ended 0']);
  });

  test('it does not wait for anything else', () => {
    const bind: Fact[] = [
      ...bo0,
      fence('b:1', 'bind-job'),
      { type: 'resv.added', resv: 'bo0', fence: 'b:1', usage: 'kernel' },
    ];
    expect(taking(read, ...bind).state.value).toBe('running');
  });
});

describe('what a fence has signalled with', () => {
  const made: Fact[] = [{ type: 'syncobj.created', syncobj: 's', kind: 'binary' }, fence('f:1')];
  const held: Fact = { type: 'syncobj.replaced', syncobj: 's', fence: 'f:1' };

  test.each<[string, Fact[]]>([
    ['empty', made],
    ['pending', [...made, held]],
    ['ok', [...made, held, signaled('f:1')]],
    ['ok', [...made, { type: 'syncobj.replaced', syncobj: 's', fence: 'stub:0' }]],
    ['ECANCELED', [...made, held, signaled('f:1', -125)]],
  ])('%s', (actual, facts) => {
    const expecting = (is: 'EIO' | 'ok' | 'ECANCELED') =>
      verdictOf(taking({ expect: { error: { of: 's', is } } }, ...facts))[0];
    expect(expecting('EIO')).toBe(`failed: error of s: EIO, not ${actual}`);
    if (actual === 'ok' || actual === 'ECANCELED') {
      expect(expecting(actual)).toBe('passed: error of s');
    }
  });
});

test('a mapping of the process itself is expected by its address there', () => {
  const mappings = [{ addr: 0x1000, range: 0x1000, ptr: 0x10000 }];
  const asked = taking({ expect: { vm: 'vm0', mappings } });
  const flags = { null: false, readOnly: false, gtMask: 0 };
  const piece = { va: 1, addr: 1, range: 1, obj: null, offset: 16, userptr: true, ...flags };
  const seen = deliver(asked.state, 'debugfs.done', { mappings: [piece] });
  expect(verdictOf(seen)).toEqual(['passed: mappings', 'ended 0']);
  const other = deliver(asked.state, 'debugfs.done', { mappings: [{ ...piece, offset: 17 }] });
  expect(verdictOf(other)[0]).toContain('not 0x1000+0x1000 userptr@0x11000');
});
