/** Who sleeps, what wakes, and in which order: against a plain list of waits, and in the mail that a step sends. */
import fc from 'fast-check';
import { FACT_TYPES, type Fact } from '../../../domain/facts/schema.ts';
import { fact } from '../../../machines/contract/effects.ts';
import { foldShared } from '../../../machines/shared/fold.ts';
import { NOTHING_SHARED, type Shared } from '../../../machines/shared/shared.ts';
import {
  errorEvent,
  foldWaits,
  lockEvent,
  sleepersOf,
  startedEvent,
  triggerOf,
  ufenceEvent,
  userptrEvent,
} from '../../../machines/shared/sleepers.ts';
import { startWorld } from '../../../streams/world/start.ts';
import { applyEffects } from '../../../streams/world/step.ts';
import { tableExecutor } from '../../../streams/world/run.ts';
import { factArbitraries } from '../../streams/log/arbitrary-record.ts';
import { scenarioOf } from '../../rig/scenarios.ts';

const began = (on: string, by: string): Fact => ({ type: 'wait.began', on, by });
const ended = (on: string, by: string): Fact => ({ type: 'wait.ended', on, by });
const released = (lock: string): Fact => ({ type: 'lock.released', lock, by: 'x' });
const written = (at: string): Fact => ({ type: 'ufence.written', at, value: '0x1' });

/** Every fact that wakes somebody, and on what. */
const WAKERS: readonly (readonly [Fact, string])[] = [
  [released('vm0'), lockEvent('vm0')],
  [{ type: 'fence.started', fence: 'vm0/bind0/async:1' }, startedEvent('vm0/bind0/async:1')],
  [written('0x1000'), ufenceEvent('0x1000')],
  [
    { type: 'vm.errored', vm: 'v', call: 1, index: 0, op: 'map', addr: 0, range: 1, error: -12 },
    errorEvent('v'),
  ],
  [{ type: 'vm.closing', vm: 'v' }, errorEvent('v')],
  [{ type: 'userptr.invalidated', userptr: 'u', phys: null }, userptrEvent('u')],
];

test.each(WAKERS)('%j wakes those on %s', (waker, on) => {
  expect(triggerOf(waker)).toBe(on);
  const asleep = [began(on, 'a'), began(`${on}0`, 'c'), began(on, 'b')].reduce(
    foldWaits,
    NOTHING_SHARED,
  );
  expect(sleepersOf(asleep, waker)).toEqual(['a', 'b']);
  const awake = foldWaits(asleep, waker);
  expect(awake.sleepers).toEqual({ [`${on}0`]: ['c'] });
  expect(sleepersOf(awake, waker)).toEqual([]);
  expect(foldWaits(awake, waker)).toBe(awake);
});

test('no other fact wakes anybody, or changes who sleeps', () => {
  const wakers = new Set(WAKERS.map(([{ type }]) => type));
  const asleep = WAKERS.reduce(
    (shared, [, on]) => foldWaits(shared, began(on, 'a')),
    NOTHING_SHARED,
  );
  for (const type of FACT_TYPES) {
    if (wakers.has(type) || type.startsWith('wait.')) continue;
    const property = fc.property(factArbitraries.get(type) as fc.Arbitrary<Fact>, (each) => {
      expect(triggerOf(each)).toBeNull();
      expect(sleepersOf(asleep, each)).toEqual([]);
      expect(foldWaits(asleep, each)).toBe(asleep);
    });
    fc.assert(property, { numRuns: 5 });
  }
});

