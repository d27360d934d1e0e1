/**
 * A VM_BIND ioctl as user space wrote it (u64 hex of bytes, unchecked) and as the kernel sees it after the checks
 * (whole pages). Mirrors struct drm_xe_vm_bind_op.
 */
import type { FenceKey } from '../fence/fence-table.ts';
import type { BindOp, SyncRef } from '../scenario/schema.ts';
import { type Page, parsePages } from '../units.ts';

export interface BindRequest {
  /** the ASYNC flag of op 0; all ops of an array share it */
  readonly async: boolean;
  readonly ops: readonly BindOp[];
  readonly in: readonly SyncRef[];
  readonly out: readonly SyncRef[];
}

/** One op that passed the checks. */
export type CheckedOp =
  | {
      readonly op: 'map';
      readonly addr: Page;
      readonly range: Page;
      readonly obj: string | null;
      readonly offset: Page;
      readonly null: boolean;
      readonly readOnly: boolean;
    }
  | { readonly op: 'unmap'; readonly addr: Page; readonly range: Page }
  | { readonly op: 'unmapAll'; readonly obj: string };

/** What the checks look at besides the request. */
export interface BindView {
  /** whether the VM's id leads anywhere */
  readonly vm: 'unknown' | 'closed' | 'open';
  /** the VM was created with ASYNC_BIND_OPS */
  readonly vmAsync: boolean;
  /** size of the address space */
  readonly vmRange: Page;
  /** a BO's size; undefined for a handle that is not there */
  readonly boRange: (bo: string) => Page | undefined;
  /** see captureFences; null also for an unknown syncobj */
  readonly capture: (sync: SyncRef) => readonly FenceKey[] | null;
  readonly syncobjKind: (id: string) => 'binary' | 'timeline' | undefined;
}

/** An address, range or offset of a request in pages. @throws RangeError unless the checks passed */
function pages(text: string): Page {
  const value = parsePages(text);
  if (typeof value === 'string') throw new RangeError(`${text}: ${value}`);
  return value;
}

/** The op in pages; only for one that passed checkBind. */
export function checkedOp(op: BindOp): CheckedOp {
  if ('unmapAll' in op) return { op: 'unmapAll', obj: op.unmapAll.bo };
  if ('unmap' in op) {
    return { op: 'unmap', addr: pages(op.unmap.addr), range: pages(op.unmap.range) };
  }
  const { addr, range, bo, offset, null: isNull, readOnly } = op.map;
  return {
    op: 'map',
    addr: pages(addr),
    range: pages(range),
    obj: bo ?? null,
    offset: pages(offset ?? '0x0'),
    null: isNull ?? false,
    readOnly: readOnly ?? false,
  };
}
