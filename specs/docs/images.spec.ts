/** The statecharts that are drawn in the docs are those of today's machines; UPDATE_DOCS=1 draws them again. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cli } from '../cli/harness.ts';

const FOLDER = new URL('../../docs/img', import.meta.url).pathname;
const isUpdate = process.env['UPDATE_DOCS'] !== undefined;

test.each(readdirSync(FOLDER))('%s', async (file) => {
  const { out } = await cli(['diagram', file.replace(/\.svg$/, ''), '--format', 'svg']);
  if (isUpdate) writeFileSync(join(FOLDER, file), out);
  expect(readFileSync(join(FOLDER, file), 'utf8')).toBe(out);
});
