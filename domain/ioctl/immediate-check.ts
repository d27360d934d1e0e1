/**
 * The checks of one op of VM_BIND of the drivers in domain/driver, in panthor's order; the first row that refuses gives
 * the errno, always EINVAL. Mirrors panthor_mmu.c (panthor_vm_bind_job_create, panthor_vm_bind_exec_sync_op,
 * panthor_vm_bind_prepare_op_ctx, panthor_vm_prepare_map_op_ctx) with the rows of the series for repeated mappings;
 * the MAP_NULL row is msm_gem_vma.c's (lookup_op).
 *
 * Rows op-7a and op-8e are what the header says; the kernel does not look at an offset that is no whole page (version 4).
 */
import type { ImmediateDriver } from '../driver/drivers.ts';
import { hasSparse } from '../driver/drivers.ts';
import { ERRNO } from '../errno.ts';
import type { Quirks } from '../quirks/quirks.ts';
import { type Page, PAGE_BYTES } from '../units.ts';
import type { RawImmediateOp } from './immediate-op.ts';
import { firstRefusal, type Refusal, type Row, rulesOf, stageOf } from './rules.ts';

/** What the checks look at besides the op. */
export interface ImmediateView {
  readonly driver: ImmediateDriver;
  readonly version: string;
  readonly quirks: Quirks;
  /** the VM's id leads somewhere */
  readonly isOpen: boolean;
  /** an asynchronous op has failed; synchronous calls do not look at that here */
  readonly isUnusable: boolean;
  readonly isAsync: boolean;
  readonly vm: string;
  /** size of a BO, and the VM that it is private to; undefined for a handle that is not there */
  readonly bo: (bo: string) => { readonly range: Page; readonly vm: string | null } | undefined;
}

interface Looked {
  readonly raw: RawImmediateOp;
  readonly view: ImmediateView;
}
type Check = (raw: RawImmediateOp, view: ImmediateView) => boolean;

const row = (name: string, what: string, refuses: Check): Row<RawImmediateOp, Looked> => ({
  row: name,
  what,
  error: ERRNO.EINVAL,
  refuses: (raw, { view }) => refuses(raw, view),
});

const bytes = BigInt;
const isAligned = (text: string): boolean => bytes(text) % bytes(PAGE_BYTES) === 0n;
/** 32 bits, as drm_gpuva.gem.range has. */
const REPEAT_LIMIT = 1n << 32n;

const sizeOf = ({ bo }: RawImmediateOp, view: ImmediateView): bigint =>
  bytes(view.bo(bo ?? '')?.range ?? 0) * bytes(PAGE_BYTES);

/** The part of the BO that a MAP shows ends beyond the BO. */
function isBeyond(raw: RawImmediateOp, view: ImmediateView, part: bigint): boolean {
  const size = sizeOf(raw, view);
  return part > size || bytes(raw.offset) > size - part;
}

const ofMap =
  (check: Check): Check =>
  (raw, view) =>
    raw.type === 'map' && check(raw, view);
const ofRepeat = (check: Check): Check => ofMap((raw, view) => raw.repeat && check(raw, view));
/** What a driver may know: its own sparse form, and only from its version on. */
const knows = (form: ImmediateDriver['sparse'], { driver, version }: ImmediateView): boolean =>
  driver.sparse === form && hasSparse(driver, version);
const BARE: readonly RawImmediateOp['type'][] = ['unmap', 'sync'];

/** Quirk L33: the pattern is divided by before anything has looked at it. */
export const dividesFirst = ({ quirks }: Pick<ImmediateView, 'quirks'>): boolean =>
  quirks.includes('L33');

/** Looked at even for a synchronous op of size 0, which is done after them. */
const FIRST_ROWS: readonly Row<RawImmediateOp, Looked>[] = [
  row('op-1', 'a VM that is not there', (_raw, { isOpen }) => !isOpen),
  row(
    'op-2',
    'an asynchronous call of a driver that has none',
    (_raw, { isAsync, driver }) => isAsync && !driver.hasAsync,
  ),
  row(
    'op-3',
    'an asynchronous op on a VM that is unusable',
    (_raw, { isAsync, isUnusable }) => isAsync && isUnusable,
  ),
  row(
    'op-4',
    'syncs of a synchronous op',
    (raw, { isAsync }) => !isAsync && raw.in.length + raw.out.length > 0,
  ),
];

