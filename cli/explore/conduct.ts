/**
 * One exploration from beginning to end: which strategy, the search or the runs, and what was found made short. Time ends a
 * part of it and decides nothing else; the threads decide nothing at all.
 */
import { added, type Chunk, chunksFor, endsThere } from '../../streams/explore/chunks.ts';
import { type Coverage, coverageOf } from '../../streams/explore/coverage.ts';
import { type StrategyName, strategyOf } from '../../streams/explore/explore.ts';
import type { Exploration, Finding } from '../../streams/explore/result.ts';
import type { Shrunk } from '../../streams/explore/schedule/shrink.ts';
import { explorationOf, type Sampled } from '../../streams/explore/strategies/sample.ts';
import type { CommandCall } from '../command-spec.ts';
import { type Crew, OutOfMemory } from './crew.ts';
import type { ExplorePlan } from './plan.ts';
import { type Start, startOf } from './start.ts';
import { Waiting } from './waiting.ts';

/** Part of a budget of time that is spent, beyond it, on the number of all classes. */
const SHARE = 0.25;
/** Steps after which nobody waits for the number of all classes. */
const CLASS_STEPS = 40_000;
/** How much is done to make a violation short; docs/exploration.md says so. */
const SHRINK = { maxStates: 10_000, maxTries: 400 };

export interface Outcome extends Start {
  readonly explored: Exploration;
  /** what ended it: all was done, or the budget, a signal, memory */
  readonly ended: 'done' | 'budget' | 'signal' | 'memory';
  /** of samplers */
  readonly coverage: Coverage | null;
  /** what was found made short; null when nothing was, or nobody waited for it */
  readonly shrunk: Shrunk | null;
}

/** The finding that matters: an invariant or expectation that breaks, or else somebody who waits for ever. */
export const findingOf = ({ violation, stuck }: Exploration): Finding | null => violation ?? stuck;

const NO_COUNTS = { executions: 0, transitions: 0, states: 0, blocked: 0 };
const nothing = (strategy: string, counts = NO_COUNTS): Exploration => ({
  strategy,
  verdict: 'spent',
  counts,
  violation: null,
  stuck: null,
  stuckRuns: 0,
  witnesses: {},
  notes: [],
});

class Conduct {
  readonly #plan: ExplorePlan;
  readonly #crew: Crew;
  readonly #waiting: Waiting;
  readonly #began = performance.now();

  constructor(plan: ExplorePlan, crew: Crew, call: CommandCall) {
    this.#plan = plan;
    this.#crew = crew;
    this.#waiting = new Waiting(crew, call);
  }

  async run(tell: (start: Start) => void): Promise<Outcome> {
    const start = await startOf(this.#plan, this.#crew, this.#waiting);
    tell(start);
    const { strategy } = start;
    const isSampler = strategyOf(strategy).sample !== undefined;
    let ended: Outcome['ended'] | null = null;
    let found: { explored: Exploration; sampled: Sampled | null };
    try {
      if (this.#waiting.isStopped) found = { explored: nothing(strategy), sampled: null };
      else found = isSampler ? await this.#sample(strategy) : await this.#search(strategy);
    } catch (error) {
      if (!(error instanceof OutOfMemory)) throw error;
      ended = 'memory';
      const { steps: transitions, states } = this.#crew.sofar;
      found = { explored: nothing(strategy, { ...NO_COUNTS, transitions, states }), sampled: null };
    }
    const { explored, sampled } = found;
    if (this.#waiting.isStopped) ended = 'signal';
    else ended ??= explored.verdict === 'spent' ? 'budget' : 'done';
    const finding = findingOf(explored);
    const coverage = sampled === null ? null : await this.#coverage(sampled, finding === null);
    const shrunk = finding === null ? null : await this.#shrunk(finding);
    return { ...start, explored, ended, coverage, shrunk };
  }

  async #search(strategy: StrategyName): Promise<{ explored: Exploration; sampled: null }> {
    const { bounds, budget } = this.#plan;
    const transitions = budget.kind === 'count' ? budget.count : null;
    const asked = this.#crew.ask({ do: 'search', strategy, bounds, transitions });
    const explored = await this.#waiting.during('steps', this.#leftMs, asked, () => {
      const { steps } = this.#crew.sofar;
      return transitions === null ? [steps] : [steps, transitions];
    });
    return { explored, sampled: null };
  }

  /** Chunks are handed out in order to whoever is free, until one says that nothing behind it counts. */
  async #sample(strategy: StrategyName): Promise<{ explored: Exploration; sampled: Sampled }> {
    const { bounds, budget, seed } = this.#plan;
    const runs = budget.kind === 'count' ? budget.count : Infinity;
    const chunks = chunksFor(seed, runs);
    const answers: Sampled[] = [];
    let last = Infinity;
    let drawn = 0;
    const take = async (chunk: Chunk): Promise<void> => {
      const sampled = await this.#crew.ask({ do: 'sample', strategy, bounds, chunk });
      answers[chunk.number] = sampled;
      drawn += sampled.counts.executions;
      if (endsThere(chunk, sampled)) last = Math.min(last, chunk.number);
    };
    const work = async (): Promise<void> => {
      for (const chunk of { [Symbol.iterator]: () => ({ next: () => chunks.next() }) }) {
        if (this.#waiting.isEnding || chunk.number > last) return;
        await take(chunk);
      }
    };
    const all = Promise.all(Array.from({ length: this.#crew.size }, work));
    await this.#waiting.during('runs', this.#leftMs, all, () =>
      runs === Infinity ? [drawn] : [drawn, runs],
    );
    const counted = answers.slice(0, last === Infinity ? answers.length : last + 1);
    const sampled = added(counted);
    // coverage says how many classes
    return { explored: explorationOf(strategy, { ...sampled, classes: null }), sampled };
  }

  /** @param isClean nothing was found: then it matters how much was seen */
  async #coverage(sampled: Sampled, isClean: boolean): Promise<Coverage> {
    const wanted = isClean && !this.#waiting.isStopped;
    const { budget } = this.#plan;
    const share = budget.kind === 'time' ? budget.ms * SHARE : Infinity;
    const total = wanted
      ? await this.#waiting.during(
          'counting classes',
          share,
          this.#crew.ask({ do: 'classes', transitions: CLASS_STEPS }),
        )
      : null;
    return coverageOf(sampled.classes ?? [], total);
  }

  async #shrunk({ choices }: Finding): Promise<Shrunk | null> {
    if (this.#waiting.isStopped) return null;
    const shrunk = this.#crew.ask({ do: 'shrink', choices, ...SHRINK });
    return this.#waiting.during(
      'shrinking',
      Infinity,
      Promise.race([shrunk, this.#waiting.untilStopped()]),
    );
  }

  get #leftMs(): number {
    const { budget } = this.#plan;
    if (budget.kind === 'count') return Infinity;
    return Math.max(1, budget.ms - (performance.now() - this.#began));
  }
}

/** @param tell told what is about to be done, before it is */
export function conduct(
  plan: ExplorePlan,
  crew: Crew,
  call: CommandCall,
  tell: (start: Start) => void,
): Promise<Outcome> {
  return new Conduct(plan, crew, call).run(tell);
}
