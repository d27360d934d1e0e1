/** The text of docs/commands.md: the help of the program and of each command, as printed. */
import { commandsFor } from '../../cli/commands.ts';
import { commandHelp, programHelp } from '../../cli/help.ts';

const COMMANDS = await commandsFor(undefined);
const block = (text: string): string => `\`\`\`text\n${text.trimEnd()}\n\`\`\``;

export function commandPage(): string {
  const parts = COMMANDS.map((spec) => `## ${spec.name}\n\n${block(commandHelp(spec))}`);
  return `${[
    '<!-- Generated from the help texts: UPDATE_DOCS=1 npm test -- specs/cli/pages. -->',
    '# Commands',
    'The answer goes to stdout, progress and warnings to stderr. Every command has `--json`: one object with a ' +
      '`schemaVersion`. [Errors](errors.md) have stable codes. Scenarios are explained in [scenarios](scenarios.md).',
    block(programHelp(COMMANDS)),
    ...parts,
  ].join('\n\n')}\n`;
}
