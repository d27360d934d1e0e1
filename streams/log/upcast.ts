/**
 * Old logs stay readable for ever: a record of an older format is brought into today's shape while it is read, fact by
 * fact, version by version. The log itself is never rewritten: its bytes are its identity.
 *
 * For each older version there is a row: the fact types that it had, and for each type that has grown since what fills
 * the new members. A fact that does not have the shape of its own version is refused: one of a type that came later, or
 * one that has a new member already. (Everything else is checked afterwards, with today's schema: types that are not in
 * the row have not changed.) Facts are in wire form here.
 */
import { Problem } from './damage.ts';
import { V1_TYPES, V2_TYPES } from './fact-types.ts';
import { LOG_VERSION } from './format.ts';

/** A parsed JSON object of which nothing is known yet. */
type Unchecked = Record<string, unknown>;

/** What a reader has to remember of the records before. */
interface Memory {
  /** the object behind each mapping that there is, by VM and number */
  readonly objects: Map<string, string>;
}

/** Fills a fact's new members in place. */
type Upcast = (fact: Unchecked, memory: Memory) => void;

interface OldVersion {
  /** every fact type of that version */
  readonly types: ReadonlySet<string>;
  /** those that have another shape in the next version */
  readonly changed: Readonly<Record<string, Upcast>>;
}

/** A fact that is not of the version that its log claims. */
class NotOfItsVersion extends RangeError {}

function isObject(value: unknown): value is Unchecked {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fill(fact: Unchecked, members: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(members)) {
    if (Object.hasOwn(fact, name)) throw new NotOfItsVersion(`${name} came later`);
    fact[name] = value;
  }
}

/** Version 1 knew neither userptrs nor masks of GTs nor patterns: no mapping was one or had one. */
function fillPiece(piece: unknown): void {
  if (!isObject(piece)) return;
  if (Object.hasOwn(piece, 'repeat')) throw new NotOfItsVersion('repeat came later');
  fill(piece, { userptr: false, gtMask: 0 });
}

/** Which mapping a fact is about; undefined when it does not say so as it should, for which it will be refused. */
function mappingOf({ vm, va }: Unchecked): string | undefined {
  return typeof vm === 'string' && typeof va === 'number' ? `${va} ${vm}` : undefined;
}

/** What an op of a list got in version 2, besides what its pieces got. No run of version 1 made a prefetch. */
const OP_MEMBERS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  map: { immediate: false },
  prefetch: { region: 'vram' },
};

function fillOps({ ops }: Unchecked): void {
  if (!Array.isArray(ops)) return;
  for (const each of ops as readonly unknown[]) {
    if (!isObject(each)) continue;
    for (const part of ['map', 'unmap', 'prev', 'next']) {
      if (Object.hasOwn(each, part)) fillPiece(each[part]);
    }
    const { op } = each;
    if (op === 'map' || op === 'prefetch') fill(each, OP_MEMBERS[op] ?? {});
  }
}

const V1: OldVersion = {
  types: V1_TYPES,
  changed: {
    // every BO had a reservation object of its own
    'bo.created': (fact) => {
      fill(fact, { vm: null });
    },
    'vm.created': (fact) => {
      fill(fact, { mode: 'dma-fence', scratch: false });
    },
    'ops.created': fillOps,
    'va.mapped': (fact, { objects }) => {
      fillPiece(fact);
      const [mapping, { obj }] = [mappingOf(fact), fact];
      if (mapping !== undefined && typeof obj === 'string') objects.set(mapping, obj);
    },
    // only the record that made the mapping says what was behind it
    'va.unmapped': (fact, { objects }) => {
      const mapping = mappingOf(fact) ?? '';
      fill(fact, { obj: objects.get(mapping) ?? null });
      objects.delete(mapping);
    },
  },
};

/**
 * What version 3 has more than the first writers of version 2 had are optional members and further values; the last
 * writers of version 2 wrote those as well (docs/decisions/030), so each of its facts is one of version 3 as it stands.
 */
const V2: OldVersion = { types: V2_TYPES, changed: {} };

/** By version: how its facts become those of the next version. */
export const OLD_VERSIONS: Readonly<Record<number, OldVersion>> = { 1: V1, 2: V2 };

/** Reads along one log of an older version; every record in order, because one may need those before it. */
export class Upcaster {
  readonly #version: number;
  /** one for each version on the way to today's */
  readonly #steps: readonly (readonly [OldVersion, Memory])[];

  constructor(version: number) {
    this.#version = version;
    this.#steps = Array.from({ length: LOG_VERSION - version }, (_, i) => {
      const step = OLD_VERSIONS[version + i];
      if (step === undefined) throw new RangeError(`nothing is known of version ${version + i}`);
      return [step, { objects: new Map<string, string>() }];
    });
  }

  /** A parsed record line in today's shape, as far as it had that of its version. Takes it over and changes it. */
  line(value: unknown): unknown {
    if (!isObject(value)) return value;
    const { v, facts } = value;
    if (v !== this.#version) return new Problem('schema', `v: not ${this.#version}, as the log`);
    try {
      if (Array.isArray(facts)) for (const fact of facts as readonly unknown[]) this.#fact(fact);
    } catch (error) {
      if (error instanceof NotOfItsVersion) return new Problem('schema', `facts: ${error.message}`);
      throw error;
    }
    value['v'] = LOG_VERSION;
    return value;
  }

  #fact(fact: unknown): void {
    if (!isObject(fact)) return;
    const { type } = fact;
    if (typeof type !== 'string') return;
    for (const [{ types, changed }, memory] of this.#steps) {
      if (!types.has(type)) throw new NotOfItsVersion(`${type} came later`);
      if (Object.hasOwn(changed, type)) changed[type]?.(fact, memory);
    }
  }
}

/** Who upcasts a log with that `v` in its header; undefined when nothing has to be. */
export function upcasterFor(version: number): Upcaster | undefined {
  return version < LOG_VERSION ? new Upcaster(version) : undefined;
}
