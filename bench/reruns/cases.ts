/**
 * What is computed again and again: every scenario, those of known bugs too, run under several seeds and explored by
 * every strategy. A case is named in words, so that another process can be asked for it.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify, parse } from 'yaml';
import { parseScenarioText } from '../../cli/scenario-file.ts';
import type { Scenario } from '../../domain/scenario/schema.ts';
import { STRATEGIES, type StrategyName } from '../../streams/explore/explore.ts';
import { randomInts } from '../measure.ts';
import { type Tell, tellExploration, tellPeers, tellRun } from './course.ts';
import { PlantedExecutor, type Way } from './plant.ts';
import { shuffledKeys } from './shuffle.ts';

export interface Plant {
  /** the step that goes wrong, as records are numbered */
  readonly at: number;
  readonly way: Way;
}

const SEEDS = ['0x1', '0x2', '0x3'];
const PEERS = 'peers';
const NAMES = Object.keys(STRATEGIES) as StrategyName[];

/** `run FILE CHOOSER SEED` and `explore FILE STRATEGY SEED`, `decided` behind it if faults are explored as well. */
export function casesOf(folder: string): string[] {
  const files = ['', 'quirks/'].flatMap((within) =>
    readdirSync(join(folder, within))
      .filter((file) => file.endsWith('.yaml'))
      .sort()
      .map((file) => `${within}${file}`),
  );
  // who has nobody that is interchangeable is refused
  const strategies = NAMES.filter((name) => name !== 'symmetric');
  return [
    ...files.flatMap((file) => [
      `run ${file} time 0x1`,
      ...SEEDS.map((seed) => `run ${file} random ${seed}`),
      ...strategies.map((name) => `explore ${file} ${name} 0x1`),
      ...strategies.map((name) => `explore ${file} ${name} 0x2 decided`),
    ]),
    ...NAMES.map((name) => `explore ${PEERS} ${name} 0x1`),
  ];
}

/** @param order seed of another order of keys; undefined: as they are written */
function scenarioIn(path: string, order: number | undefined): Scenario {
  const text = readFileSync(path, 'utf8');
  if (order === undefined) return parseScenarioText(text, path);
  const written: unknown = parse(text, { intAsBigInt: true, stringKeys: true });
  const quoted = { defaultKeyType: 'QUOTE_DOUBLE', defaultStringType: 'QUOTE_DOUBLE' } as const;
  const document = shuffledKeys(written, randomInts(order));
  return parseScenarioText(stringify(document, { ...quoted, aliasDuplicateObjects: false }), path);
}

/** Computes a case and tells its course. @throws RangeError for a name that is none */
export function tellCase(
  folder: string,
  name: string,
  order: number | undefined,
  tell: Tell,
  plant?: Plant,
): void {
  const [kind, file = '', how = '', seed = '', decided] = name.split(' ');
  const search = { strategy: how as StrategyName, seed, isDecided: decided === 'decided' };
  if (file === PEERS) {
    tellPeers(search, tell);
    return;
  }
  const scenario = scenarioIn(join(folder, file), order);
  if (kind === 'explore') tellExploration(scenario, search, tell);
  else if (how !== 'time' && how !== 'random') throw new RangeError(`no case ${name}`);
  else if (plant === undefined) tellRun(scenario, { chooser: how, seed }, tell);
  else tellRun(scenario, { chooser: how, seed }, tell, new PlantedExecutor(plant.at, plant.way));
}
