/**
 * What a step may look at besides its own actor: the shared objects, read-only, as they were before the step. The
 * reader notes the name of each object it gave out; those names are the read half of the step's footprint, so two
 * steps that touch nothing in common can be told apart by machine (exploration reorders only those).
 */
import {
  type Ended,
  type Fence,
  type FenceKey,
  fenceOf,
  nextSeqno,
  resultOf,
  type Signal,
  signalsOf,
  isSignaled,
} from '../../domain/fence/fence-table.ts';
import { fencesFor, type Usage } from '../../domain/fence/resv.ts';
import type { QuirkId } from '../../domain/quirks/quirks.ts';
import { captureFences, type Syncobj } from '../../domain/fence/syncobj.ts';
import type { U64 } from '../../domain/units.ts';
import type { Context, Machine } from '../../hw/access.ts';
import { allocatePages } from '../../hw/allocator.ts';
import type { Page } from '../../domain/units.ts';
import type { Effect } from '../contract/effects.ts';
import { foldShared } from './fold.ts';
import {
  type Bo,
  type Device,
  type Link,
  type Queue,
  rootKey,
  type Shared,
  type Userptr,
  type VmShared,
} from './shared.ts';

/** What a step looked at, noted cheaply: nobody may ever ask. */
export class Reads {
  readonly #noted: string[] = [];

  note(kind: string, id: string): void {
    this.#noted.push(kind, id);
  }

  visit(visit: (kind: string, id: string) => void): void {
    for (let i = 0; i < this.#noted.length; i += 2) {
      visit(this.#noted[i] ?? '', this.#noted[i + 1] ?? '');
    }
  }

  /** `kind id`, each once */
  names(): ReadonlySet<string> {
    const names = new Set<string>();
    for (let i = 0; i < this.#noted.length; i += 2) {
      names.add(`${this.#noted[i] ?? ''} ${this.#noted[i + 1] ?? ''}`);
    }
    return names;
  }
}

export class SharedReader {
  readonly #shared: Shared;
  readonly #reads: Reads | null;

  /** @param reads where to note what was looked at; null when nobody asks */
  constructor(shared: Shared, reads: Reads | null) {
    this.#shared = shared;
    this.#reads = reads;
  }

