/**
 * How the things of a log are put in words, the same in a story and in a table: ranges with an exclusive end, what a
 * mapping is backed by, ops as the kernel's split code speaks of them, virtual time.
 */
import type { FactOf } from '../../domain/facts/schema.ts';
import type { BindOp, Sync, SyncRef } from '../../domain/scenario/schema.ts';
import { hexOfPages, type VtimeNs } from '../../domain/units.ts';

export type VmOp = FactOf<'ops.created'>['ops'][number];
export type Piece = Extract<VmOp, { op: 'map' }>['map'];

/** An address as text: pages in memory form, hex bytes where data came from a scenario or a log line. */
function bytesOf(value: number | string): bigint {
  return BigInt(typeof value === 'number' ? hexOfPages(value) : value);
}

const hex = (value: bigint): string => `0x${value.toString(16)}`;

/** `0x4000-0x5000` */
export function span(addr: number | string, range: number | string): string {
  const start = bytesOf(addr);
  return `${hex(start)}-${hex(start + bytesOf(range))}`;
}

/** `NULL`, `bo0+0x1000`, `read-only bo0+0x0` */
export function backing(piece: {
  readonly obj: string | null;
  readonly offset: number | string;
  readonly null: boolean;
  readonly readOnly: boolean;
  readonly userptr?: boolean;
}): string {
  const offset = hex(bytesOf(piece.offset));
  const none = piece.userptr === true ? `process ${offset}` : 'none';
  const place = piece.obj === null ? none : `${piece.obj}+${offset}`;
  return `${piece.readOnly ? 'read-only ' : ''}${piece.null ? 'NULL' : place}`;
}

/** One op of the split code. @example 'REMAP 0x0-0x8000 -> prev 0x0-0x4000, next 0x5000-0x8000' */
export function opText(op: VmOp): string {
  switch (op.op) {
    case 'map':
      return `MAP ${span(op.map.addr, op.map.range)} ${backing(op.map)}`;
    case 'unmap':
      return `UNMAP ${span(op.unmap.addr, op.unmap.range)} ${backing(op.unmap)}${keepText(op.keep)}`;
    case 'prefetch':
      return `PREFETCH ${span(op.unmap.addr, op.unmap.range)}`;
    case 'remap': {
      const rest = [
        ...(op.prev === null ? [] : [`prev ${span(op.prev.addr, op.prev.range)}`]),
        ...(op.next === null ? [] : [`next ${span(op.next.addr, op.next.range)}`]),
      ];
      const { addr, range } = op.unmap;
      return `REMAP ${span(addr, range)} ${backing(op.unmap)} -> ${rest.join(', ')}${keepText(op.keep)}`;
    }
  }
}

const keepText = (keep: boolean): string => (keep ? ' (keep)' : '');

/** One op as the client asked for it. */
export function requestText(op: BindOp): string {
  if ('map' in op) {
    const { addr, range, bo, offset, null: isNull, readOnly, repeat, singlePage } = op.map;
    const piece = { obj: bo ?? null, offset: offset ?? '0x0', null: false, readOnly: false };
    // What is asked for may be nonsense; then the kernel refuses it, and the story shows it as it is.
    const place = bo === undefined ? (isNull ? '' : 'nothing') : backing(piece);
    const repeated = repeat === undefined ? '' : `repeated every ${repeat}`;
    const single = singlePage === true ? 'one page over and over' : '';
    const words = [readOnly ? 'read-only' : '', isNull ? 'NULL' : '', place, repeated, single];
    return [`MAP ${span(addr, range)}`, ...words.filter((word) => word !== '')].join(' ');
  }
  if ('unmap' in op) return `UNMAP ${span(op.unmap.addr, op.unmap.range)}`;
  if ('unmapAll' in op) return `UNMAP_ALL ${op.unmapAll.bo}`;
  if ('mapUserptr' in op) {
    const { addr, range, ptr } = op.mapUserptr;
    return `MAP_USERPTR ${span(addr, range)} from ${ptr}`;
  }
  if ('prefetch' in op) {
    const { addr, range, region } = op.prefetch;
    return `PREFETCH ${span(addr, range)} to region ${region}`;
  }
  if ('restart' in op) return 'RESTART';
  if ('sync' in op) return 'SYNC_ONLY';
  return `op ${op.raw.op} ${span(op.raw.addr, op.raw.range)}`;
}

/** `done` or `tl@3` */
export function syncText({ syncobj, point }: SyncRef): string {
  return point === undefined ? syncobj : `${syncobj}@${BigInt(point)}`;
}

/** A sync entry of an ioctl: `done`, `0x9000 = 0x1` for a user fence. */
export function syncEntryText(sync: Sync): string {
  if ('userFence' in sync) return `${sync.userFence} = ${sync.value}`;
  return 'dmaBuf' in sync ? 'a dma-buf' : syncText(sync);
}

/** Virtual time in a column of its own: `   1.2us`, ` 10.5ms`. */
export function timeText(t: VtimeNs): string {
  const [value, unit] =
    t < 100_000_000 ? [t / 1e3, 'us'] : t < 100_000_000_000 ? [t / 1e6, 'ms'] : [t / 1e9, 's '];
  return `${value.toFixed(1)}${unit}`.padStart(9);
}

/** Columns padded to their widest cell; the last one is not padded. */
export function columns(rows: readonly (readonly string[])[], gap = '  '): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 0, cell.length)));
  }
  return rows.map((row) =>
    row.map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0))).join(gap),
  );
}
