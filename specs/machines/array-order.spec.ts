/**
 * Fence arrays of one context signal in their order, however late one GT acknowledges its TLB invalidations (I10).
 */

import { map, scenario, unmap } from '../../domain/scenario/builder.ts';
import type { Scenario } from '../../domain/scenario/schema.ts';
import { enabled } from '../../streams/world/choice.ts';
import type { StepRecord } from '../../streams/world/record.ts';
import { tableExecutor } from '../../streams/world/run.ts';
import { startWorld } from '../../streams/world/start.ts';
import { step } from '../../streams/world/step.ts';
import { breaches } from '../rig/invariants.ts';

const K = 0x1000;
const FIRST = 0x10000;
const SECOND = 0x20000;

/** Everything else comes before the TLB of the first GT gets its mail. */
function lateFirstGt(of: Scenario): StepRecord[] {
  const begun = startWorld(of, '0x1', tableExecutor);
  const records = [begun.record];
  for (let { world } = begun; ;) {
    const choices = enabled(world, tableExecutor);
    const next = choices.find(({ key }) => !key.endsWith('>gt0/tlb')) ?? choices[0];
    if (next === undefined) return records;
    const taken = step(world, next.key, tableExecutor);
    records.push(taken.record);
    world = taken.world;
  }
}

/** In which order arrays signalled. */
const arraysOf = (records: readonly StepRecord[]): string[] => {
  const facts = records.flatMap((record) => record.facts);
  const made = facts.flatMap((f) =>
    f.type === 'fence.created' && f.kind === 'array' ? [f.fence] : [],
  );
  return facts.flatMap((f) =>
    f.type === 'fence.signaled' && made.includes(f.fence) ? [f.fence] : [],
  );
};

/** A BO bound on either GT. */
const twoGts = () =>
  scenario('two GTs')
    .device({ gts: 2 })
    .vm('vm0', {})
    .bo('first', { size: 4 * K })
    .bo('second', { size: 4 * K })
    .syncobj('a')
    .syncobj('b')
    .queue('q0', { vm: 'vm0' })
    .queue('b1', { vm: 'vm0', kind: 'bind' });

const mapFirst = map({ addr: FIRST, range: 4 * K, bo: 'first', gtMask: 1 });
const mapSecond = map({ addr: SECOND, range: 4 * K, bo: 'second', gtMask: 2 });
const drop = (addr: number) => unmap({ addr, range: 4 * K });

test('calls of one bind queue', () => {
  const records = lateFirstGt(
    twoGts()
      .client('app', (c) =>
        c
          .bind('vm0', [mapFirst])
          .bind('vm0', [mapSecond], { out: ['a'] })
          .wait('a')
          .bind('vm0', [drop(FIRST)])
          .bind('vm0', [drop(SECOND)]),
      )
      .build(),
  );
  expect(arraysOf(records)).toEqual(['vm0/bind0/array/gt1:2', 'vm0/bind0/array/gt0:1']);
  expect(breaches(records)).toEqual([]);
});

test('calls of two bind queues', () => {
  const records = lateFirstGt(
    twoGts()
      .client('app', (c) =>
        c
          .bind('vm0', [mapFirst])
          .bind('vm0', [mapSecond], { out: ['a'] })
          .wait('a')
          .bind('vm0', [drop(FIRST)])
          .bind('vm0', [drop(SECOND)], { queue: 'b1' }),
      )
      .build(),
  );
  expect(arraysOf(records)).toEqual(['b1/array/gt1:2', 'vm0/bind0/array/gt0:1']);
  expect(breaches(records)).toEqual([]);
});

test('rebinds: the move behind the later one waits for the job that waits for the earlier one', () => {
  const records = lateFirstGt(
    twoGts()
      .client('app', (c) =>
        c
          .bind('vm0', [mapFirst])
          .bind('vm0', [mapSecond], { out: ['a'] })
          .wait('a')
          .evict('first')
          .exec('q0', [])
          .evict('second')
          .exec('q0', []),
      )
      .build(),
  );
  expect(arraysOf(records)).toEqual(['vm0/rebind:1', 'vm0/rebind:2']);
  expect(breaches(records)).toEqual([]);
});
