/** Who answers what a step asks: exactly the right answer each time, written into the choice, so that a log replays. */
import type { Decision } from '../../../machines/contract/decisions.ts';
import { Replayer } from '../../../streams/replay/replay.ts';
import { parseChoice } from '../../../streams/world/choice.ts';
import {
  type Decider,
  FailNth,
  NO_DECIDER,
  randomFaults,
  randomHardware,
} from '../../../streams/world/decide.ts';
import { runScenario } from '../../../streams/world/run.ts';
import { seed32 } from '../../../hw/latency.ts';
import { ASKING_STEPS, askingExecutor, failedIn, WAYS } from '../../rig/asking-machines.ts';
import { type WholeRun, wholeRun } from '../../rig/runs.ts';
import { scenarioOf, seedOf } from '../../rig/scenarios.ts';

const scenario = scenarioOf({ vms: { vm0: {} }, clients: { app: [{ close: 'vm0' }] } });
const base = { scenario, seed: '0x1', chooser: 'time', executor: askingExecutor } as const;
const runWith = (decider: Decider): WholeRun => wholeRun({ ...base, decider });
const answersOf = ({ records }: WholeRun): string[] =>
  records.map(({ choice }) => choice.replace(/^[^!]*/, ''));
const failuresOf = ({ records }: WholeRun): string[] =>
  records.flatMap(({ seq, facts }) => failedIn(facts).map((what) => `${seq} ${what}`));

/** Every chance of the run in which nothing fails: `record name`. */
const CHANCES = Array.from({ length: ASKING_STEPS }, (_, i) => i + 1).flatMap((step) =>
  ['alloc0', 'alloc1'].slice(0, step % 4).map((name) => `${step} ${name}`),
);

describe('nobody answers', () => {
  test('nothing fails, hardware does the first thing, and no choice says anything', () => {
    const run = runWith(NO_DECIDER);
    expect(run.end.verdict).toBe('ok');
    expect(failuresOf(run)).toEqual([]);
    expect(new Set(answersOf(run))).toEqual(new Set(['']));
    expect(JSON.stringify(run.records)).not.toMatch(/way [1-9]/);
    expect(wholeRun(base)).toEqual(run);
  });
});

describe('the N-th chance fails', () => {
  test('exactly it, for every N, until N is beyond the last', () => {
    const untouched = runWith(NO_DECIDER);
    let tried = 0;
    for (let nth = 1; ; nth++) {
      const decider = new FailNth(nth);
      const run = runWith(decider);
      if (decider.count < nth) {
        expect([nth, decider.count, decider.failed]).toEqual([nth, CHANCES.length, null]);
        expect(run.records).toEqual(untouched.records);
        break;
      }
      tried += 1;
      expect(failuresOf(run)).toEqual([CHANCES[nth - 1]]);
      const [seq = '', name] = CHANCES[nth - 1]?.split(' ') ?? [];
      expect(decider.failed).toEqual({ kind: 'fault', name, options: 2 });
      // the failure itself asks once more, and that is counted, too
      expect(decider.count).toBe(CHANCES.length + 1);
      // everything before is as if nothing would ever fail, and only this choice says anything
      expect(run.records.slice(0, Number(seq))).toEqual(untouched.records.slice(0, Number(seq)));
      expect(answersOf(run).filter((text) => text !== '')).toEqual([
        name === 'alloc0' ? '!1' : '!2',
      ]);
    }
    expect(tried).toBe(CHANCES.length);
    expect(tried).toBe(15);
  });

  test('hardware is left to the others', () => {
    const last: Decider = { answer: ({ kind, options }) => (kind === 'fault' ? 0 : options - 1) };
    const run = runWith(new FailNth(5, last));
    const ways = run.records.flatMap(({ facts }) => JSON.stringify(facts).match(/way \d/g) ?? []);
    expect(ways).toEqual(['way 3', 'way 3', 'way 3']);
    expect(answersOf(run)).toContain('!2!4:3');
  });
});

describe('at random', () => {
  test('hardware: every way is taken, the same for the same seed, and nothing fails', () => {
    const seen = new Set<string>();
    for (let n = 1; n < 40; n++) {
      const [a, b] = [1, 2].map(() => runWith(randomHardware(seed32(seedOf(n)))));
      expect(a).toEqual(b);
      expect(failuresOf(a as WholeRun)).toEqual([]);
      for (const way of JSON.stringify(a).match(/way \d/g) ?? []) seen.add(way);
    }
    expect(seen.size).toBe(WAYS);
  });

  test('faults: about one in so many, and those that follow from one may fail, too', () => {
    const failed: string[] = [];
    for (let n = 1; n < 200; n++)
      failed.push(...failuresOf(runWith(randomFaults(seed32(seedOf(n)), 5))));
    const share = failed.filter((each) => !each.includes('unwind')).length / (199 * CHANCES.length);
    expect(share).toBeGreaterThan(0.15);
    expect(share).toBeLessThan(0.25);
    expect(failed.some((each) => each.includes('unwind'))).toBe(true);
  });

  test('faults: never, when one in very many, and always, when each', () => {
    expect(failuresOf(runWith(randomFaults(seed32('0x1'), 2 ** 31)))).toEqual([]);
    const all = failuresOf(runWith(randomFaults(seed32('0x1'), 1)));
    expect(all.filter((each) => !each.includes('unwind'))).toEqual(CHANCES);
    expect(all).toHaveLength(2 * CHANCES.length);
  });
});

