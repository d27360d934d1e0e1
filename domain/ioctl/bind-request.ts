/**
 * A VM_BIND ioctl as user space wrote it (u64 hex of bytes, unchecked) and as the kernel sees it after the checks
 * (whole pages). Mirrors struct drm_xe_vm_bind of March 2023; its ops are in raw-op.ts.
 */
import type { BindOp } from '../scenario/schema.ts';
import { type Page, parsePages, type U64 } from '../units.ts';
import type { MappingAttrs } from '../va/mapping.ts';
import { BIND_OPS, rawOp } from './raw-op.ts';
import type { SyncRequest, SyncView } from './sync-check.ts';

export { BIND_FLAGS, BIND_OPS, type RawOp, rawOp } from './raw-op.ts';

export interface BindRequest extends SyncRequest {
  /** the ASYNC flag of op 0 */
  readonly async: boolean;
  /** the bind queue; null for the VM's own */
  readonly queue: string | null;
  readonly extensions: U64;
  readonly ops: readonly BindOp[];
}

/** One op that passed the checks. */
export type CheckedOp =
  | {
      readonly op: 'map';
      readonly addr: Page;
      readonly range: Page;
      readonly obj: string | null;
      readonly offset: Page;
      readonly attrs: MappingAttrs;
      readonly immediate: boolean;
      readonly injectError: boolean;
    }
  | {
      readonly op: 'unmap';
      readonly addr: Page;
      readonly range: Page;
      readonly injectError: boolean;
    }
  | { readonly op: 'unmapAll'; readonly obj: string; readonly injectError: boolean }
  | {
      readonly op: 'prefetch';
      readonly addr: Page;
      readonly range: Page;
      readonly region: number;
      readonly injectError: boolean;
    }
  | { readonly op: 'restart'; readonly injectError: boolean };

/** What the checks look at besides the request. */
export interface BindView extends SyncView {
  /** whether the VM's id leads anywhere */
  readonly vm: 'unknown' | 'closed' | 'open';
  /** the VM was created with ASYNC_BIND_OPS */
  readonly vmAsync: boolean;
  /** an asynchronous op has failed and nobody has restarted the worker */
  readonly vmInError: boolean;
  /** size of the address space */
  readonly vmRange: Page;
  readonly gts: number;
  /** a BO's size; undefined for a handle that is not there */
  readonly boRange: (bo: string) => Page | undefined;
  /** a BO that was made in VRAM that must be mapped by 64K pages */
  readonly is64K: (bo: string) => boolean;
  /** the kind of a queue; undefined for an id that is not there */
  readonly queueKind: (queue: string) => 'exec' | 'bind' | undefined;
}

/** An address, range or offset of a request in pages. @throws RangeError unless the checks passed */
function pages(text: string): Page {
  const value = parsePages(text);
  if (typeof value === 'string') throw new RangeError(`${text}: ${value}`);
  return value;
}

/** The op in pages; only for one that passed checkBind. */
export function checkedOp(op: BindOp, isAsync: boolean): CheckedOp {
  const raw = rawOp(op, isAsync);
  const { injectError, bo, immediate, readOnly, null: isNull, gtMask, region } = raw;
  const span = { addr: pages(raw.addr), range: pages(raw.range) };
  switch (raw.op) {
    case BIND_OPS.map:
    case BIND_OPS.mapUserptr: {
      const userptr = raw.op === BIND_OPS.mapUserptr;
      const attrs = { null: isNull, readOnly, userptr, gtMask };
      const offset = pages(raw.offset);
      return { op: 'map', ...span, obj: bo, offset, attrs, immediate, injectError };
    }
    case BIND_OPS.unmap:
      return { op: 'unmap', ...span, injectError };
    case BIND_OPS.unmapAll:
      return { op: 'unmapAll', obj: bo ?? '', injectError };
    case BIND_OPS.prefetch:
      return { op: 'prefetch', ...span, region, injectError };
    case BIND_OPS.restart:
      return { op: 'restart', injectError };
    default:
      throw new RangeError(`op ${raw.op} passed no check`);
  }
}
