/**
 * The scenario: what exists, and what each client does. One zod schema is the check, the type and the published JSON
 * Schema. Written by hand (YAML or JSON) addresses may be hex strings or whole numbers; {@link Scenario} is the
 * canonical form, in which every 64-bit quantity is a canonical hex string. The log header holds the canonical form.
 */
import { z } from 'zod';
import { ERRNO, type ErrnoName } from '../errno.ts';
import { deviceOptions } from './device.ts';
import { driverOptions } from './driver-options.ts';
import {
  batchItem,
  oneAccess,
  oneOfReadWrite,
  readOrWrite,
  readWriteOrAtomic,
} from './batch-schema.ts';
import { u64 } from './u64-schema.ts';
import { SEMANTICS } from '../va/rule-sets.ts';
import { PROFILES } from '../driver/drivers.ts';
import { latency } from './latency-schema.ts';

export { TOO_WIDE } from './u64-schema.ts';

/** The version that this build reads. */
export const SCENARIO_VERSION = 1;
export const NAME = /^[a-z][a-zA-Z0-9_-]*$/;
const name = z.string().regex(NAME).max(60).meta({
  id: 'name',
  description: 'a name: a lower-case letter, then letters, digits, - or _ (at most 60)',
});
const errno = z.enum(Object.keys(ERRNO) as [ErrnoName, ...ErrnoName[]]);
type Outcome = 'ok' | 'any' | ErrnoName;
const outcome = z.union([z.enum(['ok', 'any']), errno]).meta({
  id: 'outcome',
  description: '`ok`, the name of an errno such as EINVAL, or `any` where the schedule decides',
});

/** `done`, or `{ syncobj: tl, point: 3 }` for a point of a timeline. */
const syncRef = z.union([
  name.transform((syncobj): { syncobj: string; point?: string | undefined } => ({ syncobj })),
  z.strictObject({ syncobj: name, point: u64.optional() }),
]);
/** A sync entry of an ioctl: a syncobj, a user fence (a value written to an address of the process), or a dma-buf. */
const sync = z.union([
  syncRef,
  z.strictObject({ userFence: u64, value: u64, flags: u64.optional() }),
  z.strictObject({ dmaBuf: z.literal(true) }),
  z.strictObject({ syncobj: name, point: u64.optional(), flags: u64 }),
]);

const mapping = {
  addr: u64,
  range: u64,
  bo: name.optional(),
  offset: u64.optional(),
  null: z.boolean().optional(),
  readOnly: z.boolean().optional(),
};

/** Drivers whose ops have syncs of their own. */
const opSyncs = { in: z.array(sync).optional(), out: z.array(sync).optional() };

/** What every VM_BIND op may carry. */
const opOptions = {
  /** the IMMEDIATE flag */
  immediate: z.boolean().optional(),
  /** bit i: bind on GT i; 0, the default, is all of them */
  gtMask: z.int().min(0).max(255).optional(),
  /** the test build's flag: the first op of the list fails once when it is executed */
  injectError: z.boolean().optional(),
  /** the ASYNC flag of this op, when it differs from the first one's */
  async: z.boolean().optional(),
};

const bindOp = z.union([
  z.strictObject({
    map: z.strictObject({
      ...mapping,
      /** one op for every so many bytes of the range, each of the same part of the BO */
      each: u64.optional(),
      ...opOptions,
      ...opSyncs,
      /** panthor: so many bytes of the BO over and over (bo_repeat_range) */
      repeat: u64.optional(),
      /** asahi: one page of the BO over and over */
      singlePage: z.boolean().optional(),
    }),
  }),
  /** panthor: an op that only waits and signals */
  z.strictObject({
    sync: z.strictObject({ in: z.array(sync).default([]), out: z.array(sync).default([]) }),
  }),
  z.strictObject({
    mapUserptr: z.strictObject({
      addr: u64,
      range: u64,
      /** the address in the process */
      ptr: u64,
      readOnly: z.boolean().optional(),
      ...opOptions,
    }),
  }),
  z.strictObject({ unmap: z.strictObject({ addr: u64, range: u64, ...opOptions, ...opSyncs }) }),
  z.strictObject({ unmapAll: z.strictObject({ bo: name, ...opOptions }) }),
  /** region 0 is system memory, 1 is VRAM */
  z.strictObject({
    prefetch: z.strictObject({ addr: u64, range: u64, region: z.int().min(0), ...opOptions }),
  }),
  z.strictObject({ restart: z.strictObject({}) }),
  /** struct drm_xe_vm_bind_op as it is: for what no other form can say, such as unknown ops and flags */
  z.strictObject({
    raw: z.strictObject({
      /** the op number and the flags, as in the UAPI */
      op: u64,
      bo: name.optional(),
      offset: u64.default('0x0'),
      addr: u64.default('0x0'),
      range: u64.default('0x0'),
      region: u64.default('0x0'),
      gtMask: u64.default('0x0'),
      /** panthor: bo_repeat_range */
      repeat: u64.optional(),
    }),
  }),
]);

