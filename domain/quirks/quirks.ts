/**
 * The quirks: known bugs of real kernels, off by default, switched on by their ids. With every
 * quirk off no schedule of any scenario breaks an invariant.
 *
 * A quirk lives where the kernel's bug lives, behind one named function, which is given the set of
 * those that are on. S and L numbers are those of the fact sheet (3.1, 3.2); the R ones are the known
 * holes of the series for repeated mappings (1B.4); the M ones are told in its text.
 */
import { didYouMean } from '../scenario/suggest.ts';
import { HARDWARE_QUIRKS } from './hardware-quirks.ts';
import { IOCTL_QUIRKS } from './ioctl-quirks.ts';
import { ORDER_QUIRKS } from './order-quirks.ts';
import { PANTHOR_QUIRKS } from './panthor-quirks.ts';
import type { QuirkRow } from './row.ts';

export type { QuirkRow };

export const QUIRKS = [
  ...PANTHOR_QUIRKS,
  ...IOCTL_QUIRKS,
  ...ORDER_QUIRKS,
  ...HARDWARE_QUIRKS,
] as const satisfies readonly QuirkRow[];

export type QuirkId = (typeof QUIRKS)[number]['id'];
/** Those that are on. */
export type Quirks = readonly QuirkId[];

export const NO_QUIRKS: Quirks = [];

/** The row of an id as somebody typed it, or what to tell them. */
export function findQuirk(typed: string): QuirkRow | { readonly hint: string } {
  const found = QUIRKS.find(({ id }) => id === typed);
  if (found !== undefined) return found;
  const ids = QUIRKS.map(({ id }) => id);
  return { hint: didYouMean(typed, ids) ?? `Quirks are: ${ids.join(', ')}.` };
}
