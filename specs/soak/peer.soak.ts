/** The peer model with 7 and 8 workers: the rows of its table that are too large for the specs. */
import { peerSystem } from '../../bench/peer/world.ts';
import { explore } from '../../streams/explore/explore.ts';
import { LARGE } from '../rig/peer-table.ts';
import { keep, timed } from './keep.ts';

const told = (count: number): string => count.toLocaleString('en-US');

test.each(LARGE)('$n workers: every state', async ({ n, states, transitions }) => {
  const finding = await timed(() => {
    const { verdict, counts, stuckRuns } = explore(peerSystem({ n }), 'exhaustive');
    expect([verdict, counts.states, counts.transitions]).toEqual(['proved', states, transitions]);
    expect([counts.executions, stuckRuns]).toEqual([1, 0]);
    return `${told(states)} states, ${told(transitions)} transitions, as SPIN counts them: proved`;
  });
  keep(`peer model, ${n} workers, every state`, finding);
});

test.each(LARGE)('$n workers: classes and orbits', async ({ n, classes, orbits }) => {
  const finding = await timed(() => {
    const reduced = explore(peerSystem({ n }), 'dpor');
    const { executions, blocked } = reduced.counts;
    expect([reduced.verdict, executions, blocked]).toEqual(['proved', classes, 0]);
    const symmetric = explore(peerSystem({ n }), 'symmetric');
    expect([symmetric.verdict, symmetric.counts.states]).toEqual(['proved', orbits]);
    return `${told(classes)} classes, a run each, and ${told(orbits)} orbits: proved`;
  });
  keep(`peer model, ${n} workers, reduced`, finding);
});
