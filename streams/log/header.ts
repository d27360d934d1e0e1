/**
 * Line 1: what was run and how, so that a log can be replayed without anything else at hand. The
 * scenario is inside, named by the sha256 of its bytes.
 */
import { createHash } from 'node:crypto';
import { FencelabError } from '../../domain/errors.ts';
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
    /**
     * plain data in canonical order (domain/scenario/canonical.ts): its JSON text is what the line
     * holds
     */
    readonly source: object;
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
 * @throws FencelabError FL112 when the scenario does not fit a line, FL901 when a value cannot be
 *   stated in a line
 */
export function headerText({ engine, scenario, seed, chooser }: LogOrigin, block: number): string {
  const { name, source } = scenario;
  const text = JSON.stringify(source);
  const sha256 = scenarioSha256(text);
  // The values as given, not as JSON bends them: a fraction or an undefined must not slip by.
  const stated = {
    ...{ log: LOG_NAME, v: LOG_VERSION, minReader: MIN_READER, engine },
    ...{ scenario: { name, sha256, source }, seed, chooser, block, crc: '00000000' },
  };
  if (!check.accepts(stated)) {
    throw new FencelabError('FL901', `a header cannot be written: ${check.issue(stated)}`);
  }
  const line = framed(
    `{"log":"${LOG_NAME}","v":${LOG_VERSION},"minReader":${MIN_READER}` +
      `,"engine":${stringText(engine)}` +
      `,"scenario":{"name":${stringText(name)},"sha256":"${sha256}","source":${text}}` +
      `,"seed":"${seed}","chooser":"${chooser}","block":${block}`,
  );
  if (Buffer.byteLength(line) > MAX_LINE_BYTES) {
    throw new FencelabError('FL112', 'the scenario is longer than a log line may be', name);
  }
  return line;
}
