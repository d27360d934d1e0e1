/** The tables of `show`, over a real run: what the hardware would find is what was mapped. */
import { describe, expect, it } from '@jest/globals';
import { map, scenario, unmap } from '../../../domain/scenario/builder.ts';
import { gpuvasText } from '../../../streams/export/gpuvas.ts';
import { tableObjects, tableText } from '../../../streams/export/view-table.ts';
import {
  actorTables,
  fenceTables,
  pageTableTables,
  spaceTables,
  tlbTables,
} from '../../../streams/export/view-tables.ts';
import { emptyViews, foldRecord, type Views } from '../../../streams/replay/views.ts';
import { runScenario } from '../../../streams/world/run.ts';

const small = scenario('tables')
  .vm('vm0', { async: true })
  .bo('bo0', { size: 0x4000 })
  .syncobj('done')
  .client('app', (c) =>
    c
      .bind('vm0', [map({ addr: 0, range: 0x8000, null: true })], { out: ['done'] })
      .wait('done')
      .bind('vm0', [map({ addr: 0x4000, range: 0x2000, bo: 'bo0', offset: 0x1000 })], {
        out: ['done'],
      })
      .wait('done')
      .bind('vm0', [unmap({ addr: 0x7000, range: 0x1000 })], { out: ['done'] })
      .wait('done')
      .gpuRead('vm0', 0x4000),
  )
  .build();

function viewsAtEnd(): Views {
  let views = emptyViews();
  for (const record of runScenario({ scenario: small, seed: '0x1', chooser: 'time' })) {
    views = foldRecord(views, record);
  }
  return views;
}
const views = viewsAtEnd();

describe('the views of a run as tables', () => {
  it('address space', () => {
    expect(spaceTables(views).map(tableText).join('\n')).toMatch(
      /^vm0 \(gpuva-2023\)\n {2}va +start +end +range +backing +offset +flags\n {2}\d+ +0x0 +0x4000 +0x4000 +NULL +- +-\n {2}\d+ +0x4000 +0x6000 +0x2000 +bo0 +0x1000 +-\n {2}\d+ +0x6000 +0x7000 +0x1000 +NULL +- +-$/,
    );
  });

  it('debugfs, with a legend for the made-up pointers', () => {
    const text = gpuvasText(views);
    expect(text).toContain('DRM GPU VA space (vm0)');
    expect(text).toMatch(/object 0x[0-9a-f]{16} is bo0\n$/);
  });

  it('page tables: the leaves cover exactly what is mapped', () => {
    const [table] = pageTableTables(views);
    const leaves = (table?.rows ?? []).filter((row) => row[0]?.trim() === 'L0');
    expect(leaves.map((row) => [row[3], row[4], row[6]?.replace(/ 0x\w+/, '')])).toEqual([
      ['0x0', '0x4000', 'present writable NULL 4K'],
      ['0x4000', '0x6000', 'present writable vram 4K and the pages after it'],
      ['0x6000', '0x7000', 'present writable NULL 4K'],
    ]);
  });

  it('TLBs, fences, syncobjs and actors', () => {
    expect(tlbTables(views)[0]?.rows.map((row) => row.slice(0, 3))).toEqual([
      ['vm0', '0x4000', '0x5000'],
    ]);
    const [fences, syncobjs] = fenceTables(views);
    expect(fences?.rows.every((row) => row[2] === 'signaled')).toBe(true);
    expect(syncobjs?.rows).toHaveLength(1);
    expect(actorTables(views)[0]?.rows.map(([actor]) => actor)).toContain('vm0');
  });

  it('rows as objects, and an empty table', () => {
    expect(tableObjects({ title: 't', columns: ['a', 'b'], rows: [['1', '2']] })).toEqual({
      title: 't',
      rows: [{ a: '1', b: '2' }],
    });
    expect(tableText({ title: 't', columns: ['a'], rows: [] })).toBe('t\n  (none)');
  });
});
