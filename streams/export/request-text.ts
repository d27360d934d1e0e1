/** What a client asked for, as the message that carries it says: one line for each kind of ioctl. */
import { accessOf } from '../../domain/scenario/access-of.ts';
import type { BatchItem, BindOp, Sync } from '../../domain/scenario/schema.ts';
import { hexOfPages } from '../../domain/units.ts';
import type { StepRecord } from '../world/record.ts';
import { requestText, span, syncEntryText } from './words.ts';

function syncsText(ins: readonly string[], outs: readonly string[]): string {
  const syncs = [
    ...(ins.length === 0 ? [] : [`in ${ins.join(', ')}`]),
    ...(outs.length === 0 ? [] : [`out ${outs.join(', ')}`]),
  ];
  return syncs.length === 0 ? '' : `  (${syncs.join('; ')})`;
}

/** With the number that the VM gave the call. */
function bindText(record: StepRecord): string {
  const call = record.facts.find((fact) => 'call' in fact) as { readonly call: number } | undefined;
  const data = record.data as unknown as {
    readonly async: boolean;
    readonly queue?: string | null;
    readonly ops: readonly BindOp[];
    readonly in: readonly Sync[];
    readonly out: readonly Sync[];
  };
  const what = data.ops.length === 0 ? 'no op' : data.ops.map(requestText).join('; ');
  const tail = syncsText(data.in.map(syncEntryText), data.out.map(syncEntryText));
  // Without a number the VM never took the call: it does not exist yet, or no more.
  const number = call === undefined ? ` (${record.state} VM)` : ` #${call.call}`;
  const on = typeof data.queue === 'string' ? ` on ${data.queue}` : '';
  return `${data.async ? 'async ' : ''}bind${number} ${record.actor}${on}: ${what}${tail}`;
}

function itemText(item: BatchItem): string {
  if ('spin' in item) return `spin ${item.spin.ns} ns`;
  const { access, at } = accessOf(item);
  const stored = { read: '', write: ` = ${item.value ?? ''}`, atomic: ` += ${item.value ?? ''}` };
  return `${access} ${at}${stored[access]}`;
}

function execText({ actor, data }: StepRecord): string {
  const { queue, batch, waits, out } = data as unknown as {
    readonly queue: string;
    readonly batch: readonly BatchItem[];
    readonly waits: readonly string[];
    readonly out: readonly Sync[];
  };
  const what = batch.length === 0 ? 'nothing' : batch.map(itemText).join('; ');
  return `exec ${queue} ${actor}: ${what}${syncsText(waits, out.map(syncEntryText))}`;
}

function madviseText({ actor, data }: StepRecord): string {
  const { addr, range, property, value } = data as unknown as {
    readonly addr: string;
    readonly range: string;
    readonly property: number;
    readonly value: string;
  };
  return `madvise ${actor} ${span(addr, range)}: property ${property} = ${value}`;
}

function accessCounterText({ actor, data }: StepRecord): string {
  const { gt, addr, granularity, vector } = data as unknown as {
    readonly gt: string;
    readonly addr: number | string;
    readonly granularity: number;
    readonly vector: string;
  };
  const at = typeof addr === 'number' ? hexOfPages(addr) : addr;
  return `access counter of ${gt}: ${actor} ${at}, granularity ${granularity}, parts ${vector}`;
}

const TEXTS: Readonly<Record<string, (record: StepRecord) => string>> = {
  'vm.bind': bindText,
  'vm.exec': execText,
  'vm.madvise': madviseText,
  'vm.accessCounter': accessCounterText,
  'memory.evict': ({ data }) => `memory pressure: evict ${String(data['bo'])}`,
};

/** The request that a record takes up; undefined for any other record. */
export function requestOf(record: StepRecord): string | undefined {
  return TEXTS[record.type]?.(record);
}
