/**
 * The state hash as the engine of format v1 computed it (streams/replay/digest.ts of that time), over today's views, and
 * over the fences and syncobjs as they were kept then. With it a spec can hold the fold of an old log against the hash in its seal.
 */
import { createHash } from 'node:crypto';
import { hexOfPages } from '../../../domain/units.ts';
import { filledSlots } from '../../../hw/slots.ts';
import { tlbEntries } from '../../../hw/tlb.ts';
import { contextOf, seqnoOf } from '../../../domain/fence/fence-table.ts';
import type { Views } from '../../../streams/replay/views.ts';
import type { ObjectsV1 } from './fences-v1.ts';

const sorted = <V>(record: Readonly<Record<string, V>>): [string, V][] =>
  Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));

export function digestV1(
  { states, spaces, shared }: Views,
  { fences, syncobjs }: ObjectsV1,
): string {
  const hash = createHash('sha256');
  const line = (...words: readonly unknown[]): void => {
    hash.update(`${JSON.stringify(words)}\n`);
  };
  for (const [actor, state] of sorted(states)) line('state', actor, state);
  for (const [vm, { config, mappings }] of sorted(spaces)) {
    line('space', vm, config.start, config.range, config.semantics);
    for (const { id, addr, range, obj, offset, attrs } of mappings.values()) {
      line('va', vm, id, addr, range, obj, offset, attrs.null, attrs.readOnly);
    }
  }
  const { device, pools } = shared;
  line('device', device.gts, device.levels, device.profile);
  line('pools', pools.system.next, pools.vram.next, pools.tables.next);
  for (const [vm, asid] of sorted(shared.asids)) line('asid', vm, asid);
  for (const [bo, { range, phys, placement, closed }] of sorted(shared.bos)) {
    line('bo', bo, range, phys, placement, closed);
  }
  for (const [id, syncobj] of sorted(syncobjs)) line('syncobj', id, syncobj);
  const order = ([a]: [string, unknown], [b]: [string, unknown]): number => {
    const [one, two] = [contextOf(a), contextOf(b)];
    return one === two ? seqnoOf(a) - seqnoOf(b) : one < two ? -1 : 1;
  };
  for (const [key, { kind, parts, result, waiters }] of [...fences].sort(order)) {
    line('fence', key, kind, parts, result, waiters);
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
  }
  for (const { key, value } of shared.memory.words.entries()) line('word', key, value);
  return hash.digest('hex');
}
