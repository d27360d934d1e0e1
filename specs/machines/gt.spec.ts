/** A GT by itself: its copy ring, its GuC, and what its hardware makes of an access. */
import type { Fact } from '../../domain/facts/schema.ts';
import { newGt } from '../../machines/gt/context.ts';
import type { Answers } from '../../machines/contract/decisions.ts';
import type { ActorState } from '../../machines/execute/executor.ts';
import { foldShared } from '../../machines/shared/fold.ts';
import type { Shared } from '../../machines/shared/shared.ts';
import { deliver, factsIn, sentIn, sharedOf } from '../rig/actors.ts';
import { vmFacts } from '../rig/small-world.ts';

const running: ActorState = { machine: 'gt', value: 'running', context: newGt('gt0') };
const mapped = sharedOf(vmFacts('vm0', 'dma-fence'));
const faulty = sharedOf(vmFacts('vm0', 'fault'));
const first = (n: number): Answers => new Map([[1, n]]);

const read = { vm: 'vm0', access: 'read', addr: 1, word: 0, value: null } as const;
const hole = { ...read, addr: 7 };
const access = (
  data: typeof read | typeof hole,
  shared: Shared,
  answers?: Answers,
  state = running,
): ReturnType<typeof deliver> => deliver(state, 'gpu.access', data, shared, 'q0', answers);
const typesOf = (effects: Parameters<typeof factsIn>[0]): string[] =>
  factsIn(effects).map(({ type }) => type);

test('a copy of pages, and who is told after the last command of a job', () => {
  const copy = { source: 0x40, phys: 0x80, range: 2, placement: 'system' } as const;
  for (const last of [false, true]) {
    const { effects } = deliver(running, 'copy.pages', { job: 'j', copy, last }, mapped, 'c');
    expect(factsIn(effects)).toEqual([
      { type: 'memory.copied', source: 0x40, phys: 0x80, range: 2 },
    ]);
    expect(sentIn(effects)).toEqual(last ? [['c', 'copy.done', { job: 'j' }]] : []);
  }
});

test('a flush is acknowledged, unless the acknowledgement gets lost', () => {
  const flush = { vm: 'vm0', seqno: 5, addr: 0, range: 1 };
  const flushed = { type: 'tlb.invalidated', gt: 'gt0', ...flush };
  const good = deliver(running, 'guc.invalidate', flush, mapped, 'gt0/tlb');
  expect(factsIn(good.effects)).toEqual([flushed]);
  expect(sentIn(good.effects)).toEqual([['gt0/tlb', 'guc.ack', { seqno: 5 }]]);
  const lost = deliver(running, 'guc.invalidate', flush, mapped, 'gt0/tlb', first(1));
  expect(factsIn(lost.effects)).toEqual([flushed, { type: 'tlb.ackLost', gt: 'gt0', seqno: 5 }]);
  expect(sentIn(lost.effects)).toEqual([]);
});

test('a walk leaves the directory entries that it passed, and the translation', () => {
  const { effects } = access(read, mapped);
  const fills = factsIn(effects).filter((fact) => fact.type === 'tlb.filled');
  expect(fills.map(({ level }) => level)).toEqual([3, 2, 1, 0]);
  const after = factsIn(effects).reduce(foldShared, mapped);
  expect(typesOf(access(read, after).effects)).toEqual(['access.done']);
});

test('hardware may use what it has cached, or walk anew, or go on from a directory entry', () => {
  const cached = factsIn(access(read, mapped).effects).reduce(foldShared, mapped);
  // the mapping goes, and its table; nothing is flushed yet
  const gone: Fact[] = [
    {
      type: 'pte.written',
      gt: 'gt0',
      vm: 'vm0',
      table: 0x8001,
      level: 1,
      runs: [{ index: 0, count: 1, pte: 0, stride: 0 }],
      by: 'gpu',
    },
    { type: 'table.freed', gt: 'gt0', vm: 'vm0', table: 0x8000 },
  ];
  const stale = gone.reduce(foldShared, cached);
  const ends = [0, 1, 2].map((n) => {
    const done = factsIn(access(read, stale, first(n)).effects).at(-1);
    return done?.type === 'access.done' ? [done.outcome, done.fault] : null;
  });
  expect(ends).toEqual([
    ['read', null],
    ['fault', 'not-present'],
    ['fault', 'dangling-table'],
  ]);
  const flushed = foldShared(stale, {
    type: 'tlb.invalidated',
    gt: 'gt0',
    vm: 'vm0',
    addr: 0,
    range: 512,
    seqno: 1,
  });
  const { effects, state } = access(read, flushed);
  expect(sentIn(effects)).toEqual([['q0', 'gpu.done', { outcome: 'fault', value: null }]]);
  expect(state).toEqual(running);
});

