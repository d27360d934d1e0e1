/** Fault-mode VMs whose memory goes while faults are being handled: what the page-fault handler has to look at twice. */
import { map, mapUserptr, prefetch, scenario } from '../../domain/scenario/builder.ts';
import type { Scenario } from '../../domain/scenario/schema.ts';

const K = 0x1000;
const HEAP = 0x7f0000000000n;

/** Process memory that comes and goes, and a private BO whose evictions hold the VM's reservation lock. */
function userptrs(): Scenario {
  return scenario('page faults on userptrs')
    .vm('vm0', { mode: 'fault' })
    .bo('own', { size: 2 * K, vm: 'vm0' })
    .userptr('heap', { addr: HEAP, size: 2 * K })
    .client('app', (c) =>
      c
        .bind('vm0', [mapUserptr({ addr: 0x30000, range: 2 * K, ptr: HEAP })])
        .bind('vm0', [map({ addr: 0x20000, range: 2 * K, bo: 'own' })])
        .gpuRead('vm0', 0x30000)
        .gpuRead('vm0', 0x31000)
        .gpuRead('vm0', 0x30000)
        .gpuRead('vm0', 0x31000),
    )
    .client('other', (c) =>
      c.gpuRead('vm0', 0x20000).gpuRead('vm0', 0x30000).gpuRead('vm0', 0x21000),
    )
    .client('munmap', (c) => c.invalidate('heap').invalidate('heap').invalidate('heap'))
    .client('munmap2', (c) => c.sleep(40_000).invalidate('heap').invalidate('heap'))
    .client('pressure', (c) => c.evict('own').evict('own').evict('own'))
    .client('pressure2', (c) => c.evict('own').evict('own').evict('own'))
    .build();
}

/** One BO in two VMs, of which one has it moved, one uses it, and memory pressure takes it away. */
function moves(): Scenario {
  return scenario('moves under page faults')
    .vm('vm0', { mode: 'fault', async: true })
    .vm('vm1', { mode: 'fault' })
    .bo('ext', { size: 2 * K })
    .client('mover', (c) =>
      c
        .bind('vm0', [map({ addr: 0x10000, range: 2 * K, bo: 'ext' })])
        .bind('vm0', [prefetch({ addr: 0x10000, range: K, region: 0 })])
        .bind('vm0', [prefetch({ addr: 0x10000, range: K, region: 1 })])
        .gpuAtomic('vm0', 0x10000, 1),
    )
    .client('user', (c) =>
      c
        .bind('vm1', [map({ addr: 0x10000, range: 2 * K, bo: 'ext', immediate: true })])
        .gpuRead('vm1', 0x10000)
        .bind('vm1', [map({ addr: 0x20000, range: K, bo: 'ext', immediate: true })])
        .gpuAtomic('vm1', 0x20000, 1)
        .gpuRead('vm1', 0x11000),
    )
    .client('pressure', (c) => c.evict('ext').evict('ext').evict('ext'))
    .build();
}

export const FAULT_WORLDS: readonly Scenario[] = [userptrs(), moves()];
