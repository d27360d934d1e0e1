/**
 * One fact, one line of the story, or none. Only what somebody who debugs a driver would write down: op lists,
 * page-table stores, invalidations, fences, accesses, and expectations that failed.
 */
import { errnoName } from '../../domain/errno.ts';
import type { Fact, FactOf } from '../../domain/facts/schema.ts';
import { hexOfPages, hexOfWord, type Page } from '../../domain/units.ts';
import type { StepRecord } from '../world/record.ts';
import { checkText } from './check-text.ts';
import { entriesOfRuns, groupEntries, groupPlace, groupText } from './pte-groups.ts';
import type { Story } from './story-state.ts';
import { MEMORY_TELLERS } from './tell-memory.ts';
import { driverText, OP_TELLERS } from './tell-ops.ts';
import { QUEUE_TELLERS } from './tell-queues.ts';
import { errorText, type Tellers, type ToldFact } from './told.ts';
import { opText, span } from './words.ts';

/** More stores than this in one command are not told one by one. */
const MAX_GROUPS = 6;

/** A page of memory by the BO that it belongs to. */
function placeText(phys: Page | null, { bos }: Story): string {
  if (phys === null) return 'NULL';
  for (const [name, bo] of Object.entries(bos)) {
    if (phys >= bo.phys && phys < bo.phys + bo.range)
      return `${name}+${hexOfPages(phys - bo.phys)}`;
  }
  return `at ${hexOfPages(phys)}`;
}

function accessText(fact: FactOf<'access.done'>, story: Story): string {
  const stored = fact.access !== 'read' ? ` = ${fact.value ?? '0x0'}` : '';
  const gt = fact.gt === 'gt0' ? '' : ` ${fact.gt}`;
  const where = `gpu${gt} ${fact.access} ${fact.vm} ${hexOfWord(fact)}${stored}`;
  const hit = fact.tlbHit ? 'TLB hit' : 'TLB miss';
  if (fact.outcome === 'fault') return `${where} -> FAULT (${fact.fault ?? 'not-present'}, ${hit})`;
  const seen = fact.access === 'read' ? (fact.value ?? '0x0') : fact.outcome;
  return `${where} -> ${seen} (${placeText(fact.phys, story)}, ${hit})`;
}

function storeText(fact: FactOf<'pte.written'>): string {
  const groups = groupEntries(entriesOfRuns(fact.runs), fact.level);
  const shown = groups.slice(0, MAX_GROUPS).map((group) => {
    return `${groupPlace(group)} ${groupText(group, fact.level)}`;
  });
  const rest = groups.length - shown.length;
  const more = rest > 0 ? `; and ${rest} more` : '';
  return `PTEs level ${fact.level} ${shown.join('; ')}${more}`;
}

const TELLERS: Tellers = {
  ...MEMORY_TELLERS,
  ...QUEUE_TELLERS,
  ...OP_TELLERS,
  'device.created': (fact) => ({
    actor: 'device',
    text: `${fact.profile}${fact.flavour === undefined ? '' : ` ${fact.flavour}`}${driverText(fact)}, ${fact.gts.length === 1 ? '1 GT' : `${fact.gts.length} GTs`}, ${fact.vaBits}-bit addresses`,
  }),
  'bo.created': ({ bo, range, phys, placement }) => ({
    actor: bo,
    text: `BO of ${hexOfPages(range)} bytes in ${placement} at ${hexOfPages(phys)}`,
  }),
  'bo.closed': ({ bo }) => ({ actor: bo, text: 'handle closed' }),
  'vm.created': ({ vm, async, semantics }) => ({
    actor: vm,
    text: `VM, ${async ? 'async binds' : 'sync binds'}, ${semantics}`,
  }),
  'vm.closing': ({ vm }) => ({ actor: vm, text: 'closing' }),
  'vm.closed': ({ vm }) => ({ actor: vm, text: 'closed' }),
  'ops.created': ({ vm, ops }) =>
    ops.length === 0
      ? { actor: vm, text: '  no ops' }
      : ops.map((op) => ({ actor: vm, text: `  ${opText(op)}` })),
  'bind.refused': ({ vm, call, error, row }) => ({
    actor: vm,
    text: `bind #${call} refused with ${errnoName(error)} (${checkText(row)})`,
  }),
  'bind.unwound': ({ vm, call, error }) => ({
    actor: vm,
    text: `bind #${call} unwound${errorText(error)}`,
  }),
  'pte.written': (fact) => ({ actor: fact.gt, text: storeText(fact) }),
  'tlb.invalidated': ({ gt, vm, addr, range, full }) => ({
    actor: gt,
    text:
      full === true
        ? `TLB forgets everything, for ${vm}`
        : `TLB forgets ${vm} ${span(addr, range)}`,
  }),
  'fence.signaled': ({ fence, error }, _record, story) => {
    const holders = story.holders[fence];
    if (holders === undefined && error === 0) return [];
    const names = holders === undefined ? '' : ` (${holders.join(', ')})`;
    return { actor: 'fence', text: `${fence} signaled${errorText(error)}${names}` };
  },
  'fence.waited': ({ fence, waiter }, record) =>
    record.actor === waiter && record.facts.some(({ type }) => type === 'step.began')
      ? { actor: waiter, text: `waits for ${fence}` }
      : [],
  'access.done': (fact, _record, story) => ({ actor: fact.client, text: accessText(fact, story) }),
  'cpu.accessed': ({ client, bo, offset, word, access, value }) => ({
    actor: client,
    text: `cpu ${access} ${bo}+${hexOfWord({ addr: offset, word })} ${access === 'read' ? '->' : '='} ${value}`,
  }),
  'expect.failed': ({ client, step, what, expected, actual }) => ({
    actor: client,
    text: `EXPECTATION FAILED in step ${step + 1}, ${what}: expected ${expected}, got ${actual}`,
    tone: 'bad',
  }),
};

/** The lines that a fact is worth. `story` is the state after it. */
export function tellFact(fact: Fact, record: StepRecord, story: Story): readonly ToldFact[] {
  const teller = TELLERS[fact.type] as
    ((fact: Fact, record: StepRecord, story: Story) => ToldFact | readonly ToldFact[]) | undefined;
  if (teller === undefined) return [];
  const told = teller(fact, record, story);
  return Array.isArray(told) ? (told as readonly ToldFact[]) : [told as ToldFact];
}
