/**
 * Invariants that speak of one kind of driver only: which, and what holds in their place. Everything else holds for all.
 */
import { driverOf } from '../driver/drivers.ts';

/** Off for the drivers of domain/driver, whose ops take effect one by one when they run (immediate.ts has theirs). */
export const OFF_WHERE_IMMEDIATE: Readonly<Record<string, string>> = {
  I2: 'judged when a call is accepted, which changes nothing there; opResult',
  I3: 'the same',
  I13: 'an out-sync is of one op, not of the call; opFlush',
  I24: 'io-pgtable keeps a table whose entries were cleared one by one; opEntries',
};

/** Whether a rule says nothing about a run of this profile. */
export const isOff = (id: string, profile: string): boolean =>
  id in OFF_WHERE_IMMEDIATE && driverOf(profile) !== null;
