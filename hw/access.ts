/**
 * One load or store of a word by the GPU: what it sees and what it leaves behind.
 *
 * Translation comes from the TLB if it has one, however stale, else from a walk, which the TLB then
 * keeps; access-choices.ts lists what else hardware may do. Nothing is changed here: the answer
 * says what happened, and the caller folds it (fill the TLB, write the word). Fault kinds are those
 * of xe_gt_pagefault.c (not present, write violation, atomic violation); a read-only NULL page
 * faults on a write like any read-only page. An atomic adds to the word, and is a write. Left out:
 * a walk's retry after a violation found in the TLB.
 */
import { type Page, type U64, u64OfBigint, type WordAddress } from '../domain/units.ts';
import { alignDown, PAGES_64K, type Level } from './levels.ts';
import { readWord, type Memory, type PhysicalWord } from './memory.ts';
import { walk, type Tables, type WalkResult } from './page-tables.ts';
import { decodeEntry } from './pte.ts';
import { lookup, tlbEntryOf, type Tlb, type TlbEntry } from './tlb.ts';

/** The machine as one GT sees it. */
export interface Machine {
  readonly tables: Tables;
  readonly tlb: Tlb;
  readonly memory: Memory;
}

/** The address space that a job runs in. */
export interface Context {
  readonly asid: number;
  /** Page of the root table. */
  readonly root: Page;
  readonly levels: number;
}

export type AccessRequest =
  | { readonly kind: 'read' }
  | { readonly kind: 'write'; readonly value: U64 }
  /** `needsBit`: the device has the atomic-enable bit, and refuses atomics through entries without */
  | { readonly kind: 'atomic'; readonly value: U64; readonly needsBit: boolean };

/** 'dangling-table': the walk met a pointer to a page that is no table, which is a driver bug. */
export type FaultKind = 'not-present' | 'write-violation' | 'atomic-violation' | 'dangling-table';

interface Translated {
  readonly tlbHit: boolean;
  /** The translation that the access used. */
  readonly entry: TlbEntry;
  /** Page accessed; `null` for NULL. */
  readonly pfn: Page | null;
  /** Set when the TLB has to take in `entry`: it came from a walk. */
  readonly filled?: TlbEntry;
}

export type AccessResult =
  | ({ readonly outcome: 'read'; readonly value: U64 } & Translated)
  /** The store is in memory once the caller has applied `write`; `value`: what an atomic found there. */
  | ({
      readonly outcome: 'written';
      readonly write: PhysicalWord & { value: U64 };
      readonly value?: U64;
    } & Translated)
  /** A store to a NULL page. */
  | ({ readonly outcome: 'dropped' } & Translated)
  | ({
      readonly outcome: 'fault';
      readonly fault: FaultKind;
      /** Level of the entry that stopped the access. */
      readonly level: Level;
    } & Partial<Translated>);

/** What the access of a GT to `at` does. */
export function access(
  machine: Machine,
  { asid, root, levels }: Context,
  at: WordAddress,
  request: AccessRequest,
): AccessResult {
  const cached = lookup(machine.tlb, asid, at.addr);
  if (cached !== undefined) return completeBy(machine.memory, cached, true, at, request);
  return completeWalk(
    machine.memory,
    asid,
    walk(machine.tables, root, levels, at.addr),
    at,
    request,
  );
}

/** The access after a walk. */
export function completeWalk(
  memory: Memory,
  asid: number,
  found: WalkResult,
  at: WordAddress,
  request: AccessRequest,
): AccessResult {
  switch (found.kind) {
    case 'not-present':
      return { outcome: 'fault', fault: 'not-present', level: found.level, tlbHit: false };
    case 'dangling':
      return { outcome: 'fault', fault: 'dangling-table', level: found.level, tlbHit: false };
    case 'leaf':
      return completeBy(memory, tlbEntryOf(asid, found), false, at, request);
  }
}

/** The access by a translation. */
export function completeBy(
  memory: Memory,
  entry: TlbEntry,
  tlbHit: boolean,
  { addr, word }: WordAddress,
  request: AccessRequest,
): AccessResult {
  const leaf = decodeEntry(entry.pte, entry.level);
  if (leaf.kind !== 'leaf') throw new Error('unreachable: only leaves are cached');
  const pfn = leaf.pfn === null ? null : firstPage(leaf.pfn, entry) + (addr - entry.addr);
  const by: Translated = { tlbHit, entry, pfn, ...(tlbHit ? {} : { filled: entry }) };
  if (request.kind !== 'read' && !leaf.writable) {
    return { outcome: 'fault', fault: 'write-violation', level: entry.level, ...by };
  }
  if (request.kind === 'atomic' && request.needsBit && !leaf.atomic) {
    return { outcome: 'fault', fault: 'atomic-violation', level: entry.level, ...by };
  }
  if (request.kind === 'read') {
    const value = pfn === null ? '0x0' : readWord(memory, { pfn, word });
    return { outcome: 'read', value, ...by };
  }
  if (pfn === null) return { outcome: 'dropped', ...by };
  if (request.kind === 'atomic') {
    const value = readWord(memory, { pfn, word });
    const sum = u64OfBigint((BigInt(value) + BigInt(request.value)) % 2n ** 64n);
    return { outcome: 'written', value, write: { pfn, word, value: sum }, ...by };
  }
  return { outcome: 'written', write: { pfn, word, value: request.value }, ...by };
}

/** Of a 64K page the address in the entry counts from bit 16 up. */
function firstPage(pfn: Page, { pages }: TlbEntry): Page {
  return pages === PAGES_64K ? alignDown(pfn, PAGES_64K) : pfn;
}
