/**
 * What must be so of a VM that nothing is under way for: its page tables translate exactly what its address space
 * holds, on every GT; the tables are sound; and every cached translation is one that a walk would find (invariants 19,
 * 21, 22, 23, 24). Of a VM that is closed nothing is left.
 */
import type { Mapping } from '../../hw/leaf-rule.ts';
import { walk } from '../../hw/page-tables.ts';
import { liveFaults, shapeFaults } from '../../hw/shape-check.ts';
import { compareMappings } from '../../hw/tables-check.ts';
import { tlbEntries, tlbEntryOf } from '../../hw/tlb.ts';
import type { Shared } from '../../machines/shared/shared.ts';
import { rootKey } from '../../machines/shared/shared.ts';
import type { VmContext } from '../../machines/vm/context.ts';
import type { World } from '../../streams/world/world.ts';

/** The first page behind a mapping; null for NULL. */
function physOf({ obj, offset, attrs }: Mapped, { bos, userptrs }: Shared): number | null {
  if (attrs.userptr) {
    const area = Object.values(userptrs).find(
      ({ ptr, range }) => ptr <= offset && offset < ptr + range,
    );
    return area?.phys == null ? null : area.phys + offset - area.ptr;
  }
  const bo = obj === null ? undefined : bos[obj];
  return bo === undefined ? null : bo.phys + offset;
}

type Mapped =
  ReturnType<VmContext['space']['mappings']['values']> extends Iterable<infer M> ? M : never;

function asLeafMappings({ space }: VmContext, shared: Shared): Mapping[] {
  return [...space.mappings.values()].map((mapping) => {
    const { addr, range, obj, attrs } = mapping;
    const pfn = physOf(mapping, shared);
    const vram = obj !== null && shared.bos[obj]?.placement === 'vram';
    const backing =
      pfn === null ? ({ kind: 'null' } as const) : ({ kind: 'physical', pfn, vram } as const);
    return { addr, range, backing, readOnly: attrs.readOnly };
  });
}

/** Its entries may lag: pages have moved and nobody has bound them again yet, or a fault will bind them. */
const lags = ({ id, invalidated, mode, scratch }: VmContext, { vms, userptrs }: Shared): boolean =>
  mode === 'fault' ||
  // a scratch tree translates everything: what is mapped is compared in specs/hw
  scratch ||
  (vms[id]?.evicted.length ?? 0) > 0 ||
  invalidated.length > 0 ||
  Object.values(userptrs).some(({ invalidating }) => invalidating);

const isBusy = ({ call, pending, inFlight }: VmContext, { fences }: Shared): boolean =>
  call !== null ||
  pending.length > 0 ||
  inFlight.some((key) => {
    const [context, seqno] = [key.slice(0, key.lastIndexOf(':')), key.split(':').at(-1)];
    return fences[context]?.get(Number(seqno))?.result === null;
  });

/** The open VMs that nothing is under way for. */
function idleVms({ actors, shared }: World): VmContext[] {
  return actors.states.flatMap(({ machine, value, context }) => {
    const isOpen = machine === 'vm' && value.startsWith('open');
    const vm = context as VmContext;
    return isOpen && !isBusy(vm, shared) && !lags(vm, shared) ? [vm] : [];
  });
}

function staleTranslations(gt: string, vm: VmContext, shared: Shared): string[] {
  const root = shared.roots[rootKey(gt, vm.id)] ?? 0;
  const tlb = shared.tlbs[gt];
  const own = tlb === undefined ? [] : tlbEntries(tlb);
  return own
    .filter(({ asid }) => asid === shared.asids[vm.id])
    .flatMap((entry) => {
      const found = walk(shared.tables, root, vm.levels, entry.addr);
      const fresh = found.kind === 'leaf' ? tlbEntryOf(entry.asid, found) : null;
      const isFresh = fresh?.pte === entry.pte && fresh.pages === entry.pages;
      return isFresh ? [] : [`${gt} caches a stale translation of page ${entry.addr} of ${vm.id}`];
    });
}

/** What a closed VM left behind on the hardware. */
function remainsOf({ actors, shared }: World): string[] {
  const closed = actors
    .entries()
    .filter(([, { machine, value }]) => machine === 'vm' && value === 'closed');
  return closed.flatMap(([vm]) => {
    const roots = Object.keys(shared.roots).filter((key) => key.endsWith(` ${vm}`));
    const cached = Object.entries(shared.tlbs).filter(([, tlb]) =>
      tlbEntries(tlb).some(({ asid }) => asid === shared.asids[vm]),
    );
    return [...roots, ...cached.map(([gt]) => `${gt} caches translations of ${vm}`)];
  });
}

/** What is wrong with the VMs of a world for which nothing is under way. */
export function quiescentFaults(world: World): string[] {
  const { shared } = world;
  const remains = remainsOf(world);
  if (remains.length > 0) return remains;
  return idleVms(world).flatMap((vm) =>
    vm.gts.flatMap((gt, i) => {
      const from = { root: shared.roots[rootKey(gt, vm.id)] ?? 0, levels: vm.levels };
      const tree = vm.trees[i];
      const faults: unknown[] = [
        ...compareMappings(shared.tables, from, asLeafMappings(vm, shared)),
        ...shapeFaults(shared.tables, from),
        ...(tree === undefined ? ['no tree'] : liveFaults(tree, shared.tables)),
      ];
      return [
        ...faults.map((fault) => `${vm.id} on ${gt}: ${JSON.stringify(fault)}`),
        ...staleTranslations(gt, vm, shared),
      ];
    }),
  );
}