describe('a run with a decider can be repeated from its records alone', () => {
  const deciders: readonly (readonly [string, () => Decider])[] = [
    ['one failure', () => new FailNth(7)],
    ['hardware', () => randomHardware(seed32('0x3'))],
    ['faults and hardware', () => randomFaults(seed32('0x9'), 2, randomHardware(seed32('0x3')))],
  ];

  test.each(deciders)('%s: replayed', (_what, make) => {
    const { records, end } = runWith(make());
    expect(answersOf({ records, end }).join('')).not.toBe('');
    const replayer = new Replayer(scenario, base.seed, askingExecutor);
    for (const record of records) expect(replayer.check(record)).toBeNull();
    expect(replayer.checkEnd(end)).toBeNull();
  });

  test.each(deciders)('%s: from its list of choices, whoever else would decide', (_what, make) => {
    const { records } = runWith(make());
    const choices = records.slice(1).map(({ choice }) => choice);
    const again = wholeRun({ ...base, chooser: { choices }, decider: NO_DECIDER });
    expect(again.records).toEqual(records);
  });

  test('a replay finds an answer that was changed', () => {
    const { records } = runWith(new FailNth(7));
    const at = records.findIndex(({ choice }) => choice.includes('!'));
    for (const change of ['', '!1:5', '!9', '!x']) {
      const replayer = new Replayer(scenario, base.seed, askingExecutor);
      const found = records
        .map((record) => {
          const { key } = parseChoice(record.choice);
          return record.seq === at ? { ...record, choice: `${key}${change}` } : record;
        })
        .map((record) => replayer.check(record))
        .find((difference) => difference !== null);
      expect([change, found?.seq, found?.what]).toEqual([
        change,
        at,
        change === '' ? 'record' : 'choice',
      ]);
    }
  });
});

describe('a list of choices with answers', () => {
  const { records } = runWith(NO_DECIDER);
  const keys = records.slice(1).map(({ choice }) => choice);
  const runList = (choices: readonly string[], decider?: Decider): WholeRun =>
    wholeRun({ ...base, chooser: { choices }, ...(decider === undefined ? {} : { decider }) });

  test('is obeyed', () => {
    const run = runList(keys.with(2, `${keys[2]}!1!2`).with(6, `${keys[6]}!3:2`));
    expect(failuresOf(run)).toEqual(['3 alloc0', '3 unwind']);
    expect(JSON.stringify(run.records[7]?.facts)).toContain('way 2');
  });

  test('answers a step whole: a decider is not asked besides', () => {
    const asked: Decision[] = [];
    const spy: Decider = {
      answer: (decision) => {
        asked.push(decision);
        return 0;
      },
    };
    runList(keys.with(2, `${keys[2]}!1`), spy);
    expect(asked.map(({ name }) => name)).toHaveLength(18 - 3);
  });

  test.each([
    [
      'more than the step asks',
      '!9',
      'choice 3 of the list: app>app!9 answers what is not asked: this step decides 3 times',
    ],
    ['what a fault cannot be', '!1:2', 'choice 3 of the list: decision 1 (alloc0) has no answer 2'],
    ['beyond the ways', '!3:4', 'choice 3 of the list: decision 3 (translation) has no answer 4'],
    ['nonsense', '!x', 'choice 3 of the list: app>app!x is not a choice'],
  ])('that answers %s is FL308', (_what, answers, message) => {
    expect(() => runList(keys.with(2, `${keys[2]}${answers}`))).toThrow(`FL308: ${message}`);
  });

  test('and one that is not possible is, too, answers and all', () => {
    const run = runScenario({ ...base, chooser: { choices: ['app>nobody!1'] } });
    run.next();
    expect(() => run.next()).toThrow(
      'FL308: choice 1 of the list, app>nobody!1, is not possible here; possible: world>app',
    );
  });
});

test('a decision about several chances is as many chances: the N-th is one of them', () => {
  const chunks: Decision = { kind: 'fault', name: 'map', options: 5 };
  const alloc: Decision = { kind: 'fault', name: 'alloc', options: 2 };
  const answers = [1, 2, 5, 6, 10, 11].map((nth) => {
    const decider = new FailNth(nth);
    return [...[alloc, chunks, alloc, chunks].map((each) => decider.answer(each)), decider.count];
  });
  expect(answers).toEqual([
    [1, 0, 0, 0, 10],
    [0, 1, 0, 0, 10],
    [0, 4, 0, 0, 10],
    [0, 0, 1, 0, 10],
    [0, 0, 0, 4, 10],
    [0, 0, 0, 0, 10],
  ]);
  const random = randomFaults(seed32('0x1'), 2);
  const drawn = new Set(Array.from({ length: 200 }, () => random.answer(chunks)));
  expect([...drawn].sort()).toEqual([0, 1, 2, 3, 4]);
});
