/**
 * The command line as a process: the real streams, signals and exit status. A first SIGINT or SIGTERM asks the command
 * to stop, so that what is written gets flushed; a second one ends at once. When the reader of stdout goes away
 * (`| head -1`) the rest is not printed, the command still ends as it would have, and nothing is complained about.
 */
import { EXIT } from '../domain/errors.ts';
import { outputError } from '../streams/log/output-error.ts';
import { exitOf, reportError } from './report.ts';
import { type Io, signalExit } from './io.ts';
import { main } from './main.ts';

let closed = false;
let signal: 'SIGINT' | 'SIGTERM' | undefined;

const io: Io = {
  out: (text) => {
    if (!closed) process.stdout.write(text);
  },
  err: (text) => {
    process.stderr.write(text);
  },
  outClosed: () => closed,
  stopped: () => signal,
  cwd: process.cwd(),
  env: process.env,
  outIsTty: process.stdout.isTTY,
  errIsTty: process.stderr.isTTY,
};

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // A reader that left is normal; a full disk behind `> file` is not.
  if (!closed && error.code !== 'EPIPE') {
    reportError(outputError(error, 'stdout'), io, { json: false, command: '' });
    process.exitCode = EXIT.output;
  }
  closed = true;
});
process.stderr.on('error', () => undefined);
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => {
    if (signal !== undefined) process.exit(signalExit(name));
    signal = name;
  });
}
const crash = (error: unknown): void => {
  reportError(error, io, { json: false, command: '' });
  process.exit(exitOf(error));
};
process.on('uncaughtException', crash);
process.on('unhandledRejection', crash);

const status = await main(process.argv.slice(2), io);
process.exitCode ??= status;
