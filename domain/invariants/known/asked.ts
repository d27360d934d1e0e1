/** A VM_BIND ioctl as it came in, in pages. */
import type { FenceKey } from '../../fence/fence-table.ts';
import { BIND_OPS, rawOp } from '../../ioctl/bind-request.ts';
import { rawImmediateOp } from '../../ioctl/immediate-op.ts';
import type { BindOp } from '../../scenario/schema.ts';
import { type Page, parsePages } from '../../units.ts';
import { repeating, type Repeat, SINGLE_PAGE } from '../../va/repeat.ts';

/** What one op of an ioctl asks for, in pages. */
export interface Asked {
  /** one of BIND_OPS */
  readonly op: number;
  readonly addr: Page;
  readonly end: Page;
  readonly obj: string | null;
  readonly offset: Page;
  /** absent where the pages of the object go on */
  readonly repeat?: Repeat | undefined;
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

const OPS_OF_DRIVERS = { map: BIND_OPS.map, unmap: BIND_OPS.unmap, sync: -1, unknown: -1 } as const;

/** The same of a driver whose ops are its own. */
export function askedOfDriver(each: BindOp): Asked {
  const raw = rawImmediateOp(each);
  const { type, bo: obj, null: isNull, readOnly } = raw;
  const addr = pages(raw.addr);
  const pattern = raw.repeat ? repeating(pages(raw.repeatRange)) : undefined;
  return {
    op: OPS_OF_DRIVERS[type],
    addr,
    end: addr + pages(raw.range),
    obj,
    offset: pages(raw.offset),
    repeat: raw.singlePage ? SINGLE_PAGE : pattern,
    null: isNull,
    readOnly,
    gtMask: 0,
  };
}

/** A VM_BIND ioctl as it came in. */
export interface Request {
  readonly async: boolean;
  readonly ops: readonly Asked[];
  /** fences of the in-syncs, as they were then */
  readonly ins: readonly FenceKey[];
}
