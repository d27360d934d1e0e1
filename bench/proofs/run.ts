/**
 * Fills specs/data/proofs.json: every scenario with no quirk and every quirk, searched by every strategy that proves. What
 * the file has is not searched again, but for what was given up after fewer steps than are allowed now; so a run that was
 * stopped goes on where it was. Arguments name scenarios, quirks or strategies to be searched anew.
 */
import { argv } from 'node:process';
import { type Part, type Proofs, readProofs, writeProofs } from './data.ts';
import {
  type Compared,
  COMPARED,
  isSpent,
  isTooLarge,
  mostSteps,
  searched,
  type Searches,
} from './search.ts';
import { allSubjects, ROOT, type Subject } from './subjects.ts';

const FILE = `${ROOT}specs/data/proofs.json`;
const again = argv.slice(2);
const old = readProofs(FILE);
const subjects = allSubjects(ROOT);

const rowsOf = (part: Part, from: Proofs): Record<string, Searches> =>
  Object.fromEntries(
    subjects.filter((each) => each.part === part).map(({ id }) => [id, from[part][id] ?? {}]),
  );
const proofs = {
  scenarios: rowsOf('scenarios', old),
  quirks: rowsOf('quirks', old),
  failures: rowsOf('failures', old),
  twins: rowsOf('twins', old),
};

function isKept({ part, id }: Subject, strategy: Compared): boolean {
  if (again.includes(id) || again.includes(strategy)) return false;
  const known = proofs[part][id]?.[strategy];
  if (known === undefined) return false;
  if (known.verdict !== 'spent' || isSpent(known, strategy, id)) return true;
  // what has too many states is outside of what is searched: others try it once
  const { exhaustive } = proofs[part][id] ?? {};
  return exhaustive !== undefined && isTooLarge(exhaustive);
}

for (const strategy of COMPARED) {
  for (const subject of subjects) {
    const { part, id } = subject;
    if (isKept(subject, strategy)) continue;
    const start = performance.now();
    const found = searched(subject.system(), strategy, mostSteps(strategy, id));
    if (found === null) continue;
    proofs[part][id] = { ...proofs[part][id], [strategy]: found };
    writeProofs(FILE, proofs);
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    process.stdout.write(`${part} ${id} ${strategy}: ${found.verdict}, ${seconds} s\n`);
  }
}
