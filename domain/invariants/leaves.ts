/** Leaf entries as they come into a tree, and the mappings that they can be for; I21 to I23 judge them. */
import type { Fact, FactOf } from '../facts/schema.ts';
import { isLeafEntry } from '../pte-bits.ts';
import { hexOfPages, type Page } from '../units.ts';
import { Broken, invariant } from './contract.ts';
import type { Known } from './known/known.ts';
import { aliveIn, type VmaSeen } from './known/spaces.ts';
import { entrySpan } from './known/tables.ts';

type Stored = FactOf<'pte.written'> | FactOf<'table.allocated'>;

/** Leaf entries that a fact stores, and the mappings that they can be for. */
export interface Leaves {
  readonly gt: string;
  readonly vm: string;
  readonly pte: number;
  readonly level: number;
  readonly addr: Page;
  readonly vmas: readonly VmaSeen[];
}

/** What was found last: three rules in a row ask the same of one state. Only a memory of answers, never a part of any. */
let found: { readonly known: Known; readonly leaves: Map<Stored, readonly Leaves[]> } | null = null;

/** The leaves of a table that hangs somewhere; those of a new one are looked at when it is hung up. */
export function leavesOf(fact: Stored, known: Known): readonly Leaves[] {
  if (found?.known !== known) found = { known, leaves: new Map() };
  const seen = found.leaves.get(fact);
  if (seen !== undefined) return seen;
  const leaves = findLeaves(fact, known);
  found.leaves.set(fact, leaves);
  return leaves;
}

function findLeaves(fact: Stored, { tables, vms }: Known): readonly Leaves[] {
  const { gt, vm, table, level, runs } = fact;
  const base = tables.get(table)?.base ?? null;
  const state = vms[vm];
  if (base === null || state === undefined) return [];
  return runs.flatMap(({ index, count, pte }) => {
    if (pte % 2 === 0 || !isLeafEntry(pte, level)) return [];
    const addr = base + index * entrySpan(level);
    return [
      { gt, vm, pte, level, addr, vmas: aliveIn(state, addr, addr + count * entrySpan(level)) },
    ];
  });
}

/** A VM with scratch pages has leaves that are for no mapping. */
export const isForMapping = ({ vm, vmas }: Leaves, { vms }: Known): boolean =>
  vms[vm]?.scratch !== true && vmas.length > 0;

export interface Held {
  /** by GT: leaves of tables that nothing points to yet */
  readonly waiting: Readonly<Record<string, readonly FactOf<'table.allocated'>[]>>;
  readonly hasBounds: boolean;
}

const waitingOn = (own: Held, gt: string, waiting: readonly FactOf<'table.allocated'>[]): Held => ({
  ...own,
  waiting: { ...own.waiting, [gt]: waiting },
});

/** GTs whose tables a record changes: what hangs on others hung there before. */
function gtsIn(facts: readonly Fact[]): ReadonlySet<string> {
  const gts = new Set<string>();
  for (const fact of facts) {
    if (fact.type === 'pte.written' || fact.type.startsWith('table.')) gts.add((fact as Stored).gt);
  }
  return gts;
}

/** A rule over leaves, as they come into a tree. */
export const leafRule = (
  meta: { id: string; says: string; source: string; shows: string },
  judge: (leaves: Leaves, known: Known) => string | null,
  more: Parameters<typeof invariant<Held>>[0]['on'] = {},
) =>
  invariant<Held>({
    ...meta,
    start: { waiting: {}, hasBounds: false },
    on: {
      ...more,
      'table.allocated': (own, fact) =>
        fact.runs.some(({ pte }) => pte % 2 === 1 && isLeafEntry(pte, fact.level))
          ? waitingOn(own, fact.gt, [...(own.waiting[fact.gt] ?? []), fact])
          : own,
      'table.freed': (own, { gt, table }) => {
        const waiting = own.waiting[gt] ?? [];
        return waiting.some((each) => each.table === table)
          ? waitingOn(
              own,
              gt,
              waiting.filter((each) => each.table !== table),
            )
          : own;
      },
      'pte.written': (own) => own,
    },
    settle: (own, { facts }, known) => {
      const isHung = ({ table }: { table: Page }): boolean =>
        known.tables.get(table)?.base !== null;
      let next = own;
      const hung: FactOf<'table.allocated'>[] = [];
      for (const gt of gtsIn(facts)) {
        const waiting = own.waiting[gt] ?? [];
        const now = waiting.filter(isHung);
        if (now.length === 0) continue;
        hung.push(...now);
        next = waitingOn(
          next,
          gt,
          waiting.filter((each) => !isHung(each)),
        );
      }
      for (const fact of [...hung, ...facts]) {
        if (fact.type !== 'pte.written' && fact.type !== 'table.allocated') continue;
        for (const leaves of leavesOf(fact, known)) {
          const wrong = !own.hasBounds && meta.id === 'I21' ? null : judge(leaves, known);
          if (wrong !== null) {
            return new Broken(
              next,
              `${leaves.gt}: ${hexOfPages(leaves.addr)} of ${leaves.vm}: ${wrong}`,
            );
          }
        }
      }
      return next;
    },
  });
