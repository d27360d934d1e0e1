/** The pages that describe the command line say what the code does: generated ones are compared, examples are run. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { commandsFor } from '../../cli/commands.ts';
import { parseScenarioText } from '../../cli/scenario-file.ts';
import { LOG_VERSION } from '../../streams/log/format.ts';
import { map, scenario, unmap, unmapAll } from '../../domain/scenario/builder.ts';
import { canonicalScenario } from '../../domain/scenario/canonical.ts';
import { type JsonSchema, scenarioJsonSchema } from '../../domain/scenario/json-schema.ts';
import type { Scenario } from '../../domain/scenario/schema.ts';
import { checkLine } from '../../domain/va/conform.ts';
import { DEFAULT_JITTER, DEFAULT_LATENCY } from '../../hw/latency.ts';
import { commandPage } from './command-page.ts';
import { errorPage } from './error-page.ts';
import { cli, put, ROOT, temporaryFolder } from './harness.ts';

const folder = temporaryFolder();
const COMMANDS = await commandsFor(undefined);
const page = (name: string): string => readFileSync(join(ROOT, 'docs', name), 'utf8');
const blocks = (text: string, language: string): string[] =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'gm'))].map(
    (m) => m[1] ?? '',
  );

describe('generated pages', () => {
  it.each([
    ['errors.md', errorPage],
    ['commands.md', commandPage],
  ])('%s', (name, text) => {
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(join(ROOT, 'docs', name), text());
    expect(page(name)).toBe(text());
  });
});

describe('--help', () => {
  it('of the program lists every command and is printed without words, too', async () => {
    const ran = await cli(['--help']);
    expect(ran.status).toBe(0);
    for (const { name, summary } of COMMANDS) {
      expect(ran.out).toContain(`  ${name}`);
      expect(ran.out).toContain(summary);
    }
    expect((await cli([])).out).toBe(ran.out);
    expect((await cli(['help'])).out).toBe(ran.out);
  });

  it.each(COMMANDS.map(({ name }) => name))(
    'of %s shows examples first, and fits 100 columns',
    async (name) => {
      const { out } = await cli([name, '--help']);
      expect((await cli(['help', name])).out).toBe(out);
      expect(out.indexOf('Examples:')).toBeLessThan(out.indexOf('Options:'));
      expect(out.match(/^ {2}fencelab /gm)?.length).toBeGreaterThanOrEqual(2);
      expect(out).toContain('Exit codes:');
      expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
    },
  );

  it('--version names fencelab, Node and the log format', async () => {
    const { out } = await cli(['--version']);
    expect(out).toBe(`fencelab 0.1.0\nnode ${process.versions.node}\nlog format ${LOG_VERSION}\n`);
  });
});

describe('docs/scenarios.md', () => {
  const text = page('scenarios.md');
  const examples = blocks(text, 'yaml').filter((each) => each.startsWith('fencelab:'));

  it('has examples that run and whose expectations hold, whatever the schedule', async () => {
    expect(examples).toHaveLength(2);
    for (const [i, example] of examples.entries()) {
      const file = put(folder, `example${i}.yaml`, example);
      for (const how of [
        [],
        ['--chooser', 'random', '--seed', '1'],
        ['--chooser', 'random', '--seed', '2'],
      ]) {
        const ran = await cli(['run', file, '--replay', ...how], { cwd: folder });
        expect([ran.status, ran.err, /verdict: (\w+)/.exec(ran.out)?.[1]]).toEqual([0, '', 'ok']);
      }
    }
  });

  it('has a builder example that is its last YAML example', () => {
    const [code = ''] = blocks(text, 'ts');
    const body = code.replace(/^import .*$/m, '').replace('export const example =', 'return');
    const build = new Function('scenario', 'map', 'unmap', 'unmapAll', body) as (
      ...parts: unknown[]
    ) => Scenario;
    const built = build(scenario, map, unmap, unmapAll);
    expect(canonicalScenario(built)).toBe(
      canonicalScenario(parseScenarioText(examples[1] ?? '', 'page')),
    );
  });

  it('explains every key of the schema', () => {
    const keys = new Set<string>();
    const visit = (node: JsonSchema): void => {
      for (const [key, part] of Object.entries(node.properties ?? {})) {
        keys.add(key);
        visit(part);
      }
      for (const part of [...(node.anyOf ?? []), ...(node.items ? [node.items] : [])]) visit(part);
      if (typeof node.additionalProperties === 'object') visit(node.additionalProperties);
    };
    visit(scenarioJsonSchema());
    const explained = [...keys].filter((key) =>
      new RegExp(`\`[^\`]*${key.replace('$', '\\$')}\\b[^\`]*\``).test(text),
    );
    expect(explained.sort()).toEqual([...keys].sort());
  });

  it('gives the default latencies of the code', () => {
    for (const [key, ns] of Object.entries({ ...DEFAULT_LATENCY, jitter: DEFAULT_JITTER })) {
      expect(text).toContain(`| \`${key}\` | ${ns} |`);
    }
  });
});

describe('docs/conformance.md', () => {
  it('has an example that conforms', () => {
    const [example = ''] = blocks(page('conformance.md'), 'json');
    expect(checkLine(JSON.stringify(JSON.parse(example)))).toEqual({ ok: true });
  });
});
