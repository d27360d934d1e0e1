/** Every command, in the order in which help lists them. One is loaded when it is called: most need little of the rest. */
import type { CommandSpec } from './command-spec.ts';

type Load = () => Promise<CommandSpec>;

const LOADS: ReadonlyMap<string, Load> = new Map<string, Load>([
  ['run', async () => (await import('./commands/run.ts')).runCommand],
  ['explore', async () => (await import('./commands/explore.ts')).exploreCommand],
  ['replay', async () => (await import('./commands/replay.ts')).replayCommand],
  ['show', async () => (await import('./commands/show.ts')).showCommand],
  ['validate', async () => (await import('./commands/validate.ts')).validateCommand],
  ['shrink', async () => (await import('./commands/shrink.ts')).shrinkCommand],
  ['explain', async () => (await import('./commands/explain.ts')).explainCommand],
  ['whatif', async () => (await import('./commands/whatif.ts')).whatifCommand],
  ['compare', async () => (await import('./commands/compare.ts')).compareCommand],
  ['conform', async () => (await import('./commands/conform.ts')).conformCommand],
  ['quirks', async () => (await import('./commands/quirks.ts')).quirksCommand],
  ['diagram', async () => (await import('./commands/diagram.ts')).diagramCommand],
  ['schema', async () => (await import('./commands/schema.ts')).schemaCommand],
]);

/** Words that are answered without any command. */
const WITHOUT: ReadonlySet<string> = new Set(['--version', '-V']);

/** What the first word of a command line may mean: its command alone, or all, if that is none. */
export async function commandsFor(word: string | undefined): Promise<readonly CommandSpec[]> {
  if (word !== undefined && WITHOUT.has(word)) return [];
  const load = word === undefined ? undefined : LOADS.get(word);
  const found: CommandSpec[] = [];
  // one after another: they share most of what they import
  for (const each of load === undefined ? LOADS.values() : [load]) found.push(await each());
  return found;
}
