/**
 * The batch of an exec queue's first job: its accesses go to the GT one at a time, a spin takes its time. What a batch
 * expects is judged here. Stands for what an engine does with a batch buffer; mirrors no kernel function.
 */
import { accessOf } from '../../domain/scenario/access-of.ts';
import type { BatchItem } from '../../domain/scenario/schema.ts';
import { parseWord, type WordAddress } from '../../domain/units.ts';
import { arm, type Effect, fact, outcome, send } from '../contract/effects.ts';
import { type Action, dataOf, type EventOf, type Guard } from '../contract/event.ts';
import { NO_DATA } from '../contract/messages.ts';
import { type ExecQueueContext, headOf, itemOf } from './context.ts';

type AccessItem = Exclude<BatchItem, { spin: unknown }>;

function wordOf(text: string): WordAddress {
  const at = parseWord(text);
  if (typeof at === 'string') throw new RangeError(`${text}: ${at}`);
  return at;
}

function itemAccess(context: ExecQueueContext): AccessItem {
  const item = itemOf(context);
  if (item === undefined || 'spin' in item) throw new RangeError(`${context.id} accesses nothing`);
  return item;
}

const access: Action<ExecQueueContext> = (context) => {
  const item = itemAccess(context);
  const { vm, gt } = headOf(context);
  const { access: kind, at } = accessOf(item);
  const { addr, word } = wordOf(at);
  return outcome(
    context,
    send(gt, 'gpu.access', { vm, access: kind, addr, word, value: item.value ?? null }),
  );
};

const SEEN = { read: 'ok', written: 'ok', dropped: 'dropped', fault: 'fault' } as const;

function judgement(
  context: ExecQueueContext,
  { outcome: seen, value }: EventOf<'gpu.done'>['data'],
): Effect[] {
  const { expect: expected } = itemAccess(context);
  if (expected === undefined) return [];
  const { client, step } = headOf(context);
  const actual = value ?? SEEN[seen];
  const what = `batch item ${context.item + 1}`;
  return expected === actual || (expected === 'ok' && SEEN[seen] === 'ok')
    ? [fact({ type: 'expect.passed', client, step, what })]
    : [fact({ type: 'expect.failed', client, step, what, expected, actual })];
}

/** The access has ended: what it saw, and on to the next item. */
const judge: Action<ExecQueueContext> = (context, event) =>
  outcome({ ...context, item: context.item + 1 }, ...judgement(context, dataOf(event, 'gpu.done')));

const spin: Action<ExecQueueContext> = (context, { nowNs }) => {
  const item = itemOf(context);
  if (item === undefined || !('spin' in item)) throw new RangeError(`${context.id} does not spin`);
  const left = context.spinLeftNs ?? item.spin.ns;
  return outcome(
    { ...context, spinLeftNs: null, spinUntilNs: nowNs + left },
    arm('spin', left, 'batch.continue', NO_DATA),
  );
};

const endSpin: Action<ExecQueueContext> = (context) =>
  outcome({ ...context, item: context.item + 1 });

/** The rest of the spin comes when the queue runs again. */
const pauseSpin: Action<ExecQueueContext> = (context, { nowNs }) =>
  outcome(
    { ...context, spinLeftNs: Math.max(0, context.spinUntilNs - nowNs) },
    { effect: 'cancel', timer: 'spin' },
  );

const stopSpin: Action<ExecQueueContext> = (context) =>
  outcome(context, { effect: 'cancel', timer: 'spin' });

/** After a GT reset the batch runs again from its start. */
const rewind: Action<ExecQueueContext> = (context) =>
  outcome({ ...context, item: 0, spinLeftNs: null, lost: false });

/** The access that is under way ends first; what it sees is of no interest. */
const noteLoss: Action<ExecQueueContext> = (context) => outcome({ ...context, lost: true });

const isLost: Guard<ExecQueueContext> = ({ lost }) => lost;
const isHung: Guard<ExecQueueContext> = ({ hung }) => hung;
const batchOver: Guard<ExecQueueContext> = (context) => itemOf(context) === undefined;

const atSpin: Guard<ExecQueueContext> = (context) => {
  const item = itemOf(context);
  return item !== undefined && 'spin' in item;
};

/** A page fault that the batch does not expect. */
const faulted: Guard<ExecQueueContext> = (context, event) =>
  dataOf(event, 'gpu.done').outcome === 'fault' && itemAccess(context).expect !== 'fault';

export const batchActions = { access, judge, spin, endSpin, pauseSpin, stopSpin, rewind, noteLoss };
export const batchGuards = { isLost, isHung, batchOver, atSpin, faulted };
