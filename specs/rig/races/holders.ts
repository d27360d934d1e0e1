/**
 * Executors in which vm->lock does not keep certain contexts apart: each holder goes on step by step, and all of them
 * change one VM. What a holder keeps for itself (its call, what it pins, what it waits for) stays its own, as it is on
 * a stack of its own in the driver. Reservation locks keep them apart as ever: one waits for those of the other.
 */
import type { Effect } from '../../../machines/contract/effects.ts';
import type { StepEvent } from '../../../machines/contract/event.ts';
import type { MessageType } from '../../../machines/contract/messages.ts';
import type { ActorState, Executor } from '../../../machines/execute/executor.ts';
import type { VmContext } from '../../../machines/vm/context.ts';
import { tableExecutor } from '../../../streams/world/run.ts';
import type { ContextId } from './contexts.ts';
import { asking } from './lift.ts';

/** Who takes vm->lock with a message; `ioctl` is RESTART, too. */
const TAKER: Partial<Record<MessageType, ContextId>> = {
  'vm.bind': 'ioctl',
  'vm.worker': 'worker',
  'vm.exec': 'exec',
  'vm.rebind': 'rebind',
  'vm.fault': 'fault',
  'vm.accessCounter': 'counter',
  'vm.close': 'close',
};

type Own = Pick<
  VmContext,
  'call' | 'work' | 'toPin' | 'waitingOn' | 'locked' | 'looksAgain' | 'failure' | 'plan'
>;

const NOTHING_OWN: Own = {
  call: null,
  work: null,
  toPin: [],
  waitingOn: [],
  locked: [],
  looksAgain: false,
  failure: 0,
  plan: null,
};

interface Holder {
  readonly value: string;
  readonly own: Own;
}

/** A VM taken apart. */
interface Parts {
  /** where the VM is as long as nobody holds the lock */
  readonly rest: string;
  readonly holders: readonly Holder[];
  readonly context: VmContext;
  readonly reservations?: boolean | undefined;
}

type Took = readonly [Parts, readonly Effect[]];

/** How a VM with several holders travels in its context. */
interface Carried extends VmContext {
  readonly parts?: Omit<Parts, 'context'>;
}

const IDLE = 'open.idle';
const holds = (value: string): boolean => value.startsWith('open.') && value !== IDLE;
const sectionOf = ({ value }: Holder): string => value.split('.')[1] ?? '';

const ownOf = ({
  call,
  work,
  toPin,
  waitingOn,
  locked,
  looksAgain,
  failure,
  plan,
}: VmContext): Own => ({ call, work, toPin, waitingOn, locked, looksAgain, failure, plan });

function takenApart({ value, context }: ActorState): Parts {
  const { parts, ...vm } = context as Carried;
  if (parts !== undefined) return { ...parts, context: vm };
  if (!holds(value)) return { rest: value, holders: [], context: vm };
  return { rest: IDLE, holders: [{ value, own: ownOf(vm) }], context: vm };
}

function putTogether({ rest, holders, context }: Parts): ActorState {
  const last = holders.at(-1);
  const value = last?.value ?? rest;
  const vm = { ...context, ...(last?.own ?? NOTHING_OWN) };
  const isPlain = last === undefined || (holders.length === 1 && rest === IDLE);
  const carried: Carried = isPlain ? vm : { ...vm, parts: { rest, holders } };
  return { machine: 'vm', value, context: carried };
}

