/** The table that our own machines become. */
import { compile } from '../../machines/execute/compile.ts';
import { TableExecutor } from '../../machines/execute/table.ts';
import { MACHINE_SET } from '../../machines/index.ts';
import { machineOf } from '../rig/random-chart.ts';
import type { StepEvent } from '../../machines/contract/event.ts';
import type { Machine } from '../../machines/contract/define.ts';
import { XStateExecutor } from '../../machines/execute/xstate.ts';

describe.each(Object.entries(MACHINE_SET))('%s', (name, machine) => {
  const { initial, rows } = compile(machine);

  test('is called in its chart as it is in the set', () => {
    expect(machine.chart.id).toBe(name);
  });

  test('has a row for its initial state, and one for every target', () => {
    expect(rows.has(initial)).toBe(true);
    for (const { on, always } of rows.values()) {
      for (const { target } of [...[...on.values()].flat(), ...always]) {
        expect(target === null || rows.has(target)).toBe(true);
      }
    }
  });

  test('uses every guard and every action that it names', () => {
    const candidates = [...rows.values()].flatMap(({ on, always }) => [
      ...[...on.values()].flat(),
      ...always,
    ]);
    const used = new Set<unknown>(candidates.flatMap(({ guard, actions }) => [guard, ...actions]));
    const { guards, actions } = machine;
    for (const [key, each] of Object.entries({ ...guards, ...actions })) {
      expect([key, used.has(each)]).toEqual([key, true]);
    }
  });
});

const go = { type: 'go', data: {} } as unknown as StepEvent;
const setOf = (chart: Parameters<typeof machineOf>[0]): Record<string, Machine<never>> => ({
  odd: machineOf(chart) as unknown as Machine<never>,
});

test('a loop in a chart is an error in both executors, and no hang', () => {
  const set = setOf({
    id: 'odd',
    initial: 'a',
    states: {
      a: { on: { go: { target: 'b' } } },
      b: { always: [{ target: 'c', actions: 'nothing' }] },
      c: { always: [{ target: 'b', actions: 'nothing' }] },
    },
  });
  const state = { machine: 'odd', value: 'a', context: { n: 0, fuel: 0 } };
  expect(() => new TableExecutor(set).step(state, go)).toThrow('endless transitions');
  expect(() => new XStateExecutor(set).step(state, go)).toThrow('Infinite loop');
});

test('a message whose guards all fail is an error in both executors', () => {
  const set = setOf({ id: 'odd', initial: 'a', states: { a: { on: { go: { guard: 'never' } } } } });
  const state = { machine: 'odd', value: 'a', context: { n: 0, fuel: 0 } };
  for (const executor of [new TableExecutor(set), new XStateExecutor(set)]) {
    expect(executor.accepts(state, 'go' as never)).toBe(true);
    expect(() => executor.step(state, go)).toThrow('odd in a: no guard holds for go');
  }
});

test('a transition that does nothing is an answer in both executors', () => {
  const set = setOf({ id: 'odd', initial: 'a', states: { a: { on: { go: { actions: [] } } } } });
  const state = { machine: 'odd', value: 'a', context: { n: 0, fuel: 0 } };
  for (const executor of [new TableExecutor(set), new XStateExecutor(set)]) {
    expect(executor.accepts(state, 'go' as never)).toBe(true);
    expect(executor.step(state, go)).toEqual({ state, effects: [] });
  }
});

test('a state that is not there is refused', () => {
  const table = new TableExecutor(MACHINE_SET);
  const state = { machine: 'vm', value: 'open', context: {} };
  expect(() => table.step(state, go)).toThrow('vm has no state open');
});
