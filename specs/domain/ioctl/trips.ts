/**
 * Requests that trip one row of a table of checks, or two. A request is written flat, as one record of settings, so that two
 * trips can be put together: what a row relies on (`needs`) must hold for it to refuse, and two rows can be tripped
 * by one request unless their needs contradict each other.
 */
import { errnoName } from '../../../domain/errno.ts';
import type { Refusal } from '../../../domain/ioctl/rules.ts';

export interface Trip<S> {
  readonly row: string;
  readonly errno: string;
  readonly needs: Partial<S>;
  /** what the rows before this one want, where the ordinary settings together with `needs` would trip them */
  readonly beside?: Partial<S>;
}

export interface Table<S> {
  readonly good: S;
  readonly trips: readonly Trip<S>[];
  readonly check: (settings: S) => Refusal | null;
}

function contradict<S>(a: Partial<S>, b: Partial<S>): boolean {
  const keys = Object.keys(a).filter((key) => key in b) as (keyof S)[];
  return keys.some((key) => a[key] !== b[key]);
}

/** `18d ENOENT`, or `ok`. */
function said(refusal: Refusal | null): string {
  return refusal === null ? 'ok' : `${refusal.row} ${errnoName(refusal.error)}`;
}

/** What the table says to one trip alone. */
export function alone<S>({ good, check }: Table<S>, { needs, beside }: Trip<S>): string {
  return said(check({ ...good, ...beside, ...needs }));
}

/** Every pair of rows, the earlier one first, that one request can trip. */
export function pairsOf<S>({ trips }: Table<S>): readonly (readonly [Trip<S>, Trip<S>])[] {
  return trips.flatMap((a, i) =>
    trips
      .slice(i + 1)
      .filter((b) => !contradict({ ...a.beside, ...a.needs }, b.needs))
      .map((b) => [a, b] as const),
  );
}

/** What the table says to two rows tripped at once. */
export function together<S>({ good, check }: Table<S>, a: Trip<S>, b: Trip<S>): string {
  return said(check({ ...good, ...a.beside, ...b.needs, ...a.needs }));
}

/** The tests that every table passes. @param pairs how many pairs there are, so that none is lost unseen */
export function testTable<S>(table: Table<S>, rows: readonly string[], pairs: number): void {
  test('a good request is not refused', () => {
    expect(said(table.check(table.good))).toBe('ok');
  });

  test('the rows of the code are the rows of this spec, in the same order', () => {
    expect(rows).toEqual(table.trips.map(({ row }) => row));
  });

  test.each(table.trips)('row $row refuses what trips it, with $errno', (trip) => {
    expect(alone(table, trip)).toBe(`${trip.row} ${trip.errno}`);
  });

  test('of two rows that one request trips, the earlier one answers', () => {
    const all = pairsOf(table);
    for (const [a, b] of all) {
      expect([a.row, b.row, together(table, a, b)]).toEqual([a.row, b.row, `${a.row} ${a.errno}`]);
    }
    expect(all).toHaveLength(pairs);
  });
}
