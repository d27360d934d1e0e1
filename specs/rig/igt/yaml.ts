/**
 * A generated scenario as YAML that reads like one written by hand: what fits a line stands in a line, addresses are
 * hex, nothing is quoted that need not be, no default is spelled out, and sections have their title as a comment.
 */
import type { ScenarioInput } from '../../../domain/scenario/schema.ts';
import { titlesOf } from './sections.ts';

const WIDTH = 118;
const PLAIN = /^([A-Za-z][A-Za-z0-9_-]*|0x[0-9a-f]+)$/;
/** Words that YAML would not read as text. */
const NOT_TEXT = ['true', 'false', 'null', 'yes', 'no', 'on', 'off'];

const scalar = (value: unknown): string => {
  if (typeof value === 'bigint') return `0x${value.toString(16)}`;
  if (typeof value !== 'string') return JSON.stringify(value);
  return PLAIN.test(value) && !NOT_TEXT.includes(value) ? value : JSON.stringify(value);
};

const isLeaf = (value: unknown): boolean => typeof value !== 'object' || value === null;
const entriesOf = (value: unknown): [string, unknown][] =>
  Object.entries(value as Record<string, unknown>).filter(([, member]) => member !== undefined);

/** In one line. */
function flow(value: unknown): string {
  if (isLeaf(value)) return scalar(value);
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  const members = entriesOf(value).map(([key, member]) => `${key}: ${flow(member)}`);
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

/** The value after `head` (`key:` or `-`), in that line if it fits, else in lines of its own. */
function placed(head: string, value: unknown, indent: string, openly = false): string[] {
  const line = `${indent}${head} ${flow(value)}`;
  if (isLeaf(value) || (!openly && line.length <= WIDTH)) return [line];
  // the members of a key in a list stand under the key, not under the dash
  const deeper = head.startsWith('- ') ? `${indent}    ` : `${indent}  `;
  const lines = block(value, deeper);
  if (head !== '-') return [`${indent}${head}`, ...lines];
  const [first = '', ...rest] = lines;
  return [`${indent}${head} ${first.trimStart()}`, ...rest];
}

function block(value: unknown, indent: string): string[] {
  if (Array.isArray(value)) return value.flatMap((each) => placed('-', each, indent));
  return entriesOf(value).flatMap(([key, member]) => placed(`${key}:`, member, indent));
}

function clientLines(steps: readonly unknown[]): string[] {
  const titles = titlesOf(steps);
  return steps.flatMap((step, index) => {
    const title = titles.get(index);
    const [[verb = '', what] = []] = entriesOf(step);
    const lines = placed(`- ${verb}:`, what, '    ');
    return title === undefined ? lines : [`    # ${title}`, ...lines];
  });
}

/** Words of a sentence, wrapped, as YAML's folded text. */
function folded(key: string, text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < 96)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return [`${key}: >-`, ...lines.map((line) => `  ${line}`)];
}

export function yamlOf({ clients, about, ...rest }: Readonly<ScenarioInput>): string {
  const { fencelab, name, ...declared } = rest;
  const sections = entriesOf(declared)
    .filter(([, section]) => entriesOf(section).length > 0)
    .flatMap(([key, section]) => placed(`${key}:`, section, '', true));
  const programs = entriesOf(clients).flatMap(([client, steps]) => [
    `  ${client}:`,
    ...clientLines(steps as readonly unknown[]),
  ]);
  const head = [`fencelab: ${fencelab}`, `name: ${name}`, ...folded('about', about ?? '')];
  return [...head, '', ...sections, '', 'clients:', ...programs, ''].join('\n');
}
