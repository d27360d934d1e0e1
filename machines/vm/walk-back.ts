/**
 * Walking the tree back after a call that fails while its ops are parsed, as kernels did it wrongly: each of these does
 * nothing unless its quirk is on. Mirrors xe_vm.c (vm_bind_ioctl_ops_unwind, xe_vma_op_unwind).
 */
import { editVaSpace, type VaSpaceEditor } from '../../domain/va/va-space-editor.ts';
import { mappingAt, type VaSpace } from '../../domain/va/va-space.ts';
import type { Mapping } from '../../domain/va/mapping.ts';
import { type Effect, fact, outcome, type Outcome } from '../contract/effects.ts';
import type { SharedReader } from '../shared/reader.ts';
import { takeRef } from '../shared/refs.ts';
import { callOf, NO_VMA, vmaOf, type VmContext, type VmOp } from './context.ts';
import { indexed } from './mapping-index.ts';
import { madeBy, mappingOfPiece, pieceOfMapping, removedBy } from './pieces.ts';

/** The ops before the one whose pages could not be pinned; none if nothing failed while parsing. */
function parsedOps(context: VmContext): readonly VmOp[] {
  const failed = context.toPin[0]?.va;
  const { ops } = callOf(context);
  const index = ops.findIndex((op) => madeBy(op).some(({ va }) => va === failed));
  return index < 0 ? [] : ops.slice(0, index);
}

/** S07: a REMAP is never unwound, says a BUG, which any REMAP of the call runs into, parsed or not. */
export function bugOfRemap(context: VmContext, shared: SharedReader): Effect[] {
  const isParsing = context.toPin.length > 0;
  const hasRemap = callOf(context).ops.some(({ op }) => op === 'remap');
  if (!shared.has('S07') || !isParsing || !hasRemap) return [];
  return [fact({ type: 'driver.oopsed', vm: context.id, where: 'vm_bind_ioctl_ops_unwind' })];
}

/** The VM with another tree than it had, and what has come and gone. */
function withTree(context: VmContext, space: VaSpace): Outcome<VmContext> {
  const { id: vm } = context;
  const has = ({ mappings }: VaSpace, { id, addr, range }: Mapping): boolean =>
    mappings.get(addr)?.id === id && mappings.get(addr)?.range === range;
  const gone = [...context.space.mappings.values()].filter((each) => !has(space, each));
  const come = [...space.mappings.values()].filter((each) => !has(context.space, each));
  const ops = [
    ...gone.map((each): VmOp => ({ op: 'unmap', unmap: pieceOfMapping(each), keep: false })),
    ...come.map((each): VmOp => ({ op: 'map', map: pieceOfMapping(each), immediate: false })),
  ];
  return outcome(
    { ...context, space, lookup: indexed(context.lookup, ops) },
    ...gone.map(({ id: va, addr, range, obj }) =>
      fact({ type: 'va.unmapped', vm, va, addr, range, obj }),
    ),
    ...come.flatMap((each) => [
      fact({ type: 'va.mapped', vm, ...pieceOfMapping(each) }),
      ...(each.obj === null || gone.some(({ id }) => id === each.id)
        ? []
        : [takeRef(each.obj, `${vm}/${each.id}`)]),
    ]),
  );
}

/**
 * S09: the VMA of a MAP is removed by its address although it was never inserted: whatever is there loses its place in
 * the tree, and is still bound and still linked to its BO.
 */
export function erasedByAddress(context: VmContext, shared: SharedReader): Outcome<VmContext> {
  if (!shared.has('S09')) return outcome(context);
  const editor = editVaSpace(context.space);
  for (const op of parsedOps(context)) {
    const covering = op.op === 'map' ? mappingAt(editor, op.map.addr) : undefined;
    if (covering !== undefined) editor.remove(covering);
  }
  return withTree(context, editor.freeze());
}

/** What commit does with an op while the ops behind it are still to be parsed. */
function commit(editor: VaSpaceEditor, op: VmOp): void {
  const old = removedBy(op);
  if (old !== null) editor.remove(mappingOfPiece(old));
  for (const piece of madeBy(op)) editor.insert(mappingOfPiece(piece));
}

/** What a REMAP unbinds: the old mapping, its offset included, without what is left of it. */
function middleOf({ unmap, prev, next }: Extract<VmOp, { op: 'remap' }>): Mapping {
  const addr = prev === null ? unmap.addr : prev.addr + prev.range;
  const end = next === null ? unmap.addr + unmap.range : next.addr;
  return { ...mappingOfPiece(unmap), addr, range: end - addr };
}

/**
 * L36: prev and next keep the entries of the old VMA, and commit forgets them and cuts the old VMA down to what is unbound.
 * So they stay, and what is put back is the rest, at the offset that the whole had. (The kernel does so where the cut
 * is aligned to the largest page of the old VMA; here wherever it is.)
 */
export function cutDown(context: VmContext, shared: SharedReader): Outcome<VmContext> {
  if (!shared.has('L36')) return outcome(context);
  const editor = editVaSpace(context.space);
  let { vmas } = context;
  for (const op of parsedOps(context)) {
    if (op.op !== 'remap' || op.unmap.userptr) continue;
    commit(editor, op);
    editor.insert(middleOf(op));
    const { present } = vmaOf(context, op.unmap.va);
    for (const { va } of madeBy(op)) vmas = vmas.set(va, { ...NO_VMA, present });
  }
  return withTree({ ...context, vmas }, editor.freeze());
}

/**
 * L37: the lists are walked from the last one upwards until the number is 0. Of a call with one list nothing is taken
 * back; with more the walk leaves the array behind the last.
 */
export function walkedUpwards(context: VmContext, shared: SharedReader): Outcome<VmContext> {
  if (!shared.has('L37') || context.toPin.length === 0) return outcome(context);
  if (callOf(context).binds.length > 1) {
    const where = 'vm_bind_ioctl_ops_unwind';
    return outcome(context, fact({ type: 'driver.oopsed', vm: context.id, where }));
  }
  const editor = editVaSpace(context.space);
  for (const op of parsedOps(context)) commit(editor, op);
  return withTree(context, editor.freeze());
}
