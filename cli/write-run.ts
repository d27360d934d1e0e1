/** Writes a schedule of a scenario as a sealed log. */
import type { Scenario } from '../domain/scenario/schema.ts';
import type { U64 } from '../domain/units.ts';
import type { CommandCall } from './command-spec.ts';
import { Progress } from './progress.ts';
import { recordRun } from './record-run.ts';

/** @throws FencelabError when the file cannot be written */
export async function writeRun(
  log: string,
  { scenario, seed }: { readonly scenario: Scenario; readonly seed: U64 },
  choices: readonly string[],
  call: CommandCall,
): Promise<void> {
  const chooser = {
    kind: 'choices',
    choices: { file: log, choices, lines: [] },
    text: 'choices',
  } as const;
  const progress = new Progress(call.io, 'writing the log', call.quiet);
  const plan = { scenario, seed, chooser, fail: undefined, log };
  await recordRun(plan, { io: call.io, progress, onRecord: () => undefined });
}
