/** Whose doing each step is: without a client, or its first steps, the others run as they did. */
import { describe, expect, it } from '@jest/globals';
import { canonicalOrder } from '../../../domain/scenario/canonical.ts';
import { parseScenario } from '../../../domain/scenario/parse.ts';
import type { Scenario } from '../../../domain/scenario/schema.ts';
import { atOnce } from '../../../streams/explore/at-once.ts';
import { begin } from '../../../streams/explore/from-log.ts';
import { silent } from '../../../streams/explore/judge.ts';
import { follow, type Followed } from '../../../streams/explore/schedule/follow.ts';
import { cutAt, cutUnbegun } from '../../../streams/explore/shrink-scenario/cut.ts';
import { choicesWithout, ownersOf } from '../../../streams/explore/shrink-scenario/owners.ts';
import { subjectOf } from '../../../streams/explore/shrink-scenario/subject.ts';
import type { Explored, WorldSystem } from '../../../streams/explore/world-system.ts';
import { runScenario } from '../../../streams/world/run.ts';

/** Clients that map and unmap in VMs of their own; GT and TLB are shared. */
function beside(clients: readonly string[]): Scenario {
  const steps = (vm: string) =>
    [0, 1].flatMap(() => [
      { bind: { vm, ops: [{ map: { addr: '0x10000', range: '0x1000', bo: 'data' } }] } },
      { bind: { vm, ops: [{ unmap: { addr: '0x10000', range: '0x1000' } }] } },
    ]);
  const parsed = parseScenario({
    fencelab: 1,
    name: 'beside',
    vms: Object.fromEntries(clients.map((name) => [`vm-${name}`, {}])),
    bos: { data: { size: '0x1000' } },
    clients: Object.fromEntries(clients.map((name) => [name, steps(`vm-${name}`)])),
  });
  if (!parsed.ok) throw new RangeError(JSON.stringify(parsed.problems));
  return canonicalOrder(atOnce(parsed.scenario));
}

const SCENARIO = beside(['a', 'b', 'c']);
const systemOf = (scenario: Scenario): WorldSystem =>
  begin({ scenario, seed: '0x0', judge: silent, decisions: [], maxAnswers: 0 });
const choicesOf = (n: number): string[] => {
  const run = runScenario({ scenario: SCENARIO, seed: `0x${n.toString(16)}`, chooser: 'random' });
  return [...run].slice(1).map(({ choice }) => choice);
};

function ran(n: number): { choices: string[]; owners: ReturnType<typeof ownersOf> } {
  const system = systemOf(SCENARIO);
  const choices = choicesOf(n);
  const { moves } = follow(system, choices);
  return { choices, owners: ownersOf(system, moves, new Set(['a', 'b', 'c'])) };
}

/** What names another client than the one that is cut. */
const ofOthers = (choices: readonly string[]): string[] =>
  choices.filter((choice) => /\b[ac]\b/.test(choice));
const taken = ({ moves }: Followed<Explored>): string[] => moves.map(({ choice }) => choice);

describe.each([1, 2, 3, 4, 5])('a random run %i', (n) => {
  const { choices, owners } = ran(n);

  it('belongs to its clients, every step of it', () => {
    expect(owners).toHaveLength(choices.length);
    expect(owners).not.toContain(null);
  });

  it.each([
    ['a client', ['clients'], 1, 1],
    ['the first steps of a client', ['clients', 'b'], 0, 2],
    ['the last steps of a client', ['clients', 'b'], 2, 2],
  ])('without %s lets the others do what they did, in their order', (_, path, from, count) => {
    const { subject, isGone } = cutAt(subjectOf(SCENARIO), path, from, count);
    if (subject === null || isGone === null) throw new RangeError('no cut');
    const rest = choicesWithout(choices, owners, isGone);
    expect(rest.length).toBeLessThan(choices.length);
    const followed = follow(systemOf(subject.scenario), rest, { skip: true });
    expect(ofOthers(taken(followed))).toEqual(ofOthers(rest));
    expect(ofOthers(rest)).toEqual(ofOthers(choices));
    // within a client it is a guess
    if (path.length === 1) expect([taken(followed), followed.isOver]).toEqual([rest, true]);
    else expect(taken(followed)).toContain('world>b');
  });

  it('that is cut short goes on without the steps that nobody began', () => {
    const short = choices.slice(0, choices.length >> 1);
    const { subject } = cutUnbegun(subjectOf(SCENARIO), owners.slice(0, short.length));
    if (subject === null) throw new RangeError('all were begun');
    expect(taken(follow(systemOf(subject.scenario), short))).toEqual(short);
  });
});
