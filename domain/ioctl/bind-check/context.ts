/** What the rows of VM_BIND look at: the request, its ops as the kernel gets them, and what is there. */
import { parsePages, type Page, type U64 } from '../../units.ts';
import { BIND_OPS, type BindRequest, type BindView, type RawOp, rawOp } from '../bind-request.ts';

export interface BindContext {
  readonly request: BindRequest;
  readonly ops: readonly IndexedOp[];
  readonly view: BindView;
}

export interface IndexedOp extends RawOp {
  /** its place in the array */
  readonly index: number;
}

export function bindContext(request: BindRequest, view: BindView): BindContext {
  const ops = request.ops.map((op, index) => ({ ...rawOp(op, request.async), index }));
  return { request, ops, view };
}

export const itsOps = ({ ops }: BindContext): readonly IndexedOp[] => ops;

/** The whole call is a RESTART: only the first op may be one, and what follows it is not looked at. */
export const isRestart = ({ ops }: BindContext): boolean => ops[0]?.op === BIND_OPS.restart;

export const isAligned = (text: U64): boolean => typeof parsePages(text) === 'number';

/** Pages of what passed the row for alignment. */
export const pagesOf = (text: U64): Page => parsePages(text) as Page;
