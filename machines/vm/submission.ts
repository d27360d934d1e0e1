/**
 * Page-table operations on their way into jobs. A submission is a draft that one step holds: parts are prepared one
 * after another on copies of the driver's trees, which may fail; in the end it becomes plain values and effects, or,
 * after a failure, nothing at all. So an op, and all ops of a synchronous array, are done whole or not at all.
 *
 * New tables are filled while nothing points to them; what the hardware must store goes to the bind queue as jobs, or is
 * stored by the CPU where it may be (cpu-path.ts).
 * Mirrors xe_vm.c (xe_vm_bind_vma, xe_vm_unbind_vma) and xe_pt.c (__xe_pt_bind_vma, __xe_pt_unbind_vma, which also put
 * the fences into the reservation objects: docs/vm-bind.md has the table).
 */
import { type FenceKey, fenceKeyOf, STUB } from '../../domain/fence/fence-table.ts';
import type { Usage } from '../../domain/fence/resv.ts';
import { ERRNO } from '../../domain/errno.ts';
import type { MemoryRegion } from '../../hw/allocator.ts';
import type { PtTree, TableUpdate } from '../../hw/pt-tree.ts';
import { stageUnbind } from '../../hw/pt-unbind.ts';
import { stageZap } from '../../hw/pt-zap.ts';
import type { Decisions } from '../contract/decisions.ts';
import { type Effect, fact, outcome, type Outcome, send, work } from '../contract/effects.ts';
import type { ActorId, Flush, Job, Piece } from '../contract/messages.ts';
import { moveBo, tellMappings } from '../memory/move.ts';
import type { SharedReader } from '../shared/reader.ts';
import { isForCpu, storedByCpu } from './cpu-path.ts';
import { destroyed } from './destroyed.ts';
import { flushFence } from './flush-fences.ts';
import { ignoresRanges, leaksStaged, mayBeCached } from './known-bugs.ts';
import { usageOfUnbind } from './lost.ts';
import { conflicting, coverOf, type RangeFence } from './range-fences.ts';
import { jobsBeforeUnbind } from './remap-order.ts';
import {
  type Drafted,
  kernelFences,
  stagePiece,
  stagingWork,
  type Stale,
  tablesMade,
  writesOf,
} from './staging.ts';
import {
  cpuFlushContext,
  type Dying,
  flushContext,
  type VmaState,
  vmaOf,
  type VmContext,
  wantedMask,
} from './context.ts';

export class Submission {
  readonly effects: Effect[] = [];
  /** the errno of the part that could not be prepared, or 0 */
  failure = 0;
  /** fence of the job pushed last, once there is one; the stub's if the CPU stored instead */
  lastJob: FenceKey | null;
  readonly flushes: FenceKey[];
  /** what the last part left behind: the fences that go into reservation objects */
  partFences: FenceKey[] = [];
  readonly #context: VmContext;
  readonly #decide: Decisions;
  readonly #draft: Drafted;
  #shared: SharedReader;
  readonly #trees: PtTree[];
  readonly #inFlight: FenceKey[];
  readonly #ranges: RangeFence[];
  readonly #dying: Dying[] = [];
  readonly #leaked: Effect[] = [];
  #alloc: VmContext['alloc'];
  #vmas: VmContext['vmas'];
  #jobs: number;
  #flush: number;

  constructor(context: VmContext, shared: SharedReader, decide: Decisions, draft: Drafted) {
    this.#context = context;
    this.#shared = shared;
    this.#decide = decide;
    this.#draft = draft;
    this.#trees = context.trees.slice();
    this.#alloc = context.alloc;
    this.#vmas = context.vmas;
    this.#jobs = context.jobs[draft.engine] ?? 0;
    this.#flush = context.counts.flush;
    this.#inFlight = context.inFlight.filter((fence) => !shared.isSignaled(fence));
    this.#ranges = context.ranges.filter(({ fence }) => !shared.isSignaled(fence));
    const [lastJob, ...flushes] = draft.fences ?? [];
    this.lastJob = lastJob ?? null;
    this.flushes = flushes;
  }

  /** What becomes of the call's fences: the last job's, then every flush's. */
  get fences(): readonly FenceKey[] {
    return this.lastJob === null ? this.flushes : [this.lastJob, ...this.flushes];
  }

