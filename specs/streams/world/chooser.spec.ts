/** The three choosers. */
import fc from 'fast-check';
import type { Choice } from '../../../streams/world/choice.ts';
import { listChooser, randomChooser, timeChooser } from '../../../streams/world/chooser.ts';
import { seedOf } from '../../rig/scenarios.ts';

const choices: fc.Arbitrary<Choice[]> = fc
  .uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 8 })
  .chain((keys) =>
    fc.tuple(...keys.map((key) => fc.nat(3).map((dueNs): Choice => ({ key, dueNs })))),
  );

test('in order of time: the first due, and of equals the first in canonical order', () => {
  const property = fc.property(choices, (all) => {
    const least = Math.min(...all.map(({ dueNs }) => dueNs));
    expect(timeChooser.choose(all)).toBe(all.find(({ dueNs }) => dueNs === least));
  });
  fc.assert(property);
});

test('at random: one of them, the same for the same seed', () => {
  const property = fc.property(fc.array(choices, { maxLength: 20 }), fc.nat(), (rounds, n) => {
    const [a, b] = [randomChooser(seedOf(n)), randomChooser(seedOf(n))];
    for (const all of rounds) {
      const chosen = a.choose(all);
      expect(all).toContain(chosen);
      expect(b.choose(all)).toBe(chosen);
    }
  });
  fc.assert(property);
});

test('at random: every choice gets its share, and seeds differ', () => {
  const three = ['a', 'b', 'c'].map((key): Choice => ({ key, dueNs: 0 }));
  const words = [1, 2].map((n) => {
    const chooser = randomChooser(seedOf(n));
    return Array.from({ length: 3000 }, () => chooser.choose(three)?.key ?? '').join('');
  });
  expect(words[0]).not.toBe(words[1]);
  for (const word of words) {
    for (const key of ['a', 'b', 'c']) {
      const share = word.split(key).length - 1;
      expect([key, share > 850 && share < 1150]).toEqual([key, true]);
    }
  }
});

test('from a list: one after another, then the end', () => {
  const all = ['a', 'b'].map((key): Choice => ({ key, dueNs: 0 }));
  const chooser = listChooser(['b', 'a']);
  expect([chooser.choose(all)?.key, chooser.choose(all)?.key, chooser.choose(all)]).toEqual([
    'b',
    'a',
    null,
  ]);
});

test('from a list: one that is not possible says which, and what is', () => {
  const chooser = listChooser(['a', 'x']);
  const all = ['a', 'b'].map((key): Choice => ({ key, dueNs: 0 }));
  chooser.choose(all);
  expect(() => chooser.choose(all)).toThrow(
    'FL308: choice 2 of the list, x, is not possible here; possible: a, b',
  );
});
