/**
 * How two runs that part at one step differ, by causes. Steps of both are matched by what they are: the same process took
 * the same message, the n-th such. A step that only came earlier or later is the same; what differs is what happened in
 * one run only, and what the same message led to something else in. Each has its causes among what happens before it: a
 * difference itself, or a step that the other run has on its other side.
 */
import type { Fact } from '../../../domain/facts/schema.ts';
import { processOf } from '../../world/choice.ts';
import type { StepRecord } from '../../world/record.ts';
import type { Move } from '../system.ts';
import { dependent } from '../touches.ts';

/** A run from where the two part; `records[i]` is of `moves[i]`. */
export interface Tail {
  readonly records: readonly StepRecord[];
  readonly moves: readonly Move<unknown>[];
  /** how many steps came before: causes are counted from the beginning of the run */
  readonly from: number;
}

/** 0: the first run, 1: the second. */
export type Side = 0 | 1;

export interface Cause {
  /** a step of the same run */
  readonly step: number;
  /** it differs itself; otherwise it has not happened before this step in the other run */
  readonly differs: boolean;
}

export interface Different {
  /** steps of the first and of the second run; null: it happened in the other only */
  readonly steps: readonly [number | null, number | null];
  /** facts that only one side has */
  readonly facts: readonly [readonly Fact[], readonly Fact[]];
  /** worked out when asked for; steps of the second run, of the first if it happened there only */
  readonly causes: () => readonly Cause[];
}

export interface Differences {
  /** as they come in the second run, or in the first */
  readonly all: readonly Different[];
  /** steps that both have, the same but for when */
  readonly same: number;
  /** of these, how many stand at another place */
  readonly moved: number;
}

type Matches = readonly [Int32Array, Int32Array];

const NONE = -1;

/** Pairs up steps of equal keys, the n-th with the n-th. */
function pairUp(
  tails: readonly [Tail, Tail],
  matches: Matches,
  keyOf: (r: StepRecord) => string,
): void {
  const waiting = new Map<string, number[]>();
  tails[0].records.forEach((record, i) => {
    if (matches[0][i] !== NONE) return;
    const key = keyOf(record);
    const known = waiting.get(key);
    if (known === undefined) waiting.set(key, [i]);
    else known.push(i);
  });
  const next = new Map<string, number>();
  tails[1].records.forEach((record, i) => {
    if (matches[1][i] !== NONE) return;
    const key = keyOf(record);
    const place = next.get(key) ?? 0;
    const partner = waiting.get(key)?.[place];
    if (partner === undefined) return;
    next.set(key, place + 1);
    matches[0][partner] = i;
    matches[1][i] = partner;
  });
}

/** What a step came to: all of its record but its number, its time, and who caused it. */
const contentOf = ({ choice, state, facts, sends, data }: StepRecord): string =>
  JSON.stringify([choice, state, facts, sends, data]);

/** Facts of `a` that `b` does not have. */
function factsOnlyIn(a: StepRecord, b: StepRecord | undefined): Fact[] {
  const others = new Map<string, number>();
  for (const fact of b?.facts ?? []) {
    const text = JSON.stringify(fact);
    others.set(text, (others.get(text) ?? 0) + 1);
  }
  return a.facts.filter((fact) => {
    const text = JSON.stringify(fact);
    const left = others.get(text) ?? 0;
    if (left > 0) others.set(text, left - 1);
    return left === 0;
  });
}

class Comparison {
  readonly #tails: readonly [Tail, Tail];
  readonly #matches: Matches;
  readonly #differs: readonly [boolean[], boolean[]];
  readonly #touches: readonly [(readonly number[])[], (readonly number[])[]];

  constructor(a: Tail, b: Tail) {
    this.#tails = [a, b];
    const matches: Matches = [
      new Int32Array(a.records.length).fill(NONE),
      new Int32Array(b.records.length).fill(NONE),
    ];
    pairUp([a, b], matches, ({ choice, type, data }) =>
      [processOf(choice), type, JSON.stringify(data)].join(' '),
    );
    pairUp([a, b], matches, ({ choice, type }) => `${processOf(choice)} ${type}`);
    this.#matches = matches;
    const differs = (side: Side): boolean[] =>
      this.#tails[side].records.map((record, i) => {
        const partner = this.#partner(side, i);
        return partner === undefined || contentOf(partner) !== contentOf(record);
      });
    this.#differs = [differs(0), differs(1)];
    this.#touches = [a.moves.map((m) => m.touches()), b.moves.map((m) => m.touches())];
  }

  #partner(side: Side, step: number): StepRecord | undefined {
    const other = this.#tails[side === 0 ? 1 : 0];
    return other.records[this.#matches[side][step] ?? NONE];
  }

  #isBefore(side: Side, earlier: number, later: number): boolean {
    if ((this.#tails[side].moves[later]?.cause ?? -1) - this.#tails[side].from === earlier) {
      return true;
    }
    return dependent(this.#touches[side][earlier] ?? [], this.#touches[side][later] ?? []);
  }

  /** Whether the other run has the two the other way round, or the first of them not at all. */
  #isTurned(side: Side, earlier: number, later: number): boolean {
    const [a, b] = [this.#matches[side][earlier] ?? NONE, this.#matches[side][later] ?? NONE];
    return a === NONE || (b !== NONE && b < a);
  }

  /** The nearest causes: none of them happens before another. */
  causes(side: Side, step: number): Cause[] {
    const found: Cause[] = [];
    for (let earlier = step - 1; earlier >= 0; earlier--) {
      if (!this.#isBefore(side, earlier, step)) continue;
      const differs = this.#differs[side][earlier] === true;
      if (!differs && !this.#isTurned(side, earlier, step)) continue;
      if (found.some((each) => this.#isBefore(side, earlier, each.step))) continue;
      found.push({ step: earlier, differs });
    }
    return found;
  }

  #different(steps: Different['steps']): Different {
    const [a, b] = steps;
    const here = a === null ? undefined : this.#tails[0].records[a];
    const there = b === null ? undefined : this.#tails[1].records[b];
    const facts = [
      here === undefined ? [] : factsOnlyIn(here, there),
      there === undefined ? [] : factsOnlyIn(there, here),
    ] as const;
    const causes = (): Cause[] => (b === null ? this.causes(0, a ?? 0) : this.causes(1, b));
    return { steps, facts, causes };
  }

  all(): Differences {
    const all: Different[] = [];
    let [same, moved] = [0, 0];
    const [onlyA, inB] = this.#differs;
    onlyA.forEach((_, a) => {
      if (this.#matches[0][a] === NONE) all.push(this.#different([a, null]));
    });
    inB.forEach((differs, b) => {
      const partner = this.#matches[1][b] ?? NONE;
      if (differs) all.push(this.#different([partner === NONE ? null : partner, b]));
      else {
        same += 1;
        if (partner !== b) moved += 1;
      }
    });
    const placeOf = ({ steps: [a, b] }: Different): number => b ?? a ?? 0;
    all.sort((x, y) => placeOf(x) - placeOf(y));
    return { all, same, moved };
  }
}

/** How `b` differs from `a`. */
export function differencesOf(a: Tail, b: Tail): Differences {
  return new Comparison(a, b).all();
}
