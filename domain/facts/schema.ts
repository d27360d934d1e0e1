/**
 * The facts: what can have happened, in the past tense and in the field's words. This is the vocabulary of the log.
 *
 * A fact's type name is ours and never changes meaning; a changed shape gets a new version of the log line. The facts
 * of a log alone rebuild the address spaces, page tables, TLBs, memory and fences at every record (fold/).
 */
import { z } from 'zod';
import { SEMANTICS } from '../va/rule-sets.ts';
import { deviceOptions } from '../scenario/device.ts';
import {
  count,
  fenceKey,
  type Fields,
  id,
  idOrNull,
  memoryFields,
  result,
  u64,
  wireFields,
} from './fields.ts';

/** The members of every fact type, over either form of the fields. */
function factShapes<P extends z.ZodType, E extends z.ZodType>(f: Fields<P, E>) {
  const mapping = {
    va: count,
    addr: f.page,
    range: f.page,
    obj: idOrNull,
    offset: f.page,
    null: z.boolean(),
    readOnly: z.boolean(),
    userptr: z.boolean(),
    gtMask: count,
    /** absent from a mapping that does not repeat */
    repeat: z.strictObject({ range: f.page, phase: f.page }).optional(),
  };
  const placement = z.enum(['vram', 'system']);
  const piece = z.strictObject(mapping);
  const op = z.discriminatedUnion('op', [
    z.strictObject({ op: z.literal('map'), map: piece, immediate: z.boolean() }),
    z.strictObject({ op: z.literal('unmap'), unmap: piece, keep: z.boolean() }),
    z.strictObject({
      op: z.literal('remap'),
      prev: piece.nullable(),
      next: piece.nullable(),
      unmap: piece,
      keep: z.boolean(),
    }),
    z.strictObject({ op: z.literal('prefetch'), unmap: piece, region: placement }),
  ]);
  /** entry `index + i` holds `pte + i * stride`, for i < count */
  const runs = z.array(z.strictObject({ index: count, count, pte: f.entry, stride: f.entry }));
  const full = z.literal(true).optional();
  const translation = { gt: id, vm: id, addr: f.page, range: f.page };
  return {
    // what exists
    /** `driver`: not of a device with a copy ring */
    'device.created': {
      gts: z.array(id),
      vaBits: z.literal([48, 57]),
      profile: id,
      driver: z.strictObject({ version: z.string(), pageSizes: count }).optional(),
      /** known bugs that its driver has; absent: none */
      quirks: z.array(id).optional(),
      ...deviceOptions,
    },
    'actor.started': { actor: id, machine: id, state: id },
    /** `vm`: the VM whose reservation object a private BO shares; null for an external BO */
    'bo.created': { bo: id, range: f.page, phys: f.page, placement, vm: idOrNull },
    'bo.closed': { bo: id },
    /** the last reference is gone, and the memory with it */
    'bo.freed': { bo: id },
    /** other pages from now on; they hold the contents once `fence` has signalled; `stays`: it belongs there now */
    'bo.moved': { bo: id, phys: f.page, placement, fence: fenceKey, stays: z.boolean() },
    'userptr.created': { userptr: id, ptr: f.page, range: f.page, phys: f.page },
    /** the notifier's sequence number is raised: whoever pinned before has to pin again */
    'userptr.invalidating': { userptr: id, seq: count },
    /** every notifier has returned; other pages are there now, or none */
    'userptr.invalidated': { userptr: id, phys: f.page.nullable() },
    'queue.created': { queue: id, vm: id, gt: id, kind: z.enum(['exec', 'bind']) },
    'queue.destroyed': { queue: id },
    'queue.banned': { queue: id },
    'syncobj.created': { syncobj: id, kind: z.enum(['binary', 'timeline']) },
    'vm.created': {
      vm: id,
      addr: f.page,
      range: f.page,
      async: z.boolean(),
      semantics: z.enum(SEMANTICS),
      mode: z.enum(['dma-fence', 'compute', 'fault']),
      scratch: z.boolean(),
    },
    'vm.refused': { vm: id, error: result, row: z.string() },
    'vm.closing': { vm: id },
    'vm.closed': { vm: id },
    /** the last reference is gone: root tables freed, number free to be used again */
    'vm.freed': { vm: id },
    'ref.taken': { of: id, by: id },
    'ref.dropped': { of: id, by: id },
    // a client's program
    'step.began': { client: id, step: count },
    'step.ended': { client: id, step: count, result },
    'expect.passed': { client: id, step: count, what: z.string() },
    'expect.failed': {
      client: id,
      step: count,
      what: z.string(),
      expected: z.string(),
      actual: z.string(),
    },
    // one VM_BIND ioctl
    'bind.accepted': { vm: id, call: count, ops: count, engine: id },
    'bind.refused': { vm: id, call: count, error: result, row: z.string() },
    'bind.unwound': { vm: id, call: count, error: result },
    'ops.created': { vm: id, call: count, bind: count, ops: z.array(op) },
    'va.mapped': { vm: id, ...mapping },
    'va.unmapped': { vm: id, va: count, addr: f.page, range: f.page, obj: idOrNull },
    'op.executed': { vm: id, call: count, index: count, op: id, fences: z.array(fenceKey) },
    'bind.finished': { vm: id, call: count },
    /** a synchronous call of separate ops: `done` of them are, and stay so */
    'bind.stopped': { vm: id, call: count, done: count, error: result, row: z.string().nullable() },
    // an op of a driver that prepares it before it runs
    /** so many table pages and VMAs are reserved for it */
    'op.prepared': { vm: id, call: count, bind: count, tables: count, vmas: count },
    'op.failed': { vm: id, call: count, bind: count, error: result },
    /** nothing is mapped in it any more */
    'vm.unusable': { vm: id },
    /** a bug stopped the kernel in this function; whoever called is gone */
    'driver.oopsed': { vm: id, where: z.string() },
    /** an asynchronous op failed; the worker stops, the op stays at the head */
    'vm.errored': {
      vm: id,
      call: count,
      index: count,
      op: id,
      addr: f.page,
      range: f.page,
      error: result,
    },
    'vm.restarted': { vm: id },
    // one mapping on its way through page tables
    'vma.bound': { vm: id, va: count, gt: id },
    'vma.unbound': { vm: id, va: count, gt: id },
    /** fault mode: its entries were cleared, the mapping stays */
    'vma.zapped': { vm: id, va: count, gt: id },
    /** its BO moves: to be bound again before the next job */
    'vma.evicted': { vm: id, va: count },
    /** its userptr pages go: to be pinned and bound again before the next job */
    'vma.invalidated': { vm: id, va: count },
    'vma.rebound': { vm: id, va: count },
    'vma.pinned': { vm: id, va: count, seq: count },
    /** its unbind is done on every GT: it lets go of its BO */
    'vma.destroyed': { vm: id, va: count, obj: idOrNull },
    // reservation objects, locks, waits
    'resv.added': {
      resv: id,
      fence: fenceKey,
      usage: z.enum(['kernel', 'write', 'read', 'bookkeep']),
    },
    'lock.taken': { lock: id, by: id },
    'lock.released': { lock: id, by: id },
    /** somebody sleeps until something happens: `lock:vm0`, `started:vm0/bind0/async:1`, `ufence:0x..`, `error:vm0` */
    'wait.began': { on: id, by: id },
    'wait.ended': { on: id, by: id },
    // exec
    'exec.refused': { queue: id, error: result, row: z.string() },
    /** everything was dropped and starts anew */
    'exec.retried': { queue: id, vm: id, why: z.string() },
    'exec.armed': {
      queue: id,
      vm: id,
      job: id,
      fence: fenceKey.nullable(),
      waits: z.array(fenceKey),
    },
    'job.hung': { engine: id, job: id },
    'job.timedOut': { engine: id, job: id },
    // compute mode
    'queue.suspending': { queue: id },
    'queue.suspended': { queue: id },
    'queue.resumed': { queue: id },
    'rebind.entered': { vm: id },
    'rebind.retried': { vm: id },
    'rebind.left': { vm: id, error: result },
    // fault mode
    'fault.raised': { gt: id, vm: id, addr: f.page, access: z.enum(['read', 'write', 'atomic']) },
    'fault.dropped': { gt: id, vm: id, addr: f.page },
    'fault.handled': { gt: id, vm: id, addr: f.page, result },
    // bind jobs
    'job.queued': { engine: id, job: id, fence: fenceKey, waits: z.array(fenceKey) },
    'job.started': { engine: id, job: id },
    'job.done': { engine: id, job: id },
    /**
     * the CPU has stored the entries of an update in a job's place (trace xe_vm_cpu_bind); `engine`: the bind queue that
     * was idle; `waits`: what the job would have waited for
     */
    'vm.cpuBound': { vm: id, gt: id, engine: id, waits: z.array(fenceKey) },
    // page tables and translations
    'table.allocated': { gt: id, vm: id, table: f.page, level: count, runs },
    'table.rooted': { gt: id, vm: id, table: f.page, level: count },
    'table.freed': { gt: id, vm: id, table: f.page },
    'pte.written': {
      gt: id,
      vm: id,
      table: f.page,
      level: count,
      runs,
      by: z.enum(['gpu', 'cpu']),
    },
    /** `full`: everything of the GT, of whatever VM; the range is then the whole address space */
    'tlb.requested': { ...translation, seqno: count, fence: fenceKey, full },
    'tlb.invalidated': { ...translation, seqno: count, full },
    'tlb.acked': { gt: id, seqno: count },
    'tlb.sendFailed': { gt: id, seqno: count, fence: fenceKey },
    'tlb.ackLost': { gt: id, seqno: count },
    'tlb.timedOut': { gt: id, seqno: count, fence: fenceKey },
    'gt.reset': { gt: id },
    'gt.resumed': { gt: id },
    /** accesses to the region stall */
    'as.locked': translation,
    'as.unlocked': { gt: id, vm: id },
    'tlb.filled': { ...translation, pte: f.entry, level: count },
    // memory
    'memory.copied': { source: f.page, phys: f.page, range: f.page },
    'memory.freed': { phys: f.page, range: f.page, placement },
    'ufence.written': { at: u64, value: u64 },
    'memory.written': { phys: f.page, word: count, value: u64, by: id },
    'access.done': {
      client: id,
      gt: id,
      vm: id,
      addr: f.page,
      word: count,
      /** an atomic adds; its `value` is what it leaves there */
      access: z.enum(['read', 'write', 'atomic']),
      outcome: z.enum(['read', 'written', 'dropped', 'fault']),
      value: u64.nullable(),
      fault: z
        .enum(['not-present', 'write-violation', 'atomic-violation', 'dangling-table'])
        .nullable(),
      /** the page behind the translation; null for NULL and for a fault */
      phys: f.page.nullable(),
      tlbHit: z.boolean(),
    },
    'cpu.accessed': {
      client: id,
      /** a BO, or a userptr area */
      bo: id,
      offset: f.page,
      word: count,
      access: z.enum(['read', 'write']),
      value: u64,
    },
    // fences and what carries them
    'fence.created': { fence: fenceKey, kind: id, parts: z.array(fenceKey) },
    /** its signalling was asked for: a preempt fence suspends its queue */
    'fence.enabled': { fence: fenceKey },
    /** the asynchronous fence has its real fence (the wait-start protocol) */
    'fence.started': { fence: fenceKey },
    'fence.waited': { fence: fenceKey, waiter: id },
    'fence.signaled': { fence: fenceKey, error: result },
    'syncobj.replaced': { syncobj: id, fence: fenceKey },
    'syncobj.advanced': { syncobj: id, point: u64, fence: fenceKey },
  } as const;
}

type MemoryShapes = ReturnType<typeof factShapes<z.ZodNumber, z.ZodNumber>>;
export type FactType = keyof MemoryShapes;

type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T;
/** A fact in memory form: pages and entries are numbers. */
export type FactOf<K extends FactType> = DeepReadonly<
  { type: K } & z.infer<z.ZodObject<MemoryShapes[K]>>
>;
export type Fact = { [K in FactType]: FactOf<K> }[FactType];

function unionOf(shapes: Readonly<Record<string, z.ZodRawShape>>): z.ZodType {
  const [first, ...rest] = Object.entries(shapes).map(([type, shape]) =>
    z.strictObject({ type: z.literal(type), ...shape }),
  );
  if (first === undefined) throw new RangeError('no fact shapes');
  return z.discriminatedUnion('type', [first, ...rest]);
}

/** Checks a fact in memory form. */
export const memoryFact = unionOf(factShapes(memoryFields));
/** Checks a fact as a log line holds it; the source of the published JSON Schema. */
export const wireFact = unionOf(factShapes(wireFields));
export const FACT_TYPES = Object.keys(factShapes(memoryFields)) as readonly FactType[];
