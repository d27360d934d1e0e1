/**
 * The names of a scenario: what is declared, as which kind, and when a client may use it. Names are shared by all
 * kinds, because a log calls everything by its name alone. Kinds are checked here, values elsewhere.
 */
import { type Path, pathText, problem, type Problem } from './problem.ts';
import type { Scenario } from './schema.ts';
import { didYouMean } from './suggest.ts';

export type Kind = 'vm' | 'bo' | 'syncobj' | 'queue' | 'userptr' | 'client';

const KIND_WORDS: Readonly<Record<Kind, string>> = {
  vm: 'VM',
  bo: 'BO',
  syncobj: 'syncobj',
  queue: 'queue',
  userptr: 'userptr',
  client: 'client',
};
const SECTIONS = [
  ['vms', 'vm'],
  ['bos', 'bo'],
  ['syncobjs', 'syncobj'],
  ['queues', 'queue'],
  ['userptrs', 'userptr'],
  ['clients', 'client'],
] as const satisfies readonly (readonly [keyof Scenario, Kind])[];
/** What the simulator itself calls by these names. */
const RESERVED = /^(world|device|timer|memory|ufences|stub|sw|gt[0-9]+)$/;
/** Objects are looked up by name in plain records, where `constructor` and its kin are never absent. */
const isReserved = (name: string): boolean => RESERVED.test(name) || name in Object.prototype;

/** `VM, BO or queue`. */
function oneOf(words: readonly string[]): string {
  const [last = '', ...others] = [...words].reverse();
  return others.length === 0 ? last : `${others.reverse().join(', ')} or ${last}`;
}

/** What is declared, by name. */
export class Names {
  readonly #kinds: ReadonlyMap<string, Kind>;

  constructor(kinds: ReadonlyMap<string, Kind>) {
    this.#kinds = kinds;
  }

  /** The problem of `name` not being one of `wanted`, or not being there at all; undefined when it is. */
  wrongKind(name: string, wanted: readonly Kind[], path: Path): Problem | undefined {
    const kind = this.#kinds.get(name);
    if (kind !== undefined && wanted.includes(kind)) return undefined;
    const words = oneOf(wanted.map((k) => KIND_WORDS[k]));
    const known = [...this.#kinds].filter(([, k]) => wanted.includes(k)).map(([n]) => n);
    const what =
      kind === undefined
        ? `there is no ${words} named \`${name}\``
        : `\`${name}\` is a ${KIND_WORDS[kind]}, not a ${words}`;
    const declared =
      known.length === 0 ? `No ${words} is declared.` : `Declared: ${known.join(', ')}.`;
    return problem('FL104', what, path, didYouMean(name, known) ?? declared);
  }
}

/** Every declared name with its kind; a name that is taken twice, or is the simulator's own, is a problem. */
export function collectNames(scenario: Scenario): {
  readonly names: Names;
  readonly problems: readonly Problem[];
} {
  const kinds = new Map<string, Kind>();
  const problems: Problem[] = [];
  for (const [section, kind] of SECTIONS) {
    for (const name of Object.keys(scenario[section])) {
      const earlier = kinds.get(name);
      const path: Path = [section, name];
      if (isReserved(name)) {
        const what = `the name \`${name}\` belongs to the simulator`;
        problems.push(problem('FL111', what, path, 'Choose another name.'));
      } else if (earlier !== undefined) {
        const what = `\`${name}\` is already the name of a ${KIND_WORDS[earlier]}`;
        problems.push(problem('FL111', what, path));
      } else {
        kinds.set(name, kind);
      }
    }
  }
  return { names: new Names(kinds), problems };
}

/** One `create` step. */
interface CreateStep {
  readonly client: string;
  readonly step: number;
  readonly expect: string;
}
/** The `create` steps of each object that has some, client by client. */
export type Creates = ReadonlyMap<string, readonly CreateStep[]>;

/** Every `create` step by object name; a second one for the same object that shall succeed is a problem. */
export function collectCreates(scenario: Scenario): {
  readonly creates: Creates;
  readonly problems: readonly Problem[];
} {
  const creates = new Map<string, CreateStep[]>();
  const problems: Problem[] = [];
  for (const [client, steps] of Object.entries(scenario.clients)) {
    steps.forEach((step, index) => {
      if (!('create' in step)) return;
      const { name, expect } = step.create;
      const all = creates.get(name) ?? [];
      const earlier = all.find((each) => each.expect === 'ok');
      creates.set(name, [...all, { client, step: index, expect }]);
      if (earlier === undefined || expect !== 'ok') return;
      const where = pathText(['clients', earlier.client, earlier.step]);
      const what = `\`${name}\` is already created by \`${where}\``;
      const path = ['clients', client, index, 'create'];
      problems.push(problem('FL111', what, path, 'Create it once.'));
    });
  }
  return { creates, problems };
}

/** One use of a name in a step. */
interface Use {
  readonly client: string;
  readonly step: number;
  readonly path: Path;
  /** the step shall succeed; one that expects an errno may use what is not there yet */
  readonly held: boolean;
}

/** Checks one use of a name: declared, of a wanted kind, and not before the same client's `create` step. */
export class NameCheck {
  readonly #names: Names;
  readonly #creates: Creates;

  constructor(names: Names, creates: Creates) {
    this.#names = names;
    this.#creates = creates;
  }

  /** The problem of using `name` as one of `wanted`; undefined when all is well. */
  use(name: string, wanted: readonly Kind[], at: Use): Problem | undefined {
    const wrong = this.#names.wrongKind(name, wanted, at.path);
    if (wrong !== undefined) return wrong;
    const [create] = this.#creates.get(name) ?? [];
    if (create === undefined || create.client !== at.client) return undefined;
    if (create.step <= at.step || !at.held) return undefined;
    const what = `\`${name}\` is used before step ${create.step + 1} of \`${at.client}\` creates it`;
    return problem('FL108', what, at.path);
  }
}
