/**
 * What each fact does to the shared objects, one fact at a time: exactly the members named change, to exactly what is
 * written here. Facts about actors' own state change nothing. Facts that cannot have happened are refused.
 */
import fc from 'fast-check';
import { FACT_TYPES, type Fact, type FactType } from '../../../domain/facts/schema.ts';
import { hold } from '../../../domain/fence/fence-refs.ts';
import { fenceOf } from '../../../domain/fence/fence-table.ts';
import { readWord } from '../../../hw/memory.ts';
import { tlbEntries } from '../../../hw/tlb.ts';
import { foldShared } from '../../../machines/shared/fold.ts';
import { linkKey, NOTHING_SHARED, type Shared } from '../../../machines/shared/shared.ts';
import { factArbitraries } from '../../streams/log/arbitrary-record.ts';

const SYSTEM = 2 ** 20;
const VRAM = 2 ** 38;
const mapped = {
  addr: 16,
  range: 2,
  offset: 0,
  null: false,
  readOnly: false,
  userptr: false,
  gtMask: 0,
};
const vm = { addr: 0, range: 64, async: true, semantics: 'gpuvm-6.18', scratch: false } as const;
const bo = { range: 2, placement: 'vram' } as const;

const foldAll = (facts: readonly Fact[], from: Shared = NOTHING_SHARED): Shared =>
  facts.reduce(foldShared, from);

/** Two VMs, an external BO mapped in both, a private one, a userptr, a queue, two fences. */
const BASE = foldAll([
  { type: 'device.created', gts: ['gt0', 'gt1'], vaBits: 48, profile: 'xe' },
  { type: 'vm.created', vm: 'v', ...vm, mode: 'dma-fence' },
  { type: 'vm.created', vm: 'w', ...vm, mode: 'compute' },
  { type: 'bo.created', bo: 'ext', ...bo, phys: VRAM, vm: null },
  { type: 'bo.created', bo: 'own', ...bo, phys: VRAM + 2, vm: 'v' },
  { type: 'va.mapped', vm: 'v', va: 1, obj: 'ext', ...mapped },
  { type: 'va.mapped', vm: 'v', va: 2, obj: 'ext', ...mapped, addr: 20 },
  { type: 'va.mapped', vm: 'w', va: 1, obj: 'ext', ...mapped },
  { type: 'va.mapped', vm: 'v', va: 3, obj: 'own', ...mapped, addr: 30 },
  { type: 'userptr.created', userptr: 'u', ptr: 5, range: 3, phys: SYSTEM },
  { type: 'queue.created', queue: 'q', vm: 'v', gt: 'gt0', kind: 'exec' },
  { type: 'fence.created', fence: 'q/preempt:1', kind: 'preempt', parts: [] },
  { type: 'fence.created', fence: 'v/async:1', kind: 'async-op', parts: [] },
  { type: 'memory.written', phys: VRAM, word: 3, value: '0x7', by: 'cpu' },
  { type: 'lock.taken', lock: 'v', by: 'app' },
  { type: 'ref.taken', of: 'ext', by: 'handle' },
  { type: 'vma.evicted', vm: 'v', va: 1 },
  { type: 'tlb.filled', gt: 'gt0', vm: 'v', addr: 16, range: 1, pte: 1, level: 0 },
  { type: 'tlb.filled', gt: 'gt1', vm: 'v', addr: 16, range: 1, pte: 1, level: 0 },
]);

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** The members of the shared objects that a fact changed. */
function changed(after: Shared, before = BASE): Partial<Shared> {
  const members = Object.entries(after).filter(
    ([name, value]) => value !== before[name as keyof Shared],
  );
  return Object.fromEntries(members);
}
const onVm = (id: string, change: object): unknown => ({
  vms: { ...BASE.vms, [id]: { ...BASE.vms[id], ...change } },
});
const onBo = (id: string, change: object): object => ({
  bos: { ...BASE.bos, [id]: { ...BASE.bos[id], ...change } },
});
const errored = { call: 1, index: 0, op: 'map', addr: 0, range: 1 };
const copied = BASE.memory.words.set((SYSTEM + 4) * 512 + 3, '0x7');

