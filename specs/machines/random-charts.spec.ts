/** Charts that nobody drew: wherever the compiler says yes, the table means what XState means. */
import fc from 'fast-check';
import type { Machine } from '../../machines/contract/define.ts';
import type { StepEvent } from '../../machines/contract/event.ts';
import type { ActorState, Executor, Stepped } from '../../machines/execute/executor.ts';
import { TableExecutor } from '../../machines/execute/table.ts';
import { XStateExecutor } from '../../machines/execute/xstate.ts';
import { EVENTS, machineOf, randomChart } from '../rig/random-chart.ts';
import { firstDifference } from '../../streams/replay/same.ts';

const eventOf = (type: string): StepEvent => ({ type, data: {} }) as unknown as StepEvent;

/** What a step gives, or how it fails. */
function tried(executor: Executor, state: ActorState, type: string): Stepped | string {
  try {
    return executor.step(state, eventOf(type));
  } catch (error) {
    return (error as Error).message.split('\n')[0] ?? '';
  }
}

const taken = { steps: 0, unanswered: 0, moves: 0 };

test('the table and XState agree on 2,000 random sequences of events', () => {
  const events = fc.array(fc.constantFrom(...EVENTS), { minLength: 1, maxLength: 20 });
  const property = fc.property(randomChart, events, (chart, types) => {
    const set = { chart: machineOf(chart) as unknown as Machine<never> };
    const executors = [new TableExecutor(set), new XStateExecutor(set)] as const;
    const [value, other] = executors.map((each) => each.initialValue('chart'));
    expect(other).toBe(value);
    let state: ActorState = { machine: 'chart', value: value ?? '', context: { n: 0, fuel: 9 } };
    for (const type of types) {
      const accepts = executors.map((each) => each.accepts(state, type as never));
      expect([type, accepts[1]]).toEqual([type, accepts[0]]);
      if (accepts[0] !== true) continue;
      const [a, b] = executors.map((each) => tried(each, state, type));
      if (firstDifference(a, b) !== null) expect(b).toEqual(a);
      taken.steps += 1;
      if (typeof a !== 'object') taken.unanswered += 1;
      else {
        if (a.state.value !== state.value) taken.moves += 1;
        state = a.state;
      }
    }
  });
  fc.assert(property, { numRuns: 2000 });
});

test('those sequences were no walk in place', () => {
  expect(taken.steps).toBeGreaterThan(5000);
  expect(taken.moves).toBeGreaterThan(1000);
  expect(taken.unanswered).toBeGreaterThan(100);
});
