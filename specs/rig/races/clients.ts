/** The clients of the busy worlds. What they see depends on the schedule, so they expect nothing. */
import {
  type ClientBuilder,
  map,
  mapUserptr,
  prefetch,
  read,
  restart,
  spin,
  unmap,
  write,
} from '../../../domain/scenario/builder.ts';
import type { VmMode } from '../../../domain/scenario/schema.ts';

export type Program = (client: ClientBuilder) => ClientBuilder;

export const HEAP = 0x7f0000000000n;
const K = 0x1000;

const ext = (addr: number): ReturnType<typeof map> =>
  map({ addr, range: 4 * K, bo: 'ext', immediate: true });
const heap = (addr: number): ReturnType<typeof mapUserptr> =>
  mapUserptr({ addr, range: 2 * K, ptr: HEAP, immediate: true });
const nothing = (addr: number, range: number): ReturnType<typeof map> =>
  map({ addr, range, null: true, immediate: true });
const userFence = (at: number): { userFence: number; value: number } => ({
  userFence: at,
  value: 1,
});

/** Mappings that last, then a hole, then what is to be in it. */
export const binder: Program = (c) =>
  c
    .bind('vm0', [ext(0x10000)])
    .bind('vm0', [map({ addr: 0x20000, range: 4 * K, bo: 'own', immediate: true })])
    .bind('vm0', [heap(0x30000)])
    .bind('vm0', [unmap({ addr: 0x11000, range: K })], { out: [userFence(0x1000)] })
    .bind('vm0', [nothing(0x11000, K)], { out: [userFence(0x1008)] })
    .bind('vm0', [heap(0x30000)]);

/** Calls of several ops; the second fails once in the worker. */
export const asyncBinder =
  (mode: VmMode): Program =>
  (c) =>
    c
      .bind(
        'vm0',
        [ext(0x10000), nothing(0x50000, 4 * K), unmap({ addr: 0x11000, range: K }), heap(0x30000)],
        {
          out: mode === 'dma-fence' ? ['bound'] : [userFence(0x1000)],
          queue: 'b1',
        },
      )
      .bind(
        'vm0',
        [
          map({ addr: 0x20000, range: 4 * K, bo: 'own', immediate: true, injectError: true }),
          unmap({ addr: 0x50000, range: 4 * K }),
        ],
        { queue: 'b1', out: [userFence(0x1008)] },
      )
      .waitUserFence({ vmError: 'vm0', timeoutNs: 100_000 })
      .bind('vm0', [restart()])
      .bind('vm0', [ext(0x40000)], { queue: 'b1' })
      .bind('vm0', [prefetch({ addr: 0x20000, range: 4 * K, region: 1 })], { queue: 'b1' });

const batch = [write(0x10000, 1), spin(5_000), read(0x20000), write(0x30000, 2), write(0x13000, 3)];

export const runner: Program = (c) =>
  c
    .exec('q0', batch)
    .exec('q0', [read(0x20000)])
    .exec('q0', batch)
    .exec('q0', [read(0x20000)]);

/** Two of its jobs wait for a bind that may not have begun. */
export const asyncRunner: Program = (c) =>
  c
    .exec('q0', [read(0x20000)])
    .exec('q0', [read(0x20000)], { in: ['bound'] })
    .exec('q0', batch, { in: ['bound'] })
    .exec('q0', [read(0x20000)]);

export const longRunner: Program = (c) =>
  c
    .exec('q0', batch)
    .exec('q0', [read(0x20000), read(0x12000), read(0x30000)])
    .exec('q0', batch);

/** Accesses of its own, beside those of jobs. */
export const prober: Program = (c) =>
  c.gpuRead('vm0', 0x10000).gpuRead('vm0', 0x30000).gpuRead('vm0', 0x12000).gpuRead('vm0', 0x20000);

export const pressure: Program = (c) =>
  c.evict('ext').evict('own').reset().evict('ext').evict('own');
/** The hardware saw the mappings used often. */
export const counters: Program = (c) =>
  c
    .sleep(1_000)
    .accessCounter('vm0', 0x10000)
    .accessCounter('vm0', 0x20000)
    .accessCounter('vm0', 0x10000)
    .accessCounter('vm0', 0x20000);

export const resets: Program = (c) => c.reset().reset().reset();
export const munmap: Program = (c) => c.invalidate('heap').invalidate('heap').invalidate('heap');

export const closer: Program = (c) => c.sleep(150_000).close('ext').close('q0').close('vm0');
export const asyncCloser: Program = (c) =>
  c.sleep(150_000).signal('bound').close('own').close('q0').close('vm0');

/** A call of four ops that fails once, and RESTART. */
export const failing =
  (addr: number, queue?: string): Program =>
  (c) => {
    const by = queue === undefined ? {} : { queue };
    const hole = unmap({ addr: addr + K, range: K, injectError: true });
    return c
      .bind('vm0', [ext(addr), nothing(addr + 0x200000, 0x400000), hole, heap(addr + 0x10000)], by)
      .waitUserFence({ vmError: 'vm0', timeoutNs: 50_000 })
      .bind('vm0', [restart()])
      .bind('vm0', [restart()]);
  };

export const shortRunner: Program = (c) => c.exec('q0', [read(0x20000)]).exec('q0', [spin(500)]);
export const spinner =
  (queue: string): Program =>
  (c) =>
    c.exec(queue, [spin(5_000), spin(5_000)]).exec(queue, [spin(5_000)]);

/** Maps what another VM maps, too, and uses it. */
export const neighbour =
  (vm: string, queue: string): Program =>
  (c) =>
    c
      .bind(vm, [ext(0x10000)])
      .bind(vm, [heap(0x30000)])
      .exec(queue, [write(0x10000, 1), spin(5_000), read(0x30000)])
      .exec(queue, [read(0x10000)]);
