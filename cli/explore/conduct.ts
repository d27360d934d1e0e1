/**
 * One exploration from beginning to end: how large the scenario is, which strategy, the search or the runs, and what was found
 * made short. Time ends a part of it and decides nothing else; the threads decide nothing at all.
 */
import { added, type Chunk, chunksFor, endsThere } from '../../streams/explore/chunks.ts';
import { type Coverage, coverageOf } from '../../streams/explore/coverage.ts';
import { type StrategyName, strategyOf } from '../../streams/explore/explore.ts';
import type { Exploration, Finding } from '../../streams/explore/result.ts';
import type { Shrunk } from '../../streams/explore/schedule/shrink.ts';
import type { Size } from '../../streams/explore/size.ts';
import { explorationOf, type Sampled } from '../../streams/explore/strategies/sample.ts';
import type { CommandCall } from '../command-spec.ts';
import { Progress } from '../progress.ts';
import { type Crew, OutOfMemory } from './crew.ts';
import type { ExplorePlan } from './plan.ts';

/** States of a layer that the estimate follows, and the steps that it may take. */
const SIZE = { kept: 64, steps: 60_000 };
/** Parts of a budget of time: for the estimate, and beyond it for the number of all classes. */
const SHARE = 0.25;
/** Steps that a search is trusted to take in a second, on a slow machine. */
const STEPS_PER_SECOND = 10_000;
/** Steps after which nobody waits for the number of all classes. */
const CLASS_STEPS = 40_000;
/** How much is done to make a violation short; docs/exploration.md says so. */
const SHRINK = { maxStates: 10_000, maxTries: 400 };
const LOOK_EVERY_MS = 50;