/** One holder, or with -1 the VM itself, takes a message. */
function taking(parts: Parts, index: number, event: StepEvent): Took {
  const holder = parts.holders[index];
  const { value, own } = holder ?? { value: parts.rest, own: NOTHING_OWN };
  const others = parts.holders.filter((each) => each !== holder);
  const taken = new Set(
    parts.reservations === true ? [] : others.flatMap(({ own: { locked } }) => locked),
  );
  const shared = asking(event.shared, {
    lockHolder: (lock) => (taken.has(lock) ? 'another' : event.shared.lockHolder(lock)),
  });
  const state = { machine: 'vm', value, context: { ...parts.context, ...own } };
  const { state: after, effects } = tableExecutor.step(state, { ...event, shared });
  const context = after.context as VmContext;
  const next = holds(after.value) ? [{ value: after.value, own: ownOf(context) }] : [];
  const holders =
    holder === undefined
      ? [...others, ...next]
      : parts.holders.flatMap((each) => (each === holder ? next : [each]));
  const gone = after.value === IDLE || next.length > 0 ? parts.rest : after.value;
  return [{ ...parts, context, holders, rest: gone }, effects];
}

/** Several take it in turn, each seeing what those before it did. */
function takingAll(parts: Parts, takers: readonly Holder[], event: StepEvent): Took {
  let now = parts;
  const effects: Effect[] = [];
  for (const taker of takers) {
    const shared = event.shared.after(effects);
    const [next, more] = taking(now, now.holders.indexOf(taker), { ...event, shared });
    now = next;
    effects.push(...more);
  }
  return [now, effects];
}

const isRestart = (event: StepEvent): boolean => {
  const [first] = event.type === 'vm.bind' ? event.data.ops : [];
  return first !== undefined && 'restart' in first;
};

/** What keeps contexts apart no longer. */
export interface Unlocked {
  readonly pair: readonly [ContextId, ContextId];
  /** reservation locks of one VM keep them apart no longer, either */
  readonly reservations?: boolean;
}

export function withoutVmLock({ pair: [a, b], reservations }: Unlocked): Executor {
  const meets = (section: string, taker: ContextId): boolean =>
    (section === a && taker === b) || (section === b && taker === a);
  /** RESTART is an ioctl: what an ioctl may, it may; a world of RESTART alone sees to it that no other comes. */
  const mayCome = (holders: readonly Holder[], taker: ContextId): boolean =>
    holders.every((each) => {
      const section = sectionOf(each);
      return meets(section, taker) || (taker === 'ioctl' && meets(section, 'restart'));
    });
  const takes = ({ value }: Holder, type: MessageType): boolean =>
    tableExecutor.accepts({ machine: 'vm', value, context: null }, type);

  const accepts = (state: ActorState, type: MessageType): boolean => {
    if (tableExecutor.accepts(state, type)) return true;
    if (state.machine !== 'vm') return false;
    // of two who sleep until the same, the second is woken when the first has seen to it
    if (type === 'wait.over') return true;
    const { holders } = takenApart(state);
    const taker = TAKER[type];
    if (taker === undefined) return holders.some((each) => takes(each, type));
    return holders.length > 0 && mayCome(holders, taker);
  };

  const dispatch = (parts: Parts, event: StepEvent): Took => {
    const { type } = event;
    const { holders, rest } = parts;
    const takers = holders.filter((each) => takes(each, type));
    // an answer is for the first who waits for one
    if (type !== 'wait.over' && !takes({ value: rest, own: NOTHING_OWN }, type)) {
      return takingAll(parts, takers.slice(0, 1), event);
    }
    if (type === 'wait.over') return takingAll(parts, takers, event);
    if (type === 'fence.signaled') {
      const [self, effects] = taking(parts, -1, event);
      const shared = event.shared.after(effects);
      const [next, more] = takingAll(self, self.holders, { ...event, shared });
      return [next, [...effects, ...more]];
    }
    const taker = TAKER[type];
    if (taker === 'ioctl' && holders.length > 0 && a !== 'ioctl' && b !== 'ioctl') {
      if (!isRestart(event)) throw new RangeError('this world is for RESTART alone');
    }
    return taking(parts, -1, event);
  };

  return {
    initialValue: (machine) => tableExecutor.initialValue(machine),
    accepts,
    step: (state, event) => {
      if (state.machine !== 'vm') return tableExecutor.step(state, event);
      const [parts, effects] = dispatch({ ...takenApart(state), reservations }, event);
      return { state: putTogether(parts), effects };
    },
  };
}