describe('one fact', () => {
  const cases: readonly (readonly [Fact, unknown])[] = [
    [{ type: 'bo.closed', bo: 'ext' }, onBo('ext', { closed: true })],
    [{ type: 'bo.freed', bo: 'own' }, { bos: { ext: BASE.bos['ext'] } }],
    [
      {
        type: 'bo.moved',
        bo: 'own',
        phys: SYSTEM + 3,
        placement: 'system',
        fence: 'm:1',
        stays: false,
      },
      {
        ...onBo('own', { phys: SYSTEM + 3, placement: 'system', home: 'vram' }),
        pools: { ...BASE.pools, system: { next: SYSTEM + 5 } },
      },
    ],
    [
      {
        type: 'bo.moved',
        bo: 'own',
        phys: SYSTEM + 3,
        placement: 'system',
        fence: 'm:1',
        stays: true,
      },
      {
        ...onBo('own', { phys: SYSTEM + 3, placement: 'system', home: 'system' }),
        pools: { ...BASE.pools, system: { next: SYSTEM + 5 } },
      },
    ],
    [
      { type: 'userptr.created', userptr: 't', ptr: 9, range: 1, phys: SYSTEM + 3 },
      {
        userptrs: {
          ...BASE.userptrs,
          t: { ptr: 9, range: 1, phys: SYSTEM + 3, seq: 0, invalidating: false },
        },
        areas: BASE.areas.set(9, 't'),
        pools: { ...BASE.pools, system: { next: SYSTEM + 4 } },
      },
    ],
    [
      { type: 'userptr.invalidating', userptr: 'u', seq: 2 },
      { userptrs: { u: { ...BASE.userptrs['u'], seq: 2, invalidating: true } } },
    ],
    [
      { type: 'userptr.invalidated', userptr: 'u', phys: SYSTEM + 3 },
      {
        userptrs: { u: { ...BASE.userptrs['u'], phys: SYSTEM + 3 } },
        pools: { ...BASE.pools, system: { next: SYSTEM + 6 } },
      },
    ],
    [
      { type: 'userptr.invalidated', userptr: 'u', phys: null },
      { userptrs: { u: { ...BASE.userptrs['u'], phys: null } } },
    ],
    [
      { type: 'queue.created', queue: 'r', vm: 'w', gt: 'gt1', kind: 'bind' },
      { queues: { ...BASE.queues, r: { vm: 'w', gt: 'gt1', kind: 'bind', banned: false } } },
    ],
    [{ type: 'queue.destroyed', queue: 'q' }, { queues: {} }],
    [
      { type: 'queue.banned', queue: 'q' },
      { queues: { q: { vm: 'v', gt: 'gt0', kind: 'exec', banned: true } } },
    ],
    [
      { type: 'resv.added', resv: 'v', fence: 'v/async:1', usage: 'bookkeep' },
      {
        resvs: { v: [{ fence: 'v/async:1', usage: 'bookkeep' }] },
        fences: hold(BASE.fences, ['v/async:1']),
      },
    ],
    [{ type: 'lock.taken', lock: 'w', by: 'b' }, { locks: { v: 'app', w: 'b' } }],
    [{ type: 'lock.released', lock: 'v', by: 'app' }, { locks: {} }],
    [{ type: 'wait.began', on: 'lock:v', by: 'b' }, { sleepers: { 'lock:v': ['b'] } }],
    [{ type: 'ref.taken', of: 'ext', by: 'b' }, { refs: { ext: 2 } }],
    [{ type: 'ref.taken', of: 'own', by: 'b' }, { refs: { ext: 1, own: 1 } }],
    [{ type: 'ref.dropped', of: 'ext', by: 'b' }, { refs: {} }],
    [{ type: 'ufence.written', at: '0x10', value: '0x2' }, { userMemory: { '0x10': '0x2' } }],
    [
      { type: 'memory.copied', source: VRAM, phys: SYSTEM + 4, range: 2 },
      { memory: { words: copied } },
    ],
    [{ type: 'vm.closing', vm: 'v' }, onVm('v', { closed: true })],
    [{ type: 'vm.errored', vm: 'v', ...errored, error: -12 }, onVm('v', { error: -12 })],
    [{ type: 'vm.restarted', vm: 'v' }, onVm('v', { error: 0 })],
    [{ type: 'vma.evicted', vm: 'v', va: 2 }, onVm('v', { evicted: [1, 2] })],
    [{ type: 'vma.rebound', vm: 'v', va: 1 }, onVm('v', { evicted: [] })],
    [{ type: 'vma.rebound', vm: 'v', va: 2 }, {}],
    [{ type: 'vma.zapped', vm: 'v', va: 1, gt: 'gt0' }, onVm('v', { evicted: [] })],
    [
      { type: 'va.unmapped', vm: 'v', va: 1, addr: 16, range: 2, obj: 'ext' },
      onVm('v', { extobjs: { ext: 1 } }),
    ],
    [
      { type: 'va.unmapped', vm: 'w', va: 1, addr: 16, range: 2, obj: 'ext' },
      onVm('w', { extobjs: {} }),
    ],
    // a private BO is not among the external ones
    [{ type: 'va.unmapped', vm: 'v', va: 3, addr: 30, range: 2, obj: 'own' }, {}],
    [{ type: 'va.unmapped', vm: 'v', va: 9, addr: 40, range: 2, obj: null }, {}],
    [{ type: 'va.mapped', vm: 'v', va: 9, ...mapped, addr: 40, obj: null }, {}],
  ];

  test.each(cases)('%j', (fact, expected) => {
    // by what they hold: maps of one content may be built differently
    expect(plain(changed(foldShared(BASE, fact)))).toEqual(plain(expected));
  });
});

