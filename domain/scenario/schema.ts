/**
 * The scenario: what exists, and what each client does. One zod schema is the check, the type and the published JSON
 * Schema. Written by hand (YAML or JSON) addresses may be hex strings or whole numbers; {@link Scenario} is the
 * canonical form, in which every 64-bit quantity is a canonical hex string. The log header holds the canonical form.
 */
import { z } from 'zod';
import { ERRNO, type ErrnoName } from '../errno.ts';
import { u64OfBigint } from '../units.ts';

/** The version that this build reads. */
export const SCENARIO_VERSION = 1;
export const NAME = /^[a-z][a-zA-Z0-9_-]*$/;
const HEX_OR_DECIMAL = /^(0x[0-9a-fA-F]+|[0-9]+)$/;
/** The issue that {@link u64} raises for a number that does not fit. */
export const TOO_WIDE = 'more than 64 bits';

/** A u64 written as 0x4000, "0x4000", 16384 or "16384"; canonical hex afterwards. */
const u64 = z
  .union([z.string().regex(HEX_OR_DECIMAL), z.int().min(0), z.bigint()])
  .transform((value, context): string => {
    try {
      return u64OfBigint(BigInt(value));
    } catch {
      context.issues.push({ code: 'custom', message: TOO_WIDE, input: value });
      return z.NEVER;
    }
  })
  .meta({
    id: 'u64',
    description: '64 bits: 0x hex or decimal, as a number or a string',
  });

const name = z.string().regex(NAME).max(60).meta({
  id: 'name',
  description: 'a name: a lower-case letter, then letters, digits, - or _ (at most 60)',
});
const errno = z.enum(Object.keys(ERRNO) as [ErrnoName, ...ErrnoName[]]);
const outcome = z
  .union([z.literal('ok'), errno])
  .meta({ id: 'outcome', description: '`ok`, or the name of an errno such as EINVAL' });

/** `done`, or `{ syncobj: tl, point: 3 }` for a point of a timeline. */
const syncRef = z.union([
  name.transform((syncobj): { syncobj: string; point?: string | undefined } => ({ syncobj })),
  z.strictObject({ syncobj: name, point: u64.optional() }),
]);

const mapping = {
  addr: u64,
  range: u64,
  bo: name.optional(),
  offset: u64.optional(),
  null: z.boolean().optional(),
  readOnly: z.boolean().optional(),
};

const bindOp = z.union([
  z.strictObject({ map: z.strictObject(mapping) }),
  z.strictObject({ unmap: z.strictObject({ addr: u64, range: u64 }) }),
  z.strictObject({ unmapAll: z.strictObject({ bo: name }) }),
]);

const oneOfReadWrite = (step: { read?: unknown; write?: unknown; value?: unknown }): boolean =>
  (step.read === undefined) !== (step.write === undefined) &&
  (step.write === undefined) === (step.value === undefined);
const readOrWrite = { message: 'needs either `read`, or `write` with `value`' };

const step = z.union([
  /** an object declared at the top that shall not exist before this step */
  z.strictObject({ create: name }),
  z.strictObject({
    bind: z.strictObject({
      vm: name,
      /** the ASYNC flag; default: what the VM was created with */
      async: z.boolean().optional(),
      ops: z.array(bindOp),
      in: z.array(syncRef).default([]),
      out: z.array(syncRef).default([]),
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
        value: u64.optional(),
        /** a read: the value or `fault`; a write: `ok`, `dropped` or `fault` */
        expect: z.union([z.enum(['ok', 'dropped', 'fault']), u64]).optional(),
      })
      .refine(oneOfReadWrite, readOrWrite),
  }),
  /** one 8-byte access to a BO's memory through a CPU mapping */
  z.strictObject({
    cpu: z
      .strictObject({
        bo: name,
        read: u64.optional(),
        write: u64.optional(),
        value: u64.optional(),
        expect: u64.optional(),
      })
      .refine(oneOfReadWrite, readOrWrite),
  }),
  /** what must be so now: the VM's mappings (all of them), some leaf entries, a syncobj's fence */
  z.strictObject({
    expect: z.strictObject({
      vm: name.optional(),
      mappings: z.array(z.strictObject(mapping)).optional(),
      /** leaf page-table entries by address; `none` for not present */
      entries: z
        .array(z.strictObject({ addr: u64, pte: z.union([z.literal('none'), u64]) }))
        .optional(),
      signaled: syncRef.optional(),
      pending: syncRef.optional(),
    }),
  }),
  /** let virtual time pass */
  z.strictObject({ sleep: z.strictObject({ ns: z.int().min(1).max(1e12) }) }),
  /** close a VM or a BO */
  z.strictObject({ close: name }),
]);

const latency = z.strictObject({
  /** an ioctl's way into the kernel and back */
  ioctlNs: z.int().min(0).optional(),
  /** from one kernel context to another: a worker, a scheduler, an interrupt */
  wakeNs: z.int().min(0).optional(),
  /** one store command of the copy ring */
  copyNs: z.int().min(0).optional(),
  /** one TLB invalidation, from request to ack */
  tlbNs: z.int().min(0).optional(),
  /** one access of the GPU */
  accessNs: z.int().min(0).optional(),
  /** each latency is drawn from 1 .. this many times its figure */
  jitter: z.int().min(1).max(100).optional(),
});

export const scenarioSchema = z.strictObject({
  $schema: z.string().optional(),
  fencelab: z.literal(SCENARIO_VERSION),
  name: z.string().min(1).max(100),
  about: z.string().optional(),
  device: z
    .strictObject({
      gts: z.int().min(1).max(4).default(1),
      vaBits: z.literal([48, 57]).default(48),
      profile: z.enum(['xe-2023']).default('xe-2023'),
    })
    .prefault({}),
  latency: latency.prefault({}),
  vms: z.record(
    name,
    z.strictObject({
      /** created with ASYNC_BIND_OPS: binds run in the VM's worker */
      async: z.boolean().default(false),
      semantics: z.enum(['gpuva-2023', 'gpuvm-6.18']).default('gpuva-2023'),
    }),
  ),
  bos: z
    .record(
      name,
      z.strictObject({ size: u64, placement: z.enum(['vram', 'system']).default('vram') }),
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
export type Latency = Scenario['latency'];
