/** I29 and I30: a VM in error, and a VM that closes. */
import type { FactOf } from '../facts/schema.ts';
import { Broken, invariant } from './contract.ts';
import { callKey, type OpSeen } from './known/calls.ts';
import type { Known } from './known/known.ts';
import { without } from '../without.ts';
import { opText } from './text.ts';

interface Errors {
  /** by VM: the op that RESTART has to retry first */
  readonly retry: Readonly<Record<string, string>>;
  /** by VM: the op that failed last, and whether a decision of the step made it fail */
  readonly failed: Readonly<Record<string, string>>;
}

/** Whether the record of an error names what failed. */
function badRecord(fact: FactOf<'vm.errored'>, { calls }: Known): string | null {
  const op: OpSeen | undefined = calls.calls.get(callKey(fact))?.ops[fact.index];
  if (op === undefined) return `${opText(fact)} fails, and is not there`;
  const { addr, range } = op.op === 'map' ? op.map : op.unmap;
  const isIt = op.op === fact.op && addr === fact.addr && range === fact.range && fact.error < 0;
  return isIt ? null : `the record of ${opText(fact)} does not say what failed`;
}

export const errorsStop = invariant<Errors>({
  id: 'I29',
  says: 'In a VM in error no exec is armed and asynchronous ops are only queued; RESTART retries exactly the failed op first; an injected error fires once; the record names op, address and size.',
  source: '6.29, 2.4',
  shows:
    'all but that synchronous ops run at once, which is I11; that an op fails twice is allowed where the step decided so (its choice says it)',
  start: { retry: {}, failed: {} },
  on: {
    'vm.errored': (own, fact, known, { choice }) => {
      const { vm } = fact;
      const text = opText(fact);
      const due = own.retry[vm];
      const next = { retry: without(own.retry, vm), failed: { ...own.failed, [vm]: text } };
      const wrong = (what: string): Broken<Errors> => new Broken(next, `${vm}: ${what}`);
      const bad = badRecord(fact, known);
      if (bad !== null) return wrong(bad);
      if (due !== undefined && due !== text) return wrong(`${text} is tried before ${due}`);
      const isAgain = own.failed[vm] === text && !choice.includes('!');
      return isAgain ? wrong(`${text} fails again, and nothing made it`) : next;
    },
    'vm.restarted': (own, { vm }, { vms }) => {
      const failed = vms[vm]?.failed;
      if (!failed) return new Broken(own, `${vm} is restarted and was not in error`);
      return { ...own, retry: { ...own.retry, [vm]: opText(failed) } };
    },
    'op.executed': (own, fact, { vms, calls }) => {
      const { vm } = fact;
      if (calls.calls.get(callKey(fact))?.request.async !== true) return own;
      const text = opText(fact);
      if (vms[vm]?.failed) return new Broken(own, `${vm} is in error: ${text} is executed`);
      const due = own.retry[vm];
      if (due === undefined) return own;
      const next = { ...own, retry: without(own.retry, vm) };
      return due === text ? next : new Broken(next, `${vm}: ${text} runs before ${due}`);
    },
    'exec.armed': (own, { vm, job }, { vms }) =>
      vms[vm]?.failed ? new Broken(own, `${vm} is in error: ${job} is armed`) : own,
  },
});

type Vms = Known['vms'];

/** By VM: the record in which it was closed. */
type ClosedAt = Readonly<Record<string, number>>;

const notClosing =
  (what: string) =>
  (own: ClosedAt, { vm }: { readonly vm: string }, { vms }: Known): ClosedAt | Broken<ClosedAt> =>
    vms[vm]?.closing === true ? new Broken(own, `${vm} is closing: ${what}`) : own;

const notClosed =
  (what: string) =>
  (own: ClosedAt, { vm }: { readonly vm: string }, { vms }: Known): ClosedAt | Broken<ClosedAt> =>
    isClosed(vms, vm) ? new Broken(own, `${vm} is closed: ${what}`) : own;

const isClosed = (vms: Vms, vm: string): boolean => vms[vm]?.closed === true;

export const closedIsClosed = invariant({
  id: 'I30',
  says: 'After a VM began to close no op and no job of it starts anew; after it is closed nothing touches it, no fault is served, and it is freed last of all.',
  source: '6.30, 2.17',
  shows:
    'all; that the fences of what is dropped signal, in order, is I10 and I11; the ASID is in no fact, vm.freed stands for it; a fault is served when the VM has answered, whose answer may be on its way when the VM closes',
  start: {} as ClosedAt,
  on: {
    'ops.created': notClosing('an op list is made'),
    'op.executed': notClosing('an op is executed'),
    'exec.armed': notClosing('a job is armed'),
    'pte.written': notClosed('an entry is written'),
    'va.mapped': notClosed('a VA is mapped'),
    'access.done': (own, fact, known) =>
      fact.outcome === 'fault' ? own : notClosed('an access comes through')(own, fact, known),
    'fault.handled': (own, fact, known, { seq, cause }) => {
      const isServed = fact.result === 0 && (cause ?? seq) > (own[fact.vm] ?? -1);
      return isServed ? notClosed('a fault is served')(own, fact, known) : own;
    },
    'vm.closed': (own, { vm }, { vms }, { seq }) => {
      const state = vms[vm];
      const next = { ...own, [vm]: seq };
      if (state?.closing !== true) return new Broken(next, `${vm} is closed and never began to`);
      return state.tree.size === 0 ? next : new Broken(next, `${vm} is closed with mappings`);
    },
    'vm.freed': (own, { vm }, { vms }) =>
      isClosed(vms, vm) ? own : new Broken(own, `${vm} is freed and was not closed`),
  },
  // a number counts only beside those of answers to faults that the VM has sent and nobody has got yet
  view: (own, { vms }, sent) =>
    Object.entries(own).map(([vm, seq]) => [vm, vms[vm]?.mode === 'fault' ? sent(vm, seq) : []]),
});
