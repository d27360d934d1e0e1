/** The function from pages to what is behind them, wherever the borders of mappings are; for I2, I3 and I7. */
import { BIND_OPS } from '../ioctl/bind-request.ts';
import { hexOfPages, type Page } from '../units.ts';
import { offsetAt, wrap } from '../va/mapping.ts';
import { turned } from '../va/repeat.ts';
import type { Asked } from './known/asked.ts';
import type { Piece, VmSeen } from './known/spaces.ts';

/** A piece of the address space with one backing; offsets go on inside, or repeat. */
export type Backed = Omit<Piece, 'va'>;
export interface Span {
  readonly addr: Page;
  readonly end: Page;
}

/** A piece as it goes on from a later page. */
function beginning({ addr, offset, repeat }: Backed, at: Page): Partial<Backed> {
  const distance = at - addr;
  return repeat === undefined
    ? { addr: at, offset: wrap(offset + distance) }
    : { addr: at, repeat: turned(repeat, distance) };
}

/** What of the pieces is outside `span`, or inside with `inside`. */
export function clipped(pieces: readonly Backed[], { addr, end }: Span, inside = false): Backed[] {
  const part = (piece: Backed, from: Page, to: Page): Backed[] =>
    from >= to ? [] : [{ ...piece, ...beginning(piece, from), range: to - from }];
  return pieces.flatMap((piece) => {
    const last = piece.addr + piece.range;
    if (last <= addr || piece.addr >= end) return inside ? [] : [piece];
    if (inside) return part(piece, Math.max(piece.addr, addr), Math.min(last, end));
    return [...part(piece, piece.addr, addr), ...part(piece, end, last)];
  });
}

/** The plainest possible VM_BIND: what is asked for replaces whatever is there. */
export function requested(pieces: readonly Backed[], asked: Asked): readonly Backed[] {
  const { op, addr, end, obj, offset, repeat, null: isNull, readOnly, gtMask } = asked;
  if (op === BIND_OPS.unmapAll) return pieces.filter((piece) => piece.obj !== obj);
  const userptr = op === BIND_OPS.mapUserptr;
  const isMap = userptr || op === BIND_OPS.map;
  if (!isMap && op !== BIND_OPS.unmap) return pieces;
  const rest = clipped(pieces, asked);
  if (!isMap) return rest;
  const range = end - addr;
  const attrs = { null: isNull, readOnly, userptr, gtMask };
  return [...rest, { addr, range, obj, offset, repeat, ...attrs }];
}

/** Below this many ops looking at every piece for each is cheaper than keeping them in order. */
const FEW_OPS = 8;

/** What all ops of a call make of the pieces, one after another. */
export function allRequested(pieces: readonly Backed[], ops: readonly Asked[]): readonly Backed[] {
  if (ops.length < FEW_OPS || !isAscending(pieces)) return ops.reduce(requested, pieces);
  const all = [...pieces];
  for (const asked of ops) {
    const [from, to] = asked.op === BIND_OPS.unmapAll ? [0, all.length] : touched(all, asked);
    const changed = requested(all.slice(from, to), asked);
    const sorted = [...changed].sort((a, b) => a.addr - b.addr);
    all.splice(from, to - from, ...sorted.filter(({ range }) => range > 0));
  }
  return all;
}

const isAscending = (pieces: readonly Backed[]): boolean =>
  pieces.every(({ addr }, i) => {
    const before = pieces[i - 1];
    return before === undefined || before.addr + before.range <= addr;
  });

/** The pieces that touch a span: from the first of them to behind the last. */
function touched(all: readonly Backed[], { addr, end }: Span): readonly [number, number] {
  let low = 0;
  let high = all.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const piece = all[middle] as Backed;
    if (piece.addr + piece.range <= addr) low = middle + 1;
    else high = middle;
  }
  let to = low;
  while (to < all.length && (all[to] as Backed).addr < end) to++;
  return [low, to];
}

/** The pages that an op names; null for UNMAP_ALL, which names an object. */
export const namedBy = (asked: Asked): Span | null =>
  asked.op === BIND_OPS.unmapAll ? null : asked;

export const piecesOf = (vm: VmSeen): Backed[] =>
  [...vm.tree.values()].flatMap((va) => vm.vmas.get(va) ?? []);

/** What is behind a page of a piece, as text. */
function textAt(piece: Backed | undefined, page: Page): string {
  if (piece === undefined) return 'nothing';
  const { obj, null: isNull, readOnly, userptr, gtMask } = piece;
  const offset = offsetAt(piece, page);
  const place = offset === null ? 'no page' : hexOfPages(offset);
  const words = [
    isNull ? 'NULL' : userptr ? `process ${place}` : `${obj ?? 'memory'}+${place}`,
    ...(readOnly ? ['read-only'] : []),
    ...(gtMask === 0 ? [] : [`gt_mask 0x${gtMask.toString(16)}`]),
  ];
  return words.join(' ');
}

/** Whether both have the same behind a page; what is behind a NULL page has no object and no offset. */
function isSame(a: Backed | undefined, b: Backed | undefined, page: Page): boolean {
  if (a === undefined || b === undefined) return a === b;
  if (a.null !== b.null || a.readOnly !== b.readOnly) return false;
  if (a.userptr !== b.userptr || a.gtMask !== b.gtMask) return false;
  return a.null || (a.obj === b.obj && offsetAt(a, page) === offsetAt(b, page));
}

/** The first page behind `page` that does not show the next page of the object; Infinity for none. */
function turnAfter({ addr, repeat }: Backed, page: Page): Page {
  if (repeat === undefined || repeat.range === 0) return Infinity;
  return page + repeat.range - ((repeat.phase + page - addr) % repeat.range);
}

/**
 * The first page in [from, to) at which two pieces differ; null for none. From a page where they
 * agree both go on alike up to the first turn of either. If they agree there as well, both have
 * gone back by the same number of pages: they repeat the same pages in step.
 */
function differ(a: Backed | undefined, b: Backed | undefined, from: Page, to: Page): Page | null {
  if (!isSame(a, b, from)) return from;
  if (a === undefined || b === undefined || a.null) return null;
  const turn = Math.min(turnAfter(a, from), turnAfter(b, from));
  return turn < to && !isSame(a, b, turn) ? turn : null;
}

function inOrder(pieces: readonly Backed[]): readonly Backed[] {
  return isAscending(pieces) ? pieces : [...pieces].sort((x, y) => x.addr - y.addr);
}

/** Where two sets of pieces differ first, and how; null where every page has the same backing. */
export function firstDifference(
  a: readonly Backed[],
  b: readonly Backed[],
): { readonly page: Page; readonly a: string; readonly b: string } | null {
  const [left, right] = [inOrder(a), inOrder(b)];
  let at = 0;
  for (let i = 0, j = 0; ;) {
    const [x, y] = [left[i], right[j]];
    if (x === undefined && y === undefined) return null;
    const page = Math.max(at, Math.min(x?.addr ?? Infinity, y?.addr ?? Infinity));
    const xHere = x !== undefined && x.addr <= page ? x : undefined;
    const yHere = y !== undefined && y.addr <= page ? y : undefined;
    at = Math.min(
      x === undefined ? Infinity : x.addr + x.range,
      y === undefined ? Infinity : y.addr + y.range,
    );
    const different = differ(xHere, yHere, page, at);
    if (different !== null) {
      return { page: different, a: textAt(xHere, different), b: textAt(yHere, different) };
    }
    if (x !== undefined && x.addr + x.range <= at) i++;
    if (y !== undefined && y.addr + y.range <= at) j++;
  }
}
