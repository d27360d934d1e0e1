/** A compute queue that is suspended and runs again: where it was, and never while somebody relies on its being off. */
import type { Messages, MessageType } from '../../machines/contract/messages.ts';
import type { ActorState } from '../../machines/execute/executor.ts';
import { deliver, factsIn, sentIn, sharedOf } from '../rig/actors.ts';
import { fenceFact, jobOf, QUEUE, queueIn, READ, spinOf } from '../rig/exec-jobs.ts';

const FIRST = `${QUEUE}/preempt:1`;
const SECOND = `${QUEUE}/preempt:2`;
const shared = sharedOf([
  fenceFact('in:1'),
  ...[FIRST, SECOND].map((f) => fenceFact(f, 'preempt')),
]);
const GOOD = { outcome: 'read', value: '0x7' } as const;
const FAULT = { outcome: 'fault', value: null } as const;
const LONG = { fence: null };
const push = (...batch: Parameters<typeof jobOf>[1] & object): Messages['exec.push'] => ({
  job: jobOf(1, batch, LONG),
});

type Step = { readonly [K in MessageType]: readonly [K, Messages[K]] }[MessageType];
const ENABLE: Step = ['fence.enable', { fence: FIRST }];
const OFF: Step = ['queue.suspended', {}];
const ON: Step = ['queue.resume', { fence: SECOND }];
const DONE: Step = ['gpu.done', GOOD];
const GO_ON: Step = ['batch.continue', {}];
const RESET: Step = ['queue.reset', {}];
const CLOSE: Step = ['queue.destroy', {}];

interface Told {
  readonly state: string;
  /** of the last message */
  readonly facts: readonly string[];
  readonly sent: readonly string[];
  readonly actor: ActorState;
}

function tell(steps: readonly Step[]): Told {
  let actor = queueIn('compute');
  let effects: ReturnType<typeof deliver>['effects'] = [];
  for (const [type, data] of steps) {
    const stepped = deliver(actor, type, data as never, shared, 'app');
    actor = stepped.state;
    effects = stepped.effects;
  }
  return {
    state: actor.value,
    facts: factsIn(effects).map((fact) => {
      return fact.type === 'fence.signaled' ? `${fact.fence} = ${fact.error}` : fact.type;
    }),
    sent: sentIn(effects).map(([to, type]) => `${to} ${type}`),
    actor,
  };
}

test.each<[string, readonly Step[], string]>([
  ['idle', [], 'idle'],
  ['waiting', [['exec.push', { job: jobOf(1, [], { ...LONG, waits: ['in:1'] }) }]], 'waitingDeps'],
  ['spinning', [['exec.push', push(spinOf(9))]], 'running.spinning'],
])('a queue that is %s is off after one answer of the GuC', (_, before, state) => {
  expect(tell(before).state).toBe(state);
  const asked = tell([...before, ENABLE]);
  expect([asked.state, asked.facts]).toEqual(['suspending.stopping', ['queue.suspending']]);
  expect(asked.sent).toEqual(['q0 queue.suspended']);
  const off = tell([...before, ENABLE, OFF]);
  expect([off.state, off.facts]).toEqual(['suspended', ['queue.suspended', `${FIRST} = 0`]]);
  expect(off.sent).toEqual(['vm0/rebinder work.queue']);
  expect(tell([...before, ENABLE, OFF, ON]).state).toBe(state);
});

test('the access under way ends first, and the batch goes on behind it', () => {
  const before: Step[] = [['exec.push', push(READ, READ)], ENABLE];
  expect(tell(before)).toMatchObject({ state: 'suspending.draining', sent: [] });
  const drained = tell([...before, DONE]);
  expect([drained.state, drained.sent]).toEqual(['suspending.stopping', ['q0 queue.suspended']]);
  const again = tell([...before, DONE, OFF, ON]);
  expect(again).toMatchObject({ state: 'running.accessing', facts: ['queue.resumed'] });
  expect(again.actor.context).toMatchObject({ item: 1 });
});

test('a batch at its end ends first', () => {
  const before: Step[] = [['exec.push', push()], ENABLE];
  expect(tell(before).state).toBe('suspending.finishing');
  const ended = tell([...before, GO_ON]);
  expect([ended.facts, ended.sent]).toEqual([['job.done'], ['q0 queue.suspended']]);
  expect(tell([...before, GO_ON, OFF, ON]).state).toBe('idle');
});

test('a spin goes on for as long as was left of it', () => {
  const spinning = tell([['exec.push', push(spinOf(90))], ENABLE]).actor;
  expect(spinning.context).toMatchObject({ spinLeftNs: 90 });
  const off = deliver(spinning, 'queue.suspended', {}, shared).state;
  const later = { ...off, context: { ...(off.context as object), spinLeftNs: 40 } };
  const { effects } = deliver(later, 'queue.resume', { fence: SECOND }, shared);
  expect(effects.at(-1)).toMatchObject({ effect: 'arm', timer: 'spin', afterNs: 40 });
});

