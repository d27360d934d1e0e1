/** Scenarios in which one lifted exclusion shows soon. */
import { map, read, scenario, spin, unmap, write } from '../../../domain/scenario/builder.ts';
import type { Scenario } from '../../../domain/scenario/schema.ts';

const K = 0x1000;
const hole = unmap({ addr: 0x11000, range: K });

/** A job reads what stays mapped around a hole. */
export const holeUnderJob = (): Scenario =>
  scenario('a hole under a job')
    .vm('vm0')
    .bo('data', { size: 4 * K })
    .queue('q0', { vm: 'vm0' })
    .syncobj('bound')
    .client('app', (c) =>
      c
        .bind('vm0', [map({ addr: 0x10000, range: 4 * K, bo: 'data' })], { out: ['bound'] })
        .exec('q0', [write(0x13000, 1, 'ok'), read(0x13000, 1), read(0x10000, 0)], {
          in: ['bound'],
        })
        .bind('vm0', [hole])
        .exec('q0', [read(0x13000, 1), read(0x10000, 0)]),
    )
    .build();

/** A hole is made while the rebind worker has the queue stopped for an eviction. */
export const holeUnderRebind = (): Scenario =>
  scenario('a hole under the rebind worker')
    .vm('vm0', { mode: 'compute' })
    .bo('data', { size: 4 * K })
    .queue('q0', { vm: 'vm0' })
    .client('app', (c) =>
      c
        .bind('vm0', [map({ addr: 0x10000, range: 4 * K, bo: 'data' })])
        .exec('q0', [spin(5_000), spin(5_000)])
        .evict('data')
        .bind('vm0', [hole]),
    )
    .build();
