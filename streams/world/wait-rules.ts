/**
 * What waits for what, a row each: the nodes that the row speaks of, and the function that gives the edges which leave
 * one of them. All rows that fit a node add up. A new kind of waiting is a row here, and one in wait-nodes.ts for a
 * new kind of node.
 */
import {
  acknowledgement,
  answer,
  calledFunction,
  comesAfter,
  fencesWaitedFor,
  ownMail,
  receiver,
  sleep,
  stores,
} from './wait-actors.ts';
import { handledFault, heldAccesses } from './wait-faults.ts';
import {
  flush,
  inMail,
  laterSignal,
  parts,
  placeInQueue,
  promise,
  suspension,
} from './wait-fences.ts';
import { eviction, holder, newPages, notifierCall, ownEviction, vmFences } from './wait-memory.ts';
import type { WaitRule } from './wait-nodes.ts';

export const WAIT_RULES: readonly WaitRule[] = [
  { of: 'actor', waits: fencesWaitedFor },
  { of: 'actor', waits: sleep },
  { of: 'actor', waits: ownMail },
  { of: 'actor', sort: 'client', waits: answer },
  { of: 'actor', sort: 'client', waits: ownEviction },
  { of: 'actor', sort: 'client', waits: notifierCall },
  { of: 'actor', sort: 'vm', waits: vmFences },
  { of: 'actor', sort: 'bindEngine', waits: stores },
  { of: 'actor', sort: 'tlb', waits: acknowledgement },
  { of: 'actor', sort: 'gt', waits: heldAccesses },
  { of: 'actor', sort: 'faults', waits: handledFault },
  { of: 'actor', sort: 'work', waits: calledFunction },
  { of: 'fence', waits: placeInQueue },
  { of: 'fence', waits: inMail },
  { of: 'fence', sort: 'invalidation', waits: flush },
  { of: 'fence', sort: 'array', waits: parts },
  { of: 'fence', sort: 'async-op', waits: promise },
  { of: 'fence', sort: 'preempt', waits: suspension },
  { of: 'fence', sort: 'software', any: true, waits: laterSignal },
  { of: 'eviction', waits: eviction },
  { of: 'lock', waits: holder },
  { of: 'event', waits: newPages },
  { of: 'mail', waits: receiver },
  { of: 'step', waits: comesAfter },
];
