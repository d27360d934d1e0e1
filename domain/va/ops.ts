/**
 * The operations that a request comes apart into, and applying a list of them.
 *
 * Mirrors struct drm_gpuva_op and its four kinds (drm_gpuva_mgr.h), and what a driver does with a
 * list: xe_vm.c of 2023 removes, inserts and links for each op in turn. A list is computed against
 * one version of a space and holds for that version only; applying it to a later one that has
 * changed there gives ENOENT or EEXIST.
 */
import { ERRNO } from '../errno.ts';
import { mappingOf, type Mapping, type MapRequest } from './mapping.ts';
import type { OrErrno, Status } from './result.ts';
import type { VaSpace } from './va-space.ts';
import { editVaSpace, type VaSpaceEditor } from './va-space-editor.ts';

/** A new mapping, with id 0: it has no other until it is inserted. */
export interface MapOp {
  readonly op: 'map';
  readonly map: Mapping;
}

/** An old mapping goes. `keep`: its page-table entries are what the request wants there anyway. */
export interface UnmapOp {
  readonly op: 'unmap';
  readonly unmap: Mapping;
  readonly keep: boolean;
}

/**
 * An old mapping goes and what the request leaves of it comes back, before it, behind it, or both;
 * with id 0.
 */
export interface RemapOp {
  readonly op: 'remap';
  readonly prev: Mapping | null;
  readonly next: Mapping | null;
  readonly unmap: Mapping;
  readonly keep: boolean;
}

export interface PrefetchOp {
  readonly op: 'prefetch';
  readonly va: Mapping;
}

export type Op = MapOp | UnmapOp | RemapOp | PrefetchOp;

/** The four kinds, always made here: one shape each, quick to read. */
export const mapOp = (map: MapRequest): MapOp => ({ op: 'map', map: mappingOf(map, 0) });
export const unmapOp = (unmap: Mapping, keep: boolean): UnmapOp => ({ op: 'unmap', unmap, keep });
export const remapOp = (
  unmap: Mapping,
  prev: Mapping | null,
  next: Mapping | null,
  keep: boolean,
): RemapOp => ({ op: 'remap', prev, next, unmap, keep });
export const prefetchOp = (va: Mapping): PrefetchOp => ({ op: 'prefetch', va });

/** Inserts and links `piece`, which lies where `whole` has just been: nothing can be in its way. */
function putBack(editor: VaSpaceEditor, piece: Mapping, id: number): void {
  const mapping = mappingOf(piece, id);
  editor.mappings.set(mapping.addr, mapping);
  editor.link(mapping);
}

/**
 * Takes a mapping out of the tree (unless its place is about to be taken) and off its object's
 * list.
 */
function takeOut(editor: VaSpaceEditor, mapping: Mapping, isReplaced: boolean): Status {
  if (!editor.holds(mapping)) return ERRNO.ENOENT;
  if (!isReplaced) editor.mappings.delete(mapping.addr);
  editor.unlink(mapping);
  return 0;
}

/** Where the next id comes from. */
export interface IdSource {
  next: number;
}

/**
 * Applies the ops in order; each new mapping takes the next id and is linked last in its object's
 * list. Not 0 is the errno of the op that failed; then the editor is left half way, to be dropped.
 */
export function applyOpsTo(editor: VaSpaceEditor, ops: readonly Op[], ids: IdSource): Status {
  for (const op of ops) {
    let status: Status = 0;
    if (op.op === 'map') {
      const mapping = mappingOf(op.map, ids.next++);
      status = editor.insert(mapping);
      if (status === 0) editor.link(mapping);
    } else if (op.op === 'unmap') {
      status = takeOut(editor, op.unmap, false);
    } else if (op.op === 'remap') {
      status = takeOut(editor, op.unmap, op.prev !== null);
      if (status === 0 && op.prev !== null) putBack(editor, op.prev, ids.next++);
      if (status === 0 && op.next !== null) putBack(editor, op.next, ids.next++);
    }
    if (status !== 0) return status;
  }
  return 0;
}

export interface Applied {
  readonly space: VaSpace;
  /** The first id that has not been given to a mapping. */
  readonly nextId: number;
}

/**
 * The space after the ops, in order; all of them or, with an errno, none. New mappings take ids
 * from `nextId` on.
 */
export function applyOps(space: VaSpace, ops: readonly Op[], nextId: number): OrErrno<Applied> {
  const editor = editVaSpace(space);
  const ids: IdSource = { next: nextId };
  const status = applyOpsTo(editor, ops, ids);
  return status === 0 ? { space: editor.freeze(), nextId: ids.next } : status;
}
