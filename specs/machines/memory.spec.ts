/** The memory manager by itself: who may be evicted when, what the mappings are told, and when pages are free. */
import type { Fact } from '../../domain/facts/schema.ts';
import { newMemory } from '../../machines/memory/context.ts';
import { moveBo } from '../../machines/memory/move.ts';
import type { ActorState, Stepped } from '../../machines/execute/executor.ts';
import { foldShared } from '../../machines/shared/fold.ts';
import { SharedReader } from '../../machines/shared/reader.ts';
import { dropRef } from '../../machines/shared/refs.ts';
import type { Shared } from '../../machines/shared/shared.ts';
import { deliver, factsIn, sentIn, sharedOf } from '../rig/actors.ts';
import { device, fence, signaled, vm } from '../rig/client.ts';

const memory: ActorState = { machine: 'memory', value: 'managing', context: newMemory() };
const FIRST_VRAM = 2 ** 38;
const FIRST_SYSTEM = 2 ** 20;

function bo(name: string, phys = FIRST_VRAM, owner: string | null = null): Fact[] {
  return [
    { type: 'bo.created', bo: name, range: 2, phys, placement: 'vram', vm: owner },
    { type: 'ref.taken', of: name, by: 'handle' },
  ];
}

function mapped(obj: string, owner: string, va: number): Fact {
  const flags = { offset: 0, null: false, readOnly: false, userptr: false, gtMask: 0 };
  return { type: 'va.mapped', vm: owner, va, addr: va * 16, range: 2, obj, ...flags };
}

const after = (shared: Shared, { effects }: Stepped): Shared =>
  factsIn(effects).reduce(foldShared, shared);
const types = ({ effects }: Stepped): string[] => factsIn(effects).map(({ type }) => type);
const evict = (state: ActorState, shared: Shared, name = 'bo0', from = 'app'): Stepped =>
  deliver(state, 'memory.evict', { bo: name, to: 'system' }, shared, from);
const answers = (step: Stepped): unknown[] =>
  sentIn(step.effects).filter(([, type]) => type === 'evict.done');
const jobIn = (step: Stepped): { waits: string[]; copy: unknown } | undefined =>
  sentIn(step.effects).find(([, type]) => type === 'job.push')?.[2] as never;

describe('what is not there', () => {
  test.each<[string, Fact[], number]>([
    ['a BO that was never made', [], -2],
    ['a closed handle', [...bo('bo0'), { type: 'bo.closed', bo: 'bo0' }], -2],
    [
      'a BO that is out already',
      [{ ...bo('bo0')[0], placement: 'system', phys: FIRST_SYSTEM } as Fact],
      0,
    ],
  ])('%s', (_name, facts, result) => {
    const step = evict(memory, sharedOf([device, ...facts]));
    expect(sentIn(step.effects)).toEqual([['app', 'evict.done', { result }]]);
    expect(types(step)).toEqual([]);
  });
});

describe('an eviction', () => {
  const shared = sharedOf([
    device,
    vm('vm0'),
    vm('vm1', 'compute'),
    ...bo('bo0'),
    mapped('bo0', 'vm0', 1),
    mapped('bo0', 'vm1', 2),
    { type: 'vma.evicted', vm: 'vm1', va: 2 },
    fence('q0:1'),
    fence('q1/preempt:1', 'preempt'),
    { type: 'resv.added', resv: 'bo0', fence: 'q0:1', usage: 'write' },
    { type: 'resv.added', resv: 'bo0', fence: 'q1/preempt:1', usage: 'bookkeep' },
    { type: 'fence.enabled', fence: 'q0:1' },
  ]);

  test('asks everything to end, tells each mapping once, and copies when all is over', () => {
    const step = evict(memory, shared);
    expect(factsIn(step.effects)).toEqual([
      { type: 'fence.enabled', fence: 'q1/preempt:1' },
      { type: 'vma.evicted', vm: 'vm0', va: 1 },
      { type: 'fence.created', fence: 'memory/copy:1', kind: 'move', parts: [] },
      {
        type: 'bo.moved',
        bo: 'bo0',
        phys: FIRST_SYSTEM,
        placement: 'system',
        fence: 'memory/copy:1',
        stays: false,
      },
      { type: 'resv.added', resv: 'bo0', fence: 'memory/copy:1', usage: 'kernel' },
      expect.objectContaining({ type: 'job.queued', engine: 'memory/copy' }),
    ]);
    expect(sentIn(step.effects)).toEqual([
      [
        'memory/copy',
        'job.push',
        {
          job: expect.objectContaining({
            gt: 'gt0',
            fence: 'memory/copy:1',
            waits: ['q0:1', 'q1/preempt:1'],
            writes: [],
            copy: { source: FIRST_VRAM, phys: FIRST_SYSTEM, range: 2, placement: 'system' },
          }) as unknown,
        },
      ],
      [
        'memory',
        'memory.release',
        {
          fences: ['memory/copy:1'],
          pages: { phys: FIRST_VRAM, range: 2, placement: 'vram' },
        },
      ],
      ['app', 'evict.done', { result: 0 }],
    ]);
  });

  test('of an unmapped BO asks nobody', () => {
    const step = evict(memory, sharedOf([device, ...bo('bo0')]));
    expect(types(step)).toEqual(['fence.created', 'bo.moved', 'resv.added', 'job.queued']);
  });

  test('of a private BO waits for its VM', () => {
    const facts = [device, vm('vm0'), ...bo('bo0', FIRST_VRAM, 'vm0'), fence('q0:1')];
    const own: Fact = { type: 'resv.added', resv: 'vm0', fence: 'q0:1', usage: 'bookkeep' };
    const step = evict(memory, sharedOf([...facts, own]));
    const added = factsIn(step.effects).find(({ type }) => type === 'resv.added');
    expect(added).toMatchObject({ resv: 'vm0', usage: 'kernel' });
    expect((jobIn(step) as unknown as { job: { waits: string[] } }).job.waits).toEqual(['q0:1']);
  });
});

