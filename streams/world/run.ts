/**
 * A run: a scenario under a chooser, as a generator of records. The last value says how it ended.
 */
import type { Scenario } from '../../domain/scenario/schema.ts';
import type { U64 } from '../../domain/units.ts';
import type { Executor } from '../../machines/execute/executor.ts';
import { TableExecutor } from '../../machines/execute/table.ts';
import { MACHINE_SET } from '../../machines/index.ts';
import { enabled } from './choice.ts';
import { type Chooser, listChooser, randomChooser, timeChooser } from './chooser.ts';
import type { StepRecord } from './record.ts';
import { startWorld } from './start.ts';
import { digestOf } from '../replay/digest.ts';
import { viewsOfWorld } from '../replay/views.ts';
import { step } from './step.ts';
import type { World } from './world.ts';

export interface RunOptions {
  readonly scenario: Scenario;
  readonly seed: U64;
  readonly chooser: 'time' | 'random' | { readonly choices: readonly string[] };
  /** the table executor unless given */
  readonly executor?: Executor;
}

/** `stuck`: nothing can happen any more and somebody still waits; `cut`: a list of choices came to its end first. */
export type Verdict = 'ok' | 'failed' | 'stuck' | 'cut';

export interface RunEnd {
  readonly verdict: Verdict;
  /** records, record 0 included */
  readonly events: number;
  readonly stateHash: string;
  /** failed expectations, or who waits for what */
  readonly reasons: readonly string[];
  readonly world: World;
}

export const tableExecutor = new TableExecutor(MACHINE_SET);

export function chooserOf(options: Pick<RunOptions, 'chooser' | 'seed'>): Chooser {
  const { chooser, seed } = options;
  if (chooser === 'time') return timeChooser;
  return chooser === 'random' ? randomChooser(seed) : listChooser(chooser.choices);
}

export function* runScenario(options: RunOptions): Generator<StepRecord, RunEnd, undefined> {
  const { scenario, seed, executor = tableExecutor } = options;
  const chooser = chooserOf(options);
  const started = startWorld(scenario, seed, executor);
  const failures: string[] = [];
  let { world } = started;
  yield started.record;
  for (;;) {
    const choices = enabled(world, executor);
    const choice = choices.length === 0 ? null : chooser.choose(choices);
    if (choice === null) return endOf(world, failures, choices.length > 0);
    const next = step(world, choice.key, executor);
    world = next.world;
    failures.push(...failuresIn(next.record));
    yield next.record;
  }
}

export function failuresIn({ facts }: StepRecord): string[] {
  return facts.flatMap((fact) =>
    fact.type === 'expect.failed'
      ? [
          `${fact.client}, step ${fact.step + 1}: ${fact.what}: ` +
            `expected ${fact.expected}, got ${fact.actual}`,
        ]
      : [],
  );
}

export function endOf(world: World, failures: readonly string[], cut: boolean): RunEnd {
  const waiting = whoWaits(world);
  const verdict =
    failures.length > 0 ? 'failed' : cut ? 'cut' : waiting.length > 0 ? 'stuck' : 'ok';
  const reasons = failures.length > 0 || cut ? failures : waiting;
  return { verdict, events: world.seq, stateHash: digestOf(viewsOfWorld(world)), reasons, world };
}

/** Clients that did not finish, mail that nobody takes, and who else waits for a fence that will never signal. */
function whoWaits(world: World): string[] {
  const clients = Object.entries(world.actors).flatMap(([id, { machine, value, context }]) => {
    if (machine !== 'client' || value === 'done') return [];
    const { pc, waitingOn } = context as { pc: number; waitingOn: readonly string[] };
    const fences = waitingOn.length > 0 ? ` for ${waitingOn.join(', ')}` : '';
    return [`${id}, step ${pc + 1}: still ${value}${fences}`];
  });
  const mail = world.queues.map(
    ({ from, to, mail: [head] }) =>
      `${to} does not take ${head?.message.type ?? ''} from ${from} in state ${
        world.actors[to]?.value ?? ''
      }`,
  );
  return [...clients, ...mail, ...otherWaiters(world)];
}

function otherWaiters({ actors, shared }: World): string[] {
  return Object.values(shared.fences).flatMap((fences) =>
    [...fences.values()].flatMap(({ key, waiters }) =>
      [...new Set(waiters)]
        .filter((waiter) => actors[waiter]?.machine !== 'client')
        .map((waiter) => `${waiter}: still waiting for ${key}`),
    ),
  );
}
