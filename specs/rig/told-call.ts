/** Facts of one asynchronous call with one op, an in-fence and an out-sync, for streams written by hand. */
import type { Fact } from '../../domain/facts/schema.ts';
import { bindCall, fact, piece } from './told.ts';

export const vm = fact('vm.created');
export const bo = fact('bo.created');
export const mapped = fact('va.mapped');
export const made = (fence: string, kind = 'exec-job', parts: string[] = []): Fact =>
  fact('fence.created', { fence, kind, parts });
export const over = (fence: string, error = 0): Fact => fact('fence.signaled', { fence, error });
export const queued = (n: number, waits: string[] = [], engine = 'q0'): Fact =>
  fact('job.queued', { engine, job: `${engine}#${n}`, fence: `${engine}:${n}`, waits });
export const b0 = 'vm0/bind0';
export const MAP = { map: { addr: '0x10000', range: '0x4000', bo: 'bo0' } };
/** A call with one op, an in-fence and an out-sync. */
export const call = (op: object, request: object, ...facts: Fact[]): ReturnType<typeof bindCall> =>
  bindCall(
    [request],
    [
      made('async:1', 'async-op'),
      fact('ops.created', { ops: [op] as never }),
      ...facts,
      fact('syncobj.replaced', { syncobj: 'out', fence: 'async:1' }),
      fact('bind.accepted'),
    ],
    { in: [{ syncobj: 'in' }] },
  );
export const before = [
  vm,
  bo,
  made('sw/in:1', 'software'),
  fact('syncobj.replaced', { syncobj: 'in', fence: 'sw/in:1' }),
];
export const mapCall = call(piece(), MAP, mapped);