const step = z.union([
  /** an object declared at the top that shall not exist before this step */
  z.strictObject({
    create: z.union([
      name.transform((each): { name: string; expect: Outcome } => ({ name: each, expect: 'ok' })),
      z.strictObject({ name, expect: outcome }),
    ]),
  }),
  z.strictObject({
    bind: z.strictObject({
      vm: name,
      /** the bind queue; default: the VM's own */
      queue: name.optional(),
      /** the ASYNC flag; default: what the VM was created with */
      async: z.boolean().optional(),
      ops: z.array(bindOp),
      in: z.array(sync).default([]),
      out: z.array(sync).default([]),
      /** the extensions pointer, which has to be 0 */
      extensions: u64.optional(),
      expect: outcome.default('ok'),
    }),
  }),
  /** run a batch on an exec queue */
  z.strictObject({
    exec: z.strictObject({
      queue: name,
      batch: z.array(batchItem).default([]),
      in: z.array(sync).default([]),
      out: z.array(sync).default([]),
      extensions: u64.optional(),
      /** how many batch buffers: a queue has width 1 */
      batches: z.int().min(0).max(16).default(1),
      expect: outcome.default('ok'),
    }),
  }),
  /** wait until the fence that the syncobj (point) holds now has signalled */
  z.strictObject({
    wait: z.union([
      name.transform((syncobj): { syncobj: string; point?: string | undefined; expect: 'ok' } => ({
        syncobj,
        expect: 'ok',
      })),
      z.strictObject({ syncobj: name, point: u64.optional(), expect: outcome.default('ok') }),
    ]),
  }),
  /** wait until the value at an address of the process compares so, or until a VM is in error */
  z.strictObject({
    waitUserFence: z.strictObject({
      addr: u64.default('0x0'),
      value: u64.default('0x0'),
      op: z.enum(['eq', 'neq', 'gt', 'gte', 'lt', 'lte']).default('eq'),
      mask: u64.default('0xffffffffffffffff'),
      /** the VM_ERROR flag: wait for an error of this VM instead */
      vmError: name.optional(),
      timeoutNs: z.int().min(0).max(1e15).optional(),
      expect: outcome.default('ok'),
    }),
  }),
  /** signal a syncobj (point) from the CPU, or the software fence of a `pending` one */
  z.strictObject({ signal: syncRef }),
  /** one 8-byte access through the VM's page tables, as the GPU does it */
  z.strictObject({
    gpu: z
      .strictObject({
        vm: name,
        gt: z.int().min(0).max(3).default(0),
        read: u64.optional(),
        write: u64.optional(),
        /** adds `value` to what is there, in one go */
        atomic: u64.optional(),
        value: u64.optional(),
        /** a read: the value or `fault`; a write: `ok`, `dropped` or `fault`; an atomic: the value before, or these two */
        expect: z.union([z.enum(['ok', 'dropped', 'fault']), u64]).optional(),
      })
      .refine(oneAccess, readWriteOrAtomic),
  }),
  /** one 8-byte access to a BO's memory, or to the process's own, by the CPU */
  z.strictObject({
    cpu: z
      .strictObject({
        bo: name.optional(),
        userptr: name.optional(),
        read: u64.optional(),
        write: u64.optional(),
        value: u64.optional(),
        expect: u64.optional(),
      })
      .refine(oneOfReadWrite, readOrWrite)
      .refine((each) => (each.bo === undefined) !== (each.userptr === undefined), {
        message: 'needs either `bo` or `userptr`',
      }),
  }),
  /** what must be so now: the VM's mappings (all of them), some leaf entries, a syncobj's fence */
  z.strictObject({
    expect: z.strictObject({
      vm: name.optional(),
      mappings: z
        .array(
          z.strictObject({
            ...mapping,
            ptr: u64.optional(),
            /** the pattern of a repeated mapping, and how far into it the mapping begins */
            repeat: u64.optional(),
            phase: u64.optional(),
          }),
        )
        .optional(),
      /** panthor: what VM_GET_STATE says */
      state: z.enum(['usable', 'unusable']).optional(),
      /** leaf page-table entries by address; `none` for not present */
      entries: z
        .array(z.strictObject({ addr: u64, pte: z.union([z.literal('none'), u64]) }))
        .optional(),
      signaled: syncRef.optional(),
      pending: syncRef.optional(),
      /** the error that a fence has signalled with */
      error: z.strictObject({ of: syncRef, is: outcome }).optional(),
    }),
  }),
  /** what the device says of itself (DEV_QUERY): the page sizes of its MMU, one bit each */
  z.strictObject({
    query: z.strictObject({ what: z.enum(['pageSizes']), expect: z.union([u64, errno]) }),
  }),
  /** let virtual time pass */
  z.strictObject({ sleep: z.strictObject({ ns: z.int().min(1).max(1e12) }) }),
  /** memory pressure: the kernel moves a BO out of VRAM */
  z.strictObject({ evict: z.strictObject({ bo: name }) }),
  /** munmap and mmap of the process's memory: other pages behind the same addresses, or none with `gone` */
  z.strictObject({
    invalidate: z.strictObject({ userptr: name, gone: z.boolean().default(false) }),
  }),
  /** a GT reset, as through debugfs */
  z.strictObject({ reset: z.strictObject({ gt: z.int().min(0).max(3).default(0) }) }),
  /** the hardware saw a page used often */
  z.strictObject({
    accessCounter: z.strictObject({
      vm: name,
      gt: z.int().min(0).max(3).default(0),
      addr: u64,
      /** 0..3: 128K, 2M, 16M, 64M */
      granularity: z.int().min(0).max(3).default(0),
      /** one bit for each 32nd part */
      vector: u64.default('0x1'),
    }),
  }),
  /** advice about a range */
  z.strictObject({
    madvise: z.strictObject({
      vm: name,
      addr: u64,
      range: u64,
      property: z.int().min(0),
      value: u64,
      expect: outcome.default('ok'),
    }),
  }),
  /** close a VM, a queue or a BO */
  z.strictObject({
    close: z.union([
      name.transform((each): { name: string; expect: Outcome } => ({ name: each, expect: 'ok' })),
      z.strictObject({ name, expect: outcome }),
    ]),
  }),
]);