/** What the estimate says, before anything is searched. */
export interface Start {
  /** null for strategies whose work does not grow with the states */
  readonly size: Size | null;
  readonly strategy: StrategyName;
  /** it was chosen, and why; null when it was asked for */
  readonly chosen: string | null;
  /** more than the budget is likely to suffice for */
  readonly isTooLarge: boolean;
  /** steps that the budget is likely to suffice for */
  readonly steps: number;
}

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
  readonly #call: CommandCall;
  readonly #began = performance.now();
  /** the budget of the part that is under way has run out */
  #isOverdue = false;

  constructor(plan: ExplorePlan, crew: Crew, call: CommandCall) {
    this.#plan = plan;
    this.#crew = crew;
    this.#call = call;
  }

  async run(tell: (start: Start) => void): Promise<Outcome> {
    const start = await this.#start();
    tell(start);
    const { strategy } = start;
    const isSampler = strategyOf(strategy).sample !== undefined;
    let ended: Outcome['ended'] | null = null;
    let found: { explored: Exploration; sampled: Sampled | null };
    try {
      if (this.#isStopped) found = { explored: nothing(strategy), sampled: null };
      else found = isSampler ? await this.#sample(strategy) : await this.#search(strategy);
    } catch (error) {
      if (!(error instanceof OutOfMemory)) throw error;
      ended = 'memory';
      const { steps: transitions, states } = this.#crew.sofar;
      found = { explored: nothing(strategy, { ...NO_COUNTS, transitions, states }), sampled: null };
    }
    const { explored, sampled } = found;
    if (this.#isStopped) ended = 'signal';
    else ended ??= explored.verdict === 'spent' ? 'budget' : 'done';
    const finding = findingOf(explored);
    const coverage = sampled === null ? null : await this.#coverage(sampled, finding === null);
    const shrunk = finding === null ? null : await this.#shrunk(finding);
    return { ...start, explored, ended, coverage, shrunk };
  }

  get #isStopped(): boolean {
    return this.#call.io.stopped() !== undefined;
  }

  async #start(): Promise<Start> {
    const { strategy, budget } = this.#plan;
    const isMs = budget.kind === 'time';
    const steps = isMs ? Math.round((budget.ms / 1000) * STEPS_PER_SECOND) : budget.count;
    const asked = strategy === null ? null : strategyOf(strategy);
    if (strategy !== null && (asked?.proves === false || asked?.reduces === true)) {
      return { size: null, strategy, chosen: null, isTooLarge: false, steps };
    }
    const share = isMs ? budget.ms * SHARE : Infinity;
    const size = await this.#during('estimating', share, this.#crew.ask({ do: 'size', ...SIZE }));
    const isTooLarge = size.steps > steps;
    if (strategy !== null) return { size, strategy, chosen: null, isTooLarge, steps };
    if (isTooLarge) {
      return {
        size,
        strategy: 'random',
        chosen: 'it is too large to search all of it',
        isTooLarge,
        steps,
      };
    }
    return size.isCut
      ? {
          size,
          strategy: 'random',
          chosen: 'how large it is was not known in time',
          isTooLarge,
          steps,
        }
      : { size, strategy: 'exhaustive', chosen: 'it is small enough', isTooLarge, steps };
  }

  async #search(strategy: StrategyName): Promise<{ explored: Exploration; sampled: null }> {
    const { bounds, budget } = this.#plan;
    const transitions = budget.kind === 'count' ? budget.count : null;
    const asked = this.#crew.ask({ do: 'search', strategy, bounds, transitions });
    const explored = await this.#during('steps', this.#leftMs, asked, () => {
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
        if (this.#isOverdue || this.#isStopped || chunk.number > last) return;
        await take(chunk);
      }
    };
    const all = Promise.all(Array.from({ length: this.#crew.size }, work));
    await this.#during('runs', this.#leftMs, all, () =>
      runs === Infinity ? [drawn] : [drawn, runs],
    );
    const counted = answers.slice(0, last === Infinity ? answers.length : last + 1);
    const sampled = added(counted);
    // coverage says how many classes
    return { explored: explorationOf(strategy, { ...sampled, classes: null }), sampled };
  }

  /** @param isClean nothing was found: then it matters how much was seen */
  async #coverage(sampled: Sampled, isClean: boolean): Promise<Coverage> {
    const wanted = isClean && !this.#isStopped;
    const { budget } = this.#plan;
    const share = budget.kind === 'time' ? budget.ms * SHARE : Infinity;
    const total = wanted
      ? await this.#during(
          'counting classes',
          share,
          this.#crew.ask({ do: 'classes', transitions: CLASS_STEPS }),
        )
      : null;
    return coverageOf(sampled.classes ?? [], total);
  }

  async #shrunk({ choices }: Finding): Promise<Shrunk | null> {
    if (this.#isStopped) return null;
    const shrunk = this.#crew.ask({ do: 'shrink', choices, ...SHRINK });
    return this.#during('shrinking', Infinity, Promise.race([shrunk, this.#untilStopped()]));
  }

  /** Ends when a signal comes, or everything else does. */
  #untilStopped(): Promise<null> {
    return new Promise((resolve) => {
      const timer = setInterval(() => {
        if (!this.#isStopped) return;
        clearInterval(timer);
        resolve(null);
      }, LOOK_EVERY_MS);
      timer.unref();
    });
  }

  get #leftMs(): number {
    const { budget } = this.#plan;
    if (budget.kind === 'count') return Infinity;
    return Math.max(1, budget.ms - (performance.now() - this.#began));
  }

  /** Waits for a part: shows how far it is, and asks for its end when its time is up or a signal comes. */
  async #during<T>(
    what: string,
    ms: number,
    part: Promise<T>,
    told: () => readonly [done: number, total?: number] = () => [this.#crew.sofar.steps],
  ): Promise<T> {
    const progress = new Progress(this.#call.io, what, this.#call.quiet);
    const began = performance.now();
    this.#isOverdue = false;
    const look = (): void => {
      const elapsed = performance.now() - began;
      const [done, total] = told();
      if (ms === Infinity) progress.at(done, total);
      else progress.at(elapsed, ms, done);
      if (elapsed < ms && !this.#isStopped) return;
      this.#isOverdue = true;
      this.#crew.stop();
    };
    const timer = setInterval(look, LOOK_EVERY_MS);
    try {
      return await part;
    } finally {
      clearInterval(timer);
      progress.end();
      if (!this.#isStopped) this.#crew.goOn();
    }
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
