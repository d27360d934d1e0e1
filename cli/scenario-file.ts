/**
 * Reads a scenario file: YAML or JSON, with every integer exact and every problem at its line and column.
 *
 * JSON is read by the YAML parser too (YAML 1.2 contains it), so both have positions and 64-bit integers. Only the
 * reading of the text is here; what a scenario must be is in domain/scenario/.
 */
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
  type YAMLError,
} from 'yaml';
import { parseScenario } from '../domain/scenario/parse.ts';
import { type Path, problem, type Problem } from '../domain/scenario/problem.ts';
import type { Scenario } from '../domain/scenario/schema.ts';
import { beginsAsLog } from './file-kind.ts';
import { readInput } from './input-file.ts';
import { InputProblems, type PlacedProblem } from './input-problems.ts';

const MAX_FILE_BYTES = 1 << 20;
const MAX_ALIASES = 100;
const LOG_HINT =
  '`fencelab replay LOG` repeats its run; show, explain, shrink and whatif take it, too.';

/** Exact integers as numbers where they are safe, else as canonical hex; everything else as it is. */
function exact(value: unknown): unknown {
  if (typeof value === 'bigint') {
    return value >= -(2n ** 53n) && value <= 2n ** 53n - 1n ? Number(value) : wide(value);
  }
  if (Array.isArray(value)) return value.map(exact);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, exact(member)]));
}

function wide(value: bigint): string {
  return value < 0n ? String(value) : `0x${value.toString(16)}`;
}

/** The node that a path leads to, or the nearest one on the way; for an unknown key the key itself. */
function nodeAt(document: Document, path: Path, wantKey: boolean): Node | null {
  let here: unknown = document.contents;
  path.forEach((part, depth) => {
    if (isAlias(here)) here = here.resolve(document);
    let next: unknown;
    if (isMap(here)) {
      const pair = here.items.find(
        ({ key }) => (isScalar(key) ? String(key.value) : String(key)) === String(part),
      );
      const last = depth === path.length - 1;
      next = pair && ((wantKey && last) || !isNode(pair.value) ? pair.key : pair.value);
    } else if (isSeq(here)) next = here.items[Number(part)];
    if (isNode(next)) here = next;
  });
  return isNode(here) ? here : null;
}

class SourceText {
  readonly #file: string;
  readonly #lines = new LineCounter();
  readonly document: Document | undefined;
  readonly #found: { readonly offset: number; readonly placed: PlacedProblem }[] = [];

  constructor(file: string, text: string) {
    this.#file = file;
    const documents = parseAllDocuments(text, {
      intAsBigInt: true,
      lineCounter: this.#lines,
      prettyErrors: false,
      // so that `null: true` has the key "null"
      stringKeys: true,
      uniqueKeys: true,
    });
    this.document = 'empty' in documents ? undefined : documents[0];
    if (!('empty' in documents) && documents.length > 1) {
      const second = documents[1]?.range[0] ?? 0;
      const what = `the file holds ${documents.length} YAML documents`;
      this.#add(problem('FL101', what, [], 'Keep one scenario in a file.'), second);
    }
    this.#addErrors(this.document?.errors ?? []);
  }

  /** All problems so far, in the order of the text. */
  get problems(): readonly PlacedProblem[] {
    return [...this.#found].sort((a, b) => a.offset - b.offset).map(({ placed }) => placed);
  }

  place(found: Problem): void {
    const node = this.document && nodeAt(this.document, found.path, found.code === 'FL102');
    this.#add(found, node?.range?.[0] ?? 0);
  }

  #addErrors(errors: readonly YAMLError[]): void {
    // Nested too deeply for the parser's stack: what it says besides depends on how much stack there was.
    const deep = errors.find(({ message }) => message.includes('call stack'));
    const seen = new Set<string>();
    for (const error of deep === undefined ? errors : [deep]) {
      const found = syntaxProblem(error);
      if (!seen.has(found.what)) this.#add(found, error.pos[0]);
      seen.add(found.what);
    }
  }

  #add({ code, what, hint }: Problem, offset: number): void {
    const { line, col } = this.#lines.linePos(offset);
    const where = `${this.#file}:${Math.max(1, line)}:${Math.max(1, col)}`;
    this.#found.push({ offset, placed: { code, what, hint, where } });
  }
}

function syntaxProblem({
  code,
  message,
}: {
  readonly code: string;
  readonly message: string;
}): Problem {
  if (code === 'DUPLICATE_KEY')
    return problem('FL111', 'this key is given twice', [], 'Keep one of the two.');
  if (code === 'TAB_AS_INDENT') {
    return problem('FL101', 'a tab is used to indent', [], 'YAML is indented by spaces only.');
  }
  if (message.includes('call stack')) return problem('FL101', 'nested too deeply to read', []);
  const text = message.replace(/\s+at line \d+, column \d+:[\s\S]*$/, '').replace(/\.$/, '');
  return problem('FL101', `not YAML or JSON: ${text.charAt(0).toLowerCase()}${text.slice(1)}`, []);
}

/** The plain value of a document; aliases are resolved, a bomb of them is refused. */
function plainValue(source: SourceText): unknown {
  try {
    return exact(source.document?.toJS({ maxAliasCount: MAX_ALIASES }));
  } catch (error) {
    const { name, message } = error as { readonly name?: unknown; readonly message?: unknown };
    const what =
      name === 'ReferenceError'
        ? `the YAML aliases cannot be resolved: ${String(message)}`
        : 'nested too deeply, or an alias that contains itself';
    source.place(problem('FL101', what, [], 'Write the values out.'));
    return undefined;
  }
}

/** Parses the text of a scenario file. @throws InputProblems with every problem found */
export function parseScenarioText(text: string, file: string): Scenario {
  let source: SourceText;
  try {
    source = new SourceText(file, text);
  } catch {
    throw new InputProblems([
      { ...problem('FL101', 'nested too deeply to read', []), where: file },
    ]);
  }
  if (source.problems.length > 0) throw new InputProblems(source.problems);
  const value = plainValue(source);
  if (source.problems.length > 0) throw new InputProblems(source.problems);
  const parsed = parseScenario(value);
  if (parsed.ok) return parsed.scenario;
  parsed.problems.forEach((found) => source.place(found));
  throw new InputProblems(source.problems);
}

/** Loads, checks and canonicalises a scenario. @throws InputProblems | FencelabError */
export function loadScenario(file: string): Scenario {
  if (beginsAsLog(file) === true) {
    const found = problem('FL101', 'this is a log, not a scenario', [], LOG_HINT);
    throw new InputProblems([{ ...found, where: file }]);
  }
  return parseScenarioText(readInput(file, MAX_FILE_BYTES, 'FL101').replace(/^\uFEFF/, ''), file);
}
