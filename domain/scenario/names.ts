/**
 * The names of a scenario: what is declared, as which kind, and when a client may use it. Names are shared by all
 * kinds, because a log calls everything by its name alone. Kinds are checked here, values elsewhere.
 */
import { type Path, pathText, problem, type Problem } from './problem.ts';
import type { Scenario } from './schema.ts';
import { didYouMean } from './suggest.ts';

export type Kind = 'vm' | 'bo' | 'syncobj' | 'client';

const KIND_WORDS: Readonly<Record<Kind, string>> = {
  vm: 'VM',
  bo: 'BO',
  syncobj: 'syncobj',
  client: 'client',
};
const SECTIONS = [
  ['vms', 'vm'],
  ['bos', 'bo'],
  ['syncobjs', 'syncobj'],
  ['clients', 'client'],
] as const satisfies readonly (readonly [keyof Scenario, Kind])[];
/** What the simulator itself calls by these names. */
const RESERVED = /^(world|device|timer|gt[0-9]+)$/;
/** Objects are looked up by name in plain records, where `constructor` and its kin are never absent. */
const isReserved = (name: string): boolean => RESERVED.test(name) || name in Object.prototype;

export interface Names {
  readonly kinds: ReadonlyMap<string, Kind>;
  readonly problems: readonly Problem[];
}

/** Every declared name with its kind; a name that is taken twice, or is the simulator's own, is a problem. */
export function collectNames(scenario: Scenario): Names {
  const kinds = new Map<string, Kind>();
  const problems: Problem[] = [];
  for (const [section, kind] of SECTIONS) {
    for (const name of Object.keys(scenario[section])) {
      const earlier = kinds.get(name);
      const path: Path = [section, name];
      if (isReserved(name)) {
        problems.push(
          problem(
            'FL111',
            `the name \`${name}\` belongs to the simulator`,
            path,
            'Choose another name.',
          ),
        );
      } else if (earlier !== undefined) {
        const what = `\`${name}\` is already the name of a ${KIND_WORDS[earlier]}`;
        problems.push(problem('FL111', what, path));
      } else {
        kinds.set(name, kind);
      }
    }
  }
  return { kinds, problems };
}

/** The index of each client's `create` steps by object name; a second one for the same object is a problem. */
export function collectCreates(scenario: Scenario): {
  readonly creates: ReadonlyMap<string, { readonly client: string; readonly step: number }>;
  readonly problems: readonly Problem[];
} {
  const creates = new Map<string, { client: string; step: number }>();
  const problems: Problem[] = [];
  for (const [client, steps] of Object.entries(scenario.clients)) {
    steps.forEach((step, index) => {
      if (!('create' in step)) return;
      const earlier = creates.get(step.create);
      if (earlier === undefined) {
        creates.set(step.create, { client, step: index });
        return;
      }
      const where = pathText(['clients', earlier.client, earlier.step]);
      const what = `\`${step.create}\` is already created by \`${where}\``;
      problems.push(
        problem('FL111', what, ['clients', client, index, 'create'], 'Create it once.'),
      );
    });
  }
  return { creates, problems };
}

/** Checks one use of a name: declared, of a wanted kind, and not before the same client's `create` step. */
export class NameCheck {
  readonly #names: Names;
  readonly #creates: ReturnType<typeof collectCreates>['creates'];

  constructor(names: Names, creates: ReturnType<typeof collectCreates>['creates']) {
    this.#names = names;
    this.#creates = creates;
  }

  /** The problem of using `name` as one of `wanted` in step `step` of `client`; undefined when all is well. */
  use(
    name: string,
    wanted: readonly Kind[],
    at: { readonly client: string; readonly step: number; readonly path: Path },
  ): Problem | undefined {
    const kind = this.#names.kinds.get(name);
    const words = wanted.map((k) => KIND_WORDS[k]).join(' or ');
    if (kind === undefined || !wanted.includes(kind)) {
      const known = [...this.#names.kinds].filter(([, k]) => wanted.includes(k)).map(([n]) => n);
      const what =
        kind === undefined
          ? `there is no ${words} named \`${name}\``
          : `\`${name}\` is a ${KIND_WORDS[kind]}, not a ${words}`;
      const declared =
        known.length === 0 ? `No ${words} is declared.` : `Declared: ${known.join(', ')}.`;
      return problem('FL104', what, at.path, didYouMean(name, known) ?? declared);
    }
    const create = this.#creates.get(name);
    if (create === undefined || create.client !== at.client || create.step <= at.step)
      return undefined;
    const what = `\`${name}\` is used before step ${create.step + 1} of \`${at.client}\` creates it`;
    return problem('FL108', what, at.path);
  }
}
