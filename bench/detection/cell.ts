/** One cell of the detection table: a strategy looks for a bug, once for each seed. */
import { mix32, seed32 } from '../../hw/latency.ts';
import { explore, STRATEGIES } from '../../streams/explore/explore.ts';
import { remembering } from '../../streams/explore/remembered/remembering.ts';
import type { Exploration, Limits } from '../../streams/explore/result.ts';
import type { Move, System } from '../../streams/explore/system.ts';
import type { Aim } from './aim.ts';
import type { Column } from './columns.ts';

/** A search goes on for so many steps, however few schedules those are. */
export const MAX_TRANSITIONS = 100_000;
/** What must suffice for some strategy to find a quirk. It ends no run: counts may not depend on a clock. */
export const MAX_SECONDS = 10;

export interface Cell {
  /** For each seed, from 1 on, the number of the schedule that showed the bug; null: none did within the cap. */
  readonly schedules: readonly (number | null)[];
  /** Of a search that is run once: steps until the bug showed; null: it did not within {@link MAX_TRANSITIONS}. */
  readonly steps?: number | null;
  /** Milliseconds of one run with nothing remembered: the seed with the median, or the one run; null: not found. */
  readonly ms: number | null;
  /** why the strategy cannot be used here */
  readonly refused?: string;
}

export const seedOf = (n: number): `0x${string}` => `0x${n.toString(16)}`;

/** Processes in an order of this seed's own, for searches whose luck is the order in which they look. */
export function shuffled<S>(system: System<S>, seed: number): System<S> {
  const drawn = seed32(seedOf(seed));
  const rank = (process: string): number => {
    let hash = 0;
    for (let i = 0; i < process.length; i++) hash = mix32(drawn, hash, process.charCodeAt(i));
    return hash;
  };
  const ready = (state: S): readonly string[] =>
    [...system.ready(state)].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  return { ...system, unreducible: system.unreducible, ready };
}

/** The number of the schedule that showed the bug; null if none of the first `cap` did. */
function foundAt<S>(
  system: System<S>,
  column: Column,
  result: Exploration,
  cap: number,
): number | null {
  const { counts, violation } = result;
  if (violation === null) return null;
  // a search does not count a run that it is in the middle of
  const isOpen = column.kind === 'ordered' && !isOver(system, violation.choices);
  const number = counts.executions + counts.blocked + (isOpen ? 1 : 0);
  return number > cap ? null : number;
}

/** Whether these choices are a run to its end. */
function isOver<S>(system: System<S>, choices: readonly string[]): boolean {
  let state = system.initial;
  for (const choice of choices) state = (system.take(state, choice) as Move<S>).state;
  return system.ready(state).length === 0;
}

/** @param cap schedules for each seed */
export function cellOf(aim: Aim, column: Column, seeds: number, cap: number): Cell {
  const { strategy, options, kind, threads } = column;
  const { unreducible, actorOf } = aim;
  const system = threads === 'actors' ? { ...aim, unreducible, threadOf: actorOf } : aim;
  if (STRATEGIES[strategy].reduces && unreducible !== null)
    return { schedules: [], ms: null, refused: unreducible };
  if (kind === 'once') return searchedOnce(system, column);
  const once = <T>(from: System<T>, n: number, limits: Limits = {}): Exploration =>
    explore(from, strategy, { executions: cap, ...limits }, { ...options, seed: seedOf(n) });
  const isSearch = kind === 'ordered';
  const memory = remembering(system);
  const found = (n: number): Exploration =>
    isSearch ? once(shuffled(memory, n), n, { transitions: MAX_TRANSITIONS }) : once(memory, n);
  const schedules = Array.from({ length: seeds }, (_, i) =>
    foundAt(system, column, found(i + 1), cap),
  );
  const typical = medianSeed(schedules);
  if (typical === null) return { schedules, ms: null };
  const timed = isSearch ? shuffled(system, typical) : system;
  const { ms } = timedRun(() => once(timed, typical));
  return { schedules, ms };
}

function searchedOnce(system: Aim, { strategy, options }: Column): Cell {
  const { result, ms } = timedRun(() =>
    explore(system, strategy, { transitions: MAX_TRANSITIONS }, options),
  );
  const isFound = result.violation !== null;
  const steps = isFound ? result.counts.transitions : null;
  return { schedules: [], steps, ms: isFound ? ms : null };
}

/** The seed that needs the median number of schedules; null when fewer than half find anything. */
function medianSeed(schedules: readonly (number | null)[]): number | null {
  const found = schedules
    .map((number, i) => ({ number: number ?? Infinity, seed: i + 1 }))
    .sort((a, b) => a.number - b.number);
  const typical = found[(found.length - 1) >> 1];
  return typical === undefined || typical.number === Infinity ? null : typical.seed;
}

function timedRun(run: () => Exploration): { result: Exploration; ms: number } {
  const start = performance.now();
  const result = run();
  return { result, ms: Math.round(performance.now() - start) };
}
