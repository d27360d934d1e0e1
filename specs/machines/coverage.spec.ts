/**
 * Every state of every machine is entered, and every transition taken, by some scenario under some schedule; states that
 * are passed through within one step too. What no scenario can reach stands here, with the reason.
 */
import type { AnyMachineSnapshot, AnyStateNode, AnyTransitionDefinition } from 'xstate';
import type { StepEvent } from '../../machines/contract/event.ts';
import { compile } from '../../machines/execute/compile.ts';
import type { ActorState, Executor, Stepped } from '../../machines/execute/executor.ts';
import { TableExecutor } from '../../machines/execute/table.ts';
import { dottedValue, inertScope, nestedValue } from '../../machines/execute/xstate.ts';
import { MACHINE_SET } from '../../machines/index.ts';
import { everyRun, wholeRun } from '../rig/runs.ts';

const UNREACHED: Readonly<Record<string, string>> = {
  'vm open.ioctl.unwinding':
    'no list can fail once the checks have passed (userptr and memory shortage are not modelled)',
  'vm open.ioctl.creating always 0': 'the same',
  'vm open.ioctl.unwinding always 0': 'the same',
  'vm open.idle vm.worker 0': 'one vm.worker is under way exactly while something is pending',
  'vm closed vm.worker 0': 'closing is over after the last job, and the worker is kicked before',
  'vm closed vm.close 0': 'a scenario expects every close to succeed',
  'vm closing vm.close 0': 'the same',
  'vm absent vm.close 0': 'the same',
};

const table = new TableExecutor(MACHINE_SET);
const nameOf = ({ source, eventType, ...rest }: AnyTransitionDefinition, place: number): string =>
  `${source.machine.id} ${source.path.join('.')} ${eventType === '' ? 'always' : eventType} ${place}`.trim() +
  (rest.reenter ? '!' : '');

/** The transitions of a chart by name. */
function transitionsOf(root: AnyStateNode): Map<AnyTransitionDefinition, string> {
  const found = new Map<AnyTransitionDefinition, string>();
  const visit = (node: AnyStateNode): void => {
    for (const each of [...node.transitions.values(), node.always ?? []]) {
      each.forEach((transition, place) => found.set(transition, nameOf(transition, place)));
    }
    Object.values(node.states).forEach(visit);
  };
  visit(root);
  return found;
}

const ALL_TRANSITIONS = new Map(
  Object.values(MACHINE_SET).flatMap(({ chart }) => [...transitionsOf(chart.root)]),
);
const ALL_STATES = Object.entries(MACHINE_SET).flatMap(([name, machine]) =>
  [...compile(machine).rows.keys()].map((state) => `${name} ${state}`),
);

/** Runs on the table, and notes through XState what happens within each step. */
class Noting implements Executor {
  readonly reached = new Set<string>();
  readonly #scope = inertScope(
    () => undefined,
    ({ snapshot, _transitions }) => {
      this.reached.add(`${snapshot.machine.id} ${dottedValue(snapshot.value)}`);
      for (const each of _transitions) {
        this.reached.add(ALL_TRANSITIONS.get(each as AnyTransitionDefinition) ?? 'unknown');
      }
    },
  );
  initialValue(machine: string): string {
    const value = table.initialValue(machine);
    this.reached.add(`${machine} ${value}`);
    return value;
  }
  accepts(state: ActorState, type: StepEvent['type']): boolean {
    return table.accepts(state, type);
  }
  step(state: ActorState, event: StepEvent): Stepped {
    const chart = MACHINE_SET[state.machine]?.chart;
    const { value, context } = state;
    const snapshot = chart?.resolveState({ value: nestedValue(value), context } as never);
    chart?.transition(snapshot as AnyMachineSnapshot, event, this.#scope);
    return table.step(state, event);
  }
}

const noting = new Noting();
beforeAll(() => {
  for (const { scenario, chooser, seed } of everyRun(12)) {
    wholeRun({ scenario, chooser, seed, executor: noting });
  }
});

const unreached = (names: readonly string[]): string[] =>
  names.filter((name) => !noting.reached.has(name));
const excused = (names: readonly string[]): string[] => names.filter((name) => name in UNREACHED);

test('every state of every machine is reached', () => {
  expect(unreached(ALL_STATES)).toEqual(excused(ALL_STATES));
});

test('every transition of every machine is taken', () => {
  const names = [...ALL_TRANSITIONS.values()];
  expect(unreached(names).sort()).toEqual(excused(names).sort());
});

test('what is excused is there', () => {
  const known = new Set([...ALL_STATES, ...ALL_TRANSITIONS.values()]);
  expect(Object.keys(UNREACHED).filter((name) => !known.has(name))).toEqual([]);
  expect(noting.reached.has('unknown')).toBe(false);
});
