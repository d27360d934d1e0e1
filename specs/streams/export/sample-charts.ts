/** Statecharts for the diagram specs: one with every feature that is drawn, and random nested ones from a seed. */
import { createMachine, type AnyStateMachine } from 'xstate';

export const everyFeature: AnyStateMachine = createMachine({
  id: 'every <feature>',
  initial: 'open',
  on: {
    stop: { target: '.closed', actions: 'note' },
    ping: { actions: ['answer', { type: 'count' }] },
  },
  states: {
    open: {
      description: 'normal & "quoted"',
      initial: 'idle',
      states: {
        idle: {
          on: { go: [{ guard: 'may', target: 'busy', actions: 'begin' }, { target: '#failed' }] },
        },
        busy: {
          always: { guard: 'nothingLeft', target: 'idle' },
          on: { again: { target: 'busy', reenter: true }, tick: { actions: 'work' } },
        },
      },
      on: { fail: '#failed' },
    },
    failed: { id: 'failed', on: { retry: 'open.busy' } },
    closed: { type: 'final' },
  },
} as never) as AnyStateMachine;

/** A chart of 2 to 4 boxes with 1 to 3 states each and 6 to 15 transitions, from a seed. */
export function randomChart(seed: number): AnyStateMachine {
  let state = seed * 2654435761 + 1;
  const next = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const groups = Array.from({ length: 2 + next(3) }, (_, g) =>
    Array.from({ length: 1 + next(3) }, (__, s) => `s${g}x${s}`),
  );
  const all = groups.flat();
  const on: Record<string, Record<string, unknown>> = {};
  for (let i = 0; i < 6 + next(10); i++) {
    const from = all[next(all.length)] ?? '';
    const to = all[next(all.length)] ?? '';
    const event = `event${'x'.repeat(next(8))}.${i}`;
    on[from] = { ...on[from], [event]: { target: `#${to}`, guard: 'someGuard', actions: 'act' } };
  }
  const states = Object.fromEntries(
    groups.map((names, g) => [
      `group${g}`,
      {
        initial: names[0],
        states: Object.fromEntries(names.map((name) => [name, { id: name, on: on[name] ?? {} }])),
      },
    ]),
  );
  return createMachine({
    id: `random${seed}`,
    initial: 'group0',
    states,
  } as never) as AnyStateMachine;
}
