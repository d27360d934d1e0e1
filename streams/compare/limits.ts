/** Which requests are too large to be run: what a run takes is known from the shape of the request. */
import type { SparseRequest } from '../../domain/scenario/sparse.ts';
import { BACKINGS } from '../../domain/scenario/sparse-backings.ts';
import { figureText } from './table.ts';

/** A run of more takes minutes. */
const MOST_OPS = 2 ** 17;
const MOST_TABLES = 2 ** 14;
/** What one page table of the lowest level maps, and a leaf of the level above. */
const BLOCK = 2 ** 21;

/** What makes a run of this request too long; null when nothing does. */
export function tooMuch({ backing, sizeBytes, pageBytes }: SparseRequest): string | null {
  const { map } = BACKINGS[backing];
  const ops = map === 'each' ? Math.ceil(sizeBytes / pageBytes) : 1;
  if (ops > MOST_OPS) return `${backing} takes ${figureText(ops, 'count')} operations`;
  // NULL of xe has huge leaves, and so has a dummy BO of 2M; one page over and over has none
  const isHuge =
    backing === 'null' || ((map === 'each' || map === 'repeat') && pageBytes % BLOCK === 0);
  const tables = isHuge ? 1 : Math.ceil(sizeBytes / BLOCK);
  return tables > MOST_TABLES
    ? `${backing} fills ${figureText(tables, 'count')} page tables`
    : null;
}
