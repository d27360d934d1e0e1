/**
 * Command-line parsing with commander, from the command specs. Whatever commander complains about becomes a
 * FencelabError FL201 with its "did you mean"; nothing is printed here and the process is never ended.
 */
import { Command, CommanderError } from 'commander';
import { FencelabError } from '../domain/errors.ts';
import { nearest } from '../domain/scenario/suggest.ts';
import {
  COMMON_OPTIONS,
  type CommandSpec,
  type OptionSpec,
  type OptionValues,
} from './command-spec.ts';

export type Parsed =
  | { readonly kind: 'help'; readonly spec: CommandSpec | undefined }
  | { readonly kind: 'version' }
  | {
      readonly kind: 'call';
      readonly spec: CommandSpec;
      readonly args: readonly string[];
      readonly options: OptionValues;
    };

/** `error: unknown option '--sed'\n(Did you mean --seed?)` as a sentence and a hint. */
function usageError(error: CommanderError, command: string | undefined): FencelabError {
  const [first = '', ...rest] = error.message.replace(/^error: /, '').split('\n');
  const guess = /\(Did you mean (.*)\?\)/.exec(rest.join(' '))?.[1];
  const what = guess === undefined ? first : `${first}; did you mean ${guess}?`;
  return new FencelabError(
    'FL201',
    what,
    command === undefined ? 'fencelab' : `fencelab ${command}`,
  );
}

/** Reads a value that may be given once: two of them would leave it to chance which one counts. */
function once({ flags, help }: OptionSpec, name: string) {
  const [flag = ''] = flags.split(' ');
  return (value: string, before: string | undefined): string => {
    if (before === undefined) return value;
    const both = help.includes('comma between them')
      ? `; put a comma between them: ${flag} ${before},${value}`
      : `: ${before} and ${value}`;
    throw new FencelabError('FL201', `${flag} is given twice${both}`, `fencelab ${name}`);
  };
}

/** Only a shell of commander: no output, no exit, no action. */
function silent(name: string): Command {
  return new Command(name)
    .exitOverride()
    .helpOption(false)
    .helpCommand(false)
    .showSuggestionAfterError(true)
    .configureOutput({ writeOut: () => undefined, writeErr: () => undefined });
}

function parseCommand(spec: CommandSpec, argv: readonly string[]): Parsed {
  const command = silent(spec.name);
  for (const arg of spec.args) command.argument(arg.name, arg.help);
  for (const option of [...spec.options, ...COMMON_OPTIONS]) {
    command.option(option.flags, option.help, once(option, spec.name));
  }
  try {
    command.parse([...argv], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) throw usageError(error, spec.name);
    throw error;
  }
  return { kind: 'call', spec, args: command.args, options: command.opts() };
}

/** What the words after `fencelab` ask for. @throws FencelabError FL201 */
export function parseArguments(argv: readonly string[], specs: readonly CommandSpec[]): Parsed {
  const [word, ...rest] = argv;
  if (word === undefined || word === '--help' || word === '-h')
    return { kind: 'help', spec: undefined };
  if (word === '--version' || word === '-V') return { kind: 'version' };
  if (word === 'help') {
    return { kind: 'help', spec: rest[0] === undefined ? undefined : findSpec(rest[0], specs) };
  }
  if (word.startsWith('-')) {
    throw new FencelabError('FL201', `unknown option '${word}'; a command comes first`, 'fencelab');
  }
  const spec = findSpec(word, specs);
  const end = rest.indexOf('--');
  const flags = end < 0 ? rest : rest.slice(0, end);
  if (flags.includes('--help') || flags.includes('-h')) return { kind: 'help', spec };
  return parseCommand(spec, rest);
}

function findSpec(word: string, specs: readonly CommandSpec[]): CommandSpec {
  const spec = specs.find(({ name }) => name === word);
  if (spec !== undefined) return spec;
  const names = specs.map(({ name }) => name);
  const guess = nearest(word, names);
  const hint = guess === undefined ? `; there are ${names.join(', ')}` : `; did you mean ${guess}?`;
  throw new FencelabError('FL201', `unknown command '${word}'${hint}`, 'fencelab');
}
