/** What happens to memory behind mappings, as lines: BOs that move, pages of the process that change, what is told. */
import { hexOfPages } from '../../domain/units.ts';
import type { Row, Story } from './story-state.ts';
import type { Tellers } from './told.ts';
import { backing, span } from './words.ts';

/** A VMA by what it maps; one that is not in the space any more by its number. */
function vmaText({ spaces }: Story, vm: string, va: number): string {
  const rows: Iterable<Row> = spaces[vm]?.values() ?? [];
  for (const row of rows) {
    if (row.va === va) return `${span(row.addr, row.range)} ${backing(row)}`;
  }
  return `mapping ${va}`;
}

export const MEMORY_TELLERS: Tellers = {
  'bo.moved': ({ bo, phys, placement, fence }) => ({
    actor: bo,
    text: `moves to ${placement} at ${hexOfPages(phys)}, there when ${fence} signals`,
  }),
  'bo.freed': ({ bo }) => ({ actor: bo, text: 'freed: its last reference is gone' }),
  'userptr.created': ({ userptr, ptr, range, phys }) => ({
    actor: userptr,
    text: `memory of the process at ${span(ptr, range)}, pages at ${hexOfPages(phys)}`,
  }),
  'userptr.invalidating': ({ userptr, seq }) => ({
    actor: userptr,
    text: `notifiers are called, sequence number ${seq}`,
  }),
  'userptr.invalidated': ({ userptr, phys }) => ({
    actor: userptr,
    text: phys === null ? 'nothing is mapped there any more' : `new pages at ${hexOfPages(phys)}`,
  }),
  'vma.pinned': ({ vm, va, seq }, _record, story) => ({
    actor: vm,
    text: `pins the pages of ${vmaText(story, vm, va)}, sequence number ${seq}`,
  }),
  'vma.evicted': ({ vm, va }, _record, story) => ({
    actor: vm,
    text: `${vmaText(story, vm, va)} lost its memory`,
  }),
  'vma.invalidated': ({ vm, va }, _record, story) => ({
    actor: vm,
    text: `${vmaText(story, vm, va)} lost its pages`,
  }),
  'vma.rebound': ({ vm, va }, _record, story) => ({
    actor: vm,
    text: `${vmaText(story, vm, va)} is bound anew`,
  }),
  'vma.zapped': ({ vm, va, gt }, _record, story) => ({
    actor: vm,
    text: `${vmaText(story, vm, va)}: entries cleared on ${gt}`,
  }),
};
