/** What a command writes must cost nobody what it was made from: no output is the input, and no two are one file. */
import { realpathSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { FencelabError } from '../domain/errors.ts';

export interface Output {
  /** the option that named it */
  readonly flag: string;
  /** undefined where it was not given */
  readonly path: string | undefined;
}

/** What is there and not a plain file (a pipe, /dev/null) loses nothing. */
function isSameFile(a: string, b: string): boolean {
  try {
    return realpathSync(a) === realpathSync(b) && statSync(a).isFile();
  } catch {
    return resolve(a) === resolve(b);
  }
}

/**
 * @param input the file that is read, and what to call it: `the log`
 * @throws FencelabError FL201
 */
export function checkOutputs(
  input: { readonly what: string; readonly path: string },
  outputs: readonly Output[],
): void {
  const given = outputs.flatMap(({ flag, path }) => (path === undefined ? [] : [{ flag, path }]));
  given.forEach(({ flag, path }, i) => {
    if (isSameFile(path, input.path)) {
      throw new FencelabError('FL201', `${flag} is ${input.what} itself`, path);
    }
    const other = given.slice(0, i).find((each) => isSameFile(path, each.path));
    if (other !== undefined) {
      throw new FencelabError('FL201', `${other.flag} and ${flag} are one file`, path);
    }
  });
}
