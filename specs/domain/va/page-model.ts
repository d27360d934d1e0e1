/**
 * An address space as somebody would write it who has never heard of intervals: an array of pages,
 * each with what backs it and the number of the mapping that it belongs to. Splitting is derived
 * from it page by page, and shares no code with domain/va/.
 */
import type { Mapping, MapRequest } from '../../../domain/va/mapping.ts';
import type { Op } from '../../../domain/va/ops.ts';

export interface Page {
  readonly mapping: number;
  readonly obj: string | null;
  readonly offset: number;
}
export type Pages = readonly (Page | null)[];

/** The pages of these mappings; undefined if two of them overlap or one lies outside. */
export function pagesOf(mappings: readonly Mapping[], count: number): Pages | undefined {
  const pages: (Page | null)[] = Array.from({ length: count }, () => null);
  for (const m of mappings) {
    if (m.range < 1) return undefined;
    for (let i = 0; i < m.range; i += 1) {
      if (pages[m.addr + i] !== null) return undefined;
      pages[m.addr + i] = { mapping: m.id, obj: m.obj, offset: m.offset + i };
    }
  }
  return pages;
}

const backing = (page: Page | null | undefined): string =>
  page ? `${page.obj ?? ''}@${page.offset}` : '';

/** Same backing of every page, whatever mappings they belong to. */
export const sameBackings = (a: Pages, b: Pages): boolean =>
  a.length === b.length && a.every((page, i) => backing(page) === backing(b[i]));

/** The pages after the request, with or without something to map there. */
export function overwritten(pages: Pages, addr: number, range: number, map?: MapRequest): Pages {
  return pages.map((page, i) => {
    if (i < addr || i >= addr + range) return page;
    return map ? { mapping: 0, obj: map.obj, offset: map.offset + (i - map.addr) } : null;
  });
}

/** An operation in few words, the same for a model and for the real one. */
export function wordsOf(op: Op): string {
  const piece = (m: Mapping | null): string =>
    m ? `${m.addr}+${m.range} ${m.obj ?? ''}@${m.offset}` : '-';
  switch (op.op) {
    case 'map':
      return `map ${piece(op.map)}`;
    case 'unmap':
      return `unmap ${op.unmap.id}${op.keep ? ' keep' : ''}`;
    case 'remap':
      return `remap ${op.unmap.id} ${piece(op.prev)} ${piece(op.next)}${op.keep ? ' keep' : ''}`;
    case 'prefetch':
      return `prefetch ${op.va.id}`;
  }
}

/** What splitting has to give: for each mapping with a page in the request, what is left of it. */
export function expectedSplit(
  pages: Pages,
  addr: number,
  range: number,
  map?: MapRequest,
  keeps = false,
): string[] {
  const words: string[] = [];
  const done = new Set<number>();
  for (let i = addr; i < addr + range; i += 1) {
    const page = pages[i];
    if (!page || done.has(page.mapping)) continue;
    done.add(page.mapping);
    const run = (from: number, to: number): string => {
      const own = pages.slice(from, to).filter((p) => p?.mapping === page.mapping);
      const at = pages.findIndex((p, j) => j >= from && p?.mapping === page.mapping);
      return own[0] ? `${at}+${own.length} ${own[0].obj ?? ''}@${own[0].offset}` : '-';
    };
    const [prev, next] = [run(0, addr), run(addr + range, pages.length)];
    const isSame =
      map !== undefined &&
      page.obj !== null &&
      backing(page) === `${map.obj ?? ''}@${map.offset + (i - map.addr)}`;
    const keep = keeps && isSame ? ' keep' : '';
    const isWhole = prev === '-' && next === '-';
    words.push(
      isWhole ? `unmap ${page.mapping}${keep}` : `remap ${page.mapping} ${prev} ${next}${keep}`,
    );
  }
  if (map) words.push(`map ${addr}+${range} ${map.obj ?? ''}@${map.offset}`);
  return words;
}

/**
 * What must hold of a list that merges, given the pages before and after; the broken rule as text.
 * `border` is a page that no merged mapping may reach over.
 */
export function brokenMerge(pages: Pages, map: MapRequest, ops: readonly Op[], border = 0): string {
  const request = { from: map.addr, to: map.addr + map.range };
  const end = (m: Mapping): number => m.addr + m.range;
  const shift = map.offset - map.addr;
  const merged = ops
    .filter((op) => op.op === 'unmap' && op.keep)
    .map((op) => (op.op === 'unmap' ? op.unmap : op));
  const last = ops.at(-1);
  if (last?.op !== 'map') {
    const covered = pages.slice(request.from, request.to);
    const isThere = covered.every(
      (p, i) => p && p.obj !== null && p.obj === map.obj && p.offset === map.offset + i,
    );
    const isOne = new Set(covered.map((p) => p?.mapping)).size === 1;
    return ops.length === 0 && isThere && isOne ? '' : 'no MAP though the mapping is not there';
  }
  let [from, to] = [request.from, request.to];
  for (const m of merged as Mapping[]) {
    if (m.obj === null || m.obj !== map.obj || m.offset - m.addr !== shift) return `merged ${m.id}`;
    if (end(m) < request.from || m.addr > request.to) return `merged ${m.id} from afar`;
    from = Math.min(from, m.addr);
    to = Math.max(to, end(m));
  }
  if (border > from && border < to) return 'merged over the border of two regions';
  const { addr, range, offset, obj } = last.map;
  const isUnion = addr === from && addr + range === to;
  return isUnion && obj === map.obj && offset - addr === shift ? '' : 'the MAP is not the union';
}
