/** The actors of a world: a value whose versions leave each other alone. */
import { Actors } from '../../../streams/world/actors.ts';

const state = (value: string) => ({ machine: 'stub', value, context: {} });
const old = Actors.from({ b: state('one'), a: state('two') });

test('another state makes another version, and the old one stays', () => {
  const next = old.with('a', state('three'));
  expect([next.get('a')?.value, next.get('b')?.value, old.get('a')?.value]).toEqual([
    'three',
    'one',
    'two',
  ]);
});

test('they keep the order in which they were given', () => {
  expect(old.entries().map(([id]) => id)).toEqual(['b', 'a']);
});

test('nobody else can join', () => {
  expect(old.get('c')).toBeUndefined();
  expect(() => old.with('c', state('one'))).toThrow(RangeError);
});
