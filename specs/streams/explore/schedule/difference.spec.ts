/** What a difference comes from, on two runs of two steps. */
import { expect, test } from '@jest/globals';
import type { Fact } from '../../../../domain/facts/schema.ts';
import { differencesOf, type Tail } from '../../../../streams/explore/schedule/difference.ts';
import type { Move } from '../../../../streams/explore/system.ts';
import { reading, writing } from '../../../../streams/explore/touches.ts';
import type { StepRecord } from '../../../../streams/world/record.ts';

const OBJECT = 7;
const SAW: Fact = { type: 'step.began', client: 'reader', step: 0 };

/** The reader says what it saw only after the writer. */
function tail(order: readonly ('reader' | 'writer')[]): Tail {
  const isLate = order.indexOf('writer') < order.indexOf('reader');
  const records = order.map((actor) => {
    const facts = actor === 'reader' && isLate ? [SAW] : [];
    const step = { choice: `x>${actor}`, type: 'go', data: {}, state: 'done', sends: [] };
    return { ...step, facts } as Partial<StepRecord> as StepRecord;
  });
  const moves = order.map((actor) => {
    const touches = (): number[] => [actor === 'writer' ? writing(OBJECT) : reading(OBJECT)];
    return { cause: -1, touches } as Partial<Move<unknown>> as Move<unknown>;
  });
  return { records, moves, from: 0 };
}

test('a step that is the same itself is a cause where it stands on the other side', () => {
  const { all, same, moved } = differencesOf(
    tail(['reader', 'writer']),
    tail(['writer', 'reader']),
  );
  expect([same, moved]).toEqual([1, 1]);
  expect(all.map(({ steps, facts, causes }) => [steps, facts, causes()])).toEqual([
    [[0, 1], [[], [SAW]], [{ step: 0, differs: false }]],
  ]);
});
