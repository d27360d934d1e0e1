/** What a VM finds its mappings by agrees with its address space, whatever has happened to it. */
import { pieceOfMapping } from '../../machines/vm/pieces.ts';
import type { VmContext } from '../../machines/vm/context.ts';
import { isOfArea, pieceOf, piecesOfArea } from '../../machines/vm/mapping-index.ts';
import { WORLDS } from '../rig/races/worlds.ts';
import { stepsOf } from '../rig/runs.ts';
import { seedOf } from '../rig/scenarios.ts';

const SEEDS = 10;

test.each(Object.entries(WORLDS))('in the world %s', (_name, world) => {
  const scenario = world();
  let userptrs = 0;
  for (let seed = 0; seed < SEEDS; seed++) {
    for (const { world: now } of stepsOf({ scenario, chooser: 'random', seed: seedOf(seed) })) {
      const areas = Object.values(now.shared.userptrs);
      for (const { machine, context } of now.actors.states) {
        if (machine !== 'vm') continue;
        const { lookup, space } = context as VmContext;
        const pieces = [...space.mappings.values()].map((each) => pieceOfMapping(each));
        pieces.sort((a, b) => a.va - b.va);
        expect([...lookup.places.entries()].map(({ key }) => key)).toEqual(
          pieces.map(({ va }) => va),
        );
        for (const piece of pieces) expect(pieceOf(lookup, space, piece.va)).toEqual(piece);
        for (const area of areas) {
          const expected = pieces.filter((piece) => isOfArea(area, piece));
          expect(piecesOfArea(lookup, area)).toEqual(expected);
          userptrs += expected.length;
        }
      }
    }
  }
  expect(userptrs).toBeGreaterThan(0);
});
