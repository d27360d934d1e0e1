/** The function from pages to what is behind them, wherever the borders of mappings are; for I2, I3 and I7. */
import { BIND_OPS } from '../ioctl/bind-request.ts';
import type { Page } from '../units.ts';
import { wrap } from '../va/mapping.ts';
import type { Asked } from './known/asked.ts';
import type { Piece, VmSeen } from './known/spaces.ts';

/** A piece of the address space with one backing; offsets go on inside. */
export type Backed = Omit<Piece, 'va'>;
export interface Span {
  readonly addr: Page;
  readonly end: Page;
}

/** What of the pieces is outside `span`, or inside with `inside`. */
export function clipped(pieces: readonly Backed[], { addr, end }: Span, inside = false): Backed[] {
  const part = (piece: Backed, from: Page, to: Page): Backed[] =>
    from >= to
      ? []
      : [
          {
            ...piece,
            addr: from,
            range: to - from,
            offset: wrap(piece.offset + from - piece.addr),
          },
        ];
  return pieces.flatMap((piece) => {
    const last = piece.addr + piece.range;
    if (last <= addr || piece.addr >= end) return inside ? [] : [piece];
    if (inside) return part(piece, Math.max(piece.addr, addr), Math.min(last, end));
    return [...part(piece, piece.addr, addr), ...part(piece, end, last)];
  });
}

/** The plainest possible VM_BIND: what is asked for replaces whatever is there. */
export function requested(pieces: readonly Backed[], asked: Asked): readonly Backed[] {
  const { op, addr, end, obj, offset, null: isNull, readOnly, gtMask } = asked;
  if (op === BIND_OPS.unmapAll) return pieces.filter((piece) => piece.obj !== obj);
  const userptr = op === BIND_OPS.mapUserptr;
  const isMap = userptr || op === BIND_OPS.map;
  if (!isMap && op !== BIND_OPS.unmap) return pieces;
  const rest = clipped(pieces, asked);
  if (!isMap) return rest;
  const range = end - addr;
  return [...rest, { addr, range, obj, offset, null: isNull, readOnly, userptr, gtMask }];
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

/** What is behind the first page of a piece, as text. */
function backingText({ obj, offset, null: isNull, readOnly, userptr, gtMask }: Backed): string {
  const place = isNull ? 'NULL' : `${obj ?? 'memory'}+${offset}`;
  return [place, readOnly ? 'ro' : 'rw', userptr ? 'userptr' : '', gtMask].join(' ');
}

const offsetAt = ({ addr, offset }: Backed, page: Page): Page => wrap(offset + page - addr);

const textAt = (piece: Backed | undefined, page: Page): string =>
  piece === undefined ? 'nothing' : backingText({ ...piece, offset: offsetAt(piece, page) });

/** Whether both have the same behind a page; what is behind a NULL page has no object and no offset. */
function isSame(a: Backed | undefined, b: Backed | undefined, page: Page): boolean {
  if (a === undefined || b === undefined) return a === b;
  if (a.null !== b.null || a.readOnly !== b.readOnly) return false;
  if (a.userptr !== b.userptr || a.gtMask !== b.gtMask) return false;
  return a.null || (a.obj === b.obj && offsetAt(a, page) === offsetAt(b, page));
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
    if (!isSame(xHere, yHere, page))
      return { page, a: textAt(xHere, page), b: textAt(yHere, page) };
    at = Math.min(
      x === undefined ? Infinity : x.addr + x.range,
      y === undefined ? Infinity : y.addr + y.range,
    );
    if (x !== undefined && x.addr + x.range <= at) i++;
    if (y !== undefined && y.addr + y.range <= at) j++;
  }
}
