/**
 * When two problems are the same one: of one kind (an invariant's id, `stuck`, an expectation's place), and told in the
 * same words once names and numbers are taken out. One invariant has several sentences ("is unmapped and never
 * destroyed", "is destroyed twice"): in a driver with many bugs they tell the bugs apart, and a schedule must not slip
 * from one to the other while it gets shorter (docs/decisions/031-the-same-problem.md).
 */
import type { Scenario } from '../../../domain/scenario/schema.ts';
import { kindOf } from './follow.ts';

/** Every name that a scenario gives. */
export function namesIn(scenario: Scenario): ReadonlySet<string> {
  const { vms, bos, syncobjs, queues, userptrs, clients } = scenario;
  return new Set([vms, bos, syncobjs, queues, userptrs, clients].flatMap(Object.keys));
}

/** The words of a sentence that nobody gave: letters only, each once, since a cycle of waits may go round further. */
function wordsOf(problem: string, names: ReadonlySet<string>): string {
  const words = problem
    .split(/\s+/)
    .map((word) => word.replace(/[,;:.]+$/, ''))
    .filter((word) => /^[A-Za-z]+$/.test(word) && !names.has(word));
  return [...new Set(words)].join(' ');
}

/** Whether another problem is of the same kind: enough where nobody gives names. */
export function sameKind(problem: string): (other: string) => boolean {
  const kind = kindOf(problem);
  return (other) => kindOf(other) === kind;
}

/** Whether another problem is the same as this one. @param names those of the scenario */
export function sameAs(problem: string, names: ReadonlySet<string>): (other: string) => boolean {
  const kind = kindOf(problem);
  const isPlace = !/^\w+$/.test(kind);
  const words = wordsOf(problem, names);
  return (other) => kindOf(other) === kind && (isPlace || wordsOf(other, names) === words);
}
