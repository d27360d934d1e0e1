/**
 * Where two log lines part: the path of the first member that differs, with both values. A line may be a megabyte; the
 * place in it is what somebody needs first.
 */

export interface MemberDifference {
  /** for example `facts[2].addr` */
  readonly path: string;
  readonly recorded: string;
  readonly replayed: string;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const shown = (value: unknown): string => (value === undefined ? 'absent' : JSON.stringify(value));

function differs(a: unknown, b: unknown, path: string): MemberDifference | null {
  if (Object.is(a, b)) return null;
  if (!isObject(a) || !isObject(b) || Array.isArray(a) !== Array.isArray(b)) {
    return { path, recorded: shown(a), replayed: shown(b) };
  }
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const step = Array.isArray(a) ? `[${key}]` : path === '' ? key : `.${key}`;
    const found = differs(a[key], b[key], `${path}${step}`);
    if (found !== null) return found;
  }
  return null;
}

/** The first difference of two lines of JSON besides their checksum; null when they are not both JSON objects. */
export function firstDifference(recorded: string, replayed: string): MemberDifference | null {
  try {
    const [a, b] = [recorded, replayed].map((line) => {
      const value: unknown = JSON.parse(line);
      return isObject(value) ? { ...value, crc: undefined } : value;
    });
    return isObject(a) && isObject(b) ? differs(a, b, '') : null;
  } catch {
    return null;
  }
}
