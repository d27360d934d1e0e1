/** The ops of a bind and the items of a batch, for scenarios from TypeScript. */
import type { ScenarioInput } from './schema.ts';

export type StepInput = ScenarioInput['clients'][string][number];
/** What a step's verb holds. */
export type Body<V extends string> = StepInput extends infer S
  ? S extends Record<V, infer B>
    ? B
    : never
  : never;
export type OpInput = Body<'bind'>['ops'][number];
type Op<V extends string> = OpInput extends infer S
  ? S extends Record<V, infer B>
    ? B
    : never
  : never;
export type BatchInput = NonNullable<Body<'exec'>['batch']>[number];
type AccessInput = Exclude<BatchInput, { spin: unknown }>;
/** 64 bits: `0x1000n`, `'0x1000'` or a safe integer. */
export type Amount = Op<'map'>['addr'];

export const map = (request: Op<'map'>): OpInput => ({ map: request });
/** maps memory of the process, from its address `ptr` on */
export const mapUserptr = (request: Op<'mapUserptr'>): OpInput => ({ mapUserptr: request });
export const unmap = (request: Op<'unmap'>): OpInput => ({ unmap: request });
export const unmapAll = (bo: string, options: Omit<Op<'unmapAll'>, 'bo'> = {}): OpInput => ({
  unmapAll: { bo, ...options },
});
/** region 0 is system memory, 1 is VRAM */
export const prefetch = (request: Op<'prefetch'>): OpInput => ({ prefetch: request });
/** starts the worker of a VM in error again, at the op that failed */
export const restart = (): OpInput => ({ restart: {} });
/** panthor: an op that only waits and signals */
export const syncOnly = (syncs: Op<'sync'>): OpInput => ({ sync: syncs });
/** struct drm_xe_vm_bind_op as it is */
export const raw = (request: Op<'raw'>): OpInput => ({ raw: request });

/** A batch reads a word. */
export const read = (addr: Amount, expect?: AccessInput['expect']): BatchInput => ({
  read: addr,
  expect,
});
/** A batch writes a word. */
export const write = (addr: Amount, value: Amount, expect?: AccessInput['expect']): BatchInput => ({
  write: addr,
  value,
  expect,
});
/** A batch adds to a word, in one go. */
export const atomic = (
  addr: Amount,
  value: Amount,
  expect?: AccessInput['expect'],
): BatchInput => ({ atomic: addr, value, expect });
/** A batch does nothing for a while. */
export const spin = (ns: number): BatchInput => ({ spin: { ns } });
