/** Records written by hand: what a machine, right or wrong, would have told. */
import type { Fact, FactOf, FactType } from '../../domain/facts/schema.ts';
import type { RunRecord } from '../../domain/invariants/record.ts';

/** One record: its facts, or more of it. */
export type Told = readonly Fact[] | (Partial<RunRecord> & { readonly facts: readonly Fact[] });

/** A run that tells this, a record each. */
export function told(...records: readonly Told[]): RunRecord[] {
  return records.map((each, seq) => {
    const more = 'facts' in each ? each : { facts: each };
    return { seq, actor: 'vm0', type: 'spec', choice: 'vm0>vm0', data: {}, ...more };
  });
}

/** Facts by type, with the members that most specs do not care for filled in. */
const USUAL = {
  'device.created': { gts: ['gt0'], vaBits: 48, profile: 'xe-2023' },
  'actor.started': { actor: 'app', machine: 'client', state: 'running' },
  'vm.created': {
    vm: 'vm0',
    addr: 0,
    range: 2 ** 36,
    async: true,
    semantics: 'gpuva-2023',
    mode: 'dma-fence',
    scratch: false,
  },
  'bo.created': { bo: 'bo0', range: 16, phys: 4096, placement: 'vram', vm: null },
  'bo.moved': { bo: 'bo0', phys: 8192, placement: 'system', fence: 'memory/copy:1' },
  'userptr.created': { userptr: 'u0', ptr: 100, range: 8, phys: 512 },
  'userptr.invalidating': { userptr: 'u0', seq: 1 },
  'userptr.invalidated': { userptr: 'u0', phys: null },
  'queue.created': { queue: 'q0', vm: 'vm0', gt: 'gt0', kind: 'exec' },
  'va.mapped': {
    vm: 'vm0',
    va: 1,
    addr: 16,
    range: 4,
    obj: 'bo0',
    offset: 0,
    null: false,
    readOnly: false,
    userptr: false,
    gtMask: 0,
  },
  'va.unmapped': { vm: 'vm0', va: 1, addr: 16, range: 4, obj: 'bo0' },
  'bind.accepted': { vm: 'vm0', call: 1, ops: 1, engine: 'vm0/bind0' },
  'bind.refused': { vm: 'vm0', call: 1, error: -22, row: '1' },
  'bind.unwound': { vm: 'vm0', call: 1, error: -12 },
  'bind.finished': { vm: 'vm0', call: 1 },
  'op.executed': { vm: 'vm0', call: 1, index: 0, op: 'map', fences: [] },
  'ops.created': { vm: 'vm0', call: 1, bind: 0, ops: [] },
  'vm.errored': {
    vm: 'vm0',
    call: 1,
    index: 0,
    op: 'map',
    addr: 16,
    range: 4,
    error: -28,
  },
  'vma.bound': { vm: 'vm0', va: 1, gt: 'gt0' },
  'vma.unbound': { vm: 'vm0', va: 1, gt: 'gt0' },
  'vma.zapped': { vm: 'vm0', va: 1, gt: 'gt0' },
  'vma.evicted': { vm: 'vm0', va: 1 },
  'vma.invalidated': { vm: 'vm0', va: 1 },
  'vma.rebound': { vm: 'vm0', va: 1 },
  'vma.pinned': { vm: 'vm0', va: 1, seq: 0 },
  'vma.destroyed': { vm: 'vm0', va: 1 },
  'exec.armed': { queue: 'q0', vm: 'vm0', job: 'q0#1', fence: 'q0:1', waits: [] },
  'rebind.left': { vm: 'vm0', error: 0 },
  'fault.handled': { gt: 'gt0', vm: 'vm0', addr: 16, result: 0 },
  'job.queued': { engine: 'q0', job: 'q0#1', fence: 'q0:1', waits: [] },
  'job.started': { engine: 'q0', job: 'q0#1' },
  'job.done': { engine: 'q0', job: 'q0#1' },
  'table.allocated': { gt: 'gt0', vm: 'vm0', table: 1000, level: 3, runs: [] },
  'table.rooted': { gt: 'gt0', vm: 'vm0', table: 1000, level: 3 },
  'table.freed': { gt: 'gt0', vm: 'vm0', table: 1000 },
  'pte.written': { gt: 'gt0', vm: 'vm0', table: 1000, level: 3, runs: [], by: 'cpu' },
  'tlb.requested': { gt: 'gt0', vm: 'vm0', addr: 16, range: 4, seqno: 1, fence: 'tlb:1' },
  'tlb.invalidated': { gt: 'gt0', vm: 'vm0', addr: 16, range: 4, seqno: 1 },
  'tlb.sendFailed': { gt: 'gt0', seqno: 1, fence: 'tlb:1' },
  'tlb.filled': { gt: 'gt0', vm: 'vm0', addr: 16, range: 1, pte: 4096 * 4096 + 3, level: 0 },
  'memory.freed': { phys: 4096, range: 16, placement: 'vram' },
  'memory.written': { phys: 4096, word: 0, value: '0x1', by: 'app' },
  'access.done': {
    client: 'app',
    gt: 'gt0',
    vm: 'vm0',
    addr: 16,
    word: 0,
    access: 'read',
    outcome: 'read',
    value: '0x0',
    fault: null,
    phys: 4096,
    tlbHit: false,
  },
  'fence.created': { fence: 'q0:1', kind: 'exec-job', parts: [] },
  'fence.signaled': { fence: 'q0:1', error: 0 },
  'resv.added': { resv: 'vm0', fence: 'q0:1', usage: 'bookkeep' },
} as const;

/** A fact; what is not said of it is usual. */
export function fact<K extends FactType>(
  type: K,
  said: Partial<FactOf<K>> = {} as Partial<FactOf<K>>,
): Fact {
  const usual = (USUAL as Readonly<Record<string, object>>)[type] ?? {};
  return { type, ...usual, ...said } as unknown as Fact;
}

/** The record of a VM_BIND ioctl on vm0 that was accepted. */
export const bindCall = (
  ops: readonly object[],
  facts: readonly Fact[],
  more: { readonly async?: boolean; readonly in?: readonly object[] } = {},
): Told => ({
  type: 'vm.bind',
  data: {
    async: more.async ?? true,
    queue: null,
    extensions: '0x0',
    ops,
    in: more.in ?? [],
    out: [],
  },
  facts,
});

/** A MAP as op lists have it. */
export function piece(said: Partial<FactOf<'va.mapped'>> = {}): MapOp {
  return { op: 'map', map: { ...USUAL_PIECE, ...said }, immediate: false };
}

type MapOp = Extract<FactOf<'ops.created'>['ops'][number], { op: 'map' }>;

const USUAL_PIECE: MapOp['map'] = USUAL['va.mapped'];