  /**
   * Binds a VMA on every GT that it is wanted on, or on those of `gts`.
   * @param usage its class in the VM's reservation object
   * @param to.region where its BO goes before, to stay; otherwise it goes back where it belongs if it was evicted
   */
  bind(piece: Piece, usage: Usage, to: { gts?: number; region?: MemoryRegion } = {}): void {
    this.#startPart();
    this.#validate(piece, to.region);
    for (const [gt, bit] of this.#gtsIn(to.gts ?? wantedMask(this.#context, piece))) {
      const { present } = this.stateOf(piece.va);
      this.#bindOn(gt, piece, (present & bit) !== 0);
      if (this.failure !== 0) return;
    }
    this.#publish(piece, usage);
    this.#noteRebound(piece.va);
  }

  /** Unbinds a VMA wherever it is bound. @param first of a REMAP: all jobs of the VM come before */
  unbind(piece: Piece, first: boolean): void {
    this.#startPart();
    const { present } = this.stateOf(piece.va);
    for (const [gt] of this.#gtsIn(present)) {
      this.#unbindOn(gt, piece, first);
      if (this.failure !== 0) return;
    }
    this.#publish(piece, usageOfUnbind(this.#context, piece.va, this.#shared));
    this.#bury(piece);
  }

  /**
   * Clears the entries of a VMA that only waits for its unbind: they lead to memory that is gone. A job like any other,
   * so that it comes after the bind that wrote them.
   */
  clear(piece: Piece): void {
    this.#startPart();
    const { va, addr, range } = piece;
    const vm = this.#context.id;
    const { present, zapped } = this.stateOf(va);
    for (const [index, bit] of this.#gtsIn(present & ~zapped)) {
      if (this.#prepareFails()) return;
      const gt = this.#context.gts[index] ?? '';
      const { updates } = stageZap(this.#treeOf(index), { addr, range });
      this.#update(gt, updates, { addr, range, freed: [] }, []);
      const now = this.stateOf(va);
      this.#vmas = this.#vmas.set(va, { ...now, zapped: now.zapped | bit });
      this.effects.push(fact({ type: 'vma.zapped', vm, va, gt }));
    }
    this.#publish(piece, 'bookkeep');
  }

  stateOf(va: number): VmaState {
    return vmaOf({ vmas: this.#vmas }, va);
  }

  /** Whether a prefetch to the region moves the BO. */
  moves({ obj }: Piece, region: MemoryRegion): boolean {
    return obj !== null && this.#shared.bo(obj)?.placement !== region;
  }

  /** An update without stores: takes its place in the queue. */
  nothing(): void {
    this.#update(this.#context.gts[0] ?? '', [], null, []);
  }

  /** After a failure: the VM as it was, and what is left of what was prepared, which is nothing but for a known bug. */
  failed(): Outcome<VmContext> {
    if (this.#leaked.length === 0) return outcome(this.#context);
    return outcome({ ...this.#context, alloc: this.#alloc }, ...this.#leaked);
  }

  /** The VM after it. Not after a failure. */
  context(): VmContext {
    const { counts, jobs, dying } = this.#context;
    const waits = this.#dying.flatMap(({ fences }) => fences);
    const bound = this.#dying.filter(({ fences }) => fences.length > 0);
    // what was never bound waits for nothing
    for (const each of this.#dying) {
      if (each.fences.length > 0) continue;
      const gone = destroyed(this.#context.id, each, this.#shared);
      this.#shared = this.#shared.after(gone);
      this.effects.push(...gone);
    }
    this.effects.push(
      ...waits.map((fence) => fact({ type: 'fence.waited', fence, waiter: this.#context.id })),
    );
    return {
      ...this.#context,
      trees: this.#trees,
      alloc: this.#alloc,
      vmas: this.#vmas,
      counts: { ...counts, flush: this.#flush },
      jobs: { ...jobs, [this.#draft.engine]: this.#jobs },
      dying: [...dying, ...bound],
      inFlight: this.#inFlight,
      ranges: this.#ranges,
    };
  }

  /** Has the BO where it belongs before it is bound (xe_bo_validate). */
  #validate(piece: Piece, region: MemoryRegion | undefined): void {
    if (piece.obj === null || this.failure !== 0) return;
    const bo = this.#shared.bo(piece.obj);
    const wanted = region ?? bo?.home;
    if (bo === undefined || wanted === undefined || bo.placement === wanted) return;
    if (this.#decide.fails('validate')) {
      this.failure = ERRNO.ENOMEM;
      return;
    }
    const told = tellMappings(this.#shared, piece.obj);
    const { effects } = moveBo(this.#shared.after(told), piece.obj, wanted);
    this.effects.push(...told, ...effects);
    this.#shared = this.#shared.after([...told, ...effects]);
  }

  #startPart(): void {
    this.partFences = [];
  }

  #gtsIn(mask: number): [index: number, bit: number][] {
    return this.#context.gts.flatMap((_, i): [number, number][] =>
      (mask & (1 << i)) === 0 ? [] : [[i, 1 << i]],
    );
  }

  #prepareFails(): boolean {
    if (this.failure !== 0) return true;
    if (this.#decide.fails('prepare')) this.failure = ERRNO.ENOMEM;
    return this.failure !== 0;
  }

  #bindOn(index: number, piece: Piece, rebind: boolean): void {
    if (this.#prepareFails()) {
      if (leaksStaged(this.#context, rebind, this.#shared)) this.#leak(index, piece, rebind);
      return;
    }
    const { addr, range, va } = piece;
    const gt = this.#context.gts[index] ?? '';
    const vm = this.#context.id;
    const staged = stagePiece(this.#treeOf(index), this.#alloc, { piece, rebind }, this.#shared);
    if (typeof staged === 'number') {
      this.failure = staged;
      return;
    }
    this.#trees[index] = staged.tree;
    this.#alloc = staged.alloc;
    this.effects.push(...tablesMade(vm, gt, staged));
    const kernel = piece.obj === null ? [] : kernelFences(piece.obj, this.#shared);
    this.effects.push(...stagingWork(staged, this.#shared));
    const stale = mayBeCached(this.#context, rebind, this.#shared)
      ? { addr, range, freed: staged.freed }
      : null;
    this.#update(gt, staged.updates, stale, kernel);
    const { present, zapped, pinned } = this.stateOf(va);
    const bit = 1 << index;
    this.#vmas = this.#vmas.set(va, { present: present | bit, zapped: zapped & ~bit, pinned });
    this.effects.push(fact({ type: 'vma.bound', vm, va, gt }));
  }

  /** The tables that a bind has staged are there, and hang nowhere. */
  #leak(index: number, piece: Piece, rebind: boolean): void {
    const staged = stagePiece(this.#treeOf(index), this.#alloc, { piece, rebind }, this.#shared);
    if (typeof staged === 'number') return;
    this.#alloc = staged.alloc;
    const gt = this.#context.gts[index] ?? '';
    this.#leaked.push(...tablesMade(this.#context.id, gt, staged));
  }

  #unbindOn(index: number, piece: Piece, first: boolean): void {
    if (this.#prepareFails()) return;
    const { addr, range, va } = piece;
    const gt = this.#context.gts[index] ?? '';
    const vm = this.#context.id;
    const staged = stageUnbind(this.#treeOf(index), { addr, range });
    this.#trees[index] = staged.tree;
    this.effects.push(...stagingWork(staged, this.#shared));
    const before = first ? jobsBeforeUnbind(vm, this.#shared) : [];
    this.#update(gt, staged.updates, { addr, range, freed: staged.freed }, before);
    this.effects.push(fact({ type: 'vma.unbound', vm, va, gt }));
  }

  /**
   * Changes entries of one GT: a job does, or the CPU where it may. What stands for it, the flush or the job, is a fence
   * of the part. Only the first update of a call waits for the in-syncs.
   * @param stale what TLBs have to forget afterwards, and the tables that nothing reaches then
   */
  #update(
    gt: ActorId,
    updates: readonly TableUpdate[],
    stale: Stale | null,
    needs: readonly FenceKey[],
  ): void {
    const { engine, waits: before } = this.#draft;
    const cover = coverOf(updates);
    const ranges = ignoresRanges(this.#shared) ? [] : this.#ranges;
    const apart = cover === null ? [] : conflicting(ranges, { engine, gt, ...cover });
    const waits = [...new Set([...(this.lastJob === null ? before : []), ...needs, ...apart])];
    const queue = { engine, nextSeqno: this.#jobs + 1, inFlight: this.#inFlight };
    if (isForCpu(this.#context.ptUpdates, queue, waits, this.#shared)) {
      const { costs } = this.#shared.device;
      const entries = updates.reduce((sum, { count }) => sum + count, 0);
      this.effects.push(...work(entries * costs.cpuEntryNs));
      this.#store(gt, updates, stale, waits);
      return;
    }
    // each GT acknowledges at its own pace, so their fences are of different contexts
    const flush = this.#newFlush(flushContext(engine, gt), gt, stale);
    const fence = this.#push(gt, updates, flush, waits);
    if (cover !== null) this.#ranges.push({ engine, gt, fence, ...cover });
    this.partFences.push(flush?.fence ?? fence);
  }

  #newFlush(timeline: string, gt: ActorId, stale: Stale | null): Flush | null {
    if (stale === null) return null;
    const { addr, range, freed } = stale;
    const own = fenceKeyOf(timeline, (this.#flush += 1));
    const named = flushFence(own, gt, this.#shared, this.effects);
    return { addr, range, ...named, freed: freed.map((table) => ({ table })) };
  }

  /** Pushes one job to the bind queue. */
  #push(
    gt: ActorId,
    updates: readonly TableUpdate[],
    flush: Flush | null,
    waits: readonly FenceKey[],
  ): FenceKey {
    const { engine } = this.#draft;
    const number = (this.#jobs += 1);
    const fence = fenceKeyOf(engine, number);
    const id = `${engine}#${number}`;
    this.#made(fence, 'bind-job');
    if (flush !== null) this.#madeFlush(flush);
    this.lastJob = fence;
    this.effects.push(fact({ type: 'job.queued', engine, job: id, fence, waits }));
    const writes = writesOf(updates);
    const job: Job = { id, vm: this.#context.id, gt, fence, waits, writes, flush };
    this.effects.push(send(engine, 'job.push', { job }));
    return fence;
  }

  /**
   * The CPU stores. No job fence is left to wait for, so a flush is asked for at once (xe_pt.c: invalidation_fence_init,
   * where dma_fence_add_callback gives ENOENT). Its fence is not of the queue's context: the request of a job that is
   * done may still be on its way to the TLB.
   */
  #store(
    gt: ActorId,
    updates: readonly TableUpdate[],
    stale: Stale | null,
    waits: readonly FenceKey[],
  ): void {
    const vm = this.#context.id;
    const { engine } = this.#draft;
    this.effects.push(...storedByCpu(vm, gt, updates));
    if (updates.length > 0) this.effects.push(fact({ type: 'vm.cpuBound', vm, gt, engine, waits }));
    const flush = this.#newFlush(cpuFlushContext(vm, gt), gt, stale);
    if (flush !== null) {
      this.#madeFlush(flush);
      this.effects.push(send(`${gt}/tlb`, 'tlb.invalidate', { vm, flush }));
    }
    this.lastJob = STUB;
    this.partFences.push(flush?.fence ?? STUB);
  }

  #made(fence: FenceKey, kind: string): void {
    this.#inFlight.push(fence);
    this.effects.push(fact({ type: 'fence.created', fence, kind, parts: [] }));
  }

  #madeFlush({ fence }: Flush): void {
    this.#made(fence, 'invalidation');
    this.flushes.push(fence);
  }

  /** The part's fences go where others look for them: the VM's reservation object, and an external BO's. */
  #publish({ obj }: Piece, usage: Usage): void {
    const vm = this.#context.id;
    const bo = obj === null ? undefined : this.#shared.bo(obj);
    for (const fence of this.partFences) {
      this.effects.push(fact({ type: 'resv.added', resv: vm, fence, usage }));
      if (obj !== null && bo?.vm === null) {
        this.effects.push(fact({ type: 'resv.added', resv: obj, fence, usage: 'bookkeep' }));
      }
    }
  }

  #noteRebound(va: number): void {
    const vm = this.#context.id;
    if (this.#shared.vm(vm)?.evicted.includes(va) !== true) return;
    this.effects.push(fact({ type: 'vma.rebound', vm, va }));
    this.#shared = this.#shared.after(this.effects.slice(-1));
  }

  /** The VMA is destroyed once its unbind is done. */
  #bury({ va, obj }: Piece): void {
    this.#vmas = this.#vmas.delete(va);
    this.#dying.push({ va, obj, fences: this.partFences });
  }

  #treeOf(index: number): PtTree {
    const tree = this.#trees[index];
    if (tree === undefined) throw new RangeError(`no tree for GT ${index}`);
    return tree;
  }
}
