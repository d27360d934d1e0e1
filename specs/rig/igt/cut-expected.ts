/** What a table expects of the one call that cuts the hole of a row, or maps over it. */
import type { Cut } from './cut.ts';
import { expectedOp, expectedVa } from './op-text.ts';
import type { Area, BindExpectation } from './row.ts';
import { PAGE } from './words.ts';

export function expectedOfCut({
  row,
  pages,
  userptr,
  base: addr,
}: Cut): readonly BindExpectation[] {
  const base = addr / PAGE;
  const area = (name: string, from: number): Area => ({ name, from, to: from + pages });
  const areas = userptr ? [area('u0', base), area('u1', base + pages)] : [];
  const ops = row.expected_ops_no_merge.map(expectedOp);
  const mappings = row.expected_final_vas.map(expectedVa);
  return [{ list: row.n_binds, base, areas, ops, mappings }];
}
