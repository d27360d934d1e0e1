/**
 * What a command may touch of the outside: two text streams, the environment and a request to stop. Injected, so that
 * a test runs the whole command line in its own process. stdout is the answer; stderr is progress and complaints.
 */

export interface Io {
  /** writes to stdout; silently nothing once its reader has closed it */
  out(text: string): void;
  /** writes to stderr */
  err(text: string): void;
  /** true once the reader of stdout has gone: a command that only prints may end early */
  outClosed(): boolean;
  /** the signal that asks for an end, once one has come */
  stopped(): 'SIGINT' | 'SIGTERM' | undefined;
  /** where the log of a failed run is put */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly outIsTty: boolean;
  readonly errIsTty: boolean;
}

/** Lets signals and stream errors in; a long synchronous loop calls it now and then. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** The exit status of a process that a signal ended. */
export function signalExit(signal: 'SIGINT' | 'SIGTERM'): number {
  return signal === 'SIGINT' ? 130 : 143;
}