const REST_ROWS: readonly Row<RawImmediateOp, Looked>[] = [
  row(
    'op-5',
    'an address or range that is not 4 KiB aligned',
    (raw) => !isAligned(raw.addr) || !isAligned(raw.range),
  ),
  row('op-6a', 'an unknown op type', ({ type }) => type === 'unknown'),
  row(
    'op-6b',
    'MAP without an object',
    ofMap((raw, view) => !(raw.null && knows('null', view)) && view.bo(raw.bo ?? '') === undefined),
  ),
  row(
    'op-6c',
    'an unknown flag',
    (raw, view) =>
      raw.hasOtherFlags ||
      (raw.repeat && !knows('repeat', view)) ||
      (raw.singlePage && !knows('single-page', view)) ||
      (raw.null && !knows('null', view)),
  ),
  row(
    'op-6d',
    'MAP_NULL with an object or an offset',
    ofMap((raw) => raw.null && (raw.bo !== null || bytes(raw.offset) !== 0n)),
  ),
  row(
    'op-7a',
    'an offset that is not 4 KiB aligned',
    ofMap((raw) => !isAligned(raw.offset)),
  ),
  row(
    'op-7b',
    'a range or offset beyond the object',
    ofMap((raw, view) => {
      if (raw.repeat || raw.null) return false;
      return isBeyond(raw, view, raw.singlePage ? bytes(PAGE_BYTES) : bytes(raw.range));
    }),
  ),
  row(
    'op-8a',
    'a repeat range or offset beyond the object',
    ofRepeat((raw, view) => isBeyond(raw, view, bytes(raw.repeatRange))),
  ),
  row(
    'op-8b',
    'repeat range 0',
    ofRepeat((raw, view) => bytes(raw.repeatRange) === 0n && !dividesFirst(view)),
  ),
  row(
    'op-8c',
    'a range that is no multiple of the repeat range',
    ofRepeat(
      (raw) => bytes(raw.repeatRange) !== 0n && bytes(raw.range) % bytes(raw.repeatRange) !== 0n,
    ),
  ),
  row(
    'op-8d',
    'a repeat range of more than 32 bits',
    ofRepeat((raw) => bytes(raw.repeatRange) >= REPEAT_LIMIT),
  ),
  row(
    'op-8e',
    'a repeat range that is not 4 KiB aligned',
    ofRepeat((raw) => !isAligned(raw.repeatRange)),
  ),
  row(
    'op-8f',
    'a repeat range without the flag',
    (raw) => !raw.repeat && bytes(raw.repeatRange) !== 0n,
  ),
  row(
    'op-9',
    'a BO that is private to another VM',
    ofMap((raw, view) => {
      const owner = view.bo(raw.bo ?? '')?.vm ?? null;
      return owner !== null && owner !== view.vm;
    }),
  ),
  row(
    'op-10',
    'UNMAP or SYNC_ONLY with an object or an offset',
    (raw) => BARE.includes(raw.type) && (raw.bo !== null || bytes(raw.offset) !== 0n),
  ),
  row(
    'op-11a',
    'SYNC_ONLY with an address or range',
    (raw) => raw.type === 'sync' && (bytes(raw.addr) | bytes(raw.range)) !== 0n,
  ),
  row(
    'op-11b',
    'SYNC_ONLY without syncs',
    (raw) => raw.type === 'sync' && raw.in.length + raw.out.length === 0,
  ),
];

const stageWith = (rows: typeof FIRST_ROWS): ReturnType<typeof stageOf<RawImmediateOp, Looked>> =>
  stageOf(({ raw }: Looked) => [raw], rows);
const FIRST = stageWith(FIRST_ROWS);
const REST = stageWith(REST_ROWS);

export const IMMEDIATE_RULES = rulesOf([FIRST, REST]);

/** A synchronous op that does nothing, whatever else is in it (panthor_vm_bind_exec_sync_op). */
export const isEmptySync = (raw: RawImmediateOp, isAsync: boolean): boolean =>
  !isAsync && bytes(raw.range) === 0n;

/** Why the driver refuses an op, or null. */
export function checkImmediate(raw: RawImmediateOp, view: ImmediateView): Refusal | null {
  const stages = isEmptySync(raw, view.isAsync) ? [FIRST] : [FIRST, REST];
  return firstRefusal(stages, { raw, view });
}
