/** The worked examples of repeated mappings, as tested and as drawn; and what may be asked for. */
import { readFileSync } from 'node:fs';
import { ERRNO } from '../../../domain/errno.ts';
import { NO_QUIRKS, QUIRKS } from '../../../domain/quirks/quirks.ts';
import { opText } from '../../../domain/va/draw-case.ts';
import { drawRepeated, repeatedOps } from '../../../domain/va/draw-repeated.ts';
import { dumpGpuvas } from '../../../domain/va/gpuvas-dump.ts';
import { PLAIN, type MapRequest } from '../../../domain/va/mapping.ts';
import { applyOps, mapOp } from '../../../domain/va/ops.ts';
import { repeating, SINGLE_PAGE, type Repeat } from '../../../domain/va/repeat.ts';
import { REPEAT_RULES } from '../../../domain/va/repeat-check.ts';
import { REPEATED_CASES } from '../../../domain/va/repeated-cases.ts';
import { RULE_SETS, SEMANTICS, type Semantics } from '../../../domain/va/rule-sets.ts';
import { madviseOps, mapOps, unmapAllOps, unmapOps } from '../../../domain/va/split-merge.ts';
import { createVaSpace, type VaSpace } from '../../../domain/va/va-space.ts';
import { accepted, contents } from './space-of.ts';

const numbered = REPEATED_CASES.map((one, i) => [i + 1, one.title, one] as const);

describe('the worked examples', () => {
  test.each(numbered)('%i: %s', (_number, _title, one) => {
    expect(repeatedOps(one, NO_QUIRKS).map(opText)).toEqual(one.ops);
  });

  test.each(numbered)('%i, with each quirk on: %s', (_number, _title, one) => {
    for (const { id } of QUIRKS) {
      expect(repeatedOps(one, [id]).map(opText)).toEqual(one.quirks[id] ?? one.ops);
    }
  });

  test('are drawn in docs/split-merge.md as they come out', () => {
    const page = readFileSync(new URL('../../../docs/split-merge.md', import.meta.url), 'utf8');
    expect(page).toContain(drawRepeated());
  });
});

const asked = (addr: number, range: number, repeat: Repeat | null = null): MapRequest => ({
  ...{ addr, range, obj: 'a', offset: 100, repeat, attrs: PLAIN },
});

function spaceWith(semantics: Semantics, ...old: readonly MapRequest[]): VaSpace {
  const empty = createVaSpace({ name: 'vm', start: 0, range: 64, reserved: null, semantics });
  return accepted(applyOps(empty, old.map(mapOp), 1)).space;
}

describe('what may be asked for', () => {
  const EINVAL = ERRNO.EINVAL;
  // By range and pattern, in the order of REPEAT_RULES; 0 is allowed.
  test.each([
    ['gpuva-2023', 4, 2, EINVAL],
    ['gpuvm-6.18', 4, 2, EINVAL],
    ['gpuvm-repeat', 4, 0, EINVAL],
    ['gpuvm-repeat', 2, 4, EINVAL],
    ['gpuvm-repeat', 5, 2, EINVAL],
    ['gpuvm-repeat', 4, 2, 0],
    ['gpuvm-repeat', 2, 2, 0],
    ['gpuvm-single-page', 5, 1, 0],
  ] as const)('%s: %i pages of a pattern of %i', (semantics, range, pattern, errno) => {
    const answer = mapOps(spaceWith(semantics), asked(0, range, repeating(pattern)));
    if (errno === 0) expect(answer).toHaveLength(1);
    else expect(answer).toBe(errno);
  });

  test('each rule is the first to refuse something', () => {
    const first = SEMANTICS.flatMap((semantics) =>
      [0, 1, 2, 4].map((pattern) =>
        REPEAT_RULES.find(
          ({ holdsFor, refuses }) =>
            holdsFor.includes(RULE_SETS[semantics].repeats) && refuses(3, repeating(pattern)),
        ),
      ),
    );
    for (const rule of REPEAT_RULES) expect(first).toContain(rule);
  });

  test('a bad range comes before a bad pattern', () => {
    expect(mapOps(spaceWith('gpuvm-repeat'), asked(60, 5, repeating(2)))).toBe(EINVAL);
  });
});

describe('keep', () => {
  const readOnly = { ...asked(0, 4, repeating(2)), attrs: { ...PLAIN, readOnly: true } };
  const kept = (semantics: Semantics, old: MapRequest, request: MapRequest): unknown =>
    accepted(mapOps(spaceWith(semantics, old), request)).map((op) => op.op === 'unmap' && op.keep);

  test('looks at all flags in the series for ranges, and at no others before', () => {
    expect(kept('gpuvm-repeat', readOnly, asked(0, 4, repeating(2)))).toEqual([false, false]);
    const single = { ...readOnly, repeat: SINGLE_PAGE };
    expect(kept('gpuvm-single-page', single, asked(0, 4, SINGLE_PAGE))).toEqual([true, false]);
    const normal = { ...readOnly, repeat: null };
    expect(kept('gpuvm-repeat', normal, asked(0, 4))).toEqual([false, false]);
    expect(kept('gpuvm-6.18', normal, asked(0, 4))).toEqual([true, false]);
  });

  test('is never said of a pattern of another length, another start, another object', () => {
    const old = asked(0, 4, repeating(2));
    expect(kept('gpuvm-repeat', old, asked(0, 4, repeating(4)))).toEqual([false, false]);
    expect(kept('gpuvm-repeat', old, { ...old, offset: 101 })).toEqual([false, false]);
    expect(kept('gpuvm-repeat', old, { ...old, obj: 'b' })).toEqual([false, false]);
    expect(kept('gpuvm-repeat', old, old)).toEqual([true, false]);
  });
});

test('an object takes its repeated mappings along, a madvise passes them over', () => {
  const space = spaceWith('gpuvm-repeat', asked(0, 6, repeating(2)));
  const split = accepted(applyOps(space, accepted(unmapOps(space, 2, 1)), 2)).space;
  expect(unmapAllOps(split, 'a').map(opText)).toEqual([
    'UNMAP a[0,2)@n x2',
    'UNMAP a[3,6)@n x2 from 1',
  ]);
  expect(madviseOps(split, { ...asked(1, 3), obj: null })).toEqual([]);
});

test('gpuvas shows where the pattern begins in the object, and not that it repeats', () => {
  const space = spaceWith('gpuvm-repeat', asked(0, 6, repeating(2)));
  const split = accepted(applyOps(space, accepted(unmapOps(space, 2, 1)), 2)).space;
  const offsets = dumpGpuvas(split, () => 0)
    .split('\n')
    .slice(-3, -1)
    .map((line) => line.split(' | ').at(-1));
  expect(offsets).toEqual(['0x0000000000064000', '0x0000000000064000']);
});

test('a mapping of which R02 has taken the pattern is split on without one', () => {
  const space = spaceWith('gpuvm-repeat', asked(0, 6, repeating(2)));
  const on = ['R02'] as const;
  const once = accepted(applyOps(space, accepted(unmapOps(space, 0, 1, on)), 2)).space;
  const twice = accepted(applyOps(once, accepted(unmapOps(once, 3, 1)), 3)).space;
  expect(contents(twice).map(({ addr, range, repeat }) => [addr, range, repeat])).toEqual([
    [1, 2, repeating(0)],
    [4, 2, repeating(0)],
  ]);
});
