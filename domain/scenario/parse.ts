/**
 * From a plain document (whatever YAML, JSON or the builder gave) to a scenario that may run: version, shape, then the
 * static check. Either a scenario in canonical order, or every problem found. Never throws for bad input.
 */
import { canonicalOrder, canonicalScenario } from './canonical.ts';
import { checkScenario } from './check.ts';
import { problemsOf } from './issues.ts';
import { scenarioJsonSchema } from './json-schema.ts';
import { type Path, problem, type Problem } from './problem.ts';
import { type Scenario, SCENARIO_VERSION, scenarioSchema } from './schema.ts';

export type ParsedScenario =
  | { readonly ok: true; readonly scenario: Scenario }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** A log line holds the whole scenario and may take 1 MiB. */
export const MAX_CANONICAL_BYTES = 1_000_000;
const MAX_DEPTH = 40;

/** The first place that no document may have: nested too deeply, or a key that JavaScript gives a meaning of its own. */
function unfit(value: unknown, path: Path): Problem | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (path.length > MAX_DEPTH) {
    return problem('FL101', `nested deeper than ${MAX_DEPTH} levels`, path.slice(0, 3));
  }
  for (const [key, member] of Object.entries(value)) {
    const here = [...path, Array.isArray(value) ? Number(key) : key];
    if (key === '__proto__') return problem('FL102', 'unknown key `__proto__`', here);
    const found = unfit(member, here);
    if (found !== undefined) return found;
  }
  return undefined;
}

function beforeTheSchema(document: unknown): Problem | undefined {
  if (document === undefined || document === null) {
    return problem('FL110', 'the scenario is empty', []);
  }
  if (typeof document !== 'object' || Array.isArray(document)) {
    const kind = Array.isArray(document) ? 'a list' : 'a single value';
    return problem('FL103', `a scenario is a mapping, not ${kind}`, []);
  }
  if (Object.keys(document).length === 0) return problem('FL110', 'the scenario is empty', []);
  const version: unknown = Object.hasOwn(document, 'fencelab')
    ? (document as { fencelab: unknown }).fencelab
    : undefined;
  if (version === undefined) {
    return problem(
      'FL103',
      '`fencelab` is missing',
      [],
      `Begin with \`fencelab: ${SCENARIO_VERSION}\`.`,
    );
  }
  if (typeof version === 'number' && version !== SCENARIO_VERSION) {
    return problem('FL109', `the scenario is of version ${version}`, ['fencelab']);
  }
  return unfit(document, []);
}

/** @example parseScenario({ fencelab: 1, name: 'x', vms: { vm0: {} }, clients: { app: [{ close: 'vm0' }] } }).ok */
export function parseScenario(document: unknown): ParsedScenario {
  const early = beforeTheSchema(document);
  if (early !== undefined) return { ok: false, problems: [early] };
  const parsed = scenarioSchema.safeParse(document);
  if (!parsed.success) {
    const problems = problemsOf(document, parsed.error.issues, scenarioJsonSchema());
    return { ok: false, problems };
  }
  const problems = checkScenario(parsed.data);
  if (problems.length > 0) return { ok: false, problems };
  if (canonicalScenario(parsed.data).length > MAX_CANONICAL_BYTES) {
    return { ok: false, problems: [problem('FL112', 'the scenario is larger than 1 MiB', [])] };
  }
  return { ok: true, scenario: canonicalOrder(parsed.data) };
}

/** The same for who only asks whether it is one: nothing is made out about what is wrong. */
export function scenarioOrNull(document: unknown): Scenario | null {
  if (beforeTheSchema(document) !== undefined) return null;
  const parsed = scenarioSchema.safeParse(document);
  if (!parsed.success || checkScenario(parsed.data).length > 0) return null;
  return canonicalOrder(parsed.data);
}