test('any sequence of waits and wakes is as a list of pairs has it', () => {
  const on = fc.constantFrom('p', 'q', 'r');
  const by = fc.constantFrom('a', 'b', 'c', 'd');
  const event = fc.oneof(
    fc.record({ what: fc.constant('began' as const), on, by }),
    fc.record({ what: fc.constant('began' as const), on, by }),
    fc.record({ what: fc.constant('ended' as const), on, by }),
    fc.record({ what: fc.constant('released' as const), on, by }),
  );
  const property = fc.property(fc.array(event, { maxLength: 30 }), (events) => {
    let pairs: (readonly [on: string, by: string])[] = [];
    let shared: Shared = NOTHING_SHARED;
    for (const each of events) {
      const name = lockEvent(each.on);
      if (each.what === 'began') {
        pairs.push([name, each.by]);
        shared = foldWaits(shared, began(name, each.by));
      } else if (each.what === 'ended') {
        pairs = pairs.filter(([o, b]) => o !== name || b !== each.by);
        shared = foldWaits(shared, ended(name, each.by));
      } else {
        const woken = pairs.filter(([o]) => o === name).map(([, b]) => b);
        expect(sleepersOf(shared, released(each.on))).toEqual(woken);
        pairs = pairs.filter(([o]) => o !== name);
        shared = foldWaits(shared, released(each.on));
      }
      for (const [o, list] of Object.entries(shared.sleepers)) {
        expect(list).toEqual(pairs.filter(([p]) => p === o).map(([, b]) => b));
      }
      expect(Object.values(shared.sleepers).flat()).toHaveLength(pairs.length);
      expect(Object.values(shared.sleepers)).not.toContainEqual([]);
    }
  });
  fc.assert(property, { numRuns: 1000 });
});

test('whoever ends a wait that is over changes nothing', () => {
  const awake = [began('p', 'a'), ended('p', 'a'), ended('p', 'a')].reduce(
    foldWaits,
    NOTHING_SHARED,
  );
  expect(awake.sleepers).toEqual({});
});

test('the fold of everything folds waits, too: a released lock is free, and its sleepers are awake', () => {
  const facts: Fact[] = [
    { type: 'lock.taken', lock: 'vm0', by: 'a' },
    began(lockEvent('vm0'), 'b'),
    released('vm0'),
  ];
  const { locks, sleepers } = facts.reduce(foldShared, NOTHING_SHARED);
  expect([locks, sleepers]).toEqual([{}, {}]);
});

describe('the mail of a step', () => {
  const scenario = scenarioOf({
    vms: { vm0: {} },
    clients: { a: [{ close: 'vm0' }], b: [{ close: 'vm0' }] },
  });
  const { world } = startWorld(scenario, '0x1', tableExecutor);
  const sendsOf = (facts: readonly Fact[]): unknown =>
    applyEffects(world, 'vm0', 1, facts.map(fact)).sends;

  test('wakes in the order in which they lay down, each once for each wait', () => {
    const on = ufenceEvent('0x1000');
    const facts = [began(on, 'b'), began(on, 'a'), began(on, 'b'), written('0x1000')];
    expect(sendsOf(facts)).toEqual([
      ['b', 'wait.over'],
      ['a', 'wait.over'],
      ['b', 'wait.over'],
    ]);
  });

  test('says what has happened, so that a late one can be told from the one waited for', () => {
    const on = ufenceEvent('0x1000');
    const { world: after } = applyEffects(world, 'vm0', 1, [
      fact(began(on, 'a')),
      fact(written('0x1000')),
    ]);
    const mail = after.queues
      .find(({ key }) => key === 'vm0>a')
      ?.mail.map(({ message }) => message);
    expect(mail).toEqual([{ type: 'wait.over', data: { on } }]);
  });

  test('wakes nobody who lies down after it has happened, who has got up, or who sleeps on something else', () => {
    const on = ufenceEvent('0x1000');
    expect(sendsOf([written('0x1000'), began(on, 'a')])).toEqual([]);
    expect(sendsOf([began(on, 'a'), ended(on, 'a'), written('0x1000')])).toEqual([]);
    expect(sendsOf([began(on, 'a'), written('0x2000')])).toEqual([]);
    expect(sendsOf([began(on, 'a'), written('0x1000'), written('0x1000')])).toHaveLength(1);
  });
});
