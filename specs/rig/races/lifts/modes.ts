/** Lifts of the rule that a device has VMs of fault mode or others, and never both. */
import { read, scenario, spin } from '../../../../domain/scenario/builder.ts';
import type { Scenario } from '../../../../domain/scenario/schema.ts';
import type { Program } from '../clients.ts';
import type { ContextId } from '../contexts.ts';
import { seeing } from '../lift.ts';
import { breaks, type Lift } from './lifted.ts';
import * as s from './small.ts';

const { K, FAULT } = s;

/** A fault-mode VM and a compute VM map the same BO; the device has only one of them. */
function bothModes(name: string, moves: Program): () => Scenario {
  const built = scenario(name)
    .vm('vm0', s.COMPUTE)
    .vm('pf', FAULT)
    .bo('data', { size: 4 * K })
    .queue('q0', { vm: 'vm0' })
    .client('a', (c) =>
      c
        .bind('vm0', [s.data])
        .exec('q0', [spin(5_000), read(0x10000)])
        .exec('q0', [read(0x10000)]),
    )
    .client('b', (c) =>
      c.create('pf').bind('pf', [s.data]).gpuRead('pf', 0x10000).gpuRead('pf', 0x10000),
    )
    .client('moves', moves);
  return () => built.build();
}

const withFaults = bothModes('faults and jobs', (c) => c.sleep(500).evict('data').evict('data'));
const withCounters = bothModes('access counters and jobs', (c) =>
  c
    .evict('data')
    .accessCounter('pf', 0x10000, { vector: 0x10000 })
    .accessCounter('pf', 0x10000, { vector: 0x10000 }),
);

const anyMode = (first: ContextId, second: 'fault' | 'counter'): Lift => ({
  name: 'VMs of one mode only',
  pair: [first, second],
  scenario: second === 'fault' ? withFaults : withCounters,
  executor: seeing('vm', () => ({ openVms: () => ({ faultVms: 0, otherVms: 0 }) })),
  then: breaks('I28'),
});

export const modeLifts: readonly Lift[] = [
  anyMode('rebind', 'fault'),
  anyMode('rebind', 'counter'),
  anyMode('preempt', 'fault'),
  anyMode('preempt', 'counter'),
];
