/**
 * The steps of an op, tree and page tables together. Mirrors panthor_mmu.c (panthor_gpuva_sm_step_map, _remap, _unmap)
 * and drm_gpuvm.c (drm_gpuva_map, drm_gpuva_remap, drm_gpuva_unmap). A step that fails stops the op; what the steps
 * before it did stays.
 */
import type { Page } from '../../domain/units.ts';
import type { Mapping } from '../../domain/va/mapping.ts';
import { applyOpsTo, type Op } from '../../domain/va/ops.ts';
import { editVaSpace } from '../../domain/va/va-space-editor.ts';
import { wholeBlocks } from '../../hw/io-pgtable.ts';
import type { PtRange } from '../../hw/pt-tree.ts';
import type { Decisions } from '../contract/decisions.ts';
import { fact } from '../contract/effects.ts';
import type { Piece } from '../contract/messages.ts';
import { takeRef } from '../shared/refs.ts';
import type { SharedReader } from '../shared/reader.ts';
import type { VmOp } from '../vm/context.ts';
import { mappingOfPiece } from '../vm/pieces.ts';
import { type PanthorVm, type Returned, treeOf } from './context.ts';
import { clear, type Draft, mapChunks, memoryOf, store } from './pages.ts';

export interface Steps extends Draft {
  readonly call: number;
  readonly bind: number;
  readonly returned: Returned[];
  readonly shared: SharedReader;
  readonly decide: Decisions;
}

function madeMapping(steps: Steps, piece: Piece): void {
  const { vm, effects } = steps;
  const { id, gt } = vm;
  effects.push(fact({ type: 'va.mapped', vm: id, ...piece }));
  if (piece.obj !== null) effects.push(takeRef(piece.obj, `${id}/${piece.va}`));
  effects.push(fact({ type: 'vma.bound', vm: id, va: piece.va, gt }));
}

function goneMapping(steps: Steps, { va, addr, range, obj }: Piece): void {
  const { vm, effects, returned } = steps;
  const { id, gt } = vm;
  effects.push(fact({ type: 'va.unmapped', vm: id, va, addr, range, obj }));
  effects.push(fact({ type: 'vma.unbound', vm: id, va, gt }));
  returned.push({ va, obj });
}

function applyToTree(steps: Steps, op: Op): void {
  const editor = editVaSpace(steps.vm.space);
  const ids = { next: steps.vm.counts.va + 1 };
  const status = applyOpsTo(editor, [op], ids);
  if (status !== 0) throw new RangeError(`${steps.vm.id}: an op that does not fit (${status})`);
  const counts = { ...steps.vm.counts, va: ids.next - 1 };
  steps.vm = { ...steps.vm, space: editor.freeze(), counts };
}

/** What a block that is cut still has to show on one side of the cut; it was mapped whole. */
function mapEdge(steps: Steps, piece: Piece, edge: PtRange): void {
  if (edge.range <= 0) return;
  const request = memoryOf(mappingOfPiece(piece), edge, steps.shared);
  if (request !== null) store(steps, request);
}

/**
 * Where the unmap of a REMAP from `addr` ends: before next, or with the old mapping. nouveau_uvmm.c (op_remap) took the old
 * length from the end of prev, so that it went on as far behind the old mapping as prev is long (L01).
 */
function endOfCut(
  { quirks }: PanthorVm,
  { next, unmap }: VmOp & { op: 'remap' },
  addr: Page,
): Page {
  if (next !== null) return next.addr;
  return (quirks.includes('L01') ? addr : unmap.addr) + unmap.range;
}

/** A block cannot be unmapped in part: all of it goes, and what is left of it comes back in pages. */
function remap(steps: Steps, numbered: VmOp & { op: 'remap' }): void {
  const { prev, next, unmap } = numbered;
  const addr = prev === null ? unmap.addr : prev.addr + prev.range;
  const end = endOfCut(steps.vm, numbered, addr);
  const cut = { addr, range: end - addr };
  const grown = wholeBlocks(treeOf(steps.vm), cut);
  goneMapping(steps, unmap);
  for (const piece of [prev, next]) if (piece !== null) madeMapping(steps, piece);
  clear(steps, grown);
  if (prev !== null) mapEdge(steps, prev, { addr: grown.addr, range: addr - grown.addr });
  if (next !== null) mapEdge(steps, next, { addr: end, range: grown.addr + grown.range - end });
}

function unmapWhole(steps: Steps, { unmap }: VmOp & { op: 'unmap' }): void {
  goneMapping(steps, unmap);
  clear(steps, unmap);
}

/** Pages first, and the mapping only once they are there. */
function map(steps: Steps, piece: Piece): number {
  const mapping: Mapping = mappingOfPiece(piece);
  const request = memoryOf(mapping, piece, steps.shared);
  if (request === null) throw new RangeError('a request for a pattern of no pages');
  const before = steps.effects.length;
  const status = mapChunks(steps, request, steps.decide);
  if (status !== 0) return status;
  const stores = steps.effects.splice(before);
  madeMapping(steps, piece);
  for (const stored of stores) steps.effects.push(stored);
  return 0;
}

/**
 * One step: the tree, the tables, the fact that it is done. 0, or the errno that stops the op.
 * @param index which step of its call; null for what no call asked for
 */
export function perform(steps: Steps, op: Op, numbered: VmOp, index: number | null): number {
  if (numbered.op === 'map') {
    const status = map(steps, numbered.map);
    if (status !== 0) return status;
  } else if (numbered.op === 'remap') remap(steps, numbered);
  else if (numbered.op === 'unmap') unmapWhole(steps, numbered);
  applyToTree(steps, op);
  const { call, vm } = steps;
  if (index === null) return 0;
  steps.effects.push(
    fact({ type: 'op.executed', vm: vm.id, call, index, op: numbered.op, fences: [] }),
  );
  return 0;
}
