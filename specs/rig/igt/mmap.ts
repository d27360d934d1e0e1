/** mmap-style-bind of xe_vm.c: a second BO (or userptr area) is mapped over a part of an area of equal binds. */
import type { ScenarioBuilder } from '../../../domain/scenario/builder.ts';
import { Cut } from './cut.ts';
import { expectedOfCut } from './cut-expected.ts';
import { addHammer } from './hammer.ts';
import type { IgtRow } from './row.ts';
import { section } from './sections.ts';
import { type CutRow, type CutTable, MMAP } from './table.ts';
import { counted } from './words.ts';

function about({ row, pages, from, to, userptr, hammered }: Cut): string {
  const area = `${counted(pages, 'page')} in ${counted(row.n_binds, 'bind')}`;
  const other = userptr ? 'another area' : 'a second BO';
  return [
    `${area}; ${other} is mapped over pages ${from} to ${to - 1} while jobs use what was there.`,
    'What the jobs stored is in the old backing, and what they store afterwards in the new one.',
    ...(hammered ? ['A second client stores to page 0 all the while and never faults.'] : []),
  ].join(' ');
}

/** mirrors test_mmap_style_bind; the padding for a GPU's prefetch of its batch is left out */
function draft(name: string, cut: Cut): ScenarioBuilder {
  const { from, to, used } = cut;
  const [old, fresh] = cut.userptr ? ['u0', 'u1'] : ['bo0', 'bo1'];
  const made = cut.declare(name, [old, fresh]).about(about(cut)).syncobj('rebound');
  made.client('app', (app) => {
    cut.bindAll(app, old);
    section(app, 'jobs use the pages');
    cut.store(app, used, 'bound');
    section(app, `${fresh} over ${old}, behind the jobs`);
    app.bind('vm0', [cut.bindOp(fresh, from, to)], { in: ['used'], out: ['rebound'] });
    app.wait('rebound');
    cut.expectMappings(app);
    section(app, `what the jobs stored is in ${old}`);
    cut.verify(app, used, () => old);
    cut.clear(app, used, () => old);
    section(app, `all pages work; those that were mapped over are in ${fresh}`);
    cut.store(app, used, 'rebound');
    app.wait('used');
    cut.verify(app, used, (page) => (cut.isInHole(page) ? fresh : old));
    if (cut.hammered) app.wait('hammered');
    return cut.userptr ? app.close('vm0') : app.close(old).close(fresh).close('vm0');
  });
  addHammer(made, cut);
  return made;
}

export const mmapRow = (table: CutTable, row: CutRow): IgtRow => {
  const cut = new Cut(table, row);
  const name = `${table.test}-${row.name}`;
  return {
    name,
    draft: () => draft(name, cut),
    expected: expectedOfCut(cut),
  };
};

export const mmapRows: readonly IgtRow[] = MMAP.rows.map((row) => mmapRow(MMAP, row));
