/** Timers: in order of their dues whatever the chooser, and only mail comes between them. */
import fc from 'fast-check';
import { armTimer, cancelTimer } from '../../../streams/world/mail.ts';
import type { Timer } from '../../../streams/world/world.ts';
import { stepsOf } from '../../rig/runs.ts';
import { scenarioOf, seedOf } from '../../rig/scenarios.ts';

const timer = (key: string, dueNs: number): Timer => ({
  key,
  actor: 'a',
  mail: { message: { type: 'client.awake', data: {} }, cause: 0, dueNs },
});

test('armed timers are kept by due time, then by name; arming one again moves it', () => {
  const one = fc.record({ key: fc.constantFrom('p', 'q', 'r', 's'), dueNs: fc.nat(5) });
  const property = fc.property(fc.array(one), (arms) => {
    let timers: readonly Timer[] = [];
    const model = new Map<string, number>();
    for (const { key, dueNs } of arms) {
      timers = armTimer(timers, timer(key, dueNs));
      model.set(key, dueNs);
    }
    const expected = [...model].sort(([a, x], [b, y]) => x - y || (a < b ? -1 : 1));
    expect(timers.map(({ key, mail }) => [key, mail.dueNs])).toEqual(expected);
    expect(cancelTimer(timers, 'p').some(({ key }) => key === 'p')).toBe(false);
  });
  fc.assert(property);
});

test('sleepers wake in the order of their dues under every schedule', () => {
  const client = fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 4 });
  const property = fc.property(
    fc.array(client, { minLength: 1, maxLength: 4 }),
    fc.nat(),
    (all, n) => {
      const clients = Object.fromEntries(
        all.map((naps, i) => [`c${i}`, naps.map((ns) => ({ sleep: { ns } }))]),
      );
      const scenario = scenarioOf({ vms: { vm0: {} }, clients });
      let fired = 0;
      for (const { before, choices, choice, record } of stepsOf({
        scenario,
        chooser: 'random',
        seed: seedOf(n),
      })) {
        const offered = choices.filter(({ key }) => key.startsWith('timer:'));
        expect(offered.length).toBe(Math.min(1, before.timers.length));
        if (record.type !== 'client.awake') continue;
        fired += 1;
        const dues = before.timers.map(({ mail }) => mail.dueNs);
        expect(before.timers.find(({ key }) => key === choice)?.mail.dueNs).toBe(Math.min(...dues));
        expect(record.t).toBeGreaterThanOrEqual(Math.min(...dues));
      }
      expect(fired).toBe(all.flat().length);
    },
  );
  fc.assert(property, { numRuns: 60 });
});
