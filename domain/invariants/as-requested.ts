/** I2 and I3: after a call every page has what was asked for, and where nothing was asked, what it had. */
import { hexOfPages, type Page } from '../units.ts';
import {
  type Backed,
  clipped,
  firstDifference,
  namedBy,
  piecesOf,
  allRequested,
  type Span,
} from './backing.ts';
import { Broken, invariant, type RunRecord } from './contract.ts';
import { callKey } from './known/calls.ts';
import type { Known } from './known/known.ts';
import { endOf, mappedIn, type VmSeen } from './known/spaces.ts';

/** The pages that a record may have changed, and those that its call names. */
function concerned(record: RunRecord, named: readonly (Span | null)[]): Span | null {
  if (named.includes(null)) return null;
  const facts = record.facts.flatMap((fact) =>
    fact.type === 'va.mapped' || fact.type === 'va.unmapped'
      ? [{ addr: fact.addr, end: endOf(fact) }]
      : [],
  );
  const all = [...facts, ...named.filter((span) => span !== null)];
  return {
    addr: all.reduce((least, { addr }) => Math.min(least, addr), Infinity),
    end: all.reduce((most, { end }) => Math.max(most, end), 0),
  };
}

const within = (vm: VmSeen, span: Span | null): Backed[] =>
  span === null ? piecesOf(vm) : clipped(mappedIn(vm, span.addr, span.end), span, true);

interface Verdict {
  readonly page: Page;
  readonly isNamed: boolean;
  readonly what: string;
}

/** What was found last: I2 and I3 ask the same. Only a memory of an answer, never a part of one. */
let last: {
  readonly record: RunRecord;
  readonly known: Known;
  readonly before: Known;
  readonly verdict: Verdict | null;
} | null = null;

/** The first page of a VM that is not as the call of this record wants it. */
function judge(record: RunRecord, known: Known, before: Known): Verdict | null {
  if (last?.record === record && last.known === known && last.before === before)
    return last.verdict;
  const verdict = compare(record, known, before);
  last = { record, known, before, verdict };
  return verdict;
}

function compare(record: RunRecord, known: Known, before: Known): Verdict | null {
  const accepted = record.facts.find((fact) => fact.type === 'bind.accepted');
  if (accepted === undefined) return null;
  const request = known.calls.calls.get(callKey(accepted))?.request;
  const old = before.vms[accepted.vm];
  const now = known.vms[accepted.vm];
  if (request === undefined || old === undefined || now === undefined) return null;
  const named = request.ops.map(namedBy);
  const span = concerned(record, named);
  const start: readonly Backed[] = within(old, span);
  const wanted = allRequested(start, request.ops);
  const found = firstDifference(
    span === null ? wanted : clipped(wanted, span, true),
    within(now, span),
  );
  if (found === null) return null;
  const { page, a, b } = found;
  const isNamed =
    named.some((each) => each !== null && each.addr <= page && page < each.end) ||
    firstDifference(at(start, page), at(wanted, page)) !== null;
  return {
    page,
    isNamed,
    what: `${accepted.vm}: ${hexOfPages(page)} has ${b}, it should have ${a}`,
  };
}

const at = (pieces: readonly Backed[], page: Page): Backed[] =>
  clipped(pieces, { addr: page, end: page + 1 }, true);

const requestRule = (id: string, says: string, source: string, wantsNamed: boolean) =>
  invariant({
    id,
    says,
    source,
    shows: 'all but PAT indices, which are in no fact',
    start: null,
    on: { 'bind.accepted': (own) => own },
    settle: (own, record, known, before) => {
      const verdict = judge(record, known, before);
      return verdict?.isNamed === wantsNamed ? new Broken(own, verdict.what) : own;
    },
  });

export const othersKeepTheirs = requestRule(
  'I2',
  'After a call every page that it does not name keeps its backing and its attributes.',
  '6.2',
  false,
);
export const asRequested = requestRule(
  'I3',
  'After a call every page that it names has the backing that was asked for, or none after an unmap.',
  '6.3',
  true,
);
