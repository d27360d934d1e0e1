/** What the table makes of PCT's bound: it notices a PCT that finds too little. */
import type { Cell } from '../../bench/detection/cell.ts';
import { pctColumn } from '../../bench/detection/columns.ts';
import { pctChecks, type PctVerdict } from '../../bench/detection/pct-check.ts';
import { pctBound, sizeOf } from '../../bench/detection/size.ts';
import { peerSystem } from '../../bench/peer/world.ts';
import { explore } from '../../streams/explore/explore.ts';

const CAP = 1000;
const SIZE = { threads: 4, choices: 10 };

/** Cells of which every seed found it at this schedule; null: never. */
function verdicts(...at: readonly (number | null)[]): PctVerdict[] {
  const cells: Record<string, Cell> = {};
  at.forEach((number, i) => {
    cells[pctColumn(i + 1)] = { schedules: Array.from({ length: 100 }, () => number), ms: null };
  });
  return pctChecks({ size: SIZE, cells }, CAP).map(({ verdict }) => verdict);
}

test.each<[string, (number | null)[], PctVerdict[]]>([
  ['finds it at once', [1, 1, 1, 1], ['holds', 'holds', 'holds', 'holds']],
  ['needs depth 3', [null, null, 30, 20], ['deeper', 'deeper', 'holds', 'holds']],
  [
    'never, but the bound for depth 4 is small',
    [null, null, null, null],
    ['deeper', 'deeper', 'deeper', 'deeper'],
  ],
  ['is rarer than a bug of depth 1', [10, 10, 10, 10], ['deeper', 'holds', 'holds', 'holds']],
  ['changes of priority are lost', [1, null, null, null], ['holds', 'below', 'below', 'below']],
])('a quirk that %s', (_what, at, expected) => {
  expect(verdicts(...at)).toEqual(expected);
});

test('too few runs say nothing', () => {
  const cells = { [pctColumn(4)]: { schedules: [null], ms: null } };
  const last = pctChecks({ size: SIZE, cells }, 100).at(-1);
  expect([last?.verdict, last?.runs]).toEqual(['unknown', 100]);
});

test('the peer model: its bug needs depth 3, and PCT keeps its bound there', () => {
  const system = peerSystem({ n: 2, bug: true });
  const size = sizeOf(system);
  const rateAt = (depth: number): number => {
    const { notes } = explore(system, 'pct', { executions: 3000, isExhaustive: true }, { depth });
    return Number(/violations in (\d+) of/.exec(notes.join())?.[1]) / 3000;
  };
  expect([rateAt(1), rateAt(2)]).toEqual([0, 0]);
  expect(rateAt(3)).toBeGreaterThan(pctBound(size, 3));
});