describe('a reservation lock that somebody holds', () => {
  const locked = sharedOf([
    device,
    ...bo('bo0'),
    ...bo('bo1', FIRST_VRAM + 2),
    { type: 'lock.taken', lock: 'bo0', by: 'vm0' },
    { type: 'lock.taken', lock: 'bo1', by: 'vm0' },
  ]);

  test('is slept on; other evictions go on; a lock that is taken again is slept on again', () => {
    const asleep = evict(memory, locked);
    expect(factsIn(asleep.effects)).toEqual([{ type: 'wait.began', on: 'lock:bo0', by: 'memory' }]);
    const both = evict(asleep.state, locked, 'bo1', 'other');
    const retried = deliver(both.state, 'wait.over', { on: 'lock:bo0' }, locked, 'vm0');
    expect(types(retried)).toEqual(['wait.began']);
    const free = foldShared(locked, { type: 'lock.released', lock: 'bo1', by: 'vm0' });
    const done = deliver(retried.state, 'wait.over', { on: 'lock:bo1' }, free, 'vm0');
    expect(answers(done)).toEqual([['other', 'evict.done', { result: 0 }]]);
    expect(done.state.context).toMatchObject({ evictions: [{ bo: 'bo0' }] });
  });

  test('and the BO may be gone, or out, when it is free', () => {
    const asleep = evict(memory, locked);
    const gone = sharedOf([device]);
    const none = deliver(asleep.state, 'wait.over', { on: 'lock:bo0' }, gone, 'vm0');
    expect(answers(none)).toEqual([['app', 'evict.done', { result: -2 }]]);
    const moved = after(
      sharedOf([device, ...bo('bo0')]),
      evict(memory, sharedOf([device, ...bo('bo0')])),
    );
    const out = deliver(asleep.state, 'wait.over', { on: 'lock:bo0' }, moved, 'vm0');
    expect(answers(out)).toEqual([['app', 'evict.done', { result: 0 }]]);
    expect(none.state.context).toEqual(newMemory());
    expect(out.state.context).toEqual(newMemory());
  });

  test('and it may be mapped for faults by then', () => {
    const asleep = evict(memory, locked);
    const facts = [device, vm('vm0', 'fault'), ...bo('bo0'), mapped('bo0', 'vm0', 1)];
    const held = deliver(asleep.state, 'wait.over', { on: 'lock:bo0' }, sharedOf(facts), 'vm0');
    expect(sentIn(held.effects)).toEqual([['vm0', 'vm.zap', { va: 1 }]]);
  });

  test('nobody sleeps on a lock that nobody asked for', () => {
    expect(() => deliver(memory, 'wait.over', { on: 'lock:bo0' }, locked)).toThrow('nobody sleeps');
  });
});

