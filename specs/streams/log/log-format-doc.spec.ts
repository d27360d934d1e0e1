/**
 * docs/log-format.md says the truth: its example log is sealed, its checksum and chain come out as written, its tables
 * are the code's, its Python reader agrees with ours, and the specs that it names exist.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { DAMAGE } from '../../../streams/log/damage.ts';
import { decodeLog } from '../../../streams/log/decoder.ts';
import {
  DEFAULT_BLOCK,
  LOG_VERSION,
  MAX_DEPTH,
  MAX_LINE_BYTES,
  MIN_READER,
} from '../../../streams/log/format.ts';
import { OBSERVATIONS, RECOVERY } from '../../../streams/log/recovery.ts';
import { OLD_VERSIONS, Upcaster } from '../../../streams/log/upcast.ts';
import { choiceText, parseChoice } from '../../../streams/world/choice.ts';
import { lineOfRecord } from '../../../streams/log/wire.ts';
import { sampleLog } from './sample-log.ts';

const doc = readFileSync(new URL('../../../docs/log-format.md', import.meta.url), 'utf8');

function block(language: string): string {
  const opening = `\n\`\`\`${language}\n`;
  const from = doc.indexOf(opening) + opening.length;
  return doc.slice(from, doc.indexOf('```', from));
}

const example = block('jsonl');
const lines = example.trimEnd().split('\n');
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

test('the example is a sealed log of three records', () => {
  const { records, end } = decodeLog(Buffer.from(example));
  expect(end).toMatchObject({ result: 'sealed', records: 3, header: { block: 2 } });
  expect(records.map(lineOfRecord)).toEqual([1, 2, 4].map((at) => `${lines[at]}\n`));
});

test('each line is shown again where it is explained', () => {
  for (const at of [0, 2, 3, 5]) expect(doc).toContain(`\`\`\`json\n${lines[at]}\n\`\`\``);
});

test('checksum and chain come out as written', () => {
  const body = (lines[3] ?? '').slice(0, -18);
  expect(doc).toContain(`\`${body}\``);
  expect(doc).toContain(`\`${crc32(body).toString(16).padStart(8, '0')}\``);
  const first = sha256(`${lines.slice(0, 3).join('\n')}\n`);
  expect(doc).toContain(`= \`${first}\``);
  expect(doc).toContain(`= \`${sha256(`${first}${lines[4]}\n`)}\``);
});

test('the numbers are the code’s', () => {
  expect(doc).toContain(`1 MiB (${MAX_LINE_BYTES.toLocaleString('en-US')} bytes)`);
  expect(doc).toContain(`at most ${MAX_DEPTH} deep`);
  expect(doc).toContain(`blocks of ${DEFAULT_BLOCK}`);
  expect(doc).toContain(`# The event log, format v${LOG_VERSION}\n`);
  expect(doc).toContain(`"v":${LOG_VERSION},"minReader":${MIN_READER},`);
  expect(doc).toContain(`header["minReader"] > ${LOG_VERSION}:`);
});

test('the recovery table and the kinds of damage are the code’s', () => {
  for (const { id, when, result, why } of RECOVERY) {
    const cells = OBSERVATIONS.map((name) =>
      when[name] === undefined ? '–' : when[name] ? 'yes' : 'no',
    );
    expect(doc).toContain(`| ${[id, ...cells, result, why].join(' | ')} |`);
  }
  for (const [kind, sentence] of Object.entries(DAMAGE)) {
    expect(doc).toContain(`| \`${kind}\` | ${sentence} |`);
  }
});

test('the table of upcasts is the code’s, and what it fills in is what the code fills in', () => {
  const section = doc.slice(
    doc.indexOf('| fact of version 1 |'),
    doc.indexOf('The last one makes'),
  );
  const rows = [...section.matchAll(/^\| `([a-z.]+)` \| ([^|]*) \| ([^|]*) \|$/gm)];
  expect(rows.map(([, type]) => type).sort()).toEqual(
    Object.keys(OLD_VERSIONS[1]?.changed ?? {}).sort(),
  );
  for (const [, type, members = '', values = ''] of rows.filter(
    ([row]) => !/ops|unmap/.test(row),
  )) {
    const filled = new Upcaster(1).line({ v: 1, facts: [{ type }] }) as { facts: object[] };
    const stated = Object.entries(filled.facts[0] ?? {}).filter(([name]) => name !== 'type');
    expect(members).toBe(stated.map(([name]) => `\`${name}\``).join(', '));
    for (const [, value] of stated) expect(values).toContain(`\`${JSON.stringify(value)}\``);
  }
});

test('the choices that it shows are choices, each in its one text', () => {
  const section = doc.slice(doc.indexOf('\n## Choices'), doc.indexOf('\n## The checksum'));
  const choices = [...section.matchAll(/^\| `([^`]+)` \|/gm)].map(([, choice]) => choice ?? '');
  expect(choices.filter((choice) => choice.includes('!'))).toHaveLength(3);
  for (const choice of choices) {
    const { key, answers } = parseChoice(choice);
    expect(choiceText(key, answers)).toBe(choice);
  }
});

test('every spec and source that it names exists', () => {
  const names = [...doc.matchAll(/`([a-z0-9-]+\.spec\.ts)`/g)].map(([, name]) => name ?? '');
  expect(names.length).toBeGreaterThan(12);
  for (const name of names) expect(existsSync(new URL(name, import.meta.url))).toBe(true);
  for (const [, path = ''] of doc.matchAll(/`((?:streams|specs)\/[^`]+\.(?:ts|jsonl))`/g)) {
    expect(existsSync(new URL(`../../../${path}`, import.meta.url))).toBe(true);
  }
});

const hasPython = spawnSync('python3', ['--version']).status === 0;

// Where there is no Python there is nothing to compare with; the naive checks above stand alone.
(hasPython ? describe : describe.skip)('the reader in Python', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'fencelab-doc-'));
    writeFileSync(join(folder, 'reader.py'), block('python'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  const read = (bytes: Uint8Array): string => {
    writeFileSync(join(folder, 'log.jsonl'), bytes);
    const args = [join(folder, 'reader.py'), join(folder, 'log.jsonl')];
    const { stdout, stderr } = spawnSync('python3', args, { encoding: 'utf8' });
    return `${stdout}${stderr}`.trim();
  };

  test('agrees with ours', async () => {
    const { bytes, lineEnds, lastLineAt } = await sampleLog(14, { block: 4 });
    const without = (line: number): Buffer =>
      Buffer.concat([bytes.subarray(0, lineEnds[line - 2]), bytes.subarray(lineEnds[line - 1])]);
    const flipped = Buffer.from(bytes);
    flipped[(lineEnds[3] ?? 0) + 9] = 0x58;
    expect(read(Buffer.from(example))).toBe('sealed 3');
    expect(read(bytes)).toBe('sealed 14');
    expect(read(bytes.subarray(0, lastLineAt))).toBe('open 14');
    expect(read(bytes.subarray(0, -1))).toBe('line 19: checksum');
    expect(read(flipped)).toBe('line 5: checksum');
    expect(read(without(3))).toBe('line 3: sequence');
    expect(read(without(6))).toBe('line 6: sequence');
    expect(read(Buffer.concat([bytes, bytes]))).toBe('line 20: something follows the seal');
  });
});
