/** The exec ioctl as the client sees it: refused, waiting for the start of what it depends on, called, judged. */
import type { Fact } from '../../domain/facts/schema.ts';
import type { ScenarioInput } from '../../domain/scenario/schema.ts';
import { deliver, factsIn, sentIn, sharedOf } from '../rig/actors.ts';
import { clientOf, device, fence, next, signaled, verdictOf, vm } from '../rig/client.ts';

type Exec = Extract<ScenarioInput['clients'][string][number], { exec: unknown }>['exec'];

const queue = (banned = false): Fact[] => [
  { type: 'queue.created', queue: 'q0', vm: 'vm0', gt: 'gt0', kind: 'exec' },
  ...(banned ? ([{ type: 'queue.banned', queue: 'q0' }] as const) : []),
];
const holds = (key: string): Fact[] => [
  { type: 'syncobj.created', syncobj: 'in', kind: 'binary' },
  { type: 'syncobj.replaced', syncobj: 'in', fence: key },
];
const clientWith = (exec: Partial<Exec> = {}) => clientOf([{ exec: { queue: 'q0', ...exec } }]);
const ready = [device, vm('vm0'), ...queue()];
const out: Fact = { type: 'syncobj.created', syncobj: 'out', kind: 'binary' };
const done = (result: number) => ({ result });

describe('refused before any lock', () => {
  test.each<[string, Partial<Exec>, Fact[], number]>([
    ['no such queue', {}, [device], -2],
    ['a banned queue', {}, [device, vm('vm0'), ...queue(true)], -125],
    ['too many batches', { batches: 2 }, ready, -22],
    ['an empty syncobj', { in: ['in'] }, [...ready, ...holds('stub:0').slice(0, 1)], -22],
  ])('%s', (_name, exec, facts, error) => {
    const names = { '-2': 'ENOENT', '-125': 'ECANCELED', '-22': 'EINVAL' } as const;
    const expected = names[String(error) as keyof typeof names];
    const shared = sharedOf(facts);
    const step = next(clientWith({ ...exec, expect: expected }), shared);
    expect(step.state.value).toBe('running');
    expect(factsIn(step.effects)[1]).toMatchObject({ type: 'exec.refused', queue: 'q0', error });
    expect(verdictOf(step)).toEqual(['passed: exec', `ended ${error}`]);
    const wrong = next(clientWith(exec), shared);
    expect(verdictOf(wrong)).toEqual([`failed: exec: ok, not ${expected}`, `ended ${error}`]);
  });
});

describe('called', () => {
  test('with the fences that the in-syncs hold now', () => {
    const shared = sharedOf([...ready, fence('f:1'), ...holds('f:1'), out]);
    const batch = [{ write: 0x1000, value: 1 }];
    const step = next(clientWith({ in: ['in', 'in'], out: ['out'], batch }), shared);
    expect(step.state.value).toBe('inIoctl');
    const request = {
      queue: 'q0',
      batch: [{ write: '0x1000', value: '0x1' }],
      step: 0,
      waits: ['f:1'],
      out: [{ syncobj: 'out' }],
    };
    expect(sentIn(step.effects)).toEqual([['vm0', 'vm.exec', request]]);
  });

  test.each([
    [0, 'ok', 'passed: exec'],
    [-5, 'EIO', 'passed: exec'],
    [0, 'EIO', 'failed: exec: EIO, not ok'],
    [-5, 'ok', 'failed: exec: ok, not EIO'],
  ] as const)('the result %d where %s is expected', (result, expected, verdict) => {
    const called = next(clientWith({ expect: expected }), sharedOf(ready));
    const ended = deliver(called.state, 'ioctl.done', done(result), sharedOf(ready), 'vm0');
    expect(verdictOf(ended)).toEqual([verdict, `ended ${result}`]);
    expect(ended.state.value).toBe('running');
  });
});

describe('depending on an asynchronous bind', () => {
  const facts = [...ready, fence('vm0/async:1', 'async-op'), ...holds('vm0/async:1')];
  const started: Fact = { type: 'fence.started', fence: 'vm0/async:1' };
  const over = { on: 'started:vm0/async:1' };

  test('sleeps until its worker has taken it up', () => {
    const shared = sharedOf(facts);
    const asleep = next(clientWith({ in: ['in'] }), shared);
    expect(asleep.state.value).toBe('execing.awaitingStart');
    expect(sentIn(asleep.effects)).toEqual([]);
    expect(factsIn(asleep.effects)[1]).toEqual({ type: 'wait.began', on: over.on, by: 'app' });

    const inVain = deliver(asleep.state, 'wait.over', { on: 'ufence:0x8' }, shared);
    expect(inVain).toEqual({ state: asleep.state, effects: [] });
    const again = deliver(asleep.state, 'wait.over', over, shared);
    expect(again.state.value).toBe('execing.awaitingStart');

    const called = deliver(again.state, 'wait.over', over, sharedOf([...facts, started]));
    expect(called.state.value).toBe('inIoctl');
    expect(sentIn(called.effects)).toEqual([
      ['vm0', 'vm.exec', expect.objectContaining({ waits: ['vm0/async:1'] })],
    ]);
  });

  test.each<[string, Fact]>([
    ['is started', started],
    ['has signalled', signaled('vm0/async:1')],
  ])('that %s sleeps on nothing', (_name, fact) => {
    const step = next(clientWith({ in: ['in'] }), sharedOf([...facts, fact]));
    expect(step.state.value).toBe('inIoctl');
  });
});