describe('under VMs in fault mode', () => {
  const facts: Fact[] = [
    device,
    vm('vm0', 'fault'),
    vm('vm1', 'fault'),
    ...bo('bo0'),
    mapped('bo0', 'vm0', 1),
    mapped('bo0', 'vm1', 2),
  ];

  test('the lock is held, pending binds end, each mapping is zapped and flushed, then the copy', () => {
    const pending = sharedOf([
      ...facts,
      fence('vm0/bind0:1'),
      { type: 'resv.added', resv: 'bo0', fence: 'vm0/bind0:1', usage: 'bookkeep' },
    ]);
    const held = evict(memory, pending);
    expect(types(held)).toEqual(['lock.taken', 'ref.taken', 'fence.waited']);
    expect(sentIn(held.effects)).toEqual([]);

    let shared = foldShared(after(pending, held), signaled('vm0/bind0:1'));
    const bound = { fence: 'vm0/bind0:1', error: 0 };
    const first = deliver(held.state, 'fence.signaled', bound, shared);
    expect(sentIn(first.effects)).toEqual([['vm0', 'vm.zap', { va: 1 }]]);

    shared = foldShared(after(shared, first), fence('vm0/zap/gt0:1', 'invalidation'));
    const flush = { fences: ['vm0/zap/gt0:1'] };
    const flushing = deliver(first.state, 'notifier.done', flush, shared, 'vm0');
    expect(types(flushing)).toEqual(['fence.waited']);

    shared = foldShared(after(shared, flushing), signaled('vm0/zap/gt0:1', -62));
    const flushed = { fence: 'vm0/zap/gt0:1', error: -62 };
    const second = deliver(flushing.state, 'fence.signaled', flushed, shared);
    expect(sentIn(second.effects)).toEqual([['vm1', 'vm.zap', { va: 2 }]]);

    const done = deliver(second.state, 'notifier.done', { fences: [] }, shared, 'vm1');
    expect(types(done)).toEqual([
      'fence.created',
      'bo.moved',
      'resv.added',
      'job.queued',
      'lock.released',
      'ref.dropped',
    ]);
    expect(answers(done)).toEqual([['app', 'evict.done', { result: 0 }]]);
    expect(done.state.context).toEqual(newMemory());
  });

  test('with nothing pending it zaps at once; a BO that loses its last reference meanwhile goes', () => {
    const shared = sharedOf(facts);
    const first = evict(memory, shared);
    expect(sentIn(first.effects)).toEqual([['vm0', 'vm.zap', { va: 1 }]]);
    const closed = foldShared(after(shared, first), {
      type: 'ref.dropped',
      of: 'bo0',
      by: 'handle',
    });
    const second = deliver(first.state, 'notifier.done', { fences: [] }, closed, 'vm0');
    const done = deliver(second.state, 'notifier.done', { fences: [] }, closed, 'vm1');
    expect(types(done).slice(-2)).toEqual(['ref.dropped', 'bo.freed']);
    const released = sentIn(done.effects).filter(([, type]) => type === 'memory.release');
    expect(released.map(([, , data]) => data)).toEqual([
      { fences: ['memory/copy:1'], pages: { phys: FIRST_VRAM, range: 2, placement: 'vram' } },
      { fences: ['memory/copy:1'], pages: { phys: FIRST_SYSTEM, range: 2, placement: 'system' } },
    ]);
  });

  test('two evictions at a time: whose zap a VM has done is told by the order of asking', () => {
    const shared = sharedOf([...facts, ...bo('bo1', FIRST_VRAM + 2), mapped('bo1', 'vm0', 3)]);
    const one = evict(memory, shared, 'bo0', 'app');
    const two = evict(one.state, after(shared, one), 'bo1', 'other');
    const both = after(after(shared, one), two);
    const answered = deliver(two.state, 'notifier.done', { fences: [] }, both, 'vm0');
    expect(sentIn(answered.effects)).toEqual([['vm1', 'vm.zap', { va: 2 }]]);
    const other = deliver(answered.state, 'notifier.done', { fences: [] }, both, 'vm0');
    expect(answers(other)).toEqual([['other', 'evict.done', { result: 0 }]]);
    expect(() => deliver(other.state, 'notifier.done', { fences: [] }, both, 'vm0')).toThrow('zap');
  });
});

