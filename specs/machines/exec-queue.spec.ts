/** An exec queue by itself: jobs in order, batches item by item, bans, and its owner who closes it. */
import { ERRNO } from '../../domain/errno.ts';
import type { VmMode } from '../../domain/scenario/schema.ts';
import type { Answers } from '../../machines/contract/decisions.ts';
import type { Messages, MessageType } from '../../machines/contract/messages.ts';
import { newExecQueue } from '../../machines/exec-queue/context.ts';
import { queueMade } from '../../machines/exec-queue/life.ts';
import type { ActorState } from '../../machines/execute/executor.ts';
import { deliver, factsIn, sentIn, sharedOf } from '../rig/actors.ts';
import { fenceFact, jobOf, QUEUE, queueIn, READ, spinOf, WRITE } from '../rig/exec-jobs.ts';

const shared = sharedOf(
  ['in:1', 'in:2', ...[1, 2, 3].map((n) => `${QUEUE}:${n}`)].map((key) => fenceFact(key)),
);
const GOOD = { outcome: 'read', value: '0x7' } as const;
const FAULT = { outcome: 'fault', value: null } as const;
const HANGS: Answers = new Map([[1, 1]]);

/** A queue that is told one thing after another. */
class Told {
  state: ActorState;
  #last: ReturnType<typeof deliver>['effects'] = [];
  constructor(mode: VmMode = 'dma-fence') {
    this.state = queueIn(mode);
  }
  take<K extends MessageType>(type: K, data: Messages[K], answers?: Answers): this {
    const stepped = deliver(this.state, type, data, shared, 'app', answers);
    this.state = stepped.state;
    this.#last = stepped.effects;
    return this;
  }
  /** What the last message led to. */
  get facts(): string[] {
    return factsIn(this.#last).map((fact) => {
      if (fact.type === 'fence.signaled') return `${fact.fence} = ${fact.error}`;
      return fact.type;
    });
  }
  get sent(): string[] {
    return sentIn(this.#last).map(([to, type]) => `${to} ${type}`);
  }
  get timers(): unknown[] {
    return this.#last.flatMap((each): unknown[] => {
      if (each.effect === 'arm') return [[each.timer, each.afterNs]];
      return each.effect === 'cancel' ? [each.timer] : [];
    });
  }
}

test('what making a queue comes to: a compute VM answers the client itself', () => {
  const made = { type: 'queue.created', queue: QUEUE, vm: 'vm0', gt: 'gt0', kind: 'exec' };
  const plain = queueMade(newExecQueue(QUEUE, 'vm0', 'gt0', 'dma-fence'));
  const held = { type: 'ref.taken', of: 'vm0', by: QUEUE };
  expect([factsIn(plain), sentIn(plain)]).toEqual([[made, held], []]);
  expect(new Told().take('queue.create', { vm: 'vm0' }).sent).toEqual(['app ioctl.done']);
  const told = new Told('compute').take('queue.create', { vm: 'vm0' });
  expect(told.sent).toEqual(['vm0 vm.addQueue']);
});

test('an empty batch is done in a step of its own; user fences before the fence', () => {
  const userFences = [{ address: '0x100', value: '0x1' }];
  const told = new Told().take('exec.push', { job: jobOf(1, [], { userFences }) });
  expect([told.state.value, told.facts]).toEqual(['running.finishing', ['job.started']]);
  expect(told.sent).toEqual(['q0 batch.continue']);
  told.take('batch.continue', {});
  expect(told.facts).toEqual(['ufence.written', 'job.done', 'q0:1 = 0']);
  expect(told.state).toEqual(queueIn('dma-fence'));
});

test('a long-running job has no fence', () => {
  const told = new Told('fault').take('exec.push', { job: jobOf(1, [], { fence: null }) });
  expect(told.take('batch.continue', {}).facts).toEqual(['job.done']);
});

