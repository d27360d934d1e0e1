/** Every quirk's first random run that goes wrong, shrunk: the same problem, no larger, and it repeats. */
import { QUIRKS, type QuirkRow } from '../../domain/quirks/quirks.ts';
import { shownBy } from '../../streams/explore/from-log.ts';
import { kindOf } from '../../streams/explore/schedule/follow.ts';
import { shrinkLog } from '../../streams/explore/shrink-log.ts';
import { quirkLog } from '../rig/quirk-logs.ts';
import { keep, timed } from './keep.ts';

const rows: readonly QuirkRow[] = QUIRKS;
const isPlace = (kind: string): boolean => !/^\w+$/.test(kind);

test('the log of every quirk', async () => {
  const table = ['| quirk | breaks | steps | switches | scenario, bytes | proved |'];
  const finding = await timed(() => {
    let [proved, before, after] = [0, 0, 0];
    for (const row of rows) {
      const log = quirkLog(row);
      const small = shrinkLog(log, { maxStates: 50_000, maxTries: 10_000 });
      const given = log.choices.length;
      expect([row.id, small.choices.length <= given]).toEqual([row.id, true]);
      const kind = kindOf(log.problem);
      const kinds = shownBy({ ...small, seed: log.seed }).problems.map(kindOf);
      const isShown = kinds.some((each) => (isPlace(kind) ? isPlace(each) : each === kind));
      expect([row.id, isShown]).toEqual([row.id, true]);
      const bytes = [log.scenario, small.scenario].map((each) => JSON.stringify(each).length);
      const steps = `${given} -> ${small.choices.length}`;
      const cells = [row.id, row.breaks, steps, small.switches, bytes.join(' -> ')];
      table.push(`| ${cells.join(' | ')} | ${small.isMinimal ? 'yes' : 'no'} |`);
      if (small.isMinimal) proved += 1;
      before += given;
      after += small.choices.length;
    }
    return `${rows.length} quirks, ${before} steps shrunk to ${after}, ${proved} proved`;
  });
  process.stdout.write(`${table.join('\n')}\n`);
  keep('shrink', finding);
});
