/**
 * Runs one after another, each chosen by a sampler. It proves nothing, but counts what it sees: how often an invariant
 * breaks, and how many classes of schedules (runs that differ only in the order of independent steps) were met.
 */
import type { U64 } from '../../../domain/units.ts';
import { Classes } from '../classes.ts';
import { Findings, type Witness } from '../findings.ts';
import { Random } from '../random.ts';
import type { Exploration, Limits } from '../result.ts';
import type { Move, System } from '../system.ts';

/** Who goes next; it may keep state of its own, of this run and of earlier ones. */
export interface Sampler<S> {
  /** a run begins */
  begin(): void;
  /** the place in `ready` of the process that goes */
  pick(state: S, ready: readonly string[]): number;
  /** it went; `ready` is what there was to choose from */
  took?(process: string, move: Move<S>, ready: readonly string[]): void;
  /** what it has to say in the end */
  notes?(runs: number, failures: number): readonly string[];
}

export interface Sampling {
  readonly seed: U64;
  /** runs without an end are cut here */
  readonly maxSteps?: number;
  /** count classes, which takes about as long as the steps */
  readonly classes?: boolean;
}

const MAX_STEPS = 100_000;
/** Runs, unless a limit says otherwise. */
const DEFAULT_RUNS = 10_000;

export function sample<S>(
  name: string,
  system: System<S>,
  sampler: Sampler<S>,
  { seed, maxSteps = MAX_STEPS, classes = false }: Sampling,
  limits: Limits,
  witnesses: readonly Witness<S>[] = [],
): Exploration {
  const bounded = limits.transitions === undefined && limits.executions === undefined;
  const found = new Findings<S>(
    bounded ? { ...limits, executions: DEFAULT_RUNS } : limits,
    witnesses,
  );
  const random = new Random(seed);
  const seen = classes ? new Classes(system) : null;
  let failures = 0;
  while (!found.isOver) {
    sampler.begin();
    seen?.begin();
    const choices: string[] = [];
    const path = (): readonly string[] => choices.slice();
    let state = system.initial;
    let bits = found.bitsOf(state);
    let hasFailed = false;
    for (let steps = 0; ; steps++) {
      const ready = system.ready(state);
      if (ready.length === 0) {
        found.ended(system.stuck(state), path);
        const problem = system.problemAtEnd(state);
        if (problem !== null) found.violated(problem, path);
        hasFailed ||= problem !== null;
        seen?.end();
        break;
      }
      if (steps >= maxSteps) {
        found.meter.counts.blocked += 1;
        break;
      }
      const process = ready[sampler.pick(state, ready)] as string;
      const moves = system.moves(state, process);
      const move = moves[moves.length === 1 ? 0 : random.int(moves.length)] as Move<S>;
      found.meter.step();
      choices.push(move.choice);
      seen?.step(state, process, move);
      sampler.took?.(process, move, ready);
      if (move.problem !== null) {
        hasFailed = true;
        found.violated(move.problem, path);
        if (found.isOver) {
          found.meter.counts.executions += 1;
          break;
        }
      }
      ({ state } = move);
      bits |= found.bitsOf(state);
      if (found.meter.isSpent) break;
    }
    if (hasFailed) failures += 1;
    found.count(bits);
  }
  const runs = found.meter.counts.executions;
  found.notes.push(...(sampler.notes?.(runs, failures) ?? []));
  found.notes.push(`violations in ${failures} of ${runs} runs`);
  if (seen !== null) found.notes.push(`${seen.size} classes seen`);
  return found.result(name, false);
}