  /** The same objects, with nothing noted. */
  untracked(): SharedReader {
    return new SharedReader(this.#shared, null);
  }

  /**
   * The objects as they will be once these effects have happened: for a step that does several things to the same
   * object, such as moving two BOs or dropping two references.
   */
  after(effects: readonly Effect[]): SharedReader {
    const folded = effects.reduce(
      (shared, each) => (each.effect === 'fact' ? foldShared(shared, each.fact) : shared),
      this.#shared,
    );
    return new SharedReader(folded, this.#reads);
  }

  /** Never changes after record 0, so it is in nobody's footprint. */
  get device(): Device {
    return this.#shared.device;
  }

  /** Whether the driver has this known bug. */
  has(quirk: QuirkId): boolean {
    return this.#shared.device.quirks.includes(quirk);
  }

  bo(id: string): Bo | undefined {
    this.#reads?.note('bo', id);
    return this.#shared.bos[id];
  }

  /** The first page that the next BO of this size gets. */
  physFor(placement: Bo['placement'], range: Page): Page {
    this.#reads?.note('pool', placement);
    return allocatePages(this.#shared.pools, placement, range).pfn;
  }

  /** Every mapping of a BO, by VM and number. */
  links(bo: string): readonly Link[] {
    this.#reads?.note('links', bo);
    return [...(this.#shared.links[bo]?.values() ?? [])];
  }

  userptr(id: string): Userptr | undefined {
    this.#reads?.note('userptr', id);
    return this.#shared.userptrs[id];
  }

  /** The area that an address of the process lies in. */
  userptrAt(ptr: Page): { readonly id: string; readonly area: Userptr } | undefined {
    const id = this.#shared.areas.floor(ptr)?.value;
    const area = id === undefined ? undefined : this.userptr(id);
    return id === undefined || area === undefined || ptr >= area.ptr + area.range
      ? undefined
      : { id, area };
  }

  queue(id: string): Queue | undefined {
    this.#reads?.note('queue', id);
    return this.#shared.queues[id];
  }

  /** The exec queues whose jobs run on a GT, in order of creation. */
  execQueuesOf(gt: string): readonly string[] {
    this.#reads?.note('queues', gt);
    return Object.entries(this.#shared.queues).flatMap(([id, queue]) =>
      queue.kind === 'exec' && queue.gt === gt ? [id] : [],
    );
  }

  vm(id: string): VmShared | undefined {
    this.#reads?.note('vm', id);
    return this.#shared.vms[id];
  }

  /** Whether a VM's id leads anywhere: from its creation until somebody closes it. */
  isVm(id: string): boolean {
    return this.vm(id)?.closed === false;
  }

  /** How many VMs are open, by whether they fault. */
  openVms(): { readonly faultVms: number; readonly otherVms: number } {
    this.#reads?.note('vms', '*');
    const open = Object.values(this.#shared.vms).filter(({ closed }) => !closed);
    const faultVms = open.filter(({ mode }) => mode === 'fault').length;
    return { faultVms, otherVms: open.length - faultVms };
  }

  /** The fences of a reservation object that somebody waiting for `usage` waits for, those that have signalled left out. */
  resv(id: string, usage: Usage): readonly FenceKey[] {
    // who signals a fence in a slot changes the reservation object, too: what is over need not be looked at
    this.#reads?.note('resv', id);
    const { resvs, fences } = this.#shared;
    return fencesFor(resvs[id] ?? [], usage).filter((key) => !isSignaled(fences, key));
  }

  /** Who holds a lock across steps. */
  lockHolder(id: string): string | undefined {
    this.#reads?.note('lock', id);
    return this.#shared.locks[id];
  }

  userMemory(at: U64): U64 {
    this.#reads?.note('ufence', at);
    return this.#shared.userMemory[at] ?? '0x0';
  }

  refs(of: string): number {
    this.#reads?.note('refs', of);
    return this.#shared.refs[of] ?? 0;
  }

  syncobj(id: string): Syncobj | undefined {
    this.#reads?.note('syncobj', id);
    return this.#shared.syncobjs[id];
  }

  /**
   * See {@link captureFences}; null also for an unknown syncobj. What has signalled is left out, or a long timeline would
   * hand its whole past to every wait (dma_fence_chain_walk drops such nodes); the last fence stays in any case.
   */
  capture(id: string, point: U64 | undefined): readonly FenceKey[] | null {
    const syncobj = this.syncobj(id);
    const fences = syncobj === undefined ? null : captureFences(syncobj, point);
    if (fences === null) return null;
    const pending = fences.filter((fence) => !this.isSignaled(fence));
    return pending.length > 0 ? pending : fences.slice(-1);
  }

  /** Of a fence that somebody holds or that is pending; what only an actor remembers it asks for its result. */
  fence(key: FenceKey): Fence {
    this.#reads?.note('fence', key);
    return fenceOf(this.#shared.fences, key);
  }

  /** null while pending, otherwise 0 or a negative errno; also of a fence that is gone */
  resultOf(key: FenceKey): number | null {
    this.#reads?.note('fence', key);
    return resultOf(this.#shared.fences, key);
  }

  isSignaled(key: FenceKey): boolean {
    return this.resultOf(key) !== null;
  }

  nextSeqno(context: string): number {
    this.#reads?.note('timeline', context);
    return nextSeqno(this.#shared.fences, context);
  }

  /** See {@link signalsOf}: looks at the fences, at the arrays that they may complete, and at the parts of those. */
  signalsOf(ended: readonly Ended[]): readonly Signal[] {
    if (this.#reads !== null) {
      for (const [fence] of ended) {
        for (const array of this.fence(fence).arrays) {
          for (const part of this.fence(array).parts) this.#reads.note('fence', part);
        }
      }
    }
    return signalsOf(this.#shared.fences, ended);
  }

  /** What one GT's hardware sees: its TLB, the tables it walks, memory. */
  hardware(gt: string): Machine {
    this.#reads?.note('tlb', gt);
    this.#reads?.note('pt', gt);
    this.#reads?.note('memory', '*');
    const tlb = this.#shared.tlbs[gt];
    if (tlb === undefined) throw new RangeError(`no GT ${gt}`);
    return { tlb, tables: this.#shared.tables, memory: this.#shared.memory };
  }

  /** The number that hardware knows a VM by; it stays when the VM is closed. @throws RangeError before its creation */
  asid(vm: string): number {
    this.#reads?.note('vm', vm);
    const asid = this.#shared.asids[vm];
    if (asid === undefined) throw new RangeError(`no VM ${vm}`);
    return asid;
  }

  /** Where a VM's translation starts on a GT; null once it has none. */
  addressSpace(gt: string, vm: string): Context | null {
    this.#reads?.note('pt', gt);
    const root = this.#shared.roots[rootKey(gt, vm)];
    const asid = this.#shared.asids[vm];
    if (root === undefined || asid === undefined) return null;
    return { asid, root, levels: this.#shared.device.levels };
  }
}
