/** Small busy scenarios: VMs of each mode, with calls of either kind, and every context that can meet in them. */
import { scenario } from '../../../domain/scenario/builder.ts';
import type { Scenario, VmMode } from '../../../domain/scenario/schema.ts';
import * as client from './clients.ts';

const K = 0x1000;

/** Clients by name; each runs beside the others. */
type Clients = Readonly<Record<string, client.Program>>;

/** One VM with two BOs, one of them private, process memory, an exec queue and a second bind queue. */
function world(name: string, mode: VmMode, async: boolean, clients: Clients): Scenario {
  const built = scenario(name)
    .vm('vm0', { async, mode, ...(async ? { errorCapture: 0x2000 } : {}) })
    .bo('ext', { size: 4 * K })
    .bo('own', { size: 4 * K, vm: 'vm0' })
    .userptr('heap', { addr: client.HEAP, size: 2 * K })
    .syncobj('bound', { pending: true })
    .queue('q0', { vm: 'vm0' })
    .queue('b1', { vm: 'vm0', kind: 'bind' });
  for (const [id, program] of Object.entries(clients)) built.client(id, program);
  return built.build();
}

const { pressure, munmap } = client;
const around = { pressure, munmap };

const sync = (mode: VmMode, more: Clients) =>
  world(`${mode}, synchronous binds`, mode, false, {
    binder: client.binder,
    ...around,
    ...more,
  });

const async = (mode: VmMode, more: Clients) =>
  world(`${mode}, asynchronous binds`, mode, true, {
    binder: client.asyncBinder(mode),
    ...around,
    ...more,
  });

/** Two VMs which share a BO and process memory. A device with a fault-mode VM has no others, so none is of that mode. */
function shared(): Scenario {
  return scenario('one BO in two VMs')
    .vm('jobs', {})
    .vm('compute', { mode: 'compute' })
    .bo('ext', { size: 4 * K })
    .userptr('heap', { addr: client.HEAP, size: 2 * K })
    .queue('qj', { vm: 'jobs' })
    .queue('qc', { vm: 'compute' })
    .client('a', client.neighbour('jobs', 'qj'))
    .client('b', client.neighbour('compute', 'qc'))
    .client('pressure', (c) => c.evict('ext').evict('ext').evict('ext'))
    .client('munmap', munmap)
    .client('reset', client.resets)
    .build();
}

/** A compute VM with two of what the others have one of: exec queues, munmaps, resets, clients that RESTART. */
function twoOfEach(): Scenario {
  return scenario('two of each')
    .vm('vm0', { async: true, mode: 'compute', errorCapture: 0x2000 })
    .bo('ext', { size: 4 * K })
    .userptr('heap', { addr: client.HEAP, size: 2 * K })
    .queue('q0', { vm: 'vm0' })
    .queue('q1', { vm: 'vm0' })
    .queue('b1', { vm: 'vm0', kind: 'bind' })
    .client('a', client.failing(0x10000))
    .client('b', client.failing(0x800000, 'b1'))
    .client('c', client.spinner('q0'))
    .client('d', client.spinner('q1'))
    .client('munmap', munmap)
    .client('munmap2', munmap)
    .client('pressure', (c) => c.reset().evict('ext').evict('ext'))
    .client('reset', (c) => c.reset())
    .build();
}

export const WORLDS = {
  jobs: () =>
    sync('dma-fence', { runner: client.runner, other: client.shortRunner, closer: client.closer }),
  jobsAsync: () => async('dma-fence', { runner: client.asyncRunner, closer: client.asyncCloser }),
  compute: () => sync('compute', { runner: client.longRunner, closer: client.closer }),
  computeAsync: () => async('compute', { runner: client.longRunner, closer: client.closer }),
  faults: () =>
    sync('fault', {
      runner: client.longRunner,
      prober: client.prober,
      reset: client.resets,
      closer: client.closer,
    }),
  faultsAsync: () =>
    async('fault', { runner: client.longRunner, prober: client.prober, closer: client.closer }),
  counters: () =>
    sync('fault', {
      runner: client.longRunner,
      prober: client.prober,
      counters: client.counters,
      reset: client.resets,
      closer: client.closer,
    }),
  countersAsync: () =>
    async('fault', { runner: client.longRunner, counters: client.counters, closer: client.closer }),
  shared,
  twoOfEach,
} as const satisfies Readonly<Record<string, () => Scenario>>;

export type WorldId = keyof typeof WORLDS;
