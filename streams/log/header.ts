/**
 * Line 1: what was run and how, so that a log can be replayed without anything else at hand. The scenario is inside,
 * named by the sha256 of its bytes.
 */
import { createHash } from 'node:crypto';
import { FencelabError } from '../../domain/errors.ts';
import type { Json } from '../world/record.ts';
import { stringText } from './canonical-json.ts';
import { LOG_NAME, LOG_VERSION, MAX_LINE_BYTES, MIN_READER } from './format.ts';
import { framed } from './frame.ts';
import { LineCheck } from './line-check.ts';
import { type CHOOSERS, headerLine } from './lines.schema.ts';

const check = new LineCheck(headerLine);

/** What the header says. */
export interface LogOrigin {
  /** version of fencelab */
  readonly engine: string;
  readonly scenario: {
    readonly name: string;
    /** in canonical order (domain/scenario/canonical.ts): its JSON text goes into the line as it is */
    readonly source: { readonly [key: string]: Json };
  };
  /** u64 as canonical hex */
  readonly seed: string;
  readonly chooser: (typeof CHOOSERS)[number];
}

/** The name of a scenario's canonical text, as the header states it. */
export function scenarioSha256(canonicalText: string): string {
  return createHash('sha256').update(canonicalText).digest('hex');
}

/**
 * @throws FencelabError FL112 when the scenario does not fit a line, FL901 when a value cannot be stated in v1
 */
export function headerText({ engine, scenario, seed, chooser }: LogOrigin, block: number): string {
  const source = JSON.stringify(scenario.source);
  const line = framed(
    `{"log":"${LOG_NAME}","v":${LOG_VERSION},"minReader":${MIN_READER}` +
      `,"engine":${stringText(engine)}` +
      `,"scenario":{"name":${stringText(scenario.name)},"sha256":"${scenarioSha256(source)}"` +
      `,"source":${source}},"seed":"${seed}","chooser":"${chooser}","block":${block}`,
  );
  if (Buffer.byteLength(line) > MAX_LINE_BYTES) {
    throw new FencelabError(
      'FL112',
      'the scenario is longer than a log line may be',
      scenario.name,
    );
  }
  // The values as given, not as JSON bent them: a fraction or an undefined in the scenario must not slip by.
  const stated = {
    ...(JSON.parse(line) as object),
    scenario: { ...scenario, sha256: scenarioSha256(source) },
  };
  if (!check.accepts(stated)) {
    throw new FencelabError('FL901', `a header cannot be written: ${check.issue(stated)}`);
  }
  return line;
}
