/** What an exploration came to, as lines. */
import { WITNESSES } from '../../streams/explore/witnesses.ts';
import { type StrategyName, strategyOf } from '../../streams/explore/explore.ts';
import type { Coverage } from '../../streams/explore/coverage.ts';
import type { Size } from '../../streams/explore/size.ts';
import type { Paint } from '../colour.ts';
import { shellWord } from '../words.ts';
import type { Outcome } from './conduct.ts';
import type { Kept } from './keep.ts';
import type { ExplorePlan } from './plan.ts';
import type { Start } from './start.ts';

const numeral = (value: number): string => value.toLocaleString('en-US');
const count = (value: number, what: string): string =>
  `${numeral(value)} ${what}${value === 1 ? '' : 's'}`;

/** Two digits are all that an estimate has. */
const rough = (value: number): string => numeral(Number(value.toPrecision(2)));

export function sizeLine({ states, steps, isExact, isCut }: Size): string {
  if (isCut) {
    return `size: at least about ${rough(states)} states, ${rough(steps)} steps between them (the estimate was broken off)`;
  }
  return isExact
    ? `size: ${count(states, 'state')}, ${count(steps, 'step')} between them (counted)`
    : `size: about ${rough(states)} states, ${rough(steps)} steps between them (estimated from a sample of each layer; ` +
        'too low as a rule: large scenarios can have ten times as many)';
}

/** What is printed before anything is searched. */
export function startLines(start: Start, { budget }: ExplorePlan): readonly string[] {
  const { size, strategy, chosen, isTooLarge, steps } = start;
  const why = chosen === null ? '' : `, because ${chosen}`;
  const lines = [
    ...(size === null ? [] : [sizeLine(size)]),
    `strategy: ${strategy} (${strategyOf(strategy).says})${why}`,
  ];
  if (isTooLarge && chosen === null) {
    lines.push(
      `too large: a budget of ${budget.text} suffices for about ${rough(steps)} steps, so nothing will be proved; ` +
        'use --strategy random, or pct, pos',
    );
  }
  return lines;
}

export type Verdict = 'proved' | 'violated' | 'not proved';

/** Somebody who waits for ever is a violation, whether an invariant says so or not. */
export function verdictOf({ explored }: Outcome): Verdict {
  if (explored.violation !== null || explored.stuck !== null) return 'violated';
  return explored.verdict === 'proved' ? 'proved' : 'not proved';
}

const ENDED: Readonly<Record<Outcome['ended'], string>> = {
  done: '',
  budget: ': budget spent',
  signal: ': stopped',
  memory: ': out of memory',
};

export function verdictLine(outcome: Outcome, paint: Paint): string {
  const verdict = verdictOf(outcome);
  if (verdict === 'proved') return `verdict: ${paint('green', 'proved for this scenario')}`;
  if (verdict === 'violated') return `verdict: ${paint('red', 'violated')}`;
  return `verdict: ${paint('yellow', `not proved${ENDED[outcome.ended]}`)}`;
}

const isSampler = (strategy: StrategyName): boolean => strategyOf(strategy).sample !== undefined;

/** A search over states comes to each end once, however many runs end there. */
const endsOf = ({ explored: { counts }, strategy }: Outcome): 'run' | 'end' =>
  isSampler(strategy) || counts.states === 0 ? 'run' : 'end';

export function countsLine(outcome: Outcome): string {
  const { counts } = outcome.explored;
  const { executions, transitions, states, blocked } = counts;
  return [
    'counts: ',
    [
      ...(states === 0 ? [] : [count(states, 'state')]),
      count(transitions, 'step'),
      count(executions, endsOf(outcome)),
      `${numeral(blocked)} blocked`,
    ].join(', '),
  ].join('');
}

const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;

function classesText({ seen, runs, once, total, atLeast }: Coverage): string {
  const met = `${count(seen, 'class').replace('classs', 'classes')} of schedules seen`;
  if (total !== null)
    return `${met}, of ${numeral(total)} that there are: ${percent(seen / total)}`;
  const { classes, low, high } = atLeast ?? { classes: seen, low: seen, high: seen };
  if (high === null) {
    return `${met}, no two runs alike: with 95% confidence there are at least ${rough(low)}`;
  }
  return (
    `${met}, of at least about ${rough(classes)} (95%: ${rough(low)} to ${rough(high)}; from those met once and twice, so ` +
    `what these runs hardly ever meet is not in it); the next run is of a new one with chance ${percent(once / runs)}`
  );
}

