/**
 * The hash of a state: sha256 over a canonical text of everything that facts determine. The same for a live world and
 * for the fold of its log, on any machine. It costs as much as the state is large; it seals a log, it does not key a
 * search.
 */
import { createHash, type Hash } from 'node:crypto';
import { hexOfPages } from '../../domain/units.ts';
import { NO_COSTS } from '../../hw/costs.ts';
import { filledSlots } from '../../hw/slots.ts';
import { cachedDirectories, tlbEntries } from '../../hw/tlb.ts';
import type { Shared } from '../../machines/shared/shared.ts';
import type { Views } from './views.ts';

const sorted = <V>(record: Readonly<Record<string, V>>): [string, V][] =>
  Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));

export function digestOf(views: Views): string {
  const hash = createHash('sha256');
  const line = (...words: readonly unknown[]): void => {
    hash.update(`${JSON.stringify(words)}\n`);
  };
  for (const [actor, state] of sorted(views.states)) line('state', actor, state);
  for (const [vm, { config, mappings }] of sorted(views.spaces)) {
    line('space', vm, config.start, config.range, config.semantics);
    for (const { id, addr, range, obj, offset, repeat, attrs } of mappings.values()) {
      const { null: isNull, readOnly, userptr, gtMask } = attrs;
      line('va', vm, id, addr, range, obj, offset, isNull, readOnly, userptr, gtMask);
      if (repeat !== null) line('repeat', vm, id, repeat.range, repeat.phase);
    }
  }
  digestShared(views.shared, line, hash);
  return hash.digest('hex');
}

/** What is plain JSON, small, and has a name; and the links, which outlive their mappings until those are destroyed. */
function digestObjects(shared: Shared, line: (...words: readonly unknown[]) => void): void {
  const { vms, userptrs, queues, resvs, locks, sleepers, userMemory, refs } = shared;
  const kinds = { vms, userptrs, queues, resvs, locks, sleepers, userMemory, refs };
  for (const [kind, record] of Object.entries(kinds)) {
    for (const [id, value] of sorted<unknown>(record)) line(kind, id, canonical(value));
  }
  for (const [bo, links] of sorted(shared.links)) {
    for (const { vm, va, addr, range } of links.values()) line('link', bo, vm, va, addr, range);
  }
}

/** Members in order of their names, at every depth. */
function canonical(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(canonical);
  return sorted(value as Readonly<Record<string, unknown>>).map(([name, member]) => [
    name,
    canonical(member),
  ]);
}

function digestShared(
  shared: Shared,
  line: (...words: readonly unknown[]) => void,
  hash: Hash,
): void {
  const { device, pools } = shared;
  line('device', device.gts, device.levels, device.profile);
  // what a scenario does not set is not in the digest, so that old ones stay what they were
  const { flavour, rangeInvalidation, costs, driver, quirks } = device;
  if (flavour !== undefined) line('flavour', canonical(flavour));
  if (!rangeInvalidation) line('full invalidation');
  if (costs !== NO_COSTS) line('costs', canonical(costs));
  if (driver !== null) line('driver', canonical(driver));
  if (quirks.length > 0) line('quirks', quirks);
  line('pools', pools.system.next, pools.vram.next, pools.tables.next);
  for (const [vm, asid] of sorted(shared.asids)) line('asid', vm, asid);
  for (const [bo, { range, phys, placement, home, closed, vm, is64K }] of sorted(shared.bos)) {
    line('bo', bo, range, phys, placement, home, closed, vm, ...(is64K ? ['64K'] : []));
  }
  digestObjects(shared, line);
  for (const [id, syncobj] of sorted(shared.syncobjs)) line('syncobj', id, syncobj);
  for (const [, fences] of sorted(shared.fences)) {
    for (const fence of fences.values()) {
      const { key, kind, parts, waits, holders, result, waiters, enabled, started } = fence;
      line('fence', key, kind, parts, waits, holders, result, waiters, enabled, started);
    }
  }
  for (const [key, table] of sorted(shared.roots)) line('root', key, table);
  for (const { key, value } of shared.tables.pages.entries()) {
    hash.update(`table ${hexOfPages(key)} ${value.level}`);
    for (const [index, pte] of filledSlots(value.entries)) hash.update(` ${index}=${pte}`);
    hash.update('\n');
  }
  for (const [gt, tlb] of sorted(shared.tlbs)) {
    for (const { asid, addr, pages, level, pte } of tlbEntries(tlb)) {
      line('tlb', gt, asid, addr, pages, level, pte);
    }
    for (const { asid, addr, pages, level, pte } of cachedDirectories(tlb)) {
      line('directory', gt, asid, addr, pages, level, pte);
    }
  }
  for (const { key, value } of shared.memory.words.entries()) line('word', key, value);
}
