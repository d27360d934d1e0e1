/**
 * The command line: words in, exit status out. Parses, calls one command, tells failures. Everything that it touches
 * comes in by `io`, so a test can run it in its own process; cli/process.ts gives it the real one.
 */
import { EXIT } from '../domain/errors.ts';
import type { CommandCall } from './command-spec.ts';
import { commandsFor } from './commands.ts';
import { commandHelp, programHelp } from './help.ts';
import { type Io, signalExit } from './io.ts';
import { exitOf, reportError } from './report.ts';
import { parseArguments } from './usage.ts';
import { versionText } from './version.ts';

/** Runs `fencelab ...argv` and gives its exit status. Never throws. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  const json = argv.includes('--json');
  try {
    const commands = await commandsFor(argv[0]);
    const parsed = parseArguments(argv, commands);
    if (parsed.kind === 'help') {
      io.out(parsed.spec === undefined ? programHelp(commands) : commandHelp(parsed.spec));
      return EXIT.ok;
    }
    if (parsed.kind === 'version') {
      io.out(versionText());
      return EXIT.ok;
    }
    const call: CommandCall = {
      args: parsed.args,
      options: parsed.options,
      io,
      json,
      quiet: parsed.options['quiet'] === true,
    };
    const status = await parsed.spec.run(call);
    const signal = io.stopped();
    return signal === undefined ? status : signalExit(signal);
  } catch (error) {
    reportError(error, io, { json, command: argv[0] ?? '' });
    return exitOf(error);
  }
}
