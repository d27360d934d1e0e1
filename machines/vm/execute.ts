/**
 * Executing an op: page-table updates are staged in the driver's trees, new tables filled while nothing points to
 * them, and the stores that the hardware must do pushed as jobs to the bind queue. Mirrors xe_vm.c
 * (xe_vm_bind_vma, xe_vm_unbind_vma) and xe_pt.c (__xe_pt_bind_vma, __xe_pt_unbind_vma).
 *
 * Per op type as in the seed: MAP binds; UNMAP unbinds; REMAP unbinds the old VMA whole, then binds what is left of
 * it. Only the first job of a call waits for the in-syncs: the rest relies on the order of the bind queue. Left out
 * until its issue: the CPU update path (every update is a job) and the reservation slots.
 */
import { type FenceKey, fenceKeyOf } from '../../domain/fence/fence-table.ts';
import { stageBind } from '../../hw/pt-bind.ts';
import type { PtTree, TableUpdate } from '../../hw/pt-tree.ts';
import { stageUnbind } from '../../hw/pt-unbind.ts';
import type { Backing } from '../../hw/pte.ts';
import { type Effect, fact, send } from '../contract/effects.ts';
import type { ActorId, Flush, Job, Piece, TableWrite } from '../contract/messages.ts';
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

const writesOf = (updates: readonly TableUpdate[]): TableWrite[] =>
  updates.map(({ table, level, runs }) => ({ table, level, runs }));

type Counts = { -readonly [K in keyof VmContext['counts']]: number };

/**
 * One op on its way into jobs: a draft that only executeNext holds, filled part by part and GT by GT. It becomes
 * plain values in the end; nothing outside sees it change.
 */
class Submission {
  readonly effects: Effect[] = [];
  readonly trees: PtTree[];
  readonly counts: Counts;
  readonly inFlight: FenceKey[];
  alloc: VmContext['alloc'];
  /** fence of the job pushed last, once there is one */
  lastJob: FenceKey | null;
  readonly flushes: FenceKey[];
  readonly #context: VmContext;
  readonly #call: Call;
  readonly #shared: SharedReader;
  readonly #engine: ActorId;

  constructor(context: VmContext, call: Call, shared: SharedReader) {
    this.#context = context;
    this.#call = call;
    this.#shared = shared;
    this.#engine = bindEngineOf(context.id);
    this.trees = context.trees.slice();
    this.counts = { ...context.counts };
    this.inFlight = context.inFlight.filter((fence) => !shared.isSignaled(fence));
    this.alloc = context.alloc;
    const [lastJob, ...flushes] = call.fences;
    this.lastJob = lastJob ?? null;
    this.flushes = flushes;
  }

  bind(piece: Piece, gtIndex: number): void {
    const { addr, range, readOnly } = piece;
    const backing = backingOf(piece, this.#shared);
    const request = { addr, range, readOnly, backing };
    const staged = stageBind(this.#treeOf(gtIndex), this.alloc, request);
    this.trees[gtIndex] = staged.tree;
    this.alloc = staged.alloc;
    const gt = this.#gtOf(gtIndex);
    const vm = this.#context.id;
    for (const { table, level, runs } of staged.newTables) {
      this.effects.push(fact({ type: 'table.allocated', gt, vm, table, level, runs }));
    }
    this.#push(gt, writesOf(staged.updates), null);
  }

  unbind({ addr, range }: Piece, gtIndex: number): void {
    const staged = stageUnbind(this.#treeOf(gtIndex), { addr, range });
    this.trees[gtIndex] = staged.tree;
    this.counts.flush += 1;
    const gt = this.#gtOf(gtIndex);
    // Each GT acknowledges at its own pace, so their fences are of different contexts.
    const fence = fenceKeyOf(`${this.#engine}/tlb/${gt}`, this.counts.flush);
    const freed = staged.freed.map((table) => ({ table }));
    this.#push(gt, writesOf(staged.updates), { addr, range, fence, freed });
  }

  /** What becomes `call.fences`: the last job's fence, then every flush's. */
  get fences(): readonly FenceKey[] {
    return this.lastJob === null ? this.flushes : [this.lastJob, ...this.flushes];
  }

  /** A job without stores. */
  nothing(): void {
    this.#push(this.#gtOf(0), [], null);
  }

  /** Pushes one job to the bind queue. Only the first of a call waits for the in-syncs. */
  #push(gt: ActorId, writes: readonly TableWrite[], flush: Flush | null): void {
    const engine = this.#engine;
    const number = (this.counts.job += 1);
    const fence = fenceKeyOf(engine, number);
    const id = `${engine}#${number}`;
    const waits = this.lastJob === null ? this.#call.waits : [];
    this.#made(fence, 'bind-job');
    if (flush !== null) {
      this.#made(flush.fence, 'invalidation');
      this.flushes.push(flush.fence);
    }
    this.lastJob = fence;
    this.effects.push(fact({ type: 'job.queued', engine, job: id, fence, waits }));
    const job: Job = { id, vm: this.#context.id, gt, fence, waits, writes, flush };
    this.effects.push(send(engine, 'job.push', { job }));
  }

  #made(fence: FenceKey, kind: string): void {
    this.inFlight.push(fence);
    this.effects.push(fact({ type: 'fence.created', fence, kind, parts: [] }));
  }

  #treeOf(gtIndex: number): PtTree {
    const tree = this.trees[gtIndex];
    if (tree === undefined) throw new RangeError(`no tree for GT ${gtIndex}`);
    return tree;
  }

  #gtOf(gtIndex: number): ActorId {
    return this.#context.gts[gtIndex] ?? '';
  }
}

/** What a submission leaves. */
function submitted(context: VmContext, call: Call, submission: Submission): Executed {
  const { trees, alloc, counts, inFlight, fences, effects } = submission;
  return {
    context: { ...context, trees, alloc, counts, inFlight },
    call: { ...call, fences },
    effects,
  };
}

/**
 * A call that finds nothing to do takes its place in the bind queue all the same: it is done when its in-syncs have
 * signalled and what was queued before it is done (today's xe_sync_in_fence_get with the queue's last fence).
 */
export function executeNothing(context: VmContext, call: Call, shared: SharedReader): Executed {
  const submission = new Submission(context, call, shared);
  submission.nothing();
  return submitted(context, call, submission);
}

/** Executes the next op of a call on every GT. */
export function executeNext(context: VmContext, call: Call, shared: SharedReader): Executed {
  const op = call.ops[call.executed];
  if (op === undefined) throw new RangeError('no op left to execute');
  const submission = new Submission(context, call, shared);
  for (const part of partsOf(op)) {
    for (let gt = 0; gt < context.gts.length; gt++) {
      if ('unbind' in part) submission.unbind(part.unbind, gt);
      else submission.bind(part.bind, gt);
    }
  }
  const { executed: index, number } = call;
  const { fences } = submission;
  submission.effects.push(
    fact({ type: 'op.executed', vm: context.id, call: number, index, op: op.op, fences }),
  );
  return submitted(context, { ...call, executed: index + 1 }, submission);
}
