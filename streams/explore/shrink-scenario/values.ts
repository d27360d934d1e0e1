/** Smaller values: what a number of a scenario may become, by its place. */
import type { Path } from '../../../domain/scenario/problem.ts';
import type { Scenario } from '../../../domain/scenario/schema.ts';
import { at } from './subject.ts';
import { placesOf } from './parts.ts';

const PAGE = 0x1000n;
const hex = (value: bigint): string => `0x${value.toString(16)}`;

/** A page, then half as many pages. */
function fewerPages(value: unknown): unknown[] {
  if (typeof value !== 'string') return [];
  const bytes = BigInt(value);
  const half = (bytes / 2n / PAGE) * PAGE;
  return [PAGE, half].filter((each) => each >= PAGE && each < bytes).map(hex);
}

const fewer =
  (least: number) =>
  (value: unknown): unknown[] =>
    typeof value === 'number' && value > least ? [least] : [];

const SMALLER: readonly (readonly [string, (value: unknown) => unknown[]])[] = [
  ['device.gts', fewer(1)],
  ['clients.*.*.sleep.ns', fewer(1)],
  ['clients.*.*.bind.ops.*.*.range', fewerPages],
  ['bos.*.size', fewerPages],
  ['userptrs.*.size', fewerPages],
];

/** Every smaller value and its place. */
export function smallerValues(scenario: Scenario): (readonly [Path, unknown])[] {
  return SMALLER.flatMap(([pattern, smaller]) =>
    placesOf(scenario, pattern.split('.')).flatMap((path) =>
      smaller(at(scenario, path)).map((value) => [path, value] as const),
    ),
  );
}
