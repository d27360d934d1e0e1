/** A VM_BIND ioctl as it came in, in pages. */
import type { FenceKey } from '../../fence/fence-table.ts';
import { rawOp } from '../../ioctl/bind-request.ts';
import type { BindOp } from '../../scenario/schema.ts';
import { type Page, parsePages } from '../../units.ts';

/** What one op of an ioctl asks for, in pages. */
export interface Asked {
  /** one of BIND_OPS */
  readonly op: number;
  readonly addr: Page;
  readonly end: Page;
  readonly obj: string | null;
  readonly offset: Page;
  readonly null: boolean;
  readonly readOnly: boolean;
  readonly gtMask: number;
}

/** 0 for what is no whole pages: such a call is refused. */
function pages(text: string): Page {
  const parsed = parsePages(text);
  return typeof parsed === 'string' ? 0 : parsed;
}

export function askedBy(each: BindOp, isAsync: boolean): Asked {
  const { op, addr, range, bo: obj, offset, null: isNull, readOnly, gtMask } = rawOp(each, isAsync);
  const first = pages(addr);
  const attrs = { null: isNull, readOnly, gtMask };
  return { op, addr: first, end: first + pages(range), obj, offset: pages(offset), ...attrs };
}

/** A VM_BIND ioctl as it came in. */
export interface Request {
  readonly async: boolean;
  readonly ops: readonly Asked[];
  /** fences of the in-syncs, as they were then */
  readonly ins: readonly FenceKey[];
}
