/** The table compiler refuses, loudly, whatever it would not run as XState does. */
import { createMachine } from 'xstate';
import { defineMachine, type Machine } from '../../machines/contract/define.ts';
import { outcome } from '../../machines/contract/effects.ts';
import type { Action } from '../../machines/contract/event.ts';
import { compile } from '../../machines/execute/compile.ts';
import { TableExecutor } from '../../machines/execute/table.ts';

const keep: Action<null> = (context) => outcome(context);

/** A chart with one feature of XState, whatever our own type of charts says. */
function compiled(chart: object, functions: object = {}): () => unknown {
  const machine = defineMachine<null>(
    { id: 'odd', ...chart } as never,
    { yes: () => true, ...functions },
    { keep },
  );
  return () => compile(machine as unknown as Machine<never>);
}

const twoStates = (a: object): object => ({ initial: 'a', states: { a, b: {} } });

test('a chart inside the subset compiles', () => {
  const a = { on: { go: { target: 'b', guard: 'yes', actions: ['keep'] } } };
  expect(compiled(twoStates(a))).not.toThrow();
});

test.each<[string, object, RegExp]>([
  [
    'a parallel state',
    { type: 'parallel', states: { a: {}, b: {} } },
    /^machine odd, state : a parallel state is not supported$/,
  ],
  [
    'a nested parallel state',
    twoStates({ type: 'parallel', states: { x: {}, y: {} } }),
    /machine odd, state a: a parallel state/,
  ],
  [
    'a history state',
    twoStates({ initial: 'x', states: { x: {}, h: { type: 'history' } } }),
    /state a\.h: a history state/,
  ],
  ['a final state', { initial: 'a', states: { a: { type: 'final' } } }, /a final state/],
  ['a delayed transition', twoStates({ after: { 10: 'b' } }), /after|an entry action/],
  ['an invoked actor', twoStates({ invoke: { src: createMachine({}) } }), /invoke/],
  ['an entry action', twoStates({ entry: 'keep' }), /state a: an entry action/],
  ['an exit action', twoStates({ exit: 'keep' }), /state a: an exit action/],
  [
    'an action of the initial transition',
    { initial: { target: 'a', actions: 'keep' }, states: { a: {} } },
    /an action of `initial`/,
  ],
  ['a wildcard', twoStates({ on: { '*': 'b' } }), /the wildcard \*/],
  ['a partial wildcard', twoStates({ on: { 'fence.*': 'b' } }), /the wildcard fence\.\*/],
  ['reentry', twoStates({ on: { go: { target: 'a', reenter: true } } }), /reenter/],
  ['an inline guard', twoStates({ on: { go: { guard: () => true } } }), /unknown guard/],
  ['an inline action', twoStates({ on: { go: { actions: () => undefined } } }), /unknown action/],
  ['an unknown guard', twoStates({ on: { go: { guard: 'no' } } }), /unknown guard \(no\)/],
  ['an unknown action', twoStates({ on: { go: { actions: 'no' } } }), /unknown action \(no\)/],
  [
    'an unknown guard of an eventless transition',
    twoStates({ on: { go: 'b' }, always: { guard: 'no', target: 'b' } }),
    /unknown guard \(no\)/,
  ],
  [
    'a guard with params',
    twoStates({ on: { go: { guard: { type: 'yes', params: { n: 1 } } } } }),
    /passing params to the guard yes is not supported/,
  ],
  [
    'an action with params',
    twoStates({ on: { go: { actions: { type: 'keep', params: { n: 1 } } } } }),
    /passing params to the action keep/,
  ],
  [
    'what happens when a state is done',
    twoStates({ initial: 'x', states: { x: {} }, onDone: 'b' }),
    /XState's own event xstate\.done\.state/,
  ],
  [
    'more than one target',
    twoStates({ on: { go: { target: ['.x', '.y'] } }, initial: 'x', states: { x: {}, y: {} } }),
    /more than one target/,
  ],
  ['an initial state left at once', twoStates({ always: 'b' }), /`always` in the initial state/],
])('%s is refused', (_what, chart, message) => {
  expect(compiled(chart)).toThrow(RangeError);
  expect(compiled(chart)).toThrow(message);
});

test('a machine that is not in the set is refused', () => {
  const none = new TableExecutor({});
  expect(() => none.initialValue('vm')).toThrow('no machine vm');
});
