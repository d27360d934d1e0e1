/**
 * A quirk as something to find: its scenario with the quirk on, explored as any scenario is, and judged by nothing but
 * the invariant that the catalogue names. What else may go wrong besides would be another bug found.
 */
import { INVARIANTS } from '../../domain/invariants/list.ts';
import type { QuirkId, QuirkRow } from '../../domain/quirks/quirks.ts';
import type { Scenario } from '../../domain/scenario/schema.ts';
import { expectations, invariantJudge, type Judge, silent } from '../../streams/explore/judge.ts';
import { scenarioSystem } from '../../streams/explore/scenario-system.ts';
import type { Explored, WorldSystem } from '../../streams/explore/world-system.ts';

export type Aim = WorldSystem;

function judgeOf(breaks: string): Judge {
  if (breaks === 'expect') return expectations;
  if (breaks === 'stuck') return silent;
  const invariant = INVARIANTS.find(({ rule }) => rule.id === breaks);
  if (invariant === undefined) throw new RangeError(`no invariant ${breaks}`);
  // where something is made to fail, expectations fail as well
  return invariantJudge([invariant], false);
}

/** @param scenario with the quirk on or off, whoever calls decides */
export function aimAt({ breaks, needsFault = false }: QuirkRow, scenario: Scenario): Aim {
  const system = scenarioSystem(scenario, {
    judge: judgeOf(breaks),
    decisions: needsFault ? ['fault', 'hardware'] : ['hardware'],
  });
  if (breaks !== 'stuck') return system;
  const { unreducible } = system;
  return { ...system, unreducible, problemAtEnd: (state) => waits(system, state) };
}

function waits(system: Aim, state: Explored): string | null {
  const lines = system.stuck(state);
  return lines.length === 0 ? null : lines.join('; ');
}

/** The scenario of a quirk with the quirk on. */
export function withQuirk(scenario: Scenario, id: string): Scenario {
  return { ...scenario, device: { ...scenario.device, quirks: [id as QuirkId] } };
}
