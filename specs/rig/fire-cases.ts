/** Tables of record streams that break an invariant, and of the nearest that do not. */
import type { RunRecord } from '../../domain/invariants/record.ts';
import { breaches, broken } from './invariants.ts';

export interface FireCases {
  /** what is wrong -> records */
  readonly fires: Readonly<Record<string, () => readonly RunRecord[]>>;
  /** what is right about it -> records */
  readonly legal: Readonly<Record<string, () => readonly RunRecord[]>>;
}

/** Invariants by id. */
export function checkCases(all: Readonly<Record<string, FireCases>>): void {
  describe.each(Object.entries(all))('%s', (id, { fires, legal }) => {
    test.each(Object.entries(fires))('finds %s', (_what, records) => {
      expect(broken(records())).toContain(id);
    });
    test.each(Object.entries(legal))('allows %s', (_what, records) => {
      expect(breaches(records()).filter((text) => text.startsWith(`${id} `))).toEqual([]);
    });
  });
}
