/**
 * The text of `--help`, for the program and for each command: purpose, usage, examples first, then arguments, options
 * and exit codes. Plain text of at most 100 columns; docs/commands.md quotes it.
 */
import { COMMON_OPTIONS, type CommandSpec, type OptionSpec } from './command-spec.ts';

const WIDTH = 100;

/** Breaks a paragraph into lines that begin with `indent` (the first with `first`). */
function wrap(text: string, first: string, indent: string): string {
  const lines: string[] = [];
  let line = first;
  let empty = true;
  for (const word of text.split(' ')) {
    if (!empty && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = indent + word;
    } else {
      line += empty ? word : ` ${word}`;
    }
    empty = false;
  }
  return [...lines, line].join('\n');
}

function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length)) + 2;
  return rows
    .map(([left, right]) => wrap(right, `  ${left.padEnd(width)}`, ' '.repeat(width + 2)))
    .join('\n');
}

const optionRows = (options: readonly OptionSpec[]): (readonly [string, string])[] =>
  options.map(({ flags, help }) => [flags, help]);

/** `fencelab run --help` */
export function commandHelp(spec: CommandSpec): string {
  const args = spec.args.map((arg) => arg.name).join(' ');
  const parts = [
    wrap(spec.summary, '', ''),
    `Usage: fencelab ${spec.name}${args === '' ? '' : ` ${args}`} [options]`,
    `Examples:\n${spec.examples.map((e) => `  # ${e.does}\n  fencelab ${e.line}`).join('\n')}`,
    ...spec.about.map((paragraph) => wrap(paragraph, '', '')),
  ];
  if (spec.args.length > 0) {
    parts.push(`Arguments:\n${table(spec.args.map((arg) => [arg.name, arg.help]))}`);
  }
  parts.push(`Options:\n${table(optionRows([...spec.options, ...COMMON_OPTIONS]))}`);
  parts.push(`Exit codes:\n${table(spec.exits.map(([code, when]) => [String(code), when]))}`);
  return `${parts.join('\n\n')}\n`;
}

/** `fencelab --help` */
export function programHelp(specs: readonly CommandSpec[]): string {
  return `${[
    'A deterministic, event-sourced simulator of GPU virtual-memory binding (VM_BIND).',
    'Usage: fencelab COMMAND [options]',
    [
      'Examples:',
      '  # run a scenario and print its story',
      '  fencelab run scenarios/null-bind.yaml',
      '  # keep its log, and prove that the log replays byte for byte',
      '  fencelab run scenarios/null-bind.yaml --out null-bind.log',
      '  fencelab replay null-bind.log',
    ].join('\n'),
    `Commands:\n${table(specs.map((spec) => [spec.name, spec.summary]))}`,
    `Options:\n${table([
      ['--version', 'print the versions of fencelab, Node and the log format'],
      ['-h, --help', 'print this help; `fencelab COMMAND --help` explains one command'],
    ])}`,
    [
      'Environment:',
      '  NO_COLOR, FORCE_COLOR   never or always use colour (default: on a terminal)',
      '  FENCELAB_DEBUG=1        print the stack of an internal error',
    ].join('\n'),
    'Exit codes: 0 ok, 1 something was found, 2 usage, 3 damaged log, 4 invalid input,\n' +
      '5 unknown version, 6 output not written, 70 internal, 130/143 SIGINT/SIGTERM.\n' +
      'Every error has a stable code (FL101, ...): docs/errors.md.',
  ].join('\n\n')}\n`;
}
