/** Explanations of logs of known bugs: each part is held against running what it claims. */
import { describe, expect, it, test } from '@jest/globals';
import { QUIRKS, type QuirkRow } from '../../../domain/quirks/quirks.ts';
import { explain, type Explanation } from '../../../streams/explore/explain.ts';
import { fromLog, type FromLog, judgeOf, shownBy } from '../../../streams/explore/from-log.ts';
import { follow, kindOf } from '../../../streams/explore/schedule/follow.ts';
import { runOf } from '../../../streams/explore/ran.ts';
import { worldSystem, type WorldSystem } from '../../../streams/explore/world-system.ts';
import { tableExecutor } from '../../../streams/world/run.ts';
import { startWorld } from '../../../streams/world/start.ts';
import { failingLog } from '../../rig/failing-log.ts';

const LIMITS = { maxStates: 100_000, maxSteps: 1000 };

function explainedLog(id: string): { from: FromLog; besides: string[]; explanation: Explanation } {
  const row = QUIRKS.find((each) => each.id === id) as QuirkRow;
  const run = failingLog(row);
  const { problems, decisions } = shownBy(run);
  const wanted = problems.find((each) => kindOf(each) === row.breaks) ?? problems[0] ?? '';
  const from = fromLog(run, wanted, decisions);
  const explanation = explain(from, { ...LIMITS, besides: problems });
  return { from, besides: problems.map(kindOf), explanation };
}

function systemOf({ scenario, seed, problem }: FromLog): WorldSystem {
  const { world, record } = startWorld(scenario, seed, tableExecutor);
  const kind = kindOf(problem);
  const judge = judgeOf(kind, (found) => kindOf(found) === kind);
  return worldSystem(world, { executor: tableExecutor, first: record, judge });
}

// an invariant over what no step both touches (H13), a run that is stuck, faults, an end
const IDS = ['R01', 'S20', 'L12', 'L05', 'M02', 'S42', 'S46', 'H01', 'H13'];

describe.each(IDS)('the explanation of %s', (id) => {
  const { from, besides, explanation } = explainedLog(id);
  const { enough, odds, search, answer, isAtEnd } = explanation;
  const kind = kindOf(from.problem);

  it('has a slice that shows the problem by itself', () => {
    expect(enough.shows).toBe(true);
    expect(enough.steps.length).toBeLessThanOrEqual(from.choices.length);
    const choices = enough.steps.map((step) => from.choices[step] ?? '');
    const thenUpTo = isAtEnd ? 1000 : 0;
    const alone = follow(systemOf(from), choices, { skip: true, thenUpTo });
    expect(kindOf(alone.problem ?? '')).toBe(kind);
  });

  it('has the failing step in the slice', () => {
    if (!isAtEnd) expect(enough.steps.at(-1)).toBe(from.choices.length - 1);
  });

  it('has odds for every prefix, 1 at the end', () => {
    expect(odds.after).toHaveLength(from.choices.length + 1);
    for (const each of odds.after.filter((o) => !Number.isNaN(o)))
      expect(each >= 0 && each <= 1).toBe(true);
    expect(odds.after[0]).not.toBeNaN();
    expect(odds.after.at(-1)).toBeCloseTo(1, 9);
  });

  it('has a repair that passes, if it has one', () => {
    const choices = search.swap?.choices ?? answer?.choices;
    if (choices === undefined) return;
    const { end, breaches } = runOf(from.scenario, from.seed, choices);
    const left = [...breaches.map((each) => each.id), ...end.reasons.map(kindOf)];
    expect(left.filter((each) => each === kind || !besides.includes(each))).toEqual([]);
    expect(end.verdict).not.toBe('cut');
  });
});

test('known repairs', () => {
  const { explanation } = explainedLog('H01');
  // two GuC requests in the order of their fences
  expect(explanation.over).toEqual(['actor gt0/tlb']);
  const { explanation: fault, from } = explainedLog('S46');
  expect(fault.search.swap).toBeNull();
  expect(from.choices[fault.answer?.step ?? -1]).toContain('!');
  // whatever the order, it fails: nothing is searched
  const { explanation: certain } = explainedLog('R01');
  expect([certain.odds.after[0], certain.search.tries]).toEqual([1, 0]);
});

test('the same log has the same explanation', () => {
  const [a, b] = [explainedLog('M02'), explainedLog('M02')];
  expect(b.explanation).toEqual(a.explanation);
});
