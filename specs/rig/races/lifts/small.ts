/** Small worlds in which one lifted exclusion shows soon: what there is in them, and what their clients do. */
import {
  map,
  mapUserptr,
  read,
  restart,
  scenario,
  spin,
  unmap,
} from '../../../../domain/scenario/builder.ts';
import type { Scenario } from '../../../../domain/scenario/schema.ts';
import { HEAP, type Program } from '../clients.ts';

export const K = 0x1000;
export const ASYNC = { async: true, errorCapture: 0x2000 } as const;
export const COMPUTE = { mode: 'compute' } as const;
export const FAULT = { mode: 'fault' } as const;

type Options = Parameters<ReturnType<typeof scenario>['vm']>[1];

/** One VM with all that the clients use; they run beside each other. */
export function small(
  name: string,
  options: Options,
  clients: Readonly<Record<string, Program>>,
  gts = 1,
): () => Scenario {
  const built = scenario(name)
    .device({ gts })
    .vm('vm0', options)
    .bo('data', { size: 4 * K })
    .userptr('heap', { addr: HEAP, size: 2 * K })
    .queue('q0', { vm: 'vm0' })
    .queue('q1', { vm: 'vm0' })
    .queue('b1', { vm: 'vm0', kind: 'bind' });
  for (const [id, program] of Object.entries(clients)) built.client(id, program);
  return () => built.build();
}

type Op = ReturnType<typeof map>;

export const data = map({ addr: 0x10000, range: 4 * K, bo: 'data', immediate: true });
export const hole = unmap({ addr: 0x11000, range: K });
export const nothing = map({ addr: 0x50000, range: 4 * K, null: true, immediate: true });
/** Whoever binds it pins pages first, and sleeps if a notifier is under way. */
export const heap = (addr = 0x30000): Op =>
  mapUserptr({ addr, range: 2 * K, ptr: HEAP, immediate: true });
/** In a fault-mode VM the first access binds it. */
export const lazyHeap = mapUserptr({ addr: 0x30000, range: 2 * K, ptr: HEAP });
/** Fails in the worker, once. */
export const lost = unmap({ addr: 0x51000, range: K, injectError: true });

export const munmap: Program = (c) => c.invalidate('heap').invalidate('heap').invalidate('heap');
export const closer: Program = (c) => c.close('vm0');
export const restarter: Program = (c) => c.bind('vm0', [restart()]).bind('vm0', [restart()]);
/** `data` was used often: bit 16 of the vector is the page at 0x10000. */
export const counter: Program = (c) =>
  c
    .accessCounter('vm0', 0x10000, { vector: 0x10000 })
    .accessCounter('vm0', 0x10000, { vector: 0x10000 });

/** The worker sleeps in the middle of it. */
export const asyncPins: Program = (c) =>
  c.bind('vm0', [heap(), nothing, data, heap(0x60000)], { queue: 'b1' });
/** Each exec pins what a notifier took away. */
export const runs: Program = (c) =>
  c
    .bind('vm0', [heap()])
    .bind('vm0', [data])
    .exec('q0', [read(0x10000), spin(2_000)])
    .exec('q0', [read(0x10000)])
    .exec('q0', [read(0x10000)]);
/** A VM that closes then waits for a long job. */
export const spinsLong: Program = (c) =>
  c.exec(
    'q0',
    Array.from({ length: 8 }, () => spin(20_000)),
  );
/** What an eviction stops then. */
export const spins: Program = (c) =>
  c
    .bind('vm0', [data])
    .bind('vm0', [heap()])
    .exec('q0', [spin(5_000), spin(5_000)]);
export const faults: Program = (c) =>
  c.bind('vm0', [lazyHeap]).gpuRead('vm0', 0x30000).gpuRead('vm0', 0x31000);
