/** `fencelab replay`: feeds the choices of a log to the machines again and compares every record. */
import { EXIT, FencelabError } from '../../domain/errors.ts';
import { canonicalScenario } from '../../domain/scenario/canonical.ts';
import { paintFor } from '../colour.ts';
import { type CommandSpec, printJson, textOption } from '../command-spec.ts';
import { differenceText, replayLine, replayLogFile } from '../replay-log.ts';
import { loadScenario } from '../scenario-file.ts';

export const replayCommand: CommandSpec = {
  name: 'replay',
  summary: 'Replay a log and compare every record.',
  about: [
    'The log holds its scenario and its choices, so nothing else is needed. Prints `identical` with the count of ' +
      'records and the hash of the log, or the first difference with both sides. The facts of the log are folded beside ' +
      'it and must give the state that the machines come to and the seal names; if only that fails, a second reading finds ' +
      'the record after which the machines are not what the facts say. At the end of each block of 256 records the log has a ' +
      'key of the whole state, with what no record shows: if only a key differs, the records since the last one that ' +
      'agreed are named. Keys that another version of fencelab wrote are not compared.',
    'A log whose end is missing is replayed as far as it goes, with a warning; its state there is checked the same way. A log of an older format is compared ' +
      "record by record; if today's machines take other steps, that is FL310 and not a difference, because they have " +
      'changed since. The state hash in its seal is not compared. `show` and `validate` read it.',
  ],
  args: [{ name: '<log>', help: 'a log that `fencelab run --out` wrote' }],
  options: [
    {
      flags: '--scenario <file>',
      help: 'first make sure that the log was recorded from this scenario',
    },
  ],
  examples: [
    { line: 'replay run.log', does: 'identical, or the first difference' },
    {
      line: 'replay run.log --scenario scenarios/null-bind.yaml',
      does: 'and of this very scenario',
    },
  ],
  exits: [
    [EXIT.ok, 'identical'],
    [EXIT.found, 'different'],
    [EXIT.usage, 'usage, or a file that cannot be read'],
    [EXIT.damaged, 'not a log, or damaged before its end'],
    [EXIT.invalid, 'the log is of another scenario, or the scenario is not valid'],
    [
      EXIT.version,
      'the log is of a newer format, or of an older one: that can be shown, not replayed',
    ],
  ],
  run: async (call) => {
    const file = call.args[0] ?? '';
    const scenarioFile = textOption(call.options, 'scenario');
    const scenario = scenarioFile === undefined ? undefined : loadScenario(scenarioFile);
    const outcome = await replayLogFile(file, call, (held) => {
      // in today's form both: an older build wrote it in its own
      if (scenario === undefined || canonicalScenario(scenario) === canonicalScenario(held)) return;
      const what = `the log was recorded from another scenario, \`${held.name}\``;
      throw new FencelabError('FL305', what, `${file}, ${scenarioFile ?? ''}`);
    });
    if (outcome === undefined) return EXIT.found;
    if (call.json) {
      printJson(call.io, 'replay', { ok: outcome.identical, log: file, ...outcome });
    } else {
      const paint = paintFor(call.io.env, call.io.outIsTty);
      call.io.out(`${paint(outcome.identical ? 'green' : 'red', replayLine(outcome))}\n`);
      call.io.out(differenceText(outcome));
    }
    return outcome.identical ? EXIT.ok : EXIT.found;
  },
};
