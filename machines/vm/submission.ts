/**
 * Page-table operations on their way into jobs. A submission is a draft that one step holds: parts are prepared one
 * after another on copies of the driver's trees, which may fail; in the end it becomes plain values and effects, or,
 * after a failure, nothing at all. So an op, and all ops of a synchronous array, are done whole or not at all.
 *
 * New tables are filled while nothing points to them; what the hardware must store goes to the bind queue as jobs.
 * Mirrors xe_vm.c (xe_vm_bind_vma, xe_vm_unbind_vma) and xe_pt.c (__xe_pt_bind_vma, __xe_pt_unbind_vma, which also put
 * the fences into the reservation objects: docs/vm-bind.md has the table). Left out: the CPU update path.
 */
import { type FenceKey, fenceKeyOf } from '../../domain/fence/fence-table.ts';
import type { Usage } from '../../domain/fence/resv.ts';
import { ERRNO } from '../../domain/errno.ts';
import type { MemoryRegion } from '../../hw/allocator.ts';
import { stageBind } from '../../hw/pt-bind.ts';
import type { PtTree, TableUpdate } from '../../hw/pt-tree.ts';
import { stageUnbind } from '../../hw/pt-unbind.ts';
import { stageZap } from '../../hw/pt-zap.ts';
import type { Decisions } from '../contract/decisions.ts';
import { type Effect, fact, send } from '../contract/effects.ts';
import type { ActorId, Flush, Job, Piece, TableWrite } from '../contract/messages.ts';
import { moveBo, tellMappings } from '../memory/move.ts';
import type { SharedReader } from '../shared/reader.ts';
import { resvOf } from '../shared/shared.ts';
import { backingOf } from './backing.ts';
import { destroyed } from './destroyed.ts';
import { conflicting, coverOf, type RangeFence } from './range-fences.ts';
import { type Dying, type VmaState, vmaOf, type VmContext, wantedMask } from './context.ts';

interface Drafted {
  readonly engine: ActorId;
  /** what the first job waits for besides what its part needs */
  readonly waits: readonly FenceKey[];
  /** fences of parts submitted before: the last job's, then those of flushes */
  readonly fences?: readonly FenceKey[];
}

const writesOf = (updates: readonly TableUpdate[]): TableWrite[] =>
  updates.map(({ table, level, runs }) => ({ table, level, runs }));

export class Submission {
  readonly effects: Effect[] = [];
  /** the errno of the part that could not be prepared, or 0 */
  failure = 0;
  /** fence of the job pushed last, once there is one */
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
    this.#publish(piece, 'bookkeep');
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
      const flush = this.#newFlush(gt, piece, []);
      this.#push(gt, updates, flush, []);
      this.partFences.push(flush.fence);
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

  /** A job without stores: takes its place in the queue. */
  nothing(): void {
    this.#push(this.#context.gts[0] ?? '', [], null, []);
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
    if (this.#prepareFails()) return;
    const { addr, range, readOnly, va } = piece;
    const gt = this.#context.gts[index] ?? '';
    const vm = this.#context.id;
    const backing = backingOf(piece, this.#shared);
    const tree = this.#treeOf(index);
    const staged = stageBind(tree, this.#alloc, { addr, range, readOnly, backing, rebind });
    this.#trees[index] = staged.tree;
    this.#alloc = staged.alloc;
    for (const { table, level, runs } of staged.newTables) {
      this.effects.push(fact({ type: 'table.allocated', gt, vm, table, level, runs }));
    }
    const kernel = piece.obj === null ? [] : this.#kernelFences(piece.obj);
    // a TLB may have what was there before: the old memory, or the scratch page (the kernel of 2023 forgets the latter)
    const isCached = rebind || this.#context.scratch;
    const flush = isCached ? this.#newFlush(gt, piece, staged.freed) : null;
    const fence = this.#push(gt, staged.updates, flush, kernel);
    this.partFences.push(flush?.fence ?? fence);
    const { present, zapped, pinned } = this.stateOf(va);
    const bit = 1 << index;
    const after = { present: present | bit, zapped: zapped & ~bit, pinned };
    this.#vmas = this.#vmas.set(va, after);
    this.effects.push(fact({ type: 'vma.bound', vm, va, gt }));
  }

  #unbindOn(index: number, piece: Piece, first: boolean): void {
    if (this.#prepareFails()) return;
    const { addr, range, va } = piece;
    const gt = this.#context.gts[index] ?? '';
    const vm = this.#context.id;
    const staged = stageUnbind(this.#treeOf(index), { addr, range });
    this.#trees[index] = staged.tree;
    const flush = this.#newFlush(gt, piece, staged.freed);
    const before = first ? this.#shared.resv(vm, 'bookkeep') : [];
    this.#push(gt, staged.updates, flush, before);
    this.partFences.push(flush.fence);
    this.effects.push(fact({ type: 'vma.unbound', vm, va, gt }));
  }

  /** What a bind of a BO waits for: moves and clears of it. */
  #kernelFences(bo: string): readonly FenceKey[] {
    const found = this.#shared.bo(bo);
    return found === undefined ? [] : this.#shared.resv(resvOf(bo, found), 'kernel');
  }

  #newFlush(gt: ActorId, { addr, range }: Piece, tables: readonly number[]): Flush {
    this.#flush += 1;
    // Each GT acknowledges at its own pace, so their fences are of different contexts.
    const fence = fenceKeyOf(`${this.#draft.engine}/tlb/${gt}`, this.#flush);
    return { addr, range, fence, freed: tables.map((table) => ({ table })) };
  }

  /** Pushes one job to the bind queue. Only the first of a call waits for the in-syncs. */
  #push(
    gt: ActorId,
    updates: readonly TableUpdate[],
    flush: Flush | null,
    needs: readonly FenceKey[],
  ): FenceKey {
    const { engine, waits: before } = this.#draft;
    const number = (this.#jobs += 1);
    const fence = fenceKeyOf(engine, number);
    const id = `${engine}#${number}`;
    const cover = coverOf(updates);
    const apart = cover === null ? [] : conflicting(this.#ranges, { engine, gt, ...cover });
    const waits = [...new Set([...(this.lastJob === null ? before : []), ...needs, ...apart])];
    if (cover !== null) this.#ranges.push({ engine, gt, fence, ...cover });
    this.#made(fence, 'bind-job');
    if (flush !== null) {
      this.#made(flush.fence, 'invalidation');
      this.flushes.push(flush.fence);
    }
    this.lastJob = fence;
    this.effects.push(fact({ type: 'job.queued', engine, job: id, fence, waits }));
    const writes = writesOf(updates);
    const job: Job = { id, vm: this.#context.id, gt, fence, waits, writes, flush };
    this.effects.push(send(engine, 'job.push', { job }));
    return fence;
  }

  #made(fence: FenceKey, kind: string): void {
    this.#inFlight.push(fence);
    this.effects.push(fact({ type: 'fence.created', fence, kind, parts: [] }));
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