describe('mappings and their BO', () => {
  const linksOf = (shared: Shared, name: string): unknown[] => [
    ...(shared.links[name]?.values() ?? []),
  ];

  test('each mapping is linked to its BO, by VM and number, and counted where the BO is external', () => {
    expect(linksOf(BASE, 'ext')).toEqual([
      { vm: 'v', va: 1, addr: 16, range: 2 },
      { vm: 'v', va: 2, addr: 20, range: 2 },
      { vm: 'w', va: 1, addr: 16, range: 2 },
    ]);
    expect(linksOf(BASE, 'own')).toEqual([{ vm: 'v', va: 3, addr: 30, range: 2 }]);
    expect(BASE.links['ext']?.get(linkKey(1, 1))).toMatchObject({ vm: 'w' });
    expect(BASE.vms['v']?.extobjs).toEqual({ ext: 2 });
    expect(BASE.vms['w']?.extobjs).toEqual({ ext: 1 });
  });

  test('the link stays until the mapping is destroyed, and goes with the last of its BO', () => {
    const unmapped = foldShared(BASE, {
      type: 'va.unmapped',
      vm: 'v',
      va: 3,
      addr: 30,
      range: 2,
      obj: 'own',
    });
    expect(linksOf(unmapped, 'own')).toHaveLength(1);
    const destroyed = foldShared(unmapped, { type: 'vma.destroyed', vm: 'v', va: 3, obj: 'own' });
    expect(Object.keys(destroyed.links)).toEqual(['ext']);
    const other = foldShared(BASE, { type: 'vma.destroyed', vm: 'v', va: 1, obj: 'ext' });
    expect(linksOf(other, 'ext').map((link) => (link as { va: number }).va)).toEqual([2, 1]);
    // and it is no longer waiting to be bound again
    expect(other.vms['v']?.evicted).toEqual([]);
    expect(foldShared(BASE, { type: 'vma.destroyed', vm: 'v', va: 9, obj: null })).toBe(BASE);
  });
});

describe('fences', () => {
  test('enabled and started are remembered, of that fence alone', () => {
    const enabled = foldShared(BASE, { type: 'fence.enabled', fence: 'q/preempt:1' });
    expect(fenceOf(enabled.fences, 'q/preempt:1')).toMatchObject({ enabled: true, started: false });
    expect(fenceOf(enabled.fences, 'v/async:1').enabled).toBe(false);
    const started = foldShared(BASE, { type: 'fence.started', fence: 'v/async:1' });
    expect(fenceOf(started.fences, 'v/async:1')).toMatchObject({ enabled: false, started: true });
    expect(Object.keys(changed(enabled))).toEqual(['fences']);
  });

  test('a fence in a reservation object makes room for a later one of its context', () => {
    const facts: Fact[] = [
      { type: 'fence.created', fence: 'v/async:2', kind: 'async-op', parts: [] },
      { type: 'resv.added', resv: 'v', fence: 'v/async:1', usage: 'bookkeep' },
      { type: 'resv.added', resv: 'v', fence: 'v/async:2', usage: 'bookkeep' },
      { type: 'resv.added', resv: 'v', fence: 'q/preempt:1', usage: 'bookkeep' },
    ];
    expect(foldAll(facts, BASE).resvs['v']?.map(({ fence }) => fence)).toEqual([
      'q/preempt:1',
      'v/async:2',
    ]);
  });
});