test('an access to a VM without page tables faults', () => {
  const { effects } = access({ ...read, vm: 'vm9' as 'vm0' }, mapped);
  expect(sentIn(effects)).toEqual([['q0', 'gpu.done', { outcome: 'fault', value: null }]]);
});

test('a page fault is held in a fault-mode VM only', () => {
  const plain = access(hole, mapped);
  expect(sentIn(plain.effects)).toEqual([['q0', 'gpu.done', { outcome: 'fault', value: null }]]);
  const { effects } = access(hole, faulty);
  expect(typesOf(effects).at(-1)).toBe('fault.raised');
  expect(sentIn(effects)).toEqual([
    ['gt0/faults0', 'fault.raise', { id: 1, vm: 'vm0', addr: 7, access: 'read' }],
  ]);
});

test('a held access is made again when the fault is resolved, and held again if it faults again', () => {
  const held = access(hole, faulty);
  const again = deliver(held.state, 'fault.answer', { id: 1, result: 0 }, faulty);
  // no other answer can come for number 1, so it is used again
  expect(sentIn(again.effects)).toEqual([
    ['gt0/faults0', 'fault.raise', { id: 1, vm: 'vm0', addr: 7, access: 'read' }],
  ]);
  const stray = deliver(again.state, 'fault.answer', { id: 7, result: 0 }, faulty);
  expect(stray.state).toEqual(again.state);
  const resolved = foldShared(faulty, {
    type: 'pte.written',
    gt: 'gt0',
    vm: 'vm0',
    table: 0x8000,
    level: 0,
    runs: [{ index: 7, count: 1, pte: 3, stride: 0 }],
    by: 'gpu',
  });
  const through = deliver(again.state, 'fault.answer', { id: 1, result: 0 }, resolved);
  expect(sentIn(through.effects)).toEqual([['q0', 'gpu.done', { outcome: 'read', value: '0x0' }]]);
});

test('it fails when the fault cannot be resolved; an answer to nothing is nothing', () => {
  const held = access(hole, faulty);
  const failed = deliver(held.state, 'fault.answer', { id: 1, result: -22 }, faulty);
  expect(sentIn(failed.effects)).toEqual([['q0', 'gpu.done', { outcome: 'fault', value: null }]]);
  expect(typesOf(failed.effects)).toEqual(['access.done']);
  expect(deliver(failed.state, 'fault.answer', { id: 1, result: 0 }, faulty).effects).toEqual([]);
});

describe('a reset', () => {
  const queue: Fact = { type: 'queue.created', queue: 'q0', vm: 'vm0', gt: 'gt0', kind: 'exec' };
  const world = foldShared(faulty, queue);
  const sent = deliver(
    running,
    'guc.invalidate',
    { vm: 'vm0', seqno: 4, addr: 0, range: 1 },
    world,
  );
  const held = access(hole, world, undefined, sent.state);
  const begun = deliver(held.state, 'gt.reset', {}, world, 'app');

  test('is told to the queues of the GT and to the page-fault queues in use, and takes its time', () => {
    expect(begun.state.value).toBe('inReset');
    expect(factsIn(begun.effects)).toEqual([{ type: 'gt.reset', gt: 'gt0' }]);
    expect(sentIn(begun.effects)).toEqual([
      ['q0', 'queue.reset', {}],
      ['gt0/faults0', 'faults.reset', {}],
    ]);
    expect(begun.effects.at(-1)).toMatchObject({ effect: 'arm', timer: 'reset' });
  });

  test('ends with everything flushed, the driver told how far it had come, all askers answered', () => {
    const joined = deliver(begun.state, 'gt.reset', {}, world, 'gt0/tlb');
    const flush = { vm: 'vm0', seqno: 5, addr: 0, range: 1 };
    const lost = deliver(joined.state, 'guc.invalidate', flush, world, 'gt0/tlb');
    expect([joined.effects, lost.effects]).toEqual([[], []]);
    const { state, effects } = deliver(lost.state, 'gt.resume', {}, world);
    expect(state.value).toBe('running');
    expect(factsIn(effects)).toEqual([{ type: 'gt.resumed', gt: 'gt0' }]);
    expect(sentIn(effects)).toEqual([
      ['gt0/tlb', 'tlb.reset', { seqno: 5 }],
      ['app', 'reset.done', {}],
      ['gt0/tlb', 'reset.done', {}],
      ['gt0', 'fault.answer', { id: 1, result: 0 }],
    ]);
  });

  test('leaves nothing cached of any VM', () => {
    const cached = factsIn(access(read, world).effects).reduce(foldShared, world);
    const after = foldShared(cached, { type: 'gt.resumed', gt: 'gt0' });
    expect(after.tlbs['gt0']).toEqual(world.tlbs['gt0']);
    expect(cached.tlbs['gt0']).not.toEqual(world.tlbs['gt0']);
  });
});
