/**
 * Repeated mappings over random sequences: every page shows what counting says, whatever is mapped
 * and unmapped around it; with a quirk of v4 on it does not, and only repeated mappings suffer.
 */
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import type { QuirkId } from '../../../domain/quirks/quirks.ts';
import { PLAIN } from '../../../domain/va/mapping.ts';
import { applyOps, mapOp } from '../../../domain/va/ops.ts';
import { createVaSpace } from '../../../domain/va/va-space.ts';
import {
  askedText,
  longestOf,
  misread,
  PAGES,
  REPEATERS,
  sequences,
  wrongAfter,
} from './repeat-model.ts';
import { accepted } from './space-of.ts';

const page = readFileSync(new URL('../../../docs/split-merge.md', import.meta.url), 'utf8');

test.each(REPEATERS)('%s: every page keeps what is behind it', (semantics) => {
  fc.assert(
    fc.property(sequences(longestOf(semantics)), (requests) => {
      expect(wrongAfter(semantics, requests)).toBe('');
    }),
    { numRuns: 1000 },
  );
});

test('the page behind an address is the one that counting gives', () => {
  const mapping = fc.record({
    addr: fc.nat(8),
    range: fc.integer({ min: 1, max: 20 }),
    obj: fc.constant('a'),
    offset: fc.nat(9),
    attrs: fc.constant(PLAIN),
    repeat: fc.option(
      fc
        .integer({ min: 1, max: 5 })
        .chain((range) => fc.record({ range: fc.constant(range), phase: fc.nat(range - 1) })),
    ),
  });
  fc.assert(
    fc.property(mapping, (map) => {
      const empty = createVaSpace({
        name: 'vm',
        start: 0,
        range: PAGES,
        reserved: null,
        semantics: 'gpuvm-repeat',
      });
      expect(misread(accepted(applyOps(empty, [mapOp(map)], 1)).space)).toEqual([]);
    }),
  );
});

/** The smallest sequence that goes wrong, in the words of docs/split-merge.md. */
function counterexample(quirk: QuirkId): string {
  const on = [quirk];
  const property = fc.property(
    sequences(4),
    (requests) => wrongAfter('gpuvm-repeat', requests, on) === '',
  );
  const { counterexample: found } = fc.check(property, { numRuns: 2000, seed: 1 });
  const [requests] = found ?? [[]];
  return [...requests.map(askedText), wrongAfter('gpuvm-repeat', requests, on)].join('\n');
}

describe.each(['R01', 'R02'] as const)('%s', (quirk) => {
  test('breaks a short sequence, and the page has it', () => {
    const found = counterexample(quirk);
    expect(found.split('\n')).toHaveLength(3);
    expect(page).toContain(`\`\`\`text\n${quirk}\n\n${found}\n\`\`\``);
  });

  test('touches nothing that does not repeat', () => {
    fc.assert(
      fc.property(sequences(0), (requests) => {
        expect(wrongAfter('gpuvm-repeat', requests, [quirk])).toBe('');
      }),
      { numRuns: 300 },
    );
  });
});

test('R01 touches no pattern of a single page', () => {
  fc.assert(
    fc.property(sequences(1), (requests) => {
      expect(wrongAfter('gpuvm-repeat', requests, ['R01'])).toBe('');
    }),
    { numRuns: 300 },
  );
});
