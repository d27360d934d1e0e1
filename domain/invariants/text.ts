/**
 * How invariants name what they are about: addresses as the bytes that a scenario and a log have, mappings with where
 * they are, binds and their ops as the story counts them. Names and numbers are words of their own, without letters
 * only: streams/explore/schedule/same.ts leaves them out when it compares two problems.
 */
import { hexOfPages, type Page } from '../units.ts';
import type { VmSeen } from './known/spaces.ts';

interface Ranged {
  readonly addr: Page;
  readonly range: Page;
}

/** @example spanText({ addr: 3, range: 2 }) === '0x3000-0x5000' */
export const spanText = ({ addr, range }: Ranged): string =>
  `${hexOfPages(addr)}-${hexOfPages(addr + range)}`;

/** `va 1 of vm0 (0x3000-0x5000)`; without the place where nobody knows it. */
export function vaText(
  vm: VmSeen | undefined,
  { vm: name, va }: { vm: string; va: number },
): string {
  const seen = vm?.vmas.get(va);
  return `va ${va} of ${name}${seen === undefined ? '' : ` (${spanText(seen)})`}`;
}

/** `bind #2 of vm0`, for the key of a call (known/calls.ts). */
export function bindText(key: string): string {
  const [vm = '', call = ''] = key.split(' ');
  return `bind #${call} of ${vm}`;
}

/** `op 1 of bind #2`: one of the steps of a bind's op list, counted from 1. */
export const opText = ({ call, index }: { call: number; index: number }): string =>
  `op ${index + 1} of bind #${call}`;