test('what comes while it is off waits', () => {
  const off = tell([ENABLE, OFF, ['exec.push', push(READ)]]);
  expect([off.state, off.sent]).toEqual(['suspended', []]);
  expect(tell([ENABLE, OFF, ['exec.push', push(READ)], ON]).sent).toEqual(['gt0 gpu.access']);
});

test('a fence that is enabled before its run begins cuts that run to nothing', () => {
  const early: Step = ['fence.enable', { fence: SECOND }];
  for (const before of [
    [ENABLE, OFF, early, ON],
    [ENABLE, early, OFF, ON],
  ]) {
    const told = tell(before);
    expect(told.state).toBe('suspending.stopping');
    expect(told.facts).toEqual(['queue.resumed', 'queue.suspending']);
    expect(tell([...before, OFF]).facts).toEqual(['queue.suspended', `${SECOND} = 0`]);
  }
});

test('a fault while it is to be suspended bans it; nobody is kept waiting, then or later', () => {
  const banned = tell([['exec.push', push(READ)], ENABLE, ['gpu.done', FAULT]]);
  expect(banned.state).toBe('banned');
  expect(banned.facts).toEqual(['queue.banned', 'job.done', `${FIRST} = 0`]);
  expect(banned.sent).toEqual(['vm0/rebinder work.queue']);
  const later = deliver(banned.actor, 'fence.enable', { fence: SECOND }, shared);
  expect(factsIn(later.effects)).toEqual([{ type: 'fence.signaled', fence: SECOND, error: 0 }]);
  expect(deliver(banned.actor, 'queue.resume', { fence: SECOND }, shared).effects).toEqual([]);
});

test('a hung batch cannot be suspended: its end is the end of the wait', () => {
  const hung = deliver(
    queueIn('compute'),
    'exec.push',
    push(READ),
    shared,
    'vm0',
    new Map([[1, 1]]),
  ).state;
  const asked = deliver(hung, 'fence.enable', { fence: FIRST }, shared);
  expect(asked.state.value).toBe('running.hung');
  const over = deliver(asked.state, 'queue.timeout', { job: 'q0#1' }, shared);
  expect(factsIn(over.effects)).toContainEqual({
    type: 'fence.signaled',
    fence: FIRST,
    error: 0,
  });
});

describe('a reset of the GT', () => {
  test('has the batch run from its start once the queue is on again', () => {
    const drained = tell([['exec.push', push(READ, READ)], ENABLE, RESET, DONE]);
    expect(drained).toMatchObject({ state: 'suspending.stopping', facts: [] });
    expect(drained.actor.context).toMatchObject({ item: 0, lost: false });
    const stopping = tell([['exec.push', push(READ, READ)], ENABLE, DONE, RESET]);
    expect(stopping.actor.context).toMatchObject({ item: 0 });
  });

  test('does not touch what is off the GPU', () => {
    const off = tell([['exec.push', push(READ, READ)], ENABLE, DONE, OFF, RESET]);
    expect(off).toMatchObject({ state: 'suspended', actor: { context: { item: 1 } } });
  });
});

describe('its owner closes it', () => {
  test.each<[string, readonly Step[]]>([
    ['while it stops', [ENABLE]],
    ['while it is off', [ENABLE, OFF]],
    ['while its batch ends', [['exec.push', push()], ENABLE]],
  ])('%s: it is gone, and nobody waits for it', (_, before) => {
    const told = tell([...before, CLOSE]);
    expect(told.state).toBe('destroyed');
    expect(told.facts).toContain('queue.destroyed');
    expect(told.sent).toEqual(['vm0 vm.removeQueue']);
    if (before.at(-1) === ENABLE) expect(told.facts).toContain(`${FIRST} = 0`);
  });

  test('while an access is under way: that ends first, for the fence vouches for it', () => {
    for (const before of [
      [['exec.push', push(READ)], CLOSE, ENABLE],
      [['exec.push', push(READ)], ENABLE, CLOSE],
    ] as const) {
      const told = tell(before);
      expect([told.state, told.facts.includes(`${FIRST} = 0`)]).toEqual(['killing', false]);
      const over = tell([...before, DONE]);
      expect(over.state).toBe('destroyed');
      expect(over.facts).toEqual(['job.done', 'queue.destroyed', 'ref.dropped', `${FIRST} = 0`]);
    }
  });

  test('a fence that is enabled later signals at once', () => {
    const gone = tell([CLOSE]).actor;
    const { effects } = deliver(gone, 'fence.enable', { fence: FIRST }, shared);
    expect(factsIn(effects)).toEqual([{ type: 'fence.signaled', fence: FIRST, error: 0 }]);
  });
});
