/**
 * Steps of a world, timed: bare, watched by every invariant, written to a log file, or both. A world is a value, so one
 * that is prepared once is run from as often as there are timings, and the preparation is in none of them.
 */
import { watchOf, type Watched } from '../domain/invariants/watch.ts';
import type { Scenario } from '../domain/scenario/schema.ts';
import type { LogSink } from '../streams/log/sink.ts';
import { LogWriter } from '../streams/log/writer.ts';
import { enabled } from '../streams/world/choice.ts';
import { timeChooser } from '../streams/world/chooser.ts';
import { decidedStep, NO_DECIDER } from '../streams/world/decide.ts';
import type { StepRecord } from '../streams/world/record.ts';
import { tableExecutor } from '../streams/world/run.ts';
import { startWorld } from '../streams/world/start.ts';
import type { World } from '../streams/world/world.ts';

export const WAYS = ['bare', 'invariants', 'log', 'both'] as const;
export type Way = (typeof WAYS)[number];

/** A world, and what the invariants have seen of it. */
export interface Prepared {
  readonly world: World;
  readonly watched: Watched;
  /** of the start, which a log begins with; null when more than that is over */
  readonly record: StepRecord | null;
}

export const watch = watchOf();
const OUTCOME = { verdict: 'ok', stateHash: '00'.repeat(32) };
const SCENARIO = { name: 'bench', source: { fencelab: 1 } };
const ORIGIN = { engine: '0.1.0', scenario: SCENARIO, seed: '0x1', chooser: 'time' } as const;

function next(world: World): ReturnType<typeof decidedStep> | null {
  const choice = timeChooser.choose(enabled(world, tableExecutor));
  if (choice === null || choice === undefined) return null;
  return decidedStep(world, choice.key, tableExecutor, NO_DECIDER);
}

/** The world once `app` has done its first `steps` steps; unwatched, the invariants have seen only its start. */
export function prepare(scenario: Scenario, steps = 0, isWatched = true): Prepared {
  const started = startWorld(scenario, '0x1', tableExecutor);
  let { world } = started;
  let { watched } = watch.at(watch.start, started.record);
  if (steps === 0) return { world, watched, record: started.record };
  for (let step = next(world); step !== null; step = next(world)) {
    world = step.world;
    if (isWatched) watched = watch.at(watched, step.record).watched;
    const isDone = step.record.facts.some(
      (fact) => fact.type === 'step.ended' && fact.client === 'app' && fact.step === steps - 1,
    );
    if (isDone) return { world, watched, record: null };
  }
  throw new RangeError('the preparation never ends');
}

/** Every step to the end. */
export function* steps({ world }: Prepared): Generator<ReturnType<typeof decidedStep>> {
  for (let step = next(world); step !== null; step = next(step.world)) yield step;
}

/** Runs to the end; gives the number of steps. */
export function drive(prepared: Prepared, isWatched: boolean): number {
  let { world, watched } = prepared;
  let steps = 0;
  for (let step = next(world); step !== null; step = next(world)) {
    world = step.world;
    if (isWatched) watched = watch.at(watched, step.record).watched;
    steps++;
  }
  return steps;
}

/** The same with every record written to a log of its own, which is sealed. */
async function driveLogged(prepared: Prepared, isWatched: boolean, sink: LogSink): Promise<number> {
  const writer = new LogWriter(
    { write: (chunk) => sink.write(chunk), close: () => undefined },
    ORIGIN,
  );
  let { world, watched } = prepared;
  if (prepared.record !== null) await writer.append(prepared.record);
  let steps = 0;
  for (let step = next(world); step !== null; step = next(world)) {
    world = step.world;
    if (isWatched) watched = watch.at(watched, step.record).watched;
    const full = writer.append(step.record);
    if (full !== undefined) await full;
    steps++;
  }
  await writer.seal(OUTCOME);
  return steps;
}

/** Runs one of the ways; only those with a log are asynchronous. */
export function go(prepared: Prepared, way: Way, sink: LogSink): number | Promise<number> {
  const isWatched = way === 'invariants' || way === 'both';
  return way === 'bare' || way === 'invariants'
    ? drive(prepared, isWatched)
    : driveLogged(prepared, isWatched, sink);
}
