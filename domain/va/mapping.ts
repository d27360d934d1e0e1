/**
 * One mapping of a GPU address space: pages [addr, addr + range) are backed by `obj` from `offset`
 * on.
 *
 * Mirrors struct drm_gpuva (drm_gpuva_mgr.h in 2023, drm_gpuvm.h since): va.addr, va.range,
 * gem.obj, gem.offset, and the driver's flags that a split has to hand down (xe_vm.c: XE_VMA_NULL,
 * read-only). A mapping is a value; two that look alike are told apart by `id`, as the kernel tells
 * two allocations apart by their address.
 */
import { PAGES_IN_U64, type Page } from '../units.ts';

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
  readonly attrs: MappingAttrs;
}

export interface Mapping extends MapRequest {
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
  attrs: request.attrs,
});

/**
 * The part [addr, end) of a mapping, in no space yet. The offset moves along with the address even
 * where no object is behind it, as in the C code: the tail of a NULL mapping has an offset that
 * means nothing.
 */
export const pieceOf = (whole: Mapping, addr: Page, end: Page): Mapping => ({
  id: 0,
  addr,
  range: end - addr,
  obj: whole.obj,
  offset: wrap(whole.offset + (addr - whole.addr)),
  attrs: whole.attrs,
});

/**
 * Whether `a` and `b` would show the same page of the same object at any one address, so that one
 * mapping could stand for both. Never so without an object.
 */
export function sameBacking(a: MapRequest, b: MapRequest): boolean {
  if (a.obj === null || a.obj !== b.obj) return false;
  const shift = a.offset - a.addr - (b.offset - b.addr);
  return shift === 0 || shift === PAGES_IN_U64 || shift === -PAGES_IN_U64;
}

/** Same in every field, id included. */
export const sameMapping = (a: Mapping, b: Mapping): boolean =>
  a === b ||
  (a.id === b.id &&
    a.addr === b.addr &&
    a.range === b.range &&
    a.obj === b.obj &&
    a.offset === b.offset &&
    a.attrs.null === b.attrs.null &&
    a.attrs.readOnly === b.attrs.readOnly &&
    a.attrs.userptr === b.attrs.userptr &&
    a.attrs.gtMask === b.attrs.gtMask);
