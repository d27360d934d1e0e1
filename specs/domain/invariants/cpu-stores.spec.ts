/** Entries that the CPU stores in a job's place are held to what jobs are: invariants 13 to 15. I12 is in order.spec.ts. */
import type { Fact } from '../../../domain/facts/schema.ts';
import { checkCases } from '../../rig/fire-cases.ts';
import { bindCall, fact, piece, told } from '../../rig/told.ts';

const vm = fact('vm.created');
const bo = fact('bo.created');
const mapped = fact('va.mapped');
const made = (fence: string): Fact => fact('fence.created', { fence });
const queued = (engine = 'q0'): Fact =>
  fact('job.queued', { engine, job: `${engine}#1`, fence: `${engine}:1` });
const started = fact('job.started');
const done = fact('job.done');
const byCpu = (waits: string[] = []): Fact =>
  fact('vm.cpuBound', { vm: 'vm0', gt: 'gt0', engine: 'q0', waits });

const MAP = { map: { addr: '0x10000', range: '0x4000', bo: 'bo0' } };
const UNMAP = { unmap: { addr: '0x10000', range: '0x4000' } };
const unmapOp = { op: 'unmap', unmap: piece().map, keep: false };
const stored = fact('pte.written');
const cleared = fact('pte.written', { runs: [{ index: 0, count: 1, pte: 0, stride: 0 }] });
const flush = fact('tlb.invalidated');

/** A synchronous call whose out-sync gets a fence that has signalled: the stub. */
const call = (
  facts: readonly Fact[],
  op: object = piece(),
  request: object = MAP,
): ReturnType<typeof bindCall> =>
  bindCall(
    [request],
    [
      fact('ops.created', { ops: [op] as never }),
      fact('bind.accepted'),
      ...facts,
      fact('op.executed'),
      fact('syncobj.replaced', { syncobj: 'out', fence: 'stub:0' }),
      fact('bind.finished'),
    ],
    { async: false },
  );

checkCases({
  I13: {
    fires: {
      'an out-sync with the stub, before the flush': () =>
        told([vm, bo, mapped], call([cleared], unmapOp, UNMAP)),
      'an out-sync with the stub, and a job': () => told([vm, bo], call([made('q0:1'), queued()])),
    },
    legal: {
      'an out-sync with the stub, and nothing to flush': () => told([vm, bo], call([stored])),
      'one after the flush': () =>
        told([vm, bo, mapped], call([cleared, fact('op.executed'), flush], unmapOp, UNMAP)),
    },
  },
  I14: {
    fires: {
      'a store past a job': () => told([queued(), started], [byCpu()]),
      'a store past a job of the same step': () => told([queued(), byCpu()]),
    },
    legal: {
      'a store after it': () => told([queued()], [started], [done], [byCpu()]),
      'a store past a job of another queue': () => told([queued('q1')], [byCpu()]),
    },
  },
  I15: {
    fires: {
      'a store before a wait is over': () => told([made('a:1')], [byCpu(['a:1'])]),
    },
    legal: {
      'a store after it': () =>
        told([made('a:1')], [fact('fence.signaled', { fence: 'a:1' })], [byCpu(['a:1'])]),
      'a store that waits for the stub': () => told([byCpu(['stub:0'])]),
    },
  },
});
