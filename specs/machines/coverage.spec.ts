/**
 * Every state of every machine is entered, and every transition taken, by some scenario under some schedule; states that
 * are passed through within one step too. What no scenario can reach stands here, with the reason.
 */
import fc from 'fast-check';
import type { AnyMachineSnapshot, AnyStateNode, AnyTransitionDefinition } from 'xstate';
import { driverOf } from '../../domain/driver/drivers.ts';
import { QUIRKS } from '../../domain/quirks/quirks.ts';
import { seed32 } from '../../hw/latency.ts';
import type { StepEvent } from '../../machines/contract/event.ts';
import { compile } from '../../machines/execute/compile.ts';
import type { ActorState, Executor, Stepped } from '../../machines/execute/executor.ts';
import { TableExecutor } from '../../machines/execute/table.ts';
import { dottedValue, inertScope, nestedValue } from '../../machines/execute/xstate.ts';
import { MACHINE_SET } from '../../machines/index.ts';
import { atOnce } from '../../streams/explore/at-once.ts';
import { randomFaults, randomHardware } from '../../streams/world/decide.ts';
import { FAULT_WORLDS } from '../rig/fault-worlds.ts';
import { leavingQueue } from '../rig/leaving-queue.ts';
import { scenarioOfQuirk } from '../rig/quirks.ts';
import { randomModel } from '../rig/random-model.ts';
import { WORLDS } from '../rig/races/worlds.ts';
import { everyRun, wholeRun } from '../rig/runs.ts';
import { type NamedScenario, SCENARIOS, seedOf } from '../rig/scenarios.ts';

/** What these runs need not come to, with the reason. A pattern may excuse what some run does come to. */
const EXCUSED: readonly (readonly [RegExp, string])[] = [
  [
    /^vm (absent|closing|closed) (vm|fence|evict)\./,
    'mail that comes before or after the life of a VM: each is one row that answers and changes nothing; which of them ' +
      'arrive in time is chance',
  ],
  [/^vm open evict\.done 0$/, 'the answer to an access counter, which nobody waits for'],
  [/^execQueue /, 'specs/machines/exec-queue*.spec.ts come to every state and transition'],
  [
    /^bindEngine .*queue\.(create|destroy)|^bindEngine picking always 0/,
    'specs/machines/bind-engine.spec.ts',
  ],
  [/^memory managing (wait\.over|memory\.(evict|move))/, 'specs/machines/memory.spec.ts'],
  [/^faults handling/, 'specs/machines/faults.spec.ts'],
  [/^tlb idle guc\.ack/, 'a late duplicate: specs/machines/tlb.spec.ts'],
  [
    /^client (wait\.over|execing|faulting|notifying|watching|wait)/,
    'specs/machines/client-*.spec.ts',
  ],
  [/^client\s+wait\.over/, 'the same'],
  [/^panthorVm (absent|closed)( vm\.|$)/, 'specs/machines/panthor/life.spec.ts'],
  [/^panthorVm open vm\.close 0$/, 'the same'],
  [/^(panthorQueue|mali) /, 'specs/machines/panthor/parts.spec.ts'],
];

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

/** Quirks with a state that nothing else comes to. */
const STATES_OF_THEIR_OWN: readonly string[] = ['S36'];

const isImmediate = ({ scenario }: NamedScenario): boolean =>
  driverOf(scenario.device.profile) !== null;

const noting = new Noting();
beforeAll(() => {
  for (const { scenario, chooser, seed } of everyRun(6)) {
    wholeRun({ scenario, chooser, seed, executor: noting });
  }
  for (const { scenario } of SCENARIOS.filter(isImmediate)) {
    for (let n = 1; n <= 30; n++) {
      const decider = randomFaults(seed32(seedOf(n)), 12, randomHardware(seed32(seedOf(n))));
      wholeRun({ scenario, chooser: 'random', seed: seedOf(n), executor: noting, decider });
    }
  }
  for (const row of QUIRKS.filter(({ id }) => STATES_OF_THEIR_OWN.includes(id))) {
    for (let n = 1; n <= 5; n++) {
      const scenario = scenarioOfQuirk(row, true);
      wholeRun({ scenario, chooser: 'random', seed: seedOf(n), executor: noting });
    }
  }
  const worlds = Object.values(WORLDS).map((world) => world());
  for (const scenario of [...worlds, ...FAULT_WORLDS, atOnce(leavingQueue())]) {
    for (let n = 1; n <= 100; n++) {
      const seed = seedOf(n);
      wholeRun({ scenario, chooser: 'random', seed, executor: noting });
      const decider = randomFaults(seed32(seed), 8);
      wholeRun({ scenario, chooser: 'random', seed, executor: noting, decider });
    }
  }
  const models = fc.sample(fc.tuple(randomModel, fc.nat(2 ** 20)), { numRuns: 250, seed: 1 });
  for (const [scenario, number] of models) {
    const seed = `0x${number.toString(16)}`;
    const halves = seed32(seed);
    const decider = randomFaults(halves, 10, randomHardware(halves));
    wholeRun({ scenario, chooser: 'random', seed, executor: noting, decider });
  }
});

const unreached = (names: readonly string[]): string[] =>
  names.filter((name) => !noting.reached.has(name));
const isExcused = (name: string): boolean => EXCUSED.some(([pattern]) => pattern.test(name));

test('every state of every machine is reached', () => {
  expect(unreached(ALL_STATES).filter((name) => !isExcused(name))).toEqual([]);
});

test('every transition of every machine is taken', () => {
  const names = [...ALL_TRANSITIONS.values()];
  expect(unreached(names).filter((name) => !isExcused(name))).toEqual([]);
});

test('what is excused is there', () => {
  const known = [...ALL_STATES, ...ALL_TRANSITIONS.values()];
  const idle = EXCUSED.filter(([pattern]) => !known.some((name) => pattern.test(name)));
  expect(idle).toEqual([]);
  expect(noting.reached.has('unknown')).toBe(false);
});
