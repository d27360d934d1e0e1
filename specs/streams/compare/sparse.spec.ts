/** The life of a sparse resource under each backing: the cover letter's numbers, and what the GPU sees, from real runs. */
import { describe, expect, it, test } from '@jest/globals';
import type { SparseRequest } from '../../../domain/scenario/sparse.ts';
import { BACKING_NAMES, BACKINGS, type Backing } from '../../../domain/scenario/sparse-backings.ts';
import { type Tried, trySparse } from '../../../streams/compare/sparse.ts';

function tried(request: Partial<SparseRequest> & { backing: Backing }): Tried {
  const run = trySparse({
    sizeBytes: 2 ** 18,
    pageBytes: 4096,
    tiles: 2,
    tileBytes: 2 ** 14,
    ...request,
  });
  for (;;) {
    const next = run.next();
    if (next.done === true) return next.value;
  }
}

describe('100e6 bytes', () => {
  test.each(BACKING_NAMES)('%s', (backing) => {
    const { phases, end } = tried({ backing, sizeBytes: 100e6, tiles: 0 });
    const ops = backing === 'per-page' ? 24_415 : 1;
    expect(end.verdict).toBe('ok');
    expect(phases.initialise).toMatchObject({ ops, steps: ops, mappings: ops });
    expect(phases.destroy.ops).toBe(1);
  });
});

test.each(BACKING_NAMES)('%s: what the GPU sees', (backing) => {
  const { sights } = tried({ backing });
  const dropped = BACKINGS[backing].map === 'null';
  expect(sights).toEqual(
    dropped
      ? { read: '0x0', write: 'dropped', seen: 'nowhere' }
      : { read: '0x0', write: 'written', seen: 'in every page' },
  );
});

describe.each(BACKING_NAMES)('%s', (backing) => {
  it('has the operations and mappings of its size, its page and its tiles', () => {
    const isEach = BACKINGS[backing].map === 'each';
    for (const pageBytes of [4096, 16384]) {
      for (const tiles of [1, 3]) {
        const { phases, end } = tried({ backing, pageBytes, tiles });
        const pages = 2 ** 18 / pageBytes;
        const perTile = isEach ? 2 ** 14 / pageBytes : 1;
        expect(end.verdict).toBe('ok');
        expect(phases.initialise.ops).toBe(isEach ? pages : 1);
        expect(phases['bind tiles'].ops).toBe(tiles);
        expect(phases['unbind tiles'].ops).toBe(tiles * perTile);
      }
    }
  });

  it('ends without a mapping, and with costs of its own in every phase', () => {
    const { phases, total } = tried({ backing });
    for (const { timeNs } of Object.values(phases)) expect(timeNs).toBeGreaterThan(0);
    expect(phases.destroy.steps).toBe(phases['unbind tiles'].mappings);
    expect(total.timeNs).toBe(Object.values(phases).reduce((sum, { timeNs }) => sum + timeNs, 0));
  });
});
