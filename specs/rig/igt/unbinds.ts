/** partial-unbinds and unbind-all-N-vmas of xe_vm.c: no jobs, every out-sync signals, nothing is left behind. */
import { map, scenario, unmap, unmapAll } from '../../../domain/scenario/builder.ts';
import type { BindExpectation, IgtRow } from './row.ts';
import { section } from './sections.ts';
import { UNBINDS } from './table.ts';
import { counted, hex, inBo, PAGE, range } from './words.ts';

const { partial_unbinds: PARTIAL, unbind_all: ALL } = UNBINDS;

/** `unmap [1,2)` of the table: what is done, and to which pages. */
function stepOf(text: string): { readonly op: string; readonly from: number; readonly to: number } {
  const [, op = '', from, to] = /^(map|unmap) \[(\d+),(\d+)\)$/.exec(text) ?? [];
  if (op === '') throw new RangeError(`${text}: no step of partial-unbinds`);
  return { op, from: Number(from), to: Number(to) };
}

/** mirrors test_partial_unbinds: the middle, the first and the last of three pages */
const partialUnbinds = (): IgtRow['draft'] => () => {
  const { addr: base, page_units } = PARTIAL;
  const made = scenario('partial-unbinds')
    .about('3 pages in 1 bind are unbound one by one: the middle, the first, the last.')
    .vm('vm0', { async: true })
    .bo('bo0', { size: hex(page_units * PAGE) })
    .syncobj('done');
  return made.client('app', (app) => {
    for (const { op, from, to } of PARTIAL.steps.map(stepOf)) {
      const span = { addr: hex(base + from * PAGE), range: hex((to - from) * PAGE) };
      const bind = op === 'map' ? map({ ...span, ...inBo('bo0', from * PAGE) }) : unmap(span);
      app.bind('vm0', [bind], { out: ['done'] }).wait('done');
    }
    app.expect({ vm: 'vm0', mappings: [] });
    return app.close('bo0').close('vm0');
  });
};

/** mirrors unbind_all: one BO bound so often, side by side, and all of it unbound by one UNMAP_ALL */
const unbindAll =
  (name: string, n: number): IgtRow['draft'] =>
  () => {
    const made = scenario(name)
      .about(`One page is bound ${n} times, side by side; UNMAP_ALL of the BO takes every mapping.`)
      .vm('vm0', { async: true })
      .bo('bo0', { size: hex(PAGE) })
      .syncobj('done');
    return made.client('app', (app) => {
      section(app, `${counted(n, 'bind')} that nobody waits for`);
      for (const i of range(n)) {
        app.bind('vm0', [map({ addr: hex(PARTIAL.addr + i * PAGE), range: hex(PAGE), bo: 'bo0' })]);
      }
      app.bind('vm0', [unmapAll('bo0')], { out: ['done'] }).wait('done');
      app.expect({ vm: 'vm0', mappings: [] });
      return app.close('bo0').close('vm0');
    });
  };

const base = PARTIAL.addr / PAGE;
const partialExpected: readonly BindExpectation[] = [
  { list: 0, base, ops: ['MAP [0,3) bo0+0'], mappings: ['[0,3) bo0+0'] },
  {
    ...{ list: 1, base, ops: ['REMAP [0,3) prev [0,1) bo0+0 next [2,3) bo0+2'] },
    mappings: ['[0,1) bo0+0', '[2,3) bo0+2'],
  },
  { list: 2, base, ops: ['UNMAP [0,1)'], mappings: ['[2,3) bo0+2'] },
  { list: 3, base, ops: ['UNMAP [2,3)'], mappings: [] },
];

export const unbindRows: readonly IgtRow[] = [
  { name: 'partial-unbinds', draft: partialUnbinds(), expected: partialExpected },
  ...ALL.map(({ name, n }): IgtRow => {
    const ops = range(n).map((i) => `UNMAP [${i},${i + 1})`);
    const expected = [{ list: n, base, ops, mappings: [] }];
    return { name, draft: unbindAll(name, n), expected };
  }),
];
