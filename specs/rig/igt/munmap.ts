/** munmap-style-unbind of xe_vm.c: a hole is cut into an area of equal binds, used around it, and filled again. */
import { type ScenarioBuilder, unmap } from '../../../domain/scenario/builder.ts';
import { Cut } from './cut.ts';
import { expectedOfCut } from './cut-expected.ts';
import { addHammer } from './hammer.ts';
import type { IgtRow } from './row.ts';
import { section } from './sections.ts';
import { faultingJob } from './store-job.ts';
import { type CutRow, type CutTable, MUNMAP, MUNMAP_2023 } from './table.ts';
import { counted, hex, PAGE } from './words.ts';

function about(cut: Cut): string {
  const { row, pages, from, to } = cut;
  const area = `${counted(pages, 'page')} in ${counted(row.n_binds, 'bind')}`;
  return [
    `${area}; pages ${from} to ${to - 1} are unbound while jobs use the area.`,
    'What the jobs stored is there, the pages outside the hole still work, the hole can be bound again.',
    ...(row.flags.includes('INVALIDATE')
      ? ['After an invalidation the pages outside still work.']
      : []),
    ...(cut.hammered ? ['A second client stores to page 0 all the while and never faults.'] : []),
  ].join(' ');
}

/** mirrors test_munmap_style_unbind; the padding for a GPU's prefetch of its batch is left out */
function draft(name: string, cut: Cut): ScenarioBuilder {
  const { from, to, used } = cut;
  const area = cut.userptr ? 'u0' : 'bo0';
  const areaOf = (): string => area;
  const outside = used.filter((page) => !cut.isInHole(page));
  const made = cut.declare(name, [area]).about(about(cut)).syncobj('unbound');
  made.client('app', (app) => {
    cut.bindAll(app, area);
    section(app, 'jobs use the pages');
    cut.store(app, used, 'bound');
    section(app, 'the hole, behind the jobs');
    const hole = unmap({ addr: cut.addr(from), range: hex((to - from) * PAGE) });
    app.bind('vm0', [hole], { in: ['used'], out: ['unbound'] }).wait('unbound');
    cut.expectMappings(app);
    section(app, 'nothing that the jobs stored is lost');
    cut.verify(app, used, areaOf);
    cut.clear(app, used, areaOf);
    const again = (title: string): void => {
      if (outside.length === 0) return;
      section(app, title);
      cut.store(app, outside, 'unbound');
      app.wait('used');
      cut.verify(app, outside, areaOf);
      cut.clear(app, outside, areaOf);
    };
    again('the pages outside the hole still work');
    if (cut.row.flags.includes('INVALIDATE')) {
      app.invalidate(area);
      again('and still, after an invalidation');
    }
    section(app, 'the hole is gone');
    faultingJob(app, 'q0', [cut.addr(from), cut.addr(to - 1)], 'used');
    section(app, 'it can be bound again, and all pages work');
    app.bind('vm0', [cut.bindOp(area, from, to)], { out: ['bound'] });
    cut.store(app, used, 'bound');
    app.wait('used');
    cut.verify(app, used, areaOf);
    if (cut.hammered) app.wait('hammered');
    return cut.userptr ? app.close('vm0') : app.close(area).close('vm0');
  });
  addHammer(made, cut);
  return made;
}

export const munmapRow = (prefix: string, table: CutTable, row: CutRow): IgtRow => {
  const cut = new Cut(table, row);
  const name = `${prefix}${table.test}-${row.name}`;
  return {
    name,
    draft: () => draft(name, cut),
    expected: expectedOfCut(cut),
  };
};

export const munmapRows: readonly IgtRow[] = [
  ...MUNMAP.rows.map((row) => munmapRow('', MUNMAP, row)),
  ...MUNMAP_2023.rows.map((row) => munmapRow('2023-', MUNMAP_2023, row)),
];
