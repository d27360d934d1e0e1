/**
 * What the GPU sees of a sparse page that was given a backing, told from the four accesses of the look phase: a read, a
 * write, a read of what was written, a read of another page.
 */
import type { FactOf } from '../../domain/facts/schema.ts';

export type Access = FactOf<'access.done'>;

export interface Sights {
  /** `0x0`, or `fault` */
  readonly read: string;
  readonly write: 'written' | 'dropped' | 'fault';
  /** where the word is seen that was written */
  readonly seen: 'nowhere' | 'there' | 'in every page' | 'fault';
}

const valueOf = ({ outcome, value }: Access): string =>
  outcome === 'fault' ? outcome : `${value}`;

/** @throws RangeError when there are not four accesses */
export function sightsOf(accesses: readonly Access[], written: number): Sights {
  const [first, write, again, elsewhere] = accesses;
  if (!first || !write || !again || !elsewhere) throw new RangeError('a look is four accesses');
  if (write.outcome === 'read') throw new RangeError('the second access is a write');
  const has = (access: Access): boolean => valueOf(access) === `0x${written.toString(16)}`;
  const faults = again.outcome === 'fault' || elsewhere.outcome === 'fault';
  const seen = faults
    ? 'fault'
    : has(elsewhere)
      ? 'in every page'
      : has(again)
        ? 'there'
        : 'nowhere';
  return { read: valueOf(first), write: write.outcome, seen };
}
