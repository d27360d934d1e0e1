/** `fencelab validate`: is this scenario or log good? Tells every problem of a scenario and the verdict on a log. */
import { EXIT, FencelabError } from '../../domain/errors.ts';
import { LOG_VERSION } from '../../streams/log/format.ts';
import { errorOfEnd } from '../../streams/log/log-end.ts';
import { type CommandCall, type CommandSpec, printJson } from '../command-spec.ts';
import { beginsAsLog } from '../file-kind.ts';
import { named, openLogFile, readRecords } from '../log-file.ts';
import { scenarioOfHeader } from '../replay-log.ts';
import { loadScenario } from '../scenario-file.ts';

async function validateLog(file: string, call: CommandCall): Promise<number> {
  const log = await openLogFile(file);
  const { header } = log;
  // what an older build has run, this one need not accept any more
  if (header.v >= LOG_VERSION) scenarioOfHeader(header, file);
  let records = 0;
  const end = await readRecords(log, () => ++records > 0, call);
  if (end === undefined) return EXIT.found;
  const error = errorOfEnd(end);
  if (error !== undefined) throw named(error, file);
  const { name } = header.scenario;
  const { verdict, sha256 } = end.result === 'sealed' ? end.seal : { verdict: '', sha256: '' };
  if (call.json) {
    printJson(call.io, 'validate', {
      ok: true,
      kind: 'log',
      file,
      scenario: name,
      records,
      verdict,
      sha256,
    });
  } else {
    call.io.out(
      `${file}: a sealed log of scenario ${name}, ${records} records, which ended ${verdict}, sha256 ${sha256}\n`,
    );
  }
  return EXIT.ok;
}

const WORDS = ['VM', 'BO', 'syncobj', 'client', 'step'];

function validateScenario(file: string, call: CommandCall): number {
  const scenario = loadScenario(file);
  const count = (section: object): number => Object.keys(section).length;
  const parts = {
    vms: count(scenario.vms),
    bos: count(scenario.bos),
    syncobjs: count(scenario.syncobjs),
    clients: count(scenario.clients),
    steps: Object.values(scenario.clients).reduce((sum, list) => sum + list.length, 0),
  };
  const { name } = scenario;
  if (call.json) {
    printJson(call.io, 'validate', { ok: true, kind: 'scenario', file, name, ...parts });
  } else {
    const list = Object.values(parts).map((n, i) => `${n} ${WORDS[i] ?? ''}${n === 1 ? '' : 's'}`);
    call.io.out(`${file}: scenario ${name} is valid (${list.join(', ')})\n`);
  }
  return EXIT.ok;
}

export const validateCommand: CommandSpec = {
  name: 'validate',
  summary: 'Check a scenario or a log without running it.',
  about: [
    'A scenario: its shape, its references and its addresses; every problem is told with line and column, at most 20. ' +
      'A log: every checksum, the chain of hashes, the seal. Which of the two a file is, is seen from its first bytes.',
  ],
  args: [{ name: '<file>', help: 'a scenario (YAML or JSON) or a log' }],
  options: [],
  examples: [
    { line: 'validate scenarios/null-bind.yaml', does: 'before a run, or in an editor' },
    { line: 'validate run.log', does: 'is the log complete and unchanged?' },
  ],
  exits: [
    [EXIT.ok, 'valid'],
    [EXIT.usage, 'usage, or a file that cannot be read'],
    [EXIT.damaged, 'the log is open, torn or corrupt'],
    [EXIT.invalid, 'the scenario is not valid'],
    [EXIT.version, 'another version of the scenario or the log'],
  ],
  run: (call) => {
    const file = call.args[0] ?? '';
    const isLog = beginsAsLog(file) === true || /\.(log|jsonl)$/.test(file);
    if (file === '') throw new FencelabError('FL201', 'no file given', 'fencelab validate');
    return isLog ? validateLog(file, call) : validateScenario(file, call);
  },
};
