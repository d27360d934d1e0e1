/**
 * What is to be found out of a scenario, cut into pieces that can be done anywhere: each piece of work and its answer is
 * plain data. One worker does any number of pieces of one question and keeps what they share.
 */
import { INVARIANTS } from '../../domain/invariants/list.ts';
import type { Scenario } from '../../domain/scenario/schema.ts';
import type { DecisionKind } from '../../machines/contract/decisions.ts';
import type { Chunk } from './chunks.ts';
import { dpor } from './dpor/dpor.ts';
import { type Options, type StrategyName, strategyOf } from './explore.ts';
import { expectations, invariantJudge, type Judge, silent } from './judge.ts';
import type { Member } from './orbit.ts';
import { MOST_SEARCHED, type Remembered, remembering } from './remembered/remembering.ts';
import type { Counts, Exploration, Limits } from './result.ts';
import { scenarioSystem } from './scenario-system.ts';
import { shrink, type Shrunk } from './schedule/shrink.ts';
import { type Size, sizeOf } from './size.ts';
import type { Sampled } from './strategies/sample.ts';
import type { System } from './system.ts';
import { showing, witnessesOf } from './witnesses.ts';
import type { Explored, WorldSystem } from './world-system.ts';

export interface Question {
  /** with its quirks; explored at once */
  readonly scenario: Scenario;
  /** by id; what the scenario expects is held against it, too, unless things are made to fail: it expects that none does */
  readonly invariants: readonly string[];
  readonly decisions: readonly DecisionKind[];
  readonly interchangeable: readonly (readonly Member[])[];
  /** by name */
  readonly witnesses: readonly string[];
}

export interface Bounds {
  readonly depth?: number;
  readonly switches?: number;
}

export type Piece =
  | { readonly do: 'size'; readonly kept: number; readonly steps: number }
  | {
      readonly do: 'search';
      readonly strategy: StrategyName;
      readonly bounds: Bounds;
      readonly transitions: number | null;
    }
  | {
      readonly do: 'sample';
      readonly strategy: StrategyName;
      readonly bounds: Bounds;
      readonly chunk: Chunk;
    }
  /** how many classes of schedules there are, if so few steps suffice to see them all */
  | { readonly do: 'classes'; readonly transitions: number }
  | {
      readonly do: 'shrink';
      readonly choices: readonly string[];
      readonly maxStates: number;
      readonly maxTries: number;
    };

export interface Answers {
  readonly size: Size;
  readonly search: Exploration;
  readonly sample: Sampled;
  readonly classes: number | null;
  readonly shrink: Shrunk;
}

/** What a piece of work may ask of the outside, now and then. */
export interface Outside {
  readonly shouldStop: () => boolean;
  readonly progress: (counts: Readonly<Counts>) => void;
}

/** They look at states as a whole, and at each once: it would be made of its components again. */
const WHOLE: ReadonlySet<StrategyName> = new Set<StrategyName>(['exact', 'symmetric']);

/** A sampler reduces nothing: what the judge hears would only make classes of what is no other behaviour. */
const deaf = (judge: Judge): Judge => ({ ...judge, hears: () => undefined });

function judgeOf({ invariants: ids, decisions }: Question): Judge {
  const expects = !decisions.includes('fault');
  if (ids.length === 0) return expects ? expectations : silent;
  return invariantJudge(
    INVARIANTS.filter(({ id }) => ids.includes(id)),
    expects,
  );
}

export class Worker {
  readonly #question: Question;
  #searched: WorldSystem | null = null;
  #sampled: WorldSystem | null = null;
  #rememberedSample: System<Remembered> | null = null;
  #rememberedSearch: System<Remembered> | null = null;

  constructor(question: Question) {
    this.#question = question;
  }

  /** What the strategies that search see. @throws RangeError when members are not interchangeable */
  get searched(): WorldSystem {
    this.#searched ??= this.#systemOf(showing(judgeOf(this.#question)));
    return this.#searched;
  }

  /** The same, for those that meet steps again and again. */
  get #memory(): System<Remembered> {
    this.#rememberedSearch ??= remembering(this.searched, MOST_SEARCHED);
    return this.#rememberedSearch;
  }

  do(piece: Piece, outside: Outside): Answers[Piece['do']] {
    switch (piece.do) {
      case 'size':
        return sizeOf(this.#memory, { ...piece, shouldStop: outside.shouldStop });
      case 'search': {
        const { strategy, bounds, transitions } = piece;
        const limits = { ...outside, ...(transitions === null ? {} : { transitions }) };
        const options = this.#options(bounds);
        if (WHOLE.has(strategy))
          return strategyOf(strategy).explore(this.searched, limits, options);
        return strategyOf(strategy).explore(this.#memory, limits, options);
      }
      case 'sample':
        return this.#sample(piece, outside);
      case 'classes':
        return this.#classes(piece.transitions, outside);
      case 'shrink': {
        const { choices, maxStates, maxTries } = piece;
        return shrink(this.#memory, choices, { maxStates, maxTries });
      }
    }
  }

  #sample({ strategy, bounds, chunk }: Piece & { do: 'sample' }, limits: Limits): Sampled {
    const system = (this.#sampled ??= this.#systemOf(showing(deaf(judgeOf(this.#question)))));
    const draw = strategyOf(strategy).sample;
    if (draw === undefined) throw new RangeError(`${strategy} draws no runs`);
    const { seed, runs } = chunk;
    const options = { ...this.#options(bounds), seed, classes: true };
    const all = { ...limits, executions: runs };
    this.#rememberedSample ??= remembering(system);
    return draw(this.#rememberedSample, all, options);
  }

  #classes(transitions: number, outside: Outside): number | null {
    const system = remembering(this.#systemOf(expectations));
    const found = dpor(system, { ...outside, transitions, isExhaustive: true });
    const { executions } = found.counts;
    const isComplete = found.counts.transitions < transitions && !outside.shouldStop();
    return isComplete ? executions : null;
  }

  #options(bounds: Bounds): Options<Pick<Explored, 'world' | 'judged'>> {
    return { ...bounds, witnesses: witnessesOf(this.#question.witnesses) };
  }

  #systemOf(judge: Judge): WorldSystem {
    const { scenario, decisions, interchangeable } = this.#question;
    return scenarioSystem(scenario, { judge, decisions, interchangeable });
  }
}
