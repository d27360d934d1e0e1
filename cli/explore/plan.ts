/** What the words of `fencelab explore` ask for, checked: each complaint names the option and the nearest right word. */
import { availableParallelism } from 'node:os';
import { FencelabError, type ErrorCode } from '../../domain/errors.ts';
import { INVARIANTS } from '../../domain/invariants/list.ts';
import { nearest } from '../../domain/scenario/suggest.ts';
import type { Scenario } from '../../domain/scenario/schema.ts';
import type { U64 } from '../../domain/units.ts';
import type { DecisionKind } from '../../machines/contract/decisions.ts';
import { STRATEGY_NAMES, type StrategyName } from '../../streams/explore/explore.ts';
import type { Member } from '../../streams/explore/orbit.ts';
import { WITNESS_NAMES } from '../../streams/explore/witnesses.ts';
import { type Bounds, type Question, Worker } from '../../streams/explore/work.ts';
import { type CommandCall, textOption } from '../command-spec.ts';
import { checkLogTarget } from '../log-target.ts';
import { parseSeed } from '../options.ts';
import { checkOutputs } from '../output-paths.ts';
import { withQuirks } from '../quirk-option.ts';
import { loadScenario } from '../scenario-file.ts';

export type Budget =
  | { readonly kind: 'time'; readonly ms: number; readonly text: string }
  | { readonly kind: 'count'; readonly count: number; readonly text: string };

export interface ExplorePlan {
  readonly question: Question;
  /** null: to be chosen once the size is known */
  readonly strategy: StrategyName | null;
  readonly bounds: Bounds;
  readonly budget: Budget;
  readonly seed: U64;
  readonly workers: number;
  readonly out: string | undefined;
}

const SEED: U64 = '0x1';
const BUDGET = '20s';
/** Threads beyond that only wait for each other. */
const MOST_WORKERS = 64;
const DECISIONS: readonly DecisionKind[] = ['fault', 'hardware'];
const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const MOST_MS = 7 * 24 * 3_600_000;

const guessOf = (word: string, known: readonly string[]): string => {
  const guess = nearest(word, known);
  return guess === undefined ? `; there are ${known.join(', ')}` : `; did you mean ${guess}?`;
};

/** One of the known words as it is written, or a complaint. */
function knownWord(code: ErrorCode, what: string, option: string, known: readonly string[]) {
  return (typed: string): string => {
    const word = typed.trim();
    if (known.includes(word)) return word;
    throw new FencelabError(code, `there is no ${what} '${word}'${guessOf(word, known)}`, option);
  };
}

function wordsOf(
  text: string | undefined,
  all: readonly string[],
  known: (typed: string) => string,
): readonly string[] {
  if (text === undefined || text === 'all') return all;
  return text === 'none' ? [] : [...new Set(text.split(',').map(known))];
}

/** @throws FencelabError FL213 */
export function parseBudget(text: string): Budget {
  const [, digits = '', unit = ''] = /^(\d{1,12})(ms|s|m|h)?$/.exec(text.trim()) ?? [];
  const number = digits === '' ? Number.NaN : Number(digits);
  const refuse = (why: string): never => {
    throw new FencelabError('FL213', `'${text}' ${why}`, '--budget');
  };
  if (number === 0) refuse('leaves nothing to explore');
  if (unit === '') {
    return number > 0 ? { kind: 'count', count: number, text } : refuse('is not a budget');
  }
  const ms = number * (UNITS_MS[unit] ?? Number.NaN);
  return ms <= MOST_MS ? { kind: 'time', ms, text } : refuse('is more than a week');
}

/** @throws FencelabError FL201 */
function wholeNumber(text: string | undefined, option: string, least: number, most: number) {
  if (text === undefined) return undefined;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  const range = `a whole number from ${least} to ${most}`;
  throw new FencelabError('FL201', `'${text}' is not ${range}`, option);
}