export const scenarioSchema = z.strictObject({
  $schema: z.string().optional(),
  fencelab: z.literal(SCENARIO_VERSION),
  name: z.string().min(1).max(100),
  about: z.string().optional(),
  device: z
    .strictObject({
      gts: z.int().min(1).max(4).default(1),
      vaBits: z.literal([48, 57]).default(48),
      profile: z.enum(PROFILES).default('xe-2023'),
      ...driverOptions,
      /**
       * who stores page-table entries: `gpu`, the default, jobs of the copy ring; `cpu-when-idle` the CPU, whenever the
       * kernel would let it. Canonical without the default, so that a scenario that does not name it keeps its text
       */
      ptUpdates: z
        .enum(['gpu', 'cpu-when-idle'])
        .optional()
        .transform((who) => (who === 'gpu' ? undefined : who)),
      ...deviceOptions,
    })
    .prefault({}),
  latency: latency.prefault({}),
  vms: z.record(
    name,
    z.strictObject({
      /** created with ASYNC_BIND_OPS: binds run in the VM's worker */
      async: z.boolean().default(false),
      semantics: z.enum(SEMANTICS).default('gpuva-2023'),
      /** how jobs and mappings are kept apart: by dma-fences, by preemption (COMPUTE_MODE), by faults (FAULT_MODE) */
      mode: z.enum(['dma-fence', 'compute', 'fault']).default('dma-fence'),
      /** created with SCRATCH_PAGE: nothing mapped is not a fault */
      scratch: z.boolean().default(false),
      /** further flags of the create ioctl: unknown ones, or a second mode */
      flags: u64.optional(),
      /** where the record of a failed asynchronous op goes (the error-capture extension) */
      errorCapture: u64.optional(),
    }),
  ),
  bos: z
    .record(
      name,
      z.strictObject({
        size: u64,
        placement: z.enum(['vram', 'system']).default('vram'),
        /** private to this VM; otherwise external: any VM may map it */
        vm: name.optional(),
      }),
    )
    .default({}),
  syncobjs: z
    .record(
      name,
      z.strictObject({
        kind: z.enum(['binary', 'timeline']).default('binary'),
        /** holds a software fence that nobody has signalled (a timeline: at point 1) */
        pending: z.boolean().default(false),
      }),
    )
    .default({}),
  queues: z
    .record(
      name,
      z.strictObject({
        vm: name,
        kind: z.enum(['exec', 'bind']).default('exec'),
        gt: z.int().min(0).max(3).default(0),
      }),
    )
    .default({}),
  /** memory of the process that MAP_USERPTR may map */
  userptrs: z.record(name, z.strictObject({ addr: u64, size: u64 })).default({}),
  clients: z.record(name, z.array(step).min(1)),
});

/** The canonical form. */
export type Scenario = z.output<typeof scenarioSchema>;
/** What may be written by hand or given to the builder. */
export type ScenarioInput = z.input<typeof scenarioSchema>;
export type Step = z.output<typeof step>;
export type BindStep = Extract<Step, { bind: unknown }>['bind'];
export type BindOp = z.output<typeof bindOp>;
export type SyncRef = z.output<typeof syncRef>;
export type Sync = z.output<typeof sync>;
export type BatchItem = z.output<typeof batchItem>;
export type VmMode = Scenario['vms'][string]['mode'];
export type Latency = Scenario['latency'];
