/** What one step can go through, of every state and event of every machine. */
import { MACHINES } from '../../../machines/index.ts';
import { allBoxes, stateGraph, type StateGraph } from '../../../streams/export/diagram.ts';
import { neighbourhood } from '../../../streams/export/neighbourhood.ts';

const GRAPHS = Object.values(MACHINES).map(stateGraph);

const paths = ({ top }: StateGraph): string[] => allBoxes(top).map(({ path }) => path);

describe.each(GRAPHS.map((graph) => [graph.machine, graph] as const))('%s', (_name, graph) => {
  const events = [...new Set(graph.edges.flatMap(({ event }) => event ?? []))];

  test('a part has the state, what takes the event there, and whatever its arrows touch', () => {
    for (const { path, children } of allBoxes(graph.top)) {
      if (children.length > 0) continue;
      for (const event of events) {
        const part = neighbourhood(graph, path, event);
        const known = new Set(paths(part));
        expect(known.has(path)).toBe(true);
        for (const { from, to } of part.edges)
          expect([known.has(from), known.has(to)]).toEqual([true, true]);
        const taking = graph.edges.filter(
          (edge) =>
            edge.event === event && `${path}.`.startsWith(edge.from === '' ? '' : `${edge.from}.`),
        );
        expect(part.edges).toEqual(expect.arrayContaining(taking));
        // nothing else is on an event: the rest of a step is taken at once
        expect(
          part.edges.filter((edge) => edge.event !== null).every((edge) => edge.event === event),
        ).toBe(true);
      }
    }
  });
});

test('of a state that nobody has there is none', () => {
  const [graph] = GRAPHS;
  if (graph === undefined) throw new RangeError('no machine');
  expect(() => neighbourhood(graph, 'nowhere', 'x')).toThrow('has no state nowhere');
});

test('an event that a state does not take leaves the state alone', () => {
  for (const graph of GRAPHS) {
    const [leaf] = allBoxes(graph.top).filter(({ children }) => children.length === 0);
    expect(neighbourhood(graph, leaf?.path ?? '', 'no such event').edges).toEqual([]);
  }
});