describe('memory and TLBs', () => {
  test('a copy leaves the source as it was', () => {
    const { memory } = foldShared(BASE, {
      type: 'memory.copied',
      source: VRAM,
      phys: SYSTEM + 4,
      range: 2,
    });
    expect(readWord(memory, { pfn: SYSTEM + 4, word: 3 })).toBe('0x7');
    expect(readWord(memory, { pfn: VRAM, word: 3 })).toBe('0x7');
  });

  test('a GT that was reset has nothing cached; the other keeps what it has', () => {
    const { tlbs } = foldShared(BASE, { type: 'gt.resumed', gt: 'gt0' });
    expect([...tlbEntries(tlbs['gt0'] as never)]).toEqual([]);
    expect([...tlbEntries(tlbs['gt1'] as never)]).toHaveLength(1);
  });
});

/** Facts that say something about an actor's own state, or about a message: no shared object changes. */
const ELSEWHERE: readonly FactType[] = FACT_TYPES.filter((type) =>
  /^(actor|step|expect|bind|ops|op|exec|job|rebind|fault|access|cpu)\.|^(vm\.refused|vm\.freed|vma\.(bound|unbound|invalidated|pinned)|queue\.(suspending|suspended|resumed)|memory\.freed|gt\.reset|tlb\.(requested|acked|sendFailed|ackLost|timedOut))$/.test(
    type,
  ),
);

test('a fact about an actor’s own state changes nothing that is shared', () => {
  expect(ELSEWHERE.length).toBeGreaterThan(35);
  for (const type of ELSEWHERE) {
    const property = fc.property(factArbitraries.get(type) as fc.Arbitrary<Fact>, (fact) => {
      expect([type, foldShared(BASE, fact) === BASE]).toEqual([type, true]);
    });
    fc.assert(property, { numRuns: 10 });
  }
});

describe('what cannot have happened is refused', () => {
  const cases: readonly (readonly [Fact, string])[] = [
    [{ type: 'lock.taken', lock: 'v', by: 'b' }, 'b takes v, which app holds'],
    [{ type: 'ref.dropped', of: 'own', by: 'b' }, 'own has no reference left to drop'],
    [{ type: 'bo.created', bo: 'x', ...bo, phys: VRAM, vm: null }, 'x is not where the allocator'],
    [
      { type: 'bo.moved', bo: 'ext', phys: VRAM, placement: 'vram', fence: 'm:1', stays: true },
      'ext is not where the allocator',
    ],
    [
      { type: 'bo.moved', bo: 'no', phys: VRAM, placement: 'vram', fence: 'm:1', stays: true },
      'no BO no',
    ],
    [
      { type: 'userptr.created', userptr: 't', ptr: 9, range: 1, phys: SYSTEM },
      't is not where the allocator',
    ],
    [{ type: 'userptr.invalidated', userptr: 'u', phys: SYSTEM }, 'u is not where the allocator'],
    [{ type: 'userptr.invalidated', userptr: 'no', phys: null }, 'no userptr no'],
    [{ type: 'userptr.invalidating', userptr: 'no', seq: 1 }, 'no userptr no'],
    [{ type: 'vm.errored', vm: 'no', ...errored, error: -12 }, 'no VM no'],
    [{ type: 'vm.restarted', vm: 'no' }, 'no VM no'],
    [{ type: 'vma.evicted', vm: 'no', va: 1 }, 'no VM no'],
    [{ type: 'va.mapped', vm: 'no', va: 1, obj: 'ext', ...mapped }, 'no VM no'],
    [{ type: 'fence.enabled', fence: 'no:1' }, 'no fence no:1'],
    [{ type: 'fence.started', fence: 'no:1' }, 'no fence no:1'],
  ];

  test.each(cases)('%j', (fact, message) => {
    expect(() => foldShared(BASE, fact)).toThrow(message);
  });
});
