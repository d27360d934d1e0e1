/**
 * One mapping of a GPU address space: pages [addr, addr + range) are backed by `obj` from `offset`
 * on, or by a few pages from there over and over (repeat.ts).
 *
 * Mirrors struct drm_gpuva (drm_gpuva_mgr.h in 2023, drm_gpuvm.h since): va.addr, va.range,
 * gem.obj, gem.offset, and the driver's flags that a split has to hand down (xe_vm.c: XE_VMA_NULL,
 * read-only). A mapping is a value; two that look alike are told apart by `id`, as the kernel tells
 * two allocations apart by their address.
 */
import { PAGES_IN_U64, type Page } from '../units.ts';
import { pageOfPattern, sameRepeat, turned, type Repeat } from './repeat.ts';

export interface MappingAttrs {
  /** Reads give zero and writes are dropped; no object is behind it. */
  readonly null: boolean;
  readonly readOnly: boolean;
  /** Backed by pages of the process; `offset` is the address there. */
  readonly userptr: boolean;
  /** Bit i: bound on GT i; 0 means on all of them. */
  readonly gtMask: number;
}

export const PLAIN: MappingAttrs = Object.freeze({
  null: false,
  readOnly: false,
  userptr: false,
  gtMask: 0,
});

/** A half-open interval of pages, [addr, addr + range). */
export interface Span {
  readonly addr: Page;
  readonly range: Page;
}

/** What a request to map asks for. */
export interface MapRequest extends Span {
  /** The GEM object, or null for a mapping that has none (NULL, userptr, sparse). */
  readonly obj: string | null;
  /** Where in the object the first page is; a userptr's address. */
  readonly offset: Page;
  /** Only the `repeat.range` pages from `offset` on, over and over; else the pages go on. */
  readonly repeat?: Repeat | null | undefined;
  readonly attrs: MappingAttrs;
}

export interface Mapping extends MapRequest {
  readonly repeat: Repeat | null;
  /** Given by who inserts it and never given twice in a space; 0 while it is in no space. */
  readonly id: number;
}

/** The page behind the last one. */
export const endOf = (span: Span): Page => span.addr + span.range;

/** Sums of pages wrap where the kernel's u64 bytes do. */
export const wrap = (pages: Page): Page => (pages < PAGES_IN_U64 ? pages : pages - PAGES_IN_U64);

/**
 * The mapping `request` as it goes into a space under `id`. Always made here: one shape, quick to
 * read.
 */
export const mappingOf = (request: MapRequest, id: number): Mapping => ({
  id,
  addr: request.addr,
  range: request.range,
  obj: request.obj,
  offset: request.offset,
  repeat: request.repeat ?? null,
  attrs: request.attrs,
});

/**
 * The part [addr, end) of a mapping, in no space yet. The offset moves along with the address even
 * where no object is behind it, as in the C code: the tail of a NULL mapping has an offset that
 * means nothing. Of a repeated one the offset stays, and the pattern is turned.
 */
export function pieceOf(whole: Mapping, addr: Page, end: Page): Mapping {
  const distance = addr - whole.addr;
  const { obj, repeat, attrs } = whole;
  const offset = repeat === null ? wrap(whole.offset + distance) : whole.offset;
  const rest = repeat === null ? null : turned(repeat, distance);
  return { id: 0, addr, range: end - addr, obj, offset, repeat: rest, attrs };
}

/** The page of the object that is behind `page`; null where a pattern of no pages is (R02). */
export function offsetAt(mapping: Omit<MapRequest, 'attrs'>, page: Page): Page | null {
  const { addr, offset, repeat } = mapping;
  const distance = page - addr;
  if (repeat === null || repeat === undefined) return wrap(offset + distance);
  const shown = pageOfPattern(repeat, distance);
  return shown === null ? null : wrap(offset + shown);
}

/**
 * Whether `a` and `b` would show the same page of the same object at any one address, so that one
 * mapping could stand for both. Never so without an object. Mirrors drm_gpuvm.c: can_merge of the
 * series for repeated mappings, without its flags: two patterns are the same if their pages are and
 * if they are in step; a repeated mapping and a normal one never are.
 */
export function sameBacking(a: MapRequest, b: MapRequest): boolean {
  if (a.obj === null || a.obj !== b.obj) return false;
  const [x, y] = [a.repeat ?? null, b.repeat ?? null];
  if (x !== null || y !== null) return x !== null && y !== null && inStep(a, x, b, y);
  const shift = a.offset - a.addr - (b.offset - b.addr);
  return shift === 0 || shift === PAGES_IN_U64 || shift === -PAGES_IN_U64;
}

function inStep(a: MapRequest, x: Repeat, b: MapRequest, y: Repeat): boolean {
  if (a.offset !== b.offset || x.range !== y.range) return false;
  return (a.addr - x.phase - (b.addr - y.phase)) % x.range === 0;
}

/** Same flags: what a driver that compares them has to find equal. */
export const sameAttrs = (a: MappingAttrs, b: MappingAttrs): boolean =>
  a === b ||
  (a.null === b.null &&
    a.readOnly === b.readOnly &&
    a.userptr === b.userptr &&
    a.gtMask === b.gtMask);

/** Same in every field, id included. */
export const sameMapping = (a: Mapping, b: Mapping): boolean =>
  a === b ||
  (a.id === b.id &&
    a.addr === b.addr &&
    a.range === b.range &&
    a.obj === b.obj &&
    a.offset === b.offset &&
    sameRepeat(a.repeat, b.repeat) &&
    sameAttrs(a.attrs, b.attrs));
