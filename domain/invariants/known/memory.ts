/** Memory, as facts tell: BOs and userptr areas, what was freed, and what the TLBs of fault-mode VMs still lead to. */
import type { FactOf } from '../../facts/schema.ts';
import { OrderedMap } from '../../ordered-map.ts';
import { isLeafEntry, leafPage, PTE_NULL, hasFlag } from '../../pte-bits.ts';
import type { Page } from '../../units.ts';
import { without } from '../../without.ts';
import type { VmaSeen } from './spaces.ts';

export interface BoSeen {
  readonly range: Page;
  readonly phys: Page;
  /** the VM that it is private to; null for an external one */
  readonly vm: string | null;
}

export interface UserptrSeen {
  readonly userptr: string;
  readonly ptr: Page;
  readonly range: Page;
  readonly phys: Page | null;
  readonly seq: number;
  readonly isInvalidating: boolean;
}

/** One cached translation to memory. */
export interface Cached {
  readonly addr: Page;
  readonly range: Page;
  readonly phys: Page;
}

export interface MemorySeen {
  readonly bos: Readonly<Record<string, BoSeen>>;
  readonly userptrs: Readonly<Record<string, UserptrSeen>>;
  /** freed memory that nothing new was put into: first page -> how many */
  readonly freed: OrderedMap<Page>;
  /** by `gt vm`, for fault-mode VMs only: translations by address and level */
  readonly tlbs: Readonly<Record<string, OrderedMap<Cached>>>;
}

export const NO_MEMORY_SEEN: MemorySeen = {
  bos: {},
  userptrs: {},
  freed: OrderedMap.empty(),
  tlbs: {},
};

const LEVELS = 8;

/** The part of freed memory that [phys, phys + range) touches, if any. */
export function freedAt({ freed }: MemorySeen, phys: Page, range: Page): Page | null {
  const below = freed.floor(phys);
  if (below !== undefined && below.key + below.value > phys) return phys;
  const above = freed.ceiling(phys);
  return above !== undefined && above.key < phys + range ? above.key : null;
}

export function freedPages(seen: MemorySeen, phys: Page, range: Page): MemorySeen {
  return { ...seen, freed: seen.freed.set(phys, range) };
}

/** Memory that is handed out (again). */
function taken(seen: MemorySeen, phys: Page, range: Page): MemorySeen {
  let { freed } = seen;
  for (;;) {
    const at = freedAt({ ...seen, freed }, phys, range);
    const hit = at === null ? undefined : freed.floor(at);
    if (hit === undefined) return freed === seen.freed ? seen : { ...seen, freed };
    freed = freed.delete(hit.key);
  }
}

export function madeBo(
  seen: MemorySeen,
  { bo, range, phys, vm }: FactOf<'bo.created'>,
): MemorySeen {
  const bos = { ...seen.bos, [bo]: { range, phys, vm } };
  return { ...taken(seen, phys, range), bos };
}

export function movedBo(seen: MemorySeen, { bo, phys }: FactOf<'bo.moved'>): MemorySeen {
  const old = seen.bos[bo];
  if (old === undefined) return seen;
  return { ...taken(seen, phys, old.range), bos: { ...seen.bos, [bo]: { ...old, phys } } };
}

export function freedBo(seen: MemorySeen, bo: string): MemorySeen {
  return { ...seen, bos: without(seen.bos, bo) };
}

export function withUserptr(
  seen: MemorySeen,
  userptr: string,
  change: Partial<UserptrSeen>,
): MemorySeen {
  const old = seen.userptrs[userptr];
  if (old === undefined) return seen;
  const next = { ...old, ...change };
  const free = next.phys === null ? seen : taken(seen, next.phys, next.range);
  return { ...free, userptrs: { ...seen.userptrs, [userptr]: next } };
}

/** The area of the process that a userptr mapping shows. */
export function userptrOf(
  { userptrs }: MemorySeen,
  { userptr, offset }: Pick<VmaSeen, 'userptr' | 'offset'>,
): UserptrSeen | null {
  if (!userptr) return null;
  const all = Object.values(userptrs);
  return all.find(({ ptr, range }) => ptr <= offset && offset < ptr + range) ?? null;
}

/** The first page of a mapping's memory; null for NULL and for what is not there. */
export function physOf(seen: MemorySeen, vma: VmaSeen): Page | null {
  const area = userptrOf(seen, vma);
  if (area !== null) return area.phys === null ? null : area.phys + vma.offset - area.ptr;
  const bo = vma.obj === null ? undefined : seen.bos[vma.obj];
  return bo === undefined ? null : bo.phys + vma.offset;
}

/** Where a translation leads; null for a directory entry and for NULL. */
export const leadsTo = ({ pte, level }: FactOf<'tlb.filled'>): Page | null =>
  isLeafEntry(pte, level) && !hasFlag(pte, PTE_NULL) ? leafPage(pte, level) : null;

export function filledTlb(seen: MemorySeen, fact: FactOf<'tlb.filled'>): MemorySeen {
  const phys = leadsTo(fact);
  if (phys === null) return seen;
  const { gt, vm, addr, range, level } = fact;
  const key = `${gt} ${vm}`;
  const tlb = seen.tlbs[key] ?? OrderedMap.empty<Cached>();
  const entry = { addr, range, phys };
  return { ...seen, tlbs: { ...seen.tlbs, [key]: tlb.set(addr * LEVELS + level, entry) } };
}

/** The TLB of a VM on a GT forgets what touches [addr, end). */
export function forgotten(seen: MemorySeen, key: string, addr: Page, end: Page): MemorySeen {
  const tlb = seen.tlbs[key];
  if (tlb === undefined) return seen;
  const left = [...tlb.entries()].filter(
    ({ value }) => value.addr >= end || value.addr + value.range <= addr,
  );
  const kept = OrderedMap.from(left.map(({ key: at, value }) => [at, value] as const));
  return { ...seen, tlbs: { ...seen.tlbs, [key]: kept } };
}
