/** `fencelab schema`: prints the JSON Schema of a scenario or of a log line, made from the code's own schemas. */
import { EXIT, FencelabError } from '../../domain/errors.ts';
import { scenarioJsonSchema } from '../../domain/scenario/json-schema.ts';
import { didYouMean } from '../../domain/scenario/suggest.ts';
import { jsonSchemaOfLine } from '../../streams/log/lines.schema.ts';
import { type CommandSpec, printJson } from '../command-spec.ts';

const SCHEMAS = {
  scenario: () => ({ ...scenarioJsonSchema(), title: 'A fencelab scenario, version 1' }),
  log: jsonSchemaOfLine,
} as const;

function isSchemaName(name: string): name is keyof typeof SCHEMAS {
  return Object.hasOwn(SCHEMAS, name);
}

export const schemaCommand: CommandSpec = {
  name: 'schema',
  summary: 'Print the JSON Schema of a scenario or of a log line.',
  about: [
    'An editor completes and checks a scenario with it: keep the schema in a file and begin the scenario with ' +
      '`# yaml-language-server: $schema=FILE`, or with a "$schema" member in JSON.',
  ],
  args: [{ name: '<name>', help: '`scenario` or `log`' }],
  options: [],
  examples: [
    { line: 'schema scenario > scenario.schema.json', does: 'for an editor' },
    { line: 'schema log', does: 'what every line of a log looks like' },
  ],
  exits: [
    [EXIT.ok, 'printed'],
    [EXIT.usage, 'unknown schema'],
  ],
  run: ({ args, io, json }) => {
    const name = args[0] ?? '';
    if (!isSchemaName(name)) {
      const hint = didYouMean(name, Object.keys(SCHEMAS)) ?? 'There are `scenario` and `log`.';
      throw new FencelabError('FL201', `no schema named '${name}'. ${hint}`, 'fencelab schema');
    }
    const schema = SCHEMAS[name]();
    if (json) printJson(io, 'schema', { ok: true, name, schema });
    else io.out(`${JSON.stringify(schema, null, 2)}\n`);
    return EXIT.ok;
  },
};
