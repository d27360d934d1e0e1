/**
 * Where two log lines part: the path of the first member that differs, with both values. A line may be a megabyte; the
 * place in it is what somebody needs first.
 */

export interface MemberDifference {
  /** for example `facts[2].addr` */
  readonly path: string;
  readonly recorded: string;
  readonly replayed: string;
  /** who ran */
  readonly actor: string | null;
  /** type of the fact that the path leads into, as recorded; as replayed if only there it is */
  readonly fact: string | null;
}

type Place = Pick<MemberDifference, 'path' | 'recorded' | 'replayed'>;
type Members = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Members => typeof value === 'object' && value !== null;

const shown = (value: unknown): string => (value === undefined ? 'absent' : JSON.stringify(value));

function differs(a: unknown, b: unknown, path: string): Place | null {
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

const textOr = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** The type of the fact in which a path lies. */
function factAt({ facts }: Members, path: string): string | null {
  const index = /^facts\[(\d+)\]/.exec(path)?.[1];
  if (index === undefined || !Array.isArray(facts)) return null;
  const fact: unknown = facts[Number(index)];
  return isObject(fact) ? textOr(fact['type']) : null;
}

/** The first difference of two lines of JSON besides their checksum; null when they are not both JSON objects. */
export function firstDifference(recorded: string, replayed: string): MemberDifference | null {
  try {
    const [a, b] = [recorded, replayed].map((line) => {
      const value: unknown = JSON.parse(line);
      return isObject(value) ? { ...value, crc: undefined } : value;
    });
    if (!isObject(a) || !isObject(b)) return null;
    const place = differs(a, b, '');
    if (place === null) return null;
    const fact = factAt(a, place.path) ?? factAt(b, place.path);
    return { ...place, actor: textOr(a['actor']), fact };
  } catch {
    return null;
  }
}
