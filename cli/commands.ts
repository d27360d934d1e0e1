/** Every command, in the order in which help lists them. */
import type { CommandSpec } from './command-spec.ts';
import { compareCommand } from './commands/compare.ts';
import { conformCommand } from './commands/conform.ts';
import { diagramCommand } from './commands/diagram.ts';
import { explainCommand } from './commands/explain.ts';
import { exploreCommand } from './commands/explore.ts';
import { quirksCommand } from './commands/quirks.ts';
import { replayCommand } from './commands/replay.ts';
import { runCommand } from './commands/run.ts';
import { schemaCommand } from './commands/schema.ts';
import { showCommand } from './commands/show.ts';
import { shrinkCommand } from './commands/shrink.ts';
import { validateCommand } from './commands/validate.ts';
import { whatifCommand } from './commands/whatif.ts';

export const COMMANDS: readonly CommandSpec[] = [
  runCommand,
  exploreCommand,
  replayCommand,
  showCommand,
  validateCommand,
  shrinkCommand,
  explainCommand,
  whatifCommand,
  compareCommand,
  conformCommand,
  quirksCommand,
  diagramCommand,
  schemaCommand,
];
