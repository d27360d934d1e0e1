/**
 * A command as data: what it is for, its arguments, options, examples and exit codes, and the function that does it.
 * The parser, `--help` and docs/commands.md are all made from it, so they cannot disagree.
 */
import type { ExitStatus } from '../domain/errors.ts';
import type { Io } from './io.ts';

export interface OptionSpec {
  /** commander's notation: `--seed <n>` */
  readonly flags: string;
  readonly help: string;
}

export interface CommandSpec {
  readonly name: string;
  /** one line, for the list of commands */
  readonly summary: string;
  /** what it does, a paragraph a line */
  readonly about: readonly string[];
  /** commander's notation: `<scenario>`, `[machine]`, `<file...>` */
  readonly args: readonly { readonly name: string; readonly help: string }[];
  readonly options: readonly OptionSpec[];
  /** without the leading `fencelab` */
  readonly examples: readonly { readonly line: string; readonly does: string }[];
  readonly exits: readonly (readonly [ExitStatus, string])[];
  readonly run: (call: CommandCall) => Promise<number> | number;
}

export interface CommandCall {
  readonly args: readonly string[];
  readonly options: OptionValues;
  readonly io: Io;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** By commander's camel-case name. */
export type OptionValues = Readonly<Record<string, string | boolean | undefined>>;

/** The options that every command has. */
export const COMMON_OPTIONS: readonly OptionSpec[] = [
  { flags: '--json', help: 'print one JSON object with a schemaVersion instead of text' },
  { flags: '--quiet', help: 'no progress and no warnings on stderr' },
  { flags: '-h, --help', help: 'print this help' },
];

/** The value of a text option; undefined when it was not given. */
export function textOption(options: OptionValues, name: string): string | undefined {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
}

/** The version of every object that `--json` prints. */
export const JSON_VERSION = 1;

/** Prints the one object of `--json`. */
export function printJson(
  io: Io,
  command: string,
  members: Readonly<Record<string, unknown>>,
): void {
  io.out(`${JSON.stringify({ schemaVersion: JSON_VERSION, command, ...members }, null, 2)}\n`);
}
