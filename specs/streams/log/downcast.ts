/** Records as format v1 wrote them: today's records without what came later, for specs of reading old logs. */
import { framed } from '../../../streams/log/frame.ts';
import { bodyOfRecord } from '../../../streams/log/wire.ts';
import type { Fact } from '../../../domain/facts/schema.ts';
import type { StepRecord } from '../../../streams/world/record.ts';
import { sampleRecord } from './sample-log.ts';

export type Members = Record<string, unknown>;

const PIECE = { userptr: false, gtMask: 0 };

/** What an op of a list had not, by kind. */
const OP: Readonly<Record<string, Members>> = {
  map: { immediate: false },
  prefetch: { region: 'vram' },
};

/** What a fact of v1 is sure to have in the new members, by type; `va.unmapped` depends on the log. */
const MEANT: Readonly<Record<string, Members>> = {
  'bo.created': { vm: null },
  'vm.created': { mode: 'dma-fence', scratch: false },
};

export const CHANGED_IN_V2 = [
  'bo.created',
  'vm.created',
  'va.mapped',
  'va.unmapped',
  'ops.created',
];

const isObject = (value: unknown): value is Members => typeof value === 'object' && value !== null;

/** The fact with its new members as v1 meant them. */
export function asV1MeantIt<F extends Fact>(fact: F): F {
  if (fact.type === 'va.mapped') {
    return without({ ...fact, ...PIECE }, ['repeat']) as F;
  }
  if (fact.type !== 'ops.created') return { ...fact, ...MEANT[fact.type] };
  const ops = fact.ops.map((op) =>
    Object.fromEntries(
      Object.entries({ ...op, ...OP[op.op] }).map(([name, part]: [string, unknown]) => [
        name,
        isObject(part) ? { ...(without(part, ['repeat']) as Members), ...PIECE } : part,
      ]),
    ),
  );
  return { ...fact, ops };
}

function without(value: unknown, names: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((each) => without(each, names));
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([name]) => !names.includes(name));
  return Object.fromEntries(kept.map(([name, each]) => [name, without(each, names)]));
}

/** A wire fact as v1 wrote it. */
export function wireFactOfV1(fact: Members): Members {
  switch (fact['type']) {
    case 'bo.created':
      return without(fact, ['vm']) as Members;
    case 'vm.created':
      return without(fact, ['mode', 'scratch']) as Members;
    case 'va.mapped':
      return without(fact, ['userptr', 'gtMask']) as Members;
    case 'ops.created':
      return without(fact, ['userptr', 'gtMask', 'immediate', 'region']) as Members;
    case 'va.unmapped':
      return without(fact, ['obj']) as Members;
    default:
      return fact;
  }
}

/** A wire fact of today. */
export function wireFactOf(fact: Fact): Members {
  const line = JSON.parse(`${bodyOfRecord({ ...sampleRecord(0), facts: [fact] })}}`) as {
    facts: Members[];
  };
  return line.facts[0] ?? {};
}

/** The whole line of a record as v1 wrote it. */
export function lineOfRecordV1(record: StepRecord): string {
  const line = JSON.parse(`${bodyOfRecord(record)}}`) as Members & { facts: Members[] };
  const old = { ...line, v: 1, facts: line.facts.map(wireFactOfV1) };
  return framed(JSON.stringify(old).slice(0, -1));
}