/** Every name that a scenario declares. */
function namesIn(scenario: Scenario): readonly string[] {
  const { clients, vms, bos, syncobjs, queues, userptrs } = scenario;
  return [clients, vms, bos, syncobjs, queues, userptrs].flatMap((each) => Object.keys(each));
}

/** `a+qa,b+qb;x,y`: classes by semicolons, members by commas, names of a member by plus signs. */
function parseInterchangeable(text: string | undefined, scenario: Scenario): Member[][] {
  if (text === undefined) return [];
  const name = knownWord('FL214', 'name', '--interchangeable', namesIn(scenario));
  const classes = text
    .split(';')
    .map((members) => members.split(',').map((member) => member.split('+').map(name)));
  const all = classes.flat(2);
  const twice = all.find((each, i) => all.indexOf(each) !== i);
  if (twice !== undefined) {
    throw new FencelabError('FL214', `${twice} is named twice`, '--interchangeable');
  }
  if (classes.some((members) => members.length < 2)) {
    throw new FencelabError('FL214', 'it takes two to swap', '--interchangeable');
  }
  return classes;
}

function strategyNamed(text: string | undefined): StrategyName | null {
  if (text === undefined || text === 'auto') return null;
  const known = knownWord('FL210', 'strategy', '--strategy', ['auto', ...STRATEGY_NAMES]);
  return known(text) as StrategyName;
}

/** Whether the strategy can be used on this at all. @throws FencelabError */
function checkFits(strategy: StrategyName | null, question: Question): void {
  let system;
  try {
    system = new Worker(question).searched;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new FencelabError('FL214', error.message, '--interchangeable');
  }
  if (strategy === 'symmetric' && system.orbitKey === null) {
    throw new FencelabError('FL214', 'symmetric: nobody is declared interchangeable', '--strategy');
  }
}

/** @throws FencelabError; InputProblems for the scenario */
export function explorePlan({ args, options }: CommandCall): ExplorePlan {
  const option = (name: string): string | undefined => textOption(options, name);
  const strategy = strategyNamed(option('strategy'));
  const budget = parseBudget(option('budget') ?? BUDGET);
  const ids = INVARIANTS.map(({ id }) => id);
  const invariant = knownWord('FL211', 'invariant', '--invariant', ids);
  const invariants = wordsOf(option('invariant'), ids, invariant);
  const witness = knownWord('FL212', 'witness', '--witness', WITNESS_NAMES);
  const witnesses = wordsOf(option('witness'), WITNESS_NAMES, witness);
  const decision = knownWord('FL201', 'kind of decision', '--decisions', DECISIONS);
  const decisions = wordsOf(option('decisions'), DECISIONS, decision) as DecisionKind[];
  const depth = wholeNumber(option('depth'), '--depth', 1, 20);
  const switches = wholeNumber(option('switches'), '--switches', 0, 10_000);
  const cores = Math.min(availableParallelism(), MOST_WORKERS);
  const workers = wholeNumber(option('workers'), '--workers', 1, MOST_WORKERS) ?? cores;
  const seed = option('seed') === undefined ? SEED : parseSeed(option('seed') ?? '');
  const file = args[0] ?? '';
  const out = option('out');
  checkOutputs({ what: 'the scenario', path: file }, [{ flag: '--out', path: out }]);
  const scenario = withQuirks(loadScenario(file), option('quirk'));
  const interchangeable = parseInterchangeable(option('interchangeable'), scenario);
  const question = {
    scenario,
    invariants,
    decisions: option('decisions') === undefined ? [] : decisions,
    interchangeable,
    witnesses,
  };
  checkFits(strategy, question);
  // hours of search are not to end in a log that has no place
  if (out !== undefined) checkLogTarget(out);
  const bounds = {
    ...(depth === undefined ? {} : { depth }),
    ...(switches === undefined ? {} : { switches }),
  };
  return { question, strategy, bounds, budget, seed, workers, out };
}
