/** All invariants of runs that records show. The specs of runs keep every one of them on. */
import {
  callsNumbered,
  closedIsClosed,
  inSyncsFirst,
  outSyncsLast,
  queuesInOrder,
} from './invariants-binds.ts';
import { arraysComplete, fencesAllSignal, fencesOnce, startedFirst } from './invariants-fences.ts';
import { asRequested, failuresLeaveNothing, mappingsDisjoint } from './invariants-space.ts';
import { accessesTruthful, flushesNumbered, noDanglingTable } from './invariants-tlb.ts';

export const INVARIANTS = [
  mappingsDisjoint,
  asRequested,
  failuresLeaveNothing,
  fencesOnce,
  arraysComplete,
  fencesAllSignal,
  callsNumbered,
  inSyncsFirst,
  outSyncsLast,
  queuesInOrder,
  startedFirst,
  noDanglingTable,
  flushesNumbered,
  accessesTruthful,
  closedIsClosed,
];