export function coverageLine(outcome: Outcome): string | null {
  const { coverage, size, explored } = outcome;
  if (coverage !== null) return coverage.runs === 0 ? null : `coverage: ${classesText(coverage)}`;
  if (explored.verdict === 'proved') return 'coverage: all: every schedule there is';
  const { states } = explored.counts;
  if (size === null || states === 0) return null;
  if (size.isExact) {
    return `coverage: ${count(states, 'state')} of ${numeral(size.states)}: ${percent(states / size.states)}`;
  }
  return `coverage: ${count(states, 'state')} of about ${rough(Math.max(states, size.states))} or more`;
}

/** Of what the counts of witnesses are. */
export function witnessBase(outcome: Outcome): { readonly of: number; readonly what: string } {
  const { counts } = outcome.explored;
  return endsOf(outcome) === 'run'
    ? { of: counts.executions, what: 'run' }
    : { of: counts.transitions, what: 'step' };
}

/** What it means that something was not seen: nothing where a search ended before it was done. */
function neverText(outcome: Outcome): string | null {
  const verdict = verdictOf(outcome);
  if (verdict === 'proved') {
    const isReduced = strategyOf(outcome.strategy).reduces === true;
    return isReduced
      ? 'not seen in one order of each class'
      : 'never seen, so it cannot happen here';
  }
  const { executions } = outcome.explored.counts;
  const isDrawn = verdict === 'not proved' && isSampler(outcome.strategy);
  return isDrawn ? `not seen in ${count(executions, 'run')}` : null;
}

export function witnessLines(outcome: Outcome, names: readonly string[]): readonly string[] {
  const { of, what } = witnessBase(outcome);
  if (names.length === 0 || of === 0) return [];
  const rows = WITNESSES.filter(({ name }) => names.includes(name)).map(({ name, says }) => ({
    name,
    says,
    seen: outcome.explored.witnesses[name] ?? 0,
  }));
  const seen = rows.filter((row) => row.seen > 0);
  const never = neverText(outcome);
  const unseen = never === null ? [] : rows.filter((row) => row.seen === 0).map(({ name }) => name);
  return [
    ...seen.map((row) => `witness: ${row.says} in ${numeral(row.seen)} of ${count(of, what)}`),
    ...(unseen.length === 0 ? [] : [`${never}: ${unseen.join(', ')}`]),
  ];
}

function shortText({ isShortest, switches, choices }: Kept): string {
  const steps = count(choices.length, 'step');
  if (switches === null) return `${steps}, not made shorter`;
  const how = isShortest ? 'the shortest there is' : 'made short, not proved the shortest';
  return `${steps}, ${count(switches, 'switch').replace('switchs', 'switches')} between actors: ${how}`;
}

/** What was found, with what to do next. @param runLine the command that runs the schedule, without it */
export function foundLines(outcome: Outcome, kept: Kept, runLine: string, paint: Paint): string[] {
  const { explored } = outcome;
  const { what, log, schedule, reasons, cycle } = kept;
  const isStuck = what.startsWith('stuck: ') || explored.violation === null;
  const ends = count(explored.counts.executions, endsOf(outcome));
  const run = `${runLine} --chooser schedule:${schedule}`;
  return [
    paint('red', isStuck ? `stuck: ${reasons[0] ?? what}` : `broken: ${what}`),
    ...(isStuck ? reasons.slice(1).map((line) => `       ${line}`) : []),
    ...(cycle === null ? [] : [`cycle: ${cycle.join(' -> ')} -> ${cycle[0] ?? ''}`]),
    ...(explored.stuckRuns > 0
      ? [`waiting for ever at the end: ${numeral(explored.stuckRuns)} of ${ends}`]
      : []),
    `shown in: ${shortText(kept)}`,
    ...(log === null ? [] : [`log: ${log}`]),
    log === null ? `replay: ${run}` : `replay: fencelab replay ${shellWord(log)}`,
    ...(log === null ? [] : [`schedule: ${run}`]),
  ];
}