test('a job waits for its fences, each once, and the next one waits for its turn', () => {
  const told = new Told().take('exec.push', { job: jobOf(1, [READ], { waits: ['in:1', 'in:1'] }) });
  expect([told.state.value, told.facts]).toEqual(['waitingDeps', ['fence.waited']]);
  told.take('exec.push', { job: jobOf(2) });
  expect([told.state.value, told.facts]).toEqual(['waitingDeps', []]);
  // the world folds the signal before it mails it; here it still looks pending, so the queue goes on waiting
  told.take('fence.signaled', { fence: 'in:1', error: 0 });
  expect([told.state.value, told.facts]).toEqual(['waitingDeps', ['fence.waited']]);
});

test('items go one at a time: an access when the one before is answered, a spin takes its time', () => {
  const told = new Told().take('exec.push', { job: jobOf(1, [WRITE, spinOf(70), READ]) });
  expect([told.state.value, told.sent]).toEqual(['running.accessing', ['gt0 gpu.access']]);
  told.take('gpu.done', { outcome: 'written', value: null });
  expect([told.state.value, told.timers]).toEqual(['running.spinning', [['spin', 70]]]);
  told.take('batch.continue', {});
  expect([told.state.value, told.sent]).toEqual(['running.accessing', ['gt0 gpu.access']]);
  expect(told.take('gpu.done', GOOD).sent).toEqual(['q0 batch.continue']);
});

test('an access says what and where', () => {
  const { effects } = deliver(
    queueIn('dma-fence'),
    'exec.push',
    { job: jobOf(1, [WRITE]) },
    shared,
  );
  const data = { vm: 'vm0', access: 'write', addr: 1, word: 1, value: '0x2a' };
  expect(sentIn(effects)).toEqual([['gt0', 'gpu.access', data]]);
  const bad = { job: jobOf(1, [{ read: '0x3' }]) };
  expect(() => deliver(queueIn('dma-fence'), 'exec.push', bad, shared)).toThrow('unaligned');
});

test.each([
  [{ ...READ, expect: '0x7' }, GOOD, 'passed'],
  [{ ...READ, expect: 'ok' }, GOOD, 'passed'],
  [{ ...READ, expect: '0x8' }, GOOD, 'failed'],
  [{ ...READ, expect: 'fault' }, FAULT, 'passed'],
  [{ ...READ, expect: 'fault' }, GOOD, 'failed'],
  [{ ...WRITE, expect: 'dropped' }, { outcome: 'dropped', value: null } as const, 'passed'],
  [{ ...WRITE, expect: 'ok' }, { outcome: 'written', value: null } as const, 'passed'],
])('%j that sees %j: the expectation has %s', (item, seen, verdict) => {
  const told = new Told().take('exec.push', { job: jobOf(1, [item]) }).take('gpu.done', seen);
  expect([told.facts, told.state.value]).toEqual([[`expect.${verdict}`], 'running.finishing']);
});

test('a fault that nobody expects bans the queue: its jobs end with ECANCELED, later ones, too', () => {
  const told = new Told().take('exec.push', { job: jobOf(1, [{ ...READ, expect: '0x7' }]) });
  told.take('exec.push', { job: jobOf(2) }).take('gpu.done', FAULT);
  expect(told.state.value).toBe('banned');
  expect(told.facts).toEqual([
    'expect.failed',
    'queue.banned',
    'job.done',
    'job.done',
    `q0:1 = ${ERRNO.ECANCELED}`,
    `q0:2 = ${ERRNO.ECANCELED}`,
  ]);
  told.take('exec.push', { job: jobOf(3) });
  expect(told.facts).toEqual(['job.done', `q0:3 = ${ERRNO.ECANCELED}`]);
  told.take('queue.destroy', {});
  expect([told.state.value, told.facts]).toEqual(['destroyed', ['queue.destroyed', 'ref.dropped']]);
  expect(told.take('exec.push', { job: jobOf(3, [], { fence: null }) }).facts).toEqual([
    'job.done',
  ]);
});

