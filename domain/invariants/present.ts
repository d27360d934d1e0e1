/** Which pages of a region have an entry, held against which are mapped. */
import { hexOfPages, type Page } from '../units.ts';
import type { Span } from './backing.ts';
import type { Known } from './known/known.ts';
import { endOf, mappedIn } from './known/spaces.ts';
import { entrySpan, type TableSeen } from './known/tables.ts';

const ENTRIES = 512;

const isSet = ({ bits }: TableSeen, index: number): boolean =>
  ((bits[index >>> 5] ?? 0) & (1 << (index & 31))) !== 0;

/** Joins spans that touch. */
function add(spans: Span[], span: Span): void {
  const last = spans.at(-1);
  if (last?.end === span.addr) spans[spans.length - 1] = { addr: last.addr, end: span.end };
  else spans.push(span);
}

/** What leaves below a table translate inside `region`, ascending. */
function presentBelow(known: Known, table: TableSeen, region: Span, spans: Span[]): void {
  const { base, level, children, live } = table;
  if (base === null || live === 0) return;
  const size = entrySpan(level);
  const first = Math.max(0, Math.floor((region.addr - base) / size));
  const last = Math.min(ENTRIES, Math.ceil((region.end - base) / size));
  for (let index = first; index < last; index++) {
    if (!isSet(table, index)) continue;
    const child = children.get(index);
    const below = child === undefined ? undefined : known.tables.get(child);
    if (below !== undefined) presentBelow(known, below, region, spans);
    else {
      const addr = Math.max(base + index * size, region.addr);
      add(spans, { addr, end: Math.min(base + (index + 1) * size, region.end) });
    }
  }
}

const text = (page: Page, hasEntry: boolean): string =>
  hasEntry
    ? `${hexOfPages(page)} has an entry and is not mapped`
    : `${hexOfPages(page)} is mapped and has no entry`;

/** The first page of which only one is true, in words; null when there is none. */
export function firstDisagreement(known: Known, vm: string, region: Span): string | null {
  const state = known.vms[vm];
  const root = [...known.tables.values()].find((each) => each.isRoot && each.vm === vm);
  if (state === undefined || root === undefined) return null;
  const present: Span[] = [];
  presentBelow(known, root, region, present);
  const mapped: Span[] = [];
  for (const vma of mappedIn(state, region.addr, region.end)) {
    if (vma.repeat?.range === 0) continue;
    add(mapped, {
      addr: Math.max(vma.addr, region.addr),
      end: Math.min(endOf(vma), region.end),
    });
  }
  for (let i = 0; i < Math.max(present.length, mapped.length); i++) {
    const [a, b] = [present[i], mapped[i]];
    if (a?.addr === b?.addr && a?.end === b?.end) continue;
    const page = Math.min(a?.addr ?? Infinity, b?.addr ?? Infinity);
    if (a?.addr !== b?.addr) return text(page, a?.addr === page);
    const end = Math.min(a?.end ?? Infinity, b?.end ?? Infinity);
    return text(end, b?.end === end);
  }
  return null;
}
