/** Steps that touch memory: as the GPU does, through a GT, or as the CPU does, through a mapping of the BO. */
import { ERRNO } from '../../domain/errno.ts';
import type { Step } from '../../domain/scenario/schema.ts';
import { parseWord, type WordAddress } from '../../domain/units.ts';
import { readWord } from '../../hw/memory.ts';
import { fact, outcome, type Outcome, send } from '../contract/effects.ts';
import { type Action, dataOf } from '../contract/event.ts';
import type { SharedReader } from '../shared/reader.ts';
import { began, type ClientContext, endStep, failStep, judged, stepOf } from './context.ts';
import { next } from './program.ts';

function wordOf(text: string): WordAddress {
  const at = parseWord(text);
  if (typeof at === 'string') throw new RangeError(`${text}: ${at}`);
  return at;
}

const startAccess: Action<ClientContext> = (context) => {
  const now = next(context);
  const step = stepOf(now);
  if (!('gpu' in step)) throw new RangeError('not a GPU access');
  const { vm, gt, read, write, value } = step.gpu;
  const { addr, word } = wordOf(read ?? write ?? '0x0');
  const access = read === undefined ? 'write' : 'read';
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

/** The CPU reads or writes a word of a BO; no translation, no TLB. */
export function accessBo(
  context: ClientContext,
  step: Extract<Step, { cpu: unknown }>['cpu'],
  shared: SharedReader,
): Outcome<ClientContext> {
  const { bo, read, write, value, expect } = step;
  const { addr: offset, word } = wordOf(read ?? write ?? '0x0');
  const found = shared.bo(bo);
  if (found === undefined) return failStep(context, 'CPU access', ERRNO.ENOENT);
  const phys = found.phys + offset;
  const client = context.id;
  if (write !== undefined) {
    const stored = value ?? '0x0';
    return endStep(
      context,
      0,
      fact({ type: 'memory.written', phys, word, value: stored, by: client }),
      fact({ type: 'cpu.accessed', client, bo, offset, word, access: 'write', value: stored }),
    );
  }
  const seen = readWord(shared.hardware(shared.device.gts[0] ?? '').memory, { pfn: phys, word });
  const looked = fact({
    type: 'cpu.accessed',
    client,
    bo,
    offset,
    word,
    access: 'read',
    value: seen,
  });
  if (expect === undefined) return endStep(context, 0, looked);
  return endStep(context, 0, looked, judged(context, 'CPU read', expect, seen));
}

export const accessActions = { startAccess, endAccess };
