/**
 * What the records say about VM_BIND calls and their jobs, written down as they come: which fences a call was given and
 * promised, which jobs do its work, how far each of them is. The invariants about the order of binds read it.
 */
import type { Fact, FactOf } from '../../domain/facts/schema.ts';
import type { SyncRef } from '../../domain/scenario/schema.ts';
import type { StepRecord } from '../../streams/world/record.ts';

type Op = FactOf<'ops.created'>['ops'][number];

export interface BindJob {
  readonly id: string;
  readonly engine: string;
  /** what an unbind takes away, and from which GT's view; null for a bind */
  readonly gone: { readonly gt: string; readonly addr: number; readonly range: number } | null;
  state: 'queued' | 'started' | 'done';
  /** the TLB forgot `gone` after the job was done */
  flushed: boolean;
}

export interface BindCall {
  readonly vm: string;
  readonly number: number;
  readonly isAsync: boolean;
  /** fences of the in-syncs, as they were when the ioctl came in */
  readonly ins: readonly string[];
  /** what the out-syncs hold */
  readonly outs: Set<string>;
  readonly ops: Op[];
  readonly jobs: BindJob[];
  isFinished: boolean;
}

/** In order: the points of a timeline, or the one fence of a binary syncobj. */
type Held = readonly { readonly point: bigint; readonly fence: string }[];

export class BindLedger {
  readonly calls = new Map<string, BindCall>();
  readonly jobs = new Map<string, { readonly job: BindJob; readonly call: BindCall }>();
  /** out-sync fence -> its call */
  readonly promised = new Map<string, BindCall>();
  readonly signaled = new Set<string>(['stub:0']);
  readonly closing = new Set<string>();
  /** jobs of each engine that are not done, oldest first */
  readonly queues = new Map<string, BindJob[]>();
  readonly #held = new Map<string, Held>();
  #gts: readonly string[] = [];

  callOf(vm: string, number: number): BindCall | undefined {
    return this.calls.get(`${vm} ${number}`);
  }

  /** The fences that a wait for this syncobj (point) waits for now. */
  #captured({ syncobj, point }: SyncRef): string[] {
    const held = this.#held.get(syncobj) ?? [];
    const wanted = BigInt(point ?? 0);
    const index = held.findIndex((each) => each.point >= wanted);
    return held.slice(0, index + 1).map(({ fence }) => fence);
  }

  /** Writes one record down; `each` is asked after every fact. Gives its first answer that is not null. */
  fold(record: StepRecord, each: (fact: Fact) => string | null): string | null {
    this.#accept(record);
    const queued: FactOf<'job.queued'>[] = [];
    for (const fact of record.facts) {
      this.#foldFact(fact, record, queued);
      const answer = each(fact);
      if (answer !== null) return answer;
    }
    return null;
  }

  #accept({ facts, data }: StepRecord): void {
    const accepted = facts.find((fact) => fact.type === 'bind.accepted');
    if (accepted === undefined) return;
    const request = data as unknown as { async: boolean; in: readonly SyncRef[] };
    const { vm, call: number } = accepted;
    const call: BindCall = {
      vm,
      number,
      isAsync: request.async,
      ins: request.in.flatMap((sync) => this.#captured(sync)),
      outs: new Set(),
      ops: facts.flatMap((fact) => (fact.type === 'ops.created' ? fact.ops : [])),
      jobs: [],
      isFinished: false,
    };
    this.calls.set(`${vm} ${number}`, call);
    if (call.isAsync) this.#promise(call, facts);
  }

  #promise(call: BindCall, facts: readonly Fact[]): void {
    for (const fact of facts) {
      if (fact.type !== 'syncobj.replaced' && fact.type !== 'syncobj.advanced') continue;
      call.outs.add(fact.fence);
      this.promised.set(fact.fence, call);
    }
  }

  #foldFact(fact: Fact, record: StepRecord, queued: FactOf<'job.queued'>[]): void {
    switch (fact.type) {
      case 'device.created':
        this.#gts = fact.gts;
        break;
      case 'syncobj.replaced':
        this.#held.set(fact.syncobj, [{ point: 0n, fence: fact.fence }]);
        break;
      case 'syncobj.advanced': {
        const old = this.#held.get(fact.syncobj) ?? [];
        const added = { point: BigInt(fact.point), fence: fact.fence };
        this.#held.set(fact.syncobj, [...old, added]);
        break;
      }
      case 'job.queued':
        queued.push(fact);
        break;
      case 'op.executed':
        this.#assign(fact.vm, fact.call, queued.splice(0), fact.index);
        break;
      case 'bind.finished': {
        this.#assign(fact.vm, fact.call, queued.splice(0), null);
        const call = this.callOf(fact.vm, fact.call);
        if (call === undefined) break;
        call.isFinished = true;
        if (!call.isAsync) this.#promise(call, record.facts);
        break;
      }
      case 'job.started':
      case 'job.done':
        this.#advance(fact);
        break;
      case 'tlb.invalidated':
        this.#flushed(fact);
        break;
      case 'fence.signaled':
        this.signaled.add(fact.fence);
        break;
      case 'vm.closing':
        this.closing.add(fact.vm);
        break;
      default:
    }
  }

  /** The jobs of one op: an unbind on every GT first, then the binds; or the one job of a call without ops. */
  #assign(vm: string, number: number, queued: FactOf<'job.queued'>[], index: number | null): void {
    const call = this.callOf(vm, number);
    if (call === undefined) return;
    const op = index === null ? undefined : call.ops[index];
    const piece = op !== undefined && (op.op === 'unmap' || op.op === 'remap') ? op.unmap : null;
    queued.forEach(({ engine, job: id }, i) => {
      const gt = this.#gts[i];
      const gone =
        piece === null || gt === undefined ? null : { gt, addr: piece.addr, range: piece.range };
      const job: BindJob = { id, engine, gone, state: 'queued', flushed: false };
      call.jobs.push(job);
      this.jobs.set(id, { job, call });
      this.queues.set(engine, [...(this.queues.get(engine) ?? []), job]);
    });
  }

  #advance({ type, job: id, engine }: FactOf<'job.started'> | FactOf<'job.done'>): void {
    const entry = this.jobs.get(id);
    if (entry === undefined) return;
    entry.job.state = type === 'job.started' ? 'started' : 'done';
    if (type === 'job.started') return;
    const rest = (this.queues.get(engine) ?? []).filter((each) => each !== entry.job);
    this.queues.set(engine, rest);
  }

  #flushed({ gt, vm, addr, range }: FactOf<'tlb.invalidated'>): void {
    for (const { job, call } of this.jobs.values()) {
      const { gone } = job;
      if (gone === null || job.state !== 'done' || call.vm !== vm || gone.gt !== gt) continue;
      if (addr <= gone.addr && gone.addr + gone.range <= addr + range) job.flushed = true;
    }
  }
}
