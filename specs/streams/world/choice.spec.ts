/** The text of a choice: what is delivered and how the step's decisions are answered, one text for each meaning. */
import fc from 'fast-check';
import { choiceText, parseChoice } from '../../../streams/world/choice.ts';

const key = fc.string({ unit: 'binary' }).map((text) => text.replaceAll('!', '?'));
const answers = fc
  .dictionary(fc.integer({ min: 1, max: 999_999 }).map(String), fc.nat(999_999), { maxKeys: 6 })
  .map((record) => new Map(Object.entries(record).map(([index, n]) => [Number(index), n])));

test('there and back: the same delivery, the same answers but for those that say nothing', () => {
  const property = fc.property(key, answers, (delivered, given) => {
    const parsed = parseChoice(choiceText(delivered, given));
    expect(parsed.key).toBe(delivered);
    const said = [...given].filter(([, answer]) => answer !== 0).sort(([a], [b]) => a - b);
    expect([...parsed.answers]).toEqual(said);
  });
  fc.assert(property, { numRuns: 3000 });
});

test('back and there: a text that is taken is the one text of its meaning', () => {
  const part = fc.oneof(fc.stringMatching(/^!\d{1,7}$/), fc.stringMatching(/^!\d{0,3}:?\d{0,3}$/));
  const property = fc.property(key, fc.array(part, { maxLength: 3 }), (delivered, parts) => {
    const text = `${delivered}${parts.join('')}`;
    let parsed;
    try {
      parsed = parseChoice(text);
    } catch (error) {
      expect((error as Error).message).toMatch(/ is not a choice: /);
      return;
    }
    expect(choiceText(parsed.key, parsed.answers)).toBe(text);
  });
  fc.assert(property, { numRuns: 5000 });
});

test('the order in which answers are given does not matter', () => {
  const turned = new Map([
    [5, 1],
    [2, 3],
    [9, 0],
  ]);
  expect(choiceText('a>b', turned)).toBe('a>b!2:3!5');
});

test.each([
  ['a>b', 'a>b', []],
  ['a>b!2', 'a>b', [[2, 1]]],
  [
    'a>b!1!2:3',
    'a>b',
    [
      [1, 1],
      [2, 3],
    ],
  ],
  ['timer:a/3!10:12', 'timer:a/3', [[10, 12]]],
  ['start', 'start', []],
] as const)('%s is a choice', (text, delivered, said) => {
  const parsed = parseChoice(text);
  expect([parsed.key, [...parsed.answers]]).toEqual([delivered, said]);
});

test.each([
  ['no number', 'a>b!'],
  ['a number 0', 'a>b!0'],
  ['a leading zero', 'a>b!01'],
  ['a letter', 'a>b!x'],
  ['a sign', 'a>b!-1'],
  ['a blank', 'a>b! 1'],
  ['no answer', 'a>b!1:'],
  ['an answer 0, which is what goes without saying', 'a>b!1:0'],
  ['an answer 1, which is not written out', 'a>b!1:1'],
  ['an answer with a leading zero', 'a>b!1:02'],
  ['one number twice', 'a>b!2!2'],
  ['numbers that descend', 'a>b!3!2'],
  ['a fraction', 'a>b!1.5'],
  ['more digits than any step decides', 'a>b!1234567'],
  ['an empty answer between two', 'a>b!1!!2'],
])('refused: %s', (_what, text) => {
  expect(() => parseChoice(text)).toThrow(`${text} is not a choice: answers are !N or !N:ANSWER`);
});