describe('a move for a fault-mode VM that is about to bind', () => {
  const facts: Fact[] = [device, vm('vm0', 'fault'), ...bo('bo0')];
  const taken = { type: 'lock.taken', lock: 'bo0', by: 'vm0' };
  const done = ['vm0', 'move.done', { lock: 'bo0' }];
  const move = (shared: Shared, state = memory): Stepped =>
    deliver(state, 'memory.move', { bo: 'bo0', to: 'system' }, shared, 'vm0');

  test('zaps as an eviction does, stays where it came, and hands the lock over', () => {
    const shared = sharedOf([...facts, mapped('bo0', 'vm0', 1)]);
    const asked = move(shared);
    expect(sentIn(asked.effects)).toEqual([['vm0', 'vm.zap', { va: 1 }]]);
    const during = after(shared, asked);
    const moved = deliver(asked.state, 'notifier.done', { fences: [] }, during, 'vm0');
    expect(types(moved).slice(-3)).toEqual(['lock.released', 'ref.dropped', 'lock.taken']);
    expect(factsIn(moved.effects)).toContainEqual(taken);
    expect(factsIn(moved.effects)).toContainEqual(expect.objectContaining({ stays: true }));
    expect(sentIn(moved.effects).at(-1)).toEqual(done);
    expect(after(during, moved).locks).toEqual({ bo0: 'vm0' });
  });

  test('of what is there already gives the lock alone; of what nobody maps, or whose handle is closed, moves at once', () => {
    const there = { ...bo('bo0')[0], placement: 'system', phys: FIRST_SYSTEM } as Fact;
    const nothing = move(sharedOf([device, vm('vm0', 'fault'), there]));
    expect(factsIn(nothing.effects)).toEqual([taken]);
    expect(sentIn(nothing.effects)).toEqual([done]);
    const alone = move(sharedOf([...facts, { type: 'bo.closed', bo: 'bo0' }]));
    expect(types(alone)).toContain('bo.moved');
    expect(factsIn(alone.effects).at(-1)).toEqual(taken);
  });

  test('sleeps on a lock that is held, even if it is there, and goes on when that is free', () => {
    const there = { ...bo('bo0')[0], placement: 'system', phys: FIRST_SYSTEM } as Fact;
    const locked = sharedOf([
      device,
      vm('vm0', 'fault'),
      there,
      { type: 'lock.taken', lock: 'bo0', by: 'vm1' },
    ]);
    const asleep = move(locked);
    expect(types(asleep)).toEqual(['wait.began']);
    const free = foldShared(locked, { type: 'lock.released', lock: 'bo0', by: 'vm1' });
    const woken = deliver(asleep.state, 'wait.over', { on: 'lock:bo0' }, free, 'vm1');
    expect(sentIn(woken.effects)).toEqual([done]);
    expect(woken.state.context).toEqual(newMemory());
  });
});

describe('pages that nobody owns', () => {
  const pages = { phys: FIRST_VRAM, range: 2, placement: 'vram' } as const;
  const freed = { type: 'memory.freed', ...pages };

  test('are free at once when nothing is pending', () => {
    const shared = sharedOf([fence('f:1'), signaled('f:1')]);
    const step = deliver(memory, 'memory.release', { fences: ['f:1'], pages }, shared);
    expect(factsIn(step.effects)).toEqual([freed]);
  });

  test('are free when the last fence has signalled, whatever it signalled with', () => {
    const shared = sharedOf([fence('f:1'), fence('f:2')]);
    const fences = ['f:1', 'f:2'];
    const waiting = deliver(memory, 'memory.release', { fences, pages }, shared);
    expect(types(waiting)).toEqual(['fence.waited', 'fence.waited']);
    const once = deliver(waiting.state, 'fence.signaled', { fence: 'f:2', error: 0 }, shared);
    expect(factsIn(once.effects)).toEqual([]);
    const twice = deliver(once.state, 'fence.signaled', { fence: 'f:1', error: -5 }, shared);
    expect(factsIn(twice.effects)).toEqual([freed]);
    expect(twice.state.context).toEqual(newMemory());
  });
});

describe('moves and references in one step', () => {
  const shared = new SharedReader(
    sharedOf([device, ...bo('bo0'), ...bo('bo1', FIRST_VRAM + 2)]),
    null,
  );

  test('two moves get two fences and two places', () => {
    const one = moveBo(shared, 'bo0', 'system');
    const two = moveBo(shared.after(one.effects), 'bo1', 'system');
    expect([one.fence, two.fence]).toEqual(['memory/copy:1', 'memory/copy:2']);
    const places = [...one.effects, ...two.effects].flatMap((each) =>
      each.effect === 'fact' && each.fact.type === 'bo.moved' ? [each.fact.phys] : [],
    );
    expect(places).toEqual([FIRST_SYSTEM, FIRST_SYSTEM + 2]);
    expect(() => moveBo(shared, 'none', 'vram')).toThrow('no BO none');
  });

  test('only the last reference frees, and at once when nothing is pending', () => {
    const taken = shared.after([
      { effect: 'fact', fact: { type: 'ref.taken', of: 'bo0', by: 'vm0/1' } },
    ]);
    const first = dropRef(taken, 'bo0', 'handle');
    expect(factsIn(first).map(({ type }) => type)).toEqual(['ref.dropped']);
    const last = dropRef(taken.after(first), 'bo0', 'vm0/1');
    expect(factsIn(last).map(({ type }) => type)).toEqual([
      'ref.dropped',
      'bo.freed',
      'memory.freed',
    ]);
  });
});
