/** Which mapping a page fault is about, and what a VM that is not in fault mode answers. */
import fc from 'fast-check';
import { parseScenario } from '../../domain/scenario/parse.ts';
import { PLAIN } from '../../domain/va/mapping.ts';
import { applyOps } from '../../domain/va/ops.ts';
import { mapOps } from '../../domain/va/split-merge.ts';
import { mappingAt, type VaSpace } from '../../domain/va/va-space.ts';
import type { ActorState } from '../../machines/execute/executor.ts';
import { faultedPiece, holdsPage, refusesAtomics } from '../../machines/vm/fault.ts';
import { pieceOfMapping } from '../../machines/vm/pieces.ts';
import { tableExecutor } from '../../streams/world/run.ts';
import { startWorld } from '../../streams/world/start.ts';
import { accepted, emptySpace } from '../domain/va/space-of.ts';
import { deliver, factsIn, sentIn } from '../rig/actors.ts';

const span = fc.tuple(fc.nat(60), fc.integer({ min: 1, max: 4 }));

/** A space of 64 pages with NULL mappings, later ones over earlier ones. */
function spaceWith(spans: readonly (readonly [number, number])[]): VaSpace {
  let space = emptySpace('2023');
  let next = 1;
  for (const [addr, range] of spans) {
    const request = { addr, range, obj: null, offset: 0, attrs: { ...PLAIN, null: true } };
    const applied = accepted(applyOps(space, accepted(mapOps(space, request)), next));
    next += 3;
    space = applied.space;
  }
  return space;
}

test('the shortcut finds what the address space has, whatever the last fault was about', () => {
  const property = fc.property(fc.array(span, { maxLength: 12 }), (spans) => {
    const space = spaceWith(spans);
    const pieces = [...space.mappings.values()].map((each) => pieceOfMapping(each));
    for (const lastFault of [null, ...pieces]) {
      for (let page = 0; page < 66; page++) {
        const found = page < 64 ? mappingAt(space, page)?.id : undefined;
        expect(faultedPiece({ space, lastFault }, page)?.va).toBe(found);
      }
    }
  });
  fc.assert(property, { numRuns: 60 });
});

test('a mapping holds the pages from its first to its last, and not the page before or behind', () => {
  for (const [addr, range] of [
    [0, 1],
    [5, 3],
  ] as const) {
    const held = Array.from({ length: 10 }, (_, page) => page).filter((page) =>
      holdsPage({ addr, range }, page),
    );
    expect(held).toEqual(Array.from({ length: range }, (_, i) => addr + i));
  }
});

test('with S28 it holds the page before, too', () => {
  const held = Array.from({ length: 10 }, (_, page) => page).filter((page) =>
    holdsPage({ addr: 5, range: 3 }, page, true),
  );
  expect(held).toEqual([4, 5, 6, 7]);
});

test('there is no VRAM behind a userptr or a NULL mapping', () => {
  const kinds = [
    { userptr: true, null: false },
    { userptr: false, null: true },
    { userptr: false, null: false },
  ];
  expect(kinds.map(refusesAtomics)).toEqual([true, true, false]);
});

test.each(['dma-fence', 'compute'] as const)('a VM in mode %s answers EINVAL', (mode) => {
  const parsed = parseScenario({
    fencelab: 1,
    name: 'none',
    vms: { vm0: { mode } },
    clients: { app: [{ sleep: { ns: 1 } }] },
  });
  if (!parsed.ok) throw new Error('refused');
  const { world } = startWorld(parsed.scenario, '0x1', tableExecutor);
  const state = world.actors.get('vm0') as ActorState;
  const fault = { gt: 'gt0', addr: 1, access: 'read' } as const;
  const { effects } = deliver(state, 'vm.fault', fault, world.shared, 'gt0/faults0');
  expect(factsIn(effects)).toEqual([]);
  expect(sentIn(effects)).toEqual([['gt0/faults0', 'fault.handled', { result: -22 }]]);
});
