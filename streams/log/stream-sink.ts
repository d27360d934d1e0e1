/**
 * A log down a Node stream, for `--out -` and sockets. A stream reports a failed write as an event,
 * often later; here it becomes the failure of the write that waits for it. The end of the log does
 * not close a stream that is not ours (stdout); there is no sync, because nobody can say what the
 * other side has stored.
 */
import type { Writable } from 'node:stream';
import { outputError } from './output-error.ts';
import type { LogSink } from './sink.ts';

/** @param where names the stream in errors */
export function streamSink(stream: Writable, where: string): LogSink {
  let failure: unknown;
  const onError = (error: unknown): void => {
    failure ??= error;
  };
  stream.on('error', onError);
  return {
    write: (chunk) =>
      new Promise((resolve, reject) => {
        if (failure !== undefined) {
          reject(outputError(failure, where));
          return;
        }
        stream.write(chunk, (error) => {
          if (error) reject(outputError(error, where));
          else resolve();
        });
      }),
    close: () => {
      stream.off('error', onError);
    },
  };
}
