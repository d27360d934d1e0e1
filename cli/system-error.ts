/** What a failed system call was called: `ENOENT`; undefined for any other error. Not by class: realms differ. */
export function systemCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' && /^E[A-Z0-9]+$/.test(code) ? code : undefined;
}

const WORDS: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'there is no such file'],
  ['EISDIR', 'this is a folder'],
  ['EACCES', 'no permission to read it'],
]);

/** Why a file cannot be read, for people. */
export function readFailure(error: unknown): string {
  const code = systemCode(error) ?? 'unknown reason';
  return WORDS.get(code) ?? `cannot read the file: ${code}`;
}
