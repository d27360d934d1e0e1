/** Exclusions that are lifted one at a time, and what comes of it. */
import { callLifts } from './lifts/calls.ts';
import { counterLifts } from './lifts/counters.ts';
import { execLifts } from './lifts/exec.ts';
import { faultLifts } from './lifts/faults.ts';
import type { Lift } from './lifts/lifted.ts';
import { modeLifts } from './lifts/modes.ts';
import { outsideLifts } from './lifts/outside.ts';
import { rebindLifts } from './lifts/rebind.ts';

export const LIFTS: readonly Lift[] = [
  ...callLifts,
  ...execLifts,
  ...rebindLifts,
  ...faultLifts,
  ...counterLifts,
  ...modeLifts,
  ...outsideLifts,
];
