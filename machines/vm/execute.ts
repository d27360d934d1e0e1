/**
 * Executing an op: page-table updates are staged in the driver's trees, new tables filled while nothing points to
 * them, and the stores that the hardware must do pushed as jobs to the bind queue. Mirrors xe_vm.c
 * (xe_vm_bind_vma, xe_vm_unbind_vma) and xe_pt.c (__xe_pt_bind_vma, __xe_pt_unbind_vma).
 *
 * Per op type as in the seed: MAP binds; UNMAP unbinds; REMAP unbinds the old VMA whole, then binds what is left of
 * it. Only the first job of a call waits for the in-syncs: the rest relies on the order of the bind queue. Left out
 * until its issue: the CPU update path (every update is a job) and the reservation slots.
 */
import { fenceKeyOf } from '../../domain/fence/fence-table.ts';
import { stageBind } from '../../hw/pt-bind.ts';
import type { TableUpdate } from '../../hw/pt-tree.ts';
import { stageUnbind } from '../../hw/pt-unbind.ts';
import type { Backing } from '../../hw/pte.ts';
import { type Effect, fact, send } from '../contract/effects.ts';
import type { Flush, Job, Piece, TableWrite } from '../contract/messages.ts';
import type { SharedReader } from '../shared/reader.ts';
import { bindEngineOf, type Call, type VmContext, type VmOp } from './context.ts';

/** What executing one op gives: the VM and the call after it, and the effects. */
export interface Executed {
  readonly context: VmContext;
  readonly call: Call;
  readonly effects: readonly Effect[];
}

type Part = { readonly unbind: Piece } | { readonly bind: Piece };

function partsOf(op: VmOp): readonly Part[] {
  switch (op.op) {
    case 'map':
      return [{ bind: op.map }];
    case 'unmap':
      return [{ unbind: op.unmap }];
    case 'remap': {
      const rest = [op.prev, op.next].flatMap((bind) => (bind === null ? [] : [{ bind }]));
      return [{ unbind: op.unmap }, ...rest];
    }
  }
}

function backingOf(piece: Piece, shared: SharedReader): Backing {
  if (piece.null || piece.obj === null) return { kind: 'null' };
  const bo = shared.bo(piece.obj);
  if (bo === undefined) throw new RangeError(`no BO ${piece.obj}`);
  return { kind: 'physical', pfn: bo.phys + piece.offset, vram: bo.placement === 'vram' };
}

function writesOf(updates: readonly TableUpdate[]): TableWrite[] {
  return updates.map(({ table, level, runs }) => ({ table, level, runs }));
}

interface Staged {
  readonly context: VmContext;
  readonly effects: readonly Effect[];
  readonly writes: readonly TableWrite[];
  readonly flush: Omit<Flush, 'fence'> | null;
}

/** Stages one bind or unbind of a VMA on one GT. */
function stage(context: VmContext, gtIndex: number, part: Part, shared: SharedReader): Staged {
  const tree = context.trees[gtIndex];
  const gt = context.gts[gtIndex];
  if (tree === undefined || gt === undefined) throw new RangeError(`no tree for GT ${gtIndex}`);
  const withTree = (next: typeof tree): VmContext['trees'] =>
    context.trees.map((each, i) => (i === gtIndex ? next : each));
  if ('unbind' in part) {
    const { addr, range } = part.unbind;
    const done = stageUnbind(tree, { addr, range });
    return {
      context: { ...context, trees: withTree(done.tree) },
      effects: [],
      writes: writesOf(done.updates),
      flush: { addr, range, freed: done.freed.map((table) => ({ table })) },
    };
  }
  const { addr, range, readOnly } = part.bind;
  const backing = backingOf(part.bind, shared);
  const done = stageBind(tree, context.alloc, { addr, range, readOnly, backing });
  return {
    context: { ...context, trees: withTree(done.tree), alloc: done.alloc },
    effects: done.newTables.map(({ table, level, runs }) =>
      fact('table.allocated', { gt, vm: context.id, table, level, runs }),
    ),
    writes: writesOf(done.updates),
    flush: null,
  };
}

/** Pushes the staged work as a job of the bind queue, with its fences. */
function push(staged: Staged, call: Call, gt: string): Executed {
  const { context } = staged;
  const engine = bindEngineOf(context.id);
  const counts = { ...context.counts, job: context.counts.job + 1 };
  const fence = fenceKeyOf(engine, counts.job);
  const effects: Effect[] = [...staged.effects];
  effects.push(fact('fence.created', { fence, kind: 'bind-job', parts: [] }));
  let flush: Flush | null = null;
  if (staged.flush !== null) {
    counts.flush += 1;
    flush = { ...staged.flush, fence: fenceKeyOf(`${engine}/tlb`, counts.flush) };
    effects.push(fact('fence.created', { fence: flush.fence, kind: 'invalidation', parts: [] }));
  }
  const id = `${engine}#${counts.job}`;
  const waits = call.fences.length === 0 ? call.waits : [];
  const job: Job = { id, vm: context.id, gt, fence, waits, writes: staged.writes, flush };
  effects.push(fact('job.queued', { engine, job: id, fence, waits }));
  effects.push(send(engine, 'job.push', { job }));
  const flushes = call.fences.slice(1);
  const fences = [fence, ...flushes, ...(flush === null ? [] : [flush.fence])];
  const inFlight = [...context.inFlight, ...(flush === null ? [fence] : [fence, flush.fence])];
  return { context: { ...context, counts, inFlight }, call: { ...call, fences }, effects };
}

/** Executes the next op of a call on every GT. `call.fences` is the last job's fence, then every flush's. */
export function executeNext(context: VmContext, call: Call, shared: SharedReader): Executed {
  const op = call.ops[call.executed];
  if (op === undefined) throw new RangeError('no op left to execute');
  const inFlight = context.inFlight.filter((fence) => !shared.isSignaled(fence));
  let now: Executed = { context: { ...context, inFlight }, call, effects: [] };
  for (const part of partsOf(op)) {
    for (const [i, gt] of context.gts.entries()) {
      const pushed = push(stage(now.context, i, part, shared), now.call, gt);
      now = { ...pushed, effects: [...now.effects, ...pushed.effects] };
    }
  }
  const executed = call.executed + 1;
  const { fences } = now.call;
  const done = { vm: context.id, call: call.number, index: call.executed, op: op.op, fences };
  return {
    context: now.context,
    call: { ...now.call, executed },
    effects: [...now.effects, fact('op.executed', done)],
  };
}
