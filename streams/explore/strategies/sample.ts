/**
 * Runs one after another, each chosen by a sampler. It proves nothing, but counts what it sees: how often an invariant
 * breaks, and how many classes of schedules (runs that differ only in the order of independent steps) were met.
 */
import type { U64 } from '../../../domain/units.ts';
import { Classes, type ClassRuns } from '../classes.ts';
import { Findings, type Witness } from '../findings.ts';
import { Random } from '../random.ts';
import type { Counts, Exploration, Finding, Limits } from '../result.ts';
import { type PctSizes, pctNote } from './pct-note.ts';
import type { Move, System } from '../system.ts';
import { drawMove } from './draw.ts';

/** Who goes next; it may keep state of its own, of this run and of earlier ones. */
export interface Sampler<S> {
  /** a run begins */
  begin(): void;
  /** the place in `ready` of the process that goes */
  pick(state: S, ready: readonly string[]): number;
  /** which of its steps it takes; its answers are drawn as draw.ts says unless the sampler has a way of its own */
  draw?(state: S, process: string): Move<S>;
  /** it went; `ready` is what there was to choose from */
  took?(process: string, move: Move<S>, ready: readonly string[]): void;
  /** what it has to say in the end, whatever the runs showed */
  notes?(): readonly string[];
  /** what PCT's bound is made of */
  sizes?(): PctSizes;
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
export const DEFAULT_RUNS = 10_000;

/** What came of some runs, as it can be added to what came of others (chunks.ts). */
export interface Sampled {
  readonly counts: Readonly<Counts>;
  /** runs that break an invariant */
  readonly failures: number;
  readonly violation: Finding | null;
  readonly stuck: Finding | null;
  readonly stuckRuns: number;
  readonly witnesses: Readonly<Record<string, number>>;
  /** null unless they were to be counted */
  readonly classes: ClassRuns | null;
  readonly sizes: PctSizes | null;
  readonly notes: readonly string[];
}

/** The runs as the result of an exploration. They prove nothing. */
export function explorationOf(name: string, sampled: Sampled): Exploration {
  const { counts, failures, violation, stuck, stuckRuns, witnesses, classes, sizes } = sampled;
  const runs = counts.executions;
  const notes = [
    ...sampled.notes,
    ...(sizes === null ? [] : [pctNote(sizes, failures / Math.max(1, runs))]),
    `violations in ${failures} of ${runs} runs`,
    ...(classes === null ? [] : [`${classes.length} classes seen`]),
  ];
  const verdict = violation === null ? 'spent' : 'violated';
  return { strategy: name, verdict, counts, violation, stuck, stuckRuns, witnesses, notes };
}

export function sampleRuns<S>(
  system: System<S>,
  sampler: Sampler<S>,
  { seed, maxSteps = MAX_STEPS, classes = false }: Sampling,
  limits: Limits,
  witnesses: readonly Witness<S>[] = [],
): Sampled {
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
    const before = found.meter.counts.executions;
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
      const move = sampler.draw?.(state, process) ?? drawMove(system, state, process, random);
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
    // a run that was cut short counts for nothing
    if (found.meter.counts.executions === before) continue;
    if (hasFailed) failures += 1;
    found.count(bits);
  }
  const { counts, violation, stuck, stuckRuns, witnesses: shown } = found.result('', false);
  return {
    counts,
    failures,
    violation,
    stuck,
    stuckRuns,
    witnesses: shown,
    classes: seen?.runs ?? null,
    sizes: sampler.sizes?.() ?? null,
    notes: sampler.notes?.() ?? [],
  };
}
