/**
 * The smallest systems that can be explored, for specs of the explorer itself: threads that read and write shared
 * variables, each step a line of a program. Written from a program as data, so that fast-check can draw one.
 */
import type { StateKey } from '../../streams/explore/state-key.ts';
import type { Move, System, Touches } from '../../streams/explore/system.ts';
import { reading, writing } from '../../streams/explore/touches.ts';

/** One step of a thread. */
export type Line =
  /** v becomes the value */
  | { readonly set: string; readonly to: number }
  /** v becomes v + 1 in two steps that others may come between: read it, then write it back */
  | { readonly load: string }
  | { readonly storePlusOne: string }
  /** goes on only when v has the value */
  | { readonly await: string; readonly is: number }
  /** a problem unless v has the value */
  | { readonly assert: string; readonly is: number };

export type Program = Readonly<Record<string, readonly Line[]>>;

export interface Tokens {
  readonly at: Readonly<Record<string, number>>;
  readonly vars: Readonly<Record<string, number>>;
  readonly loaded: Readonly<Record<string, number>>;
  /** steps taken so far, and by whom; not part of what a state is */
  readonly path: readonly string[];
}

const variableOf = (line: Line): string => String(Object.values(line)[0]);

/** @param atEnd what is wrong when nobody can go on any more and everybody is done */
export function tokenSystem(
  program: Program,
  atEnd: (vars: Tokens['vars']) => string | null = () => null,
): System<Tokens> {
  const threads = Object.keys(program).sort();
  const names = [...threads, ...new Set(Object.values(program).flat().map(variableOf))];
  const numberOf = (name: string): number => names.indexOf(name);
  const lineOf = (state: Tokens, thread: string): Line | undefined =>
    program[thread]?.[state.at[thread] ?? 0];
  const goes = ({ vars }: Tokens, line: Line): boolean =>
    !('await' in line) || (vars[line.await] ?? 0) === line.is;
  const ready = (state: Tokens): string[] =>
    threads.filter((thread) => {
      const line = lineOf(state, thread);
      return line !== undefined && goes(state, line);
    });
  const stepOf = (state: Tokens, thread: string): Move<Tokens> => {
    const line = lineOf(state, thread);
    if (line === undefined) throw new RangeError(`${thread} is done`);
    const name = variableOf(line);
    const value = state.vars[name] ?? 0;
    const isWriting = 'set' in line || 'storePlusOne' in line;
    const written =
      'set' in line ? line.to : 'storePlusOne' in line ? (state.loaded[thread] ?? 0) + 1 : value;
    const isBroken = 'assert' in line && value !== line.is;
    const problem = isBroken ? `${thread}: ${name}: expected ${line.is}, got ${value}` : null;
    const loaded = 'load' in line ? { ...state.loaded, [thread]: value } : state.loaded;
    const next = {
      at: { ...state.at, [thread]: (state.at[thread] ?? 0) + 1 },
      vars: isWriting ? { ...state.vars, [name]: written } : state.vars,
      loaded,
      path: [...state.path, thread],
    };
    const object = numberOf(name);
    const touches = (): Touches => [
      writing(numberOf(thread)),
      isWriting ? writing(object) : reading(object),
    ];
    return {
      choice: thread,
      state: next,
      cause: state.path.lastIndexOf(thread),
      isLast: false,
      problem,
      touches,
      mergedTouches: touches,
    };
  };
  const text = ({ at, vars, loaded }: Tokens): string =>
    JSON.stringify([at, vars, loaded].map((each) => Object.entries(each).sort()));
  return {
    initial: { at: {}, vars: {}, loaded: {}, path: [] },
    ready,
    threadOf: (thread) => thread,
    actorOf: (thread) => thread,
    moves: (state, thread) => [stepOf(state, thread)],
    take: (state, thread) => (ready(state).includes(thread) ? stepOf(state, thread) : undefined),
    needs: (_state, thread) => ({ keeper: numberOf(thread), needed: '' }),
    lets: (earlier, thread) => {
      const line = lineOf(earlier, thread);
      return line !== undefined && goes(earlier, line);
    },
    sent: () => [],
    blocked: () => [],
    stuck: (state) =>
      threads.filter((thread) => lineOf(state, thread) !== undefined).map((t) => `${t} waits`),
    problemAtEnd: ({ vars }) => atEnd(vars),
    key: (state) => hash(text(state)),
    text,
    orbitKey: null,
    unreducible: null,
  };
}

/** Exact for these texts: both halves are indexes into what was met. */
const met = new Map<string, number>();
function hash(text: string): StateKey {
  const known = met.get(text) ?? met.size;
  met.set(text, known);
  return { a: known, b: 0 };
}
