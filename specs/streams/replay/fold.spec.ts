/**
 * The facts of a log alone rebuild what the machines hold: after every record of every scenario the folded views are the
 * live world's own. Each fold starts from the live views of the record before, which were equal, so that comparing costs
 * what the record changed. (bench/determinism.ts does the same for 200 seeds.)
 */
import { digestOf } from '../../../streams/replay/digest.ts';
import { emptyViews, foldRecord, viewsOfWorld } from '../../../streams/replay/views.ts';
import { startWorld } from '../../../streams/world/start.ts';
import { tableExecutor } from '../../../streams/world/run.ts';
import { everyRun, stepsOf, wholeRun } from '../../rig/runs.ts';
import { firstDifference } from '../../../streams/replay/same.ts';
import { SCENARIOS } from '../../rig/scenarios.ts';

describe.each(SCENARIOS)('$name', ({ name, scenario }) => {
  test('the fold is the machines’ own state at every record, gem lists included', () => {
    for (const { label, chooser, seed } of everyRun(12).filter((run) => run.name === name)) {
      const started = startWorld(scenario, seed, tableExecutor);
      let views = viewsOfWorld(started.world);
      const first = firstDifference(foldRecord(emptyViews(), started.record), views);
      if (first !== null) expect([label, 0, first]).toBe('the same');
      for (const { world, record } of stepsOf({ scenario, chooser, seed })) {
        const folded = foldRecord(views, record);
        views = viewsOfWorld(world);
        const found = firstDifference(folded, views);
        if (found !== null) expect([label, record.seq, found]).toBe('the same');
      }
    }
  });

  test('folded from the first record on, the digest is the live one at every record', () => {
    for (const { label, chooser, seed } of everyRun(1).filter((run) => run.name === name)) {
      let views = foldRecord(emptyViews(), startWorld(scenario, seed, tableExecutor).record);
      for (const { world, record } of stepsOf({ scenario, chooser, seed })) {
        views = foldRecord(views, record);
        const [folded, live] = [digestOf(views), digestOf(viewsOfWorld(world))];
        if (folded !== live) expect([label, record.seq]).toBe('the same digest');
      }
    }
  });

  test('the end’s state hash is the digest of the fold', () => {
    const { records, end } = wholeRun({ scenario, chooser: 'random', seed: '0x11' });
    expect(digestOf(records.reduce(foldRecord, emptyViews()))).toBe(end.stateHash);
  });
});

describe('facts that do not fit', () => {
  const { records } = wholeRun({
    scenario: SCENARIOS.find(({ name }) => name === 'null-bind')?.scenario as never,
    chooser: 'time',
    seed: '0x1',
  });
  const until = records.findIndex(({ facts }) => facts.some(({ type }) => type === 'va.mapped'));
  const views = records.slice(0, until + 1).reduce(foldRecord, emptyViews());
  const at = {
    va: 9,
    addr: 2,
    range: 1,
    obj: null,
    offset: 0,
    null: true,
    readOnly: false,
    userptr: false,
    gtMask: 0,
  };
  const fold = (fact: unknown): (() => unknown) => {
    return () => foldRecord(views, { actor: 'vm0', state: '', facts: [fact as never] });
  };

  test.each([
    [{ type: 'va.mapped', vm: 'vm0', ...at }, 'vm0: mapping 9 does not fit (-17)'],
    [{ type: 'va.mapped', vm: 'vm0', ...at, addr: 2 ** 40 }, 'does not fit (-22)'],
    [
      { type: 'va.unmapped', vm: 'vm0', va: 9, addr: 0, range: 1, obj: null },
      'mapping 9 is not where',
    ],
    [
      { type: 'va.unmapped', vm: 'vm7', va: 9, addr: 0, range: 1, obj: null },
      'vm7, which was not created',
    ],
    [{ type: 'fence.signaled', fence: 'no:1', error: 0 }, 'no fence no:1'],
    [{ type: 'syncobj.replaced', syncobj: 'no', fence: 'stub:0' }, 'no syncobj no'],
  ])('%j is refused', (fact, message) => {
    expect(fold(fact)).toThrow(message);
  });

  test('one that fits is not', () => {
    expect(fold({ type: 'va.mapped', vm: 'vm0', ...at, addr: 99 })).not.toThrow();
  });
});
