/** The text of docs/errors.md: the table of codes (domain/errors.ts) with what each code means. */
import { ERRORS, type ErrorCode, EXIT } from '../../domain/errors.ts';

const MEANINGS: Readonly<Record<ErrorCode, string>> = {
  FL101: 'the file is not YAML or JSON, holds several documents, or is nested too deeply',
  FL102: 'an unknown key',
  FL103: 'a value that is missing or of the wrong kind',
  FL104: 'a name that nothing has, or that something of another kind has',
  FL105: 'an address, range, offset or size that is not aligned',
  FL106: 'an address or range beyond 64 bits, the VM, the BO or the process',
  FL107: 'a range or size of 0',
  FL108: 'an object used before a `create` step makes it',
  FL109: 'a scenario of another version',
  FL110: 'an empty scenario, or one without a VM or a client',
  FL111: 'a name or key given twice, or a name that the simulator uses itself',
  FL112: 'a scenario of more than 1 MiB',
  FL113: 'a GT that the device does not have',
  FL114: 'a mapping without backing, or with two',
  FL115: 'a point where none belongs, or none where one is needed',
  FL116: 'a call that the kernel refuses whatever happens before, where none is expected to',
  FL117: 'addresses of the process that stand for two things',
  FL118: 'an access without a fence where memory moves',
  FL119: 'a VM that exists from the start, and that the kernel does not make',
  FL120: 'a private BO in another VM than its own',
  FL121: 'a word that the profile of the device has no use for',
  FL201: 'an unknown command, option or argument, or one that is missing',
  FL202: 'a seed that is negative, too large or no number',
  FL203: 'an input file that cannot be read',
  FL204: 'an unknown chooser, or an empty list of choices',
  FL206: 'an unknown quirk, or one that does not fit the device',
  FL210: 'an unknown strategy',
  FL211: 'an unknown invariant',
  FL212: 'an unknown witness',
  FL213: 'a budget of nothing, or none at all',
  FL214: 'clients that are not interchangeable, or none declared where some are needed',
  FL215: 'a schedule that was not copied whole, or one of another scenario',
  FL301: 'the input is not a log',
  FL302: 'a torn log: its last line was cut off',
  FL303: 'a corrupt log: it was changed after it was written',
  FL304: 'a log of a newer format',
  FL305: 'a log of another scenario',
  FL306: 'an open log: it has no seal',
  FL307: 'no such record',
  FL308: 'a choice that is not possible where it stands, or that answers what is not decided there',
  FL309: 'reading the log failed midway',
  FL310:
    'a log of an older format, whose steps the machines of today do not repeat; it can be read',
  FL311: 'a log whose records the machines of this build do not repeat',
  FL312: 'a log of a run in which nothing went wrong, or not what was asked for',
  FL313: 'a change that cannot be made at that record',
  FL401: 'no space left for the output',
  FL402: 'the reader of the log output closed it',
  FL403: 'the output cannot be written',
  FL404: 'one step does not fit a log line',
  FL405: 'the output cannot keep up with the records',
  FL501: 'a line that is not a conformance case, or no case at all',
  FL901: 'an internal error',
};

const EXITS: Readonly<Record<keyof typeof EXIT, string>> = {
  ok: 'all is well',
  found:
    'the simulation found something: an expectation failed, a replay differs, a case mismatches',
  usage: 'the command line is wrong, or a file cannot be read',
  damaged: 'a log is damaged',
  invalid: 'input is not valid',
  version: 'a format or version that this build cannot read',
  output: 'the output could not be written; what was written stays',
  internal: 'a bug in fencelab',
};

const GROUPS: readonly (readonly [prefix: string, title: string])[] = [
  ['FL1', 'Scenarios'],
  ['FL2', 'Command line'],
  ['FL3', 'Logs'],
  ['FL4', 'Output'],
  ['FL5', 'Conformance vectors'],
  ['FL9', 'Internal'],
];

const cell = (text: string): string => text.replace(/\|/g, '\\|');

function group(prefix: string): string {
  const rows = (Object.keys(ERRORS) as ErrorCode[])
    .filter((code) => code.startsWith(prefix))
    .sort()
    .map((code) => {
      const { exit, hint } = ERRORS[code];
      return `| ${code} | ${cell(MEANINGS[code])} | ${exit} | ${cell(hint)} |`;
    });
  return ['| code | means | exit | what to do |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

export function errorPage(): string {
  const exits = Object.entries(EXIT).map(
    ([name, code]) => `| ${code} | ${EXITS[name as keyof typeof EXIT]} |`,
  );
  return `${[
    '<!-- Generated from domain/errors.ts: UPDATE_DOCS=1 npm test -- specs/cli/pages. -->',
    '# Errors',
    'Every failure is one line on stderr, `CODE: what (where). what to do`, never a stack trace. Codes are stable: a code ' +
      'never changes its meaning. All problems of a scenario are listed, at most 20. With `--json` the same is an object ' +
      '`{ schemaVersion, command, ok: false, exit, errors: [{ code, what, where, hint }] }` on stdout. The advice of a ' +
      'line may be more precise than the general one below.',
    'A torn or open log is a warning for `show` and `replay`, which use its whole records, and an error for `validate`. ' +
      'When the reader of stdout goes away (`| head`), nothing is said: the command finishes, a log is still written, and ' +
      'the exit status is what it would have been.',
    '## Exit status',
    `| status | means |\n| --- | --- |\n${exits.join('\n')}\n| 130, 143 | ended by SIGINT, SIGTERM, after flushing what was written |`,
    ...GROUPS.flatMap(([prefix, title]) => [`## ${title}`, group(prefix)]),
  ].join('\n\n')}\n`;
}