describe('a batch that hangs', () => {
  const hung = (): Told => new Told().take('exec.push', { job: jobOf(1, [READ]) }, HANGS);

  test('makes no progress until the watchdog ends it', () => {
    const told = hung();
    expect([told.state.value, told.facts]).toEqual(['running.hung', ['job.started', 'job.hung']]);
    expect([told.timers, told.sent]).toEqual([[['timeout', 5e9]], []]);
    told.take('queue.timeout', { job: 'q0#1' });
    expect(told.state.value).toBe('banned');
    expect(told.facts).toEqual([
      'job.timedOut',
      'queue.banned',
      'job.done',
      `q0:1 = ${ERRNO.ECANCELED}`,
    ]);
  });

  test('is found guilty at a reset', () => {
    const told = hung().take('queue.reset', {});
    expect([told.state.value, told.facts[0]]).toEqual(['banned', 'queue.banned']);
    expect(told.timers).toContain('timeout');
  });

  test('does not keep a closed queue', () => {
    const told = hung().take('queue.destroy', {});
    expect([told.state.value, told.sent]).toEqual(['running.hung', ['app ioctl.done']]);
    told.take('queue.timeout', { job: 'q0#1' });
    expect([told.state.value, told.facts.at(-2)]).toEqual(['destroyed', 'queue.destroyed']);
  });
});

describe('a reset of the GT', () => {
  test('has a batch run again from its start, after the access under way', () => {
    const told = new Told().take('exec.push', { job: jobOf(1, [WRITE, READ]) });
    told.take('gpu.done', { outcome: 'written', value: null }).take('queue.reset', {});
    expect([told.state.value, told.sent]).toEqual(['running.accessing', []]);
    told.take('gpu.done', FAULT);
    expect([told.state.value, told.facts]).toEqual(['running.accessing', []]);
    expect(told.state.context).toMatchObject({ item: 0, lost: false });
  });

  test('ends a spin', () => {
    const told = new Told().take('exec.push', { job: jobOf(1, [spinOf(9)]) });
    told.take('queue.reset', {});
    expect([told.state.value, told.timers]).toEqual(['running.spinning', ['spin', ['spin', 9]]]);
  });

  test('is nothing to a queue that runs nothing', () => {
    for (const told of [new Told(), new Told().take('queue.destroy', {})]) {
      const before = told.state;
      expect(told.take('queue.reset', {}).state).toEqual(before);
    }
  });
});

describe('a queue that its owner closes', () => {
  test('with nothing to do is gone', () => {
    const told = new Told().take('queue.destroy', {});
    expect([told.state.value, told.facts]).toEqual([
      'destroyed',
      ['queue.destroyed', 'ref.dropped'],
    ]);
    expect(told.sent).toEqual(['app ioctl.done']);
  });

  test('finishes its jobs if they have fences', () => {
    for (const [job, then] of [
      [jobOf(1, [READ]), ['gpu.done', 'batch.continue']],
      [jobOf(1, [spinOf(5)]), ['batch.continue', 'batch.continue']],
      [jobOf(1), ['batch.continue']],
    ] as const) {
      const told = new Told().take('exec.push', { job }).take('queue.destroy', {});
      for (const type of then) {
        expect(told.state.value).not.toBe('destroyed');
        if (type === 'gpu.done') told.take(type, GOOD);
        else told.take(type, {});
      }
      expect(told.state.value).toBe('destroyed');
      expect(told.facts).toEqual(['job.done', 'q0:1 = 0', 'queue.destroyed', 'ref.dropped']);
    }
    const waiting = new Told().take('exec.push', { job: jobOf(1, [], { waits: ['in:1'] }) });
    expect(waiting.take('queue.destroy', {}).state.value).toBe('waitingDeps');
  });

  test('is killed if they may run for ever', () => {
    const long = { fence: null };
    for (const job of [
      jobOf(1, [READ], long),
      jobOf(1, [spinOf(5)], long),
      jobOf(1, [], long),
      jobOf(1, [], { ...long, waits: ['in:1'] }),
    ]) {
      const told = new Told('fault').take('exec.push', { job }).take('queue.destroy', {});
      expect([told.state.value, told.facts]).toEqual([
        'destroyed',
        ['job.done', 'queue.destroyed', 'ref.dropped'],
      ]);
      told.take('gpu.done', FAULT).take('batch.continue', {}).take('queue.suspended', {});
      expect([told.state.value, told.facts]).toEqual(['destroyed', []]);
    }
  });
});
