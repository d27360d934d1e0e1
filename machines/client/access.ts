/** Steps that touch memory as the GPU does, through a GT. */
import { ERRNO } from '../../domain/errno.ts';
import { accessOf } from '../../domain/scenario/access-of.ts';
import { parseWord, type WordAddress } from '../../domain/units.ts';
import { outcome, send } from '../contract/effects.ts';
import { type Action, dataOf } from '../contract/event.ts';
import { began, type ClientContext, endStep, judged, stepOf } from './context.ts';
import { next } from './program.ts';

export function wordOf(text: string): WordAddress {
  const at = parseWord(text);
  if (typeof at === 'string') throw new RangeError(`${text}: ${at}`);
  return at;
}

const startAccess: Action<ClientContext> = (context) => {
  const now = next(context);
  const step = stepOf(now);
  if (!('gpu' in step)) throw new RangeError('not a GPU access');
  const { vm, gt, value } = step.gpu;
  const { access, at } = accessOf(step.gpu);
  const { addr, word } = wordOf(at);
  const request = { vm, access, addr, word, value: value ?? null } as const;
  return outcome(now, began(now), send(`gt${gt}`, 'gpu.access', request));
};

const SEEN = { read: 'ok', written: 'ok', dropped: 'dropped', fault: 'fault' } as const;

const endAccess: Action<ClientContext> = (context, event) => {
  const { outcome: seen, value } = dataOf(event, 'gpu.done');
  const step = stepOf(context);
  if (!('gpu' in step)) throw new RangeError('not a GPU access');
  const { expect } = step.gpu;
  const result = seen === 'fault' ? ERRNO.EFAULT : 0;
  if (expect === undefined) return endStep(context, result);
  return endStep(context, result, judged(context, 'GPU access', expect, value ?? SEEN[seen]));
};

export const accessActions = { startAccess, endAccess };
