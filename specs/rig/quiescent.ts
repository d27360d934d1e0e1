/**
 * What must be so of a VM that nothing is under way for: its page tables translate exactly what its address space
 * holds, on every GT; the tables are sound; and every cached translation is one that a walk would find (invariants 19,
 * 21, 22, 23, 24). Of a VM that is closed nothing is left.
 *
 * In fault mode the tables hold what is bound and not zapped, and nothing else. In a VM with scratch pages every entry
 * for nothing leads to the scratch tree, which is compared where the walk comes to it and never gone through.
 */
import type { Mapping } from '../../hw/leaf-rule.ts';
import { entryPages } from '../../hw/levels.ts';
import { walk } from '../../hw/page-tables.ts';
import { liveFaults, shapeFaults } from '../../hw/shape-check.ts';
import { compareMappings, tableRootOf } from '../../hw/tables-check.ts';
import { tlbEntries, tlbEntryOf } from '../../hw/tlb.ts';
import type { Shared } from '../../machines/shared/shared.ts';
import { rootKey } from '../../machines/shared/shared.ts';
import { vmaOf, type VmContext, wantedMask } from '../../machines/vm/context.ts';
import { pieceOfMapping } from '../../machines/vm/pieces.ts';
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

/** Which GTs have entries for a mapping, as bits: in fault mode those that have bound it and not zapped it since. */
function shownOn(vm: VmContext, mapping: Mapped): number {
  const wanted = wantedMask(vm, pieceOfMapping(mapping));
  if (vm.mode !== 'fault') return wanted;
  const { present, zapped } = vmaOf(vm, mapping.id);
  return present & ~zapped & wanted;
}

/** What the tables of one GT have to translate. */
function asLeafMappings(vm: VmContext, gt: number, shared: Shared): Mapping[] {
  const shown = [...vm.space.mappings.values()].filter(
    (mapping) => (shownOn(vm, mapping) & (1 << gt)) !== 0,
  );
  return shown.map((mapping) => {
    const { addr, range, obj, attrs } = mapping;
    const pfn = physOf(mapping, shared);
    const vram = obj !== null && shared.bos[obj]?.placement === 'vram';
    const backing =
      pfn === null ? ({ kind: 'null' } as const) : ({ kind: 'physical', pfn, vram } as const);
    return { addr, range, backing, readOnly: attrs.readOnly };
  });
}

/** Mappings that were zapped: the driver counts their entries, and the hardware has none (hw/pt-zap.ts). */
function zappedOn(vm: VmContext, gt: number): Mapped[] {
  return [...vm.space.mappings.values()].filter(
    ({ id }) => (vmaOf(vm, id).zapped & (1 << gt)) !== 0,
  );
}

/** Its entries may lag: pages have moved and nobody has bound them again yet. Fault mode clears entries before. */
const lags = ({ id, mode, invalidated }: VmContext, { vms, userptrs }: Shared): boolean =>
  (mode !== 'fault' && (vms[id]?.evicted.length ?? 0) > 0) ||
  invalidated.length > 0 ||
  Object.values(userptrs).some(({ invalidating }) => invalidating);

const isBusy = (
  { call, work, pending, notifiers, inFlight }: VmContext,
  { fences }: Shared,
): boolean =>
  call !== null ||
  work !== null ||
  notifiers.length > 0 ||
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

/** What is wrong with the tables of a VM on one GT. */
function tableFaults(vm: VmContext, index: number, shared: Shared): unknown[] {
  const gt = vm.gts[index] ?? '';
  const tree = vm.trees[index];
  if (tree === undefined) return ['no tree'];
  const from = tableRootOf(tree);
  if (shared.roots[rootKey(gt, vm.id)] !== from.root) return ['another root than the driver’s'];
  const zapped = zappedOn(vm, index);
  const isExcused = ({ base, level }: { base: number; level: number }): boolean =>
    zapped.some(({ addr, range }) => addr < base + entryPages(level + 1) && base < addr + range);
  const ofTrees = [...shapeFaults(shared.tables, from), ...liveFaults(tree, shared.tables)];
  return [
    ...compareMappings(shared.tables, from, asLeafMappings(vm, index, shared)),
    ...ofTrees.filter((fault) => !isExcused(fault)),
  ];
}

/** What is wrong with the VMs of a world for which nothing is under way. */
export function quiescentFaults(world: World): string[] {
  const { shared } = world;
  const remains = remainsOf(world);
  if (remains.length > 0) return remains;
  return idleVms(world).flatMap((vm) =>
    vm.gts.flatMap((gt, index) => [
      ...tableFaults(vm, index, shared).map(
        (fault) => `${vm.id} on ${gt}: ${JSON.stringify(fault)}`,
      ),
      ...staleTranslations(gt, vm, shared),
    ]),
  );
}
