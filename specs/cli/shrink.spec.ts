/** `fencelab shrink`: what it prints and writes, and what it refuses. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { loadScenario, parseScenarioText } from '../../cli/scenario-file.ts';
import { scenarioYaml } from '../../cli/scenario-yaml.ts';
import { canonicalScenario } from '../../domain/scenario/canonical.ts';
import { framed } from '../../streams/log/frame.ts';
import { SCENARIOS } from '../rig/scenarios.ts';
import { cli, NULL_BIND, put, ROOT, temporaryFolder } from './harness.ts';

const folder = temporaryFolder();
const QUIRK = join(ROOT, 'scenarios/quirks/order-reset-after-job.yaml');

/** A log of a random run with the quirk L27, and its path. */
async function violating(name: string): Promise<string> {
  const log = join(folder, name);
  const how = ['--chooser', 'random', '--seed', '1', '--quiet'];
  const ran = await cli(['run', QUIRK, '--quirk', 'L27', ...how, '--out', log]);
  expect(ran.status).toBe(1);
  return log;
}

describe('fencelab shrink', () => {
  it('prints the story, the scenario, both sizes, and writes a log that replays', async () => {
    const log = await violating('whole.log');
    const [small, yaml] = [join(folder, 'small.log'), join(folder, 'small.yaml')];
    const ran = await cli(['shrink', log, '--out', small, '--scenario-out', yaml]);
    expect([ran.status, ran.err]).toEqual([0, '']);
    expect(ran.out).toMatch(/\nI14: q0#1 starts before anything was queued\n/);
    expect(ran.out).toMatch(/\nsteps +\d+ +8\n/);
    expect(ran.out).toMatch(/\nproved: no schedule of this scenario shows it in fewer steps/);
    expect(ran.out).toMatch(/\nreplayed: identical: 9 records/);
    expect(ran.out).toContain(`replay: fencelab replay ${small}\n`);
    expect(ran.out).toContain(readFileSync(yaml, 'utf8'));
    const again = await cli(['replay', small, '--scenario', yaml]);
    expect([again.status, again.out]).toEqual([0, expect.stringMatching(/^identical: 9 records/)]);
    const schedule = /^schedule: (.*)$/m.exec(ran.out)?.[1] ?? '';
    const choices = put(folder, 'choices.txt', schedule.replaceAll(' ', '\n'));
    const run = await cli(['run', yaml, '--seed', '0', '--chooser', `choices:${choices}`]);
    expect(run.out).toMatch(/broken: I14 at record 8/);
  });

  it('--json says the same as one object', async () => {
    const log = await violating('json.log');
    const out = join(folder, 'json-small.log');
    const ran = await cli(['shrink', log, '--json', '--out', out]);
    expect(JSON.parse(ran.out)).toMatchObject({
      command: 'shrink',
      ok: true,
      isMinimal: true,
      doubt: null,
      after: { steps: 8 },
      log: out,
      replay: { identical: true },
    });
  });

  it('--keep-scenario leaves the scenario as it is; --states 0 proves nothing and says so', async () => {
    const log = await violating('keep.log');
    const out = join(folder, 'keep-small.log');
    const ran = await cli(['shrink', log, '--keep-scenario', '--states', '0', '--out', out]);
    expect(ran.out).toMatch(/\nlines of scenario +(\d+) +\1\n/);
    expect(ran.out).toMatch(/\nnot proved to be the smallest \(no search over states\)/);
  });

  it('a signal ends the search: what was found is written and told', async () => {
    const log = await violating('stop.log');
    const out = join(folder, 'stop-small.log');
    let asked = 0;
    // the reading of the log asks twice
    const stopped = () => (asked++ > 4 ? 'SIGINT' : undefined);
    const ran = await cli(['shrink', log, '--out', out], { stopped });
    expect(ran.status).toBe(130);
    expect(ran.out).toMatch(/\nnot proved to be the smallest \(stopped\)/);
    expect((await cli(['replay', out])).status).toBe(0);
  });

  it('an open log is used as far as it goes, with a warning', async () => {
    const log = await violating('open-whole.log');
    const text = readFileSync(log, 'utf8');
    const open = put(folder, 'open.log', text.slice(0, text.lastIndexOf('{"seal"')));
    const ran = await cli(['shrink', open, '--out', join(folder, 'open-small.log')]);
    expect(ran.status).toBe(0);
    expect(ran.err).toMatch(/^warning: FL306/);
  });
});

describe('fencelab shrink refuses', () => {
  it('a run in which nothing went wrong: FL312, exit 4', async () => {
    const log = join(folder, 'good.log');
    await cli(['run', NULL_BIND, '--quiet', '--out', log]);
    const ran = await cli(['shrink', log]);
    expect([ran.status, ran.err]).toEqual([4, expect.stringMatching(/^FL312: nothing went wrong/)]);
  });

  it('a problem that the log does not show, with those that it shows', async () => {
    const log = await violating('which.log');
    const ran = await cli(['shrink', log, '--problem', 'I41']);
    expect([ran.status, ran.err]).toEqual([4, expect.stringMatching(/does not show I41; .*I14/)]);
  });

  it('what is no log, the log as its own output, and limits that are no counts', async () => {
    const log = await violating('itself.log');
    const bad: readonly (readonly [number, RegExp, readonly string[]])[] = [
      [3, /^FL301/, ['shrink', QUIRK]],
      [2, /^FL203/, ['shrink', join(folder, 'absent.log')]],
      [2, /^FL201: --out is the log itself/, ['shrink', log, '--out', log]],
      [2, /^FL201: --scenario-out is the log/, ['shrink', log, '--scenario-out', log]],
      [
        2,
        /^FL201: --out and --scenario-out are one file/,
        ['shrink', log, '--out', join(folder, 'one'), '--scenario-out', join(folder, 'one')],
      ],
      [2, /^FL201: 'many' is not a count/, ['shrink', log, '--states', 'many']],
      [2, /^FL201: '-1' is not a count/, ['shrink', log, '--tries=-1']],
      [6, /^FL403/, ['shrink', log, '--out', QUIRK]],
      [6, /^FL403: this file exists and is not a sc/, ['shrink', log, '--scenario-out', QUIRK]],
    ];
    for (const [status, says, argv] of bad) {
      const ran = await cli(argv);
      expect([argv, ran.status, ran.err]).toEqual([argv, status, expect.stringMatching(says)]);
    }
  });

  it('a log of an older format: FL310, and one that this build does not repeat: FL311', async () => {
    const old = await cli(['shrink', join(ROOT, 'specs/streams/log/golden/v1-shared-bo.jsonl')]);
    expect([old.status, old.err]).toEqual([5, expect.stringMatching(/^FL310/)]);
    const lines = readFileSync(await violating('other.log'), 'utf8').split(/(?<=\n)/);
    const changed = lines.map((line, i) =>
      i === 4 ? framed(line.replace(/"t":(\d+)/, '"t":7$1').replace(/,"crc".*\n$/, '')) : line,
    );
    const ran = await cli(['shrink', put(folder, 'changed.log', changed.join(''))]);
    expect([ran.status, ran.err]).toEqual([
      5,
      expect.stringMatching(/^FL311: this build does not repeat record 3 /),
    ]);
  });
});

describe('a scenario as YAML', () => {
  it.each(SCENARIOS.map(({ name, scenario }) => [name, scenario] as const))(
    '%s is read back the same',
    (name, scenario) => {
      const text = scenarioYaml(scenario);
      expect(canonicalScenario(parseScenarioText(text, name))).toBe(canonicalScenario(scenario));
    },
  );

  it('leaves out what goes without saying', () => {
    const text = scenarioYaml(loadScenario(QUIRK));
    expect(text).not.toMatch(/in: \[ ?\]|latency|vaBits|kind/);
  });
});
