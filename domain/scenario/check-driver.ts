/**
 * The static check of words that the profile of the device has no use for: each row says which profiles a word belongs
 * to, and finds where a scenario uses it. A row for each word, so that nothing is silently without effect.
 */
import { driverOf, type Profile } from '../driver/drivers.ts';
import { QUIRKS } from '../quirks/quirks.ts';
import { type Path, problem } from './problem.ts';
import type { Report } from './ranges.ts';
import type { BindStep, Scenario, Step } from './schema.ts';

type Kind = 'copy ring' | 'immediate';

const kindOf = (profile: Profile): Kind => (driverOf(profile) === null ? 'copy ring' : 'immediate');

interface Word<T> {
  readonly word: string;
  /** whose word it is */
  readonly of: Kind;
  readonly isUsed: (subject: T) => boolean;
}

const has =
  <T extends object>(...path: string[]) =>
  (subject: T): boolean => {
    let here: unknown = subject;
    for (const name of path) {
      if (typeof here !== 'object' || here === null || !(name in here)) return false;
      here = (here as Record<string, unknown>)[name];
    }
    return here !== undefined;
  };

const OPS: readonly Word<BindStep['ops'][number]>[] = [
  ...['mapUserptr', 'unmapAll', 'prefetch', 'restart'].map((word) => ({
    word,
    of: 'copy ring' as const,
    isUsed: has(word),
  })),
  ...['immediate', 'gtMask', 'injectError', 'async'].flatMap((word) =>
    ['map', 'unmap'].map((verb) => ({ word, of: 'copy ring' as const, isUsed: has(verb, word) })),
  ),
  { word: 'sync', of: 'immediate', isUsed: has('sync') },
  { word: 'repeat', of: 'immediate', isUsed: has('map', 'repeat') },
  { word: 'singlePage', of: 'immediate', isUsed: has('map', 'singlePage') },
  { word: 'repeat', of: 'immediate', isUsed: has('raw', 'repeat') },
  ...['in', 'out'].flatMap((word) =>
    ['map', 'unmap'].map((verb) => ({ word, of: 'immediate' as const, isUsed: has(verb, word) })),
  ),
];

const STEPS: readonly Word<Step>[] = [
  ...['exec', 'waitUserFence', 'evict', 'invalidate', 'accessCounter', 'madvise'].map((word) => ({
    word,
    of: 'copy ring' as const,
    isUsed: has(word),
  })),
  { word: 'queue', of: 'copy ring', isUsed: has('bind', 'queue') },
  { word: 'extensions', of: 'copy ring', isUsed: has('bind', 'extensions') },
  { word: 'query', of: 'immediate', isUsed: has('query') },
  { word: 'state', of: 'immediate', isUsed: has('expect', 'state') },
];

/** Whether a quirk is on that belongs to drivers of this kind. */
const hasQuirkOf =
  (kind: Kind) =>
  ({ quirks = [] }: Scenario['device']): boolean =>
    quirks.some((each) => {
      const row = QUIRKS.find(({ id }) => id === each);
      return row !== undefined && kindOf(row.profile) === kind;
    });

const VMS: readonly Word<Scenario['vms'][string]>[] = [
  { word: 'semantics', of: 'copy ring', isUsed: ({ semantics }) => semantics !== 'gpuva-2023' },
  { word: 'mode', of: 'copy ring', isUsed: ({ mode }) => mode !== 'dma-fence' },
  { word: 'scratch', of: 'copy ring', isUsed: ({ scratch }) => scratch },
  { word: 'errorCapture', of: 'copy ring', isUsed: has('errorCapture') },
];

const TOPS: readonly Word<Scenario>[] = [
  { word: 'queues', of: 'copy ring', isUsed: ({ queues }) => Object.keys(queues).length > 0 },
  { word: 'userptrs', of: 'copy ring', isUsed: ({ userptrs }) => Object.keys(userptrs).length > 0 },
];

const DEVICE: readonly Word<Scenario['device']>[] = [
  { word: 'gts', of: 'copy ring', isUsed: ({ gts }) => gts > 1 },
  ...['flavour', 'rangeInvalidation', 'ptUpdates'].map((word) => ({
    word,
    of: 'copy ring' as const,
    isUsed: has<Scenario['device']>(word),
  })),
  { word: 'driverVersion', of: 'immediate', isUsed: has('driverVersion') },
  { word: 'quirks', of: 'copy ring', isUsed: hasQuirkOf('copy ring') },
  { word: 'quirks', of: 'immediate', isUsed: hasQuirkOf('immediate') },
];

/** Reports every word that is of another kind of driver. */
export function checkDriver(scenario: Scenario, report: Report): void {
  const { profile } = scenario.device;
  const kind = kindOf(profile);
  const judge = <T>(words: readonly Word<T>[], subject: T, path: Path): void => {
    for (const { word, of, isUsed } of words) {
      if (of === kind || !isUsed(subject)) continue;
      report(problem('FL121', `\`${word}\` means nothing to the profile ${profile}`, path));
    }
  };
  judge(DEVICE, scenario.device, ['device']);
  judge(TOPS, scenario, []);
  for (const [name, vm] of Object.entries(scenario.vms)) judge(VMS, vm, ['vms', name]);
  for (const [client, steps] of Object.entries(scenario.clients)) {
    steps.forEach((step, index) => {
      const path = ['clients', client, index];
      judge(STEPS, step, path);
      if (!('bind' in step)) return;
      step.bind.ops.forEach((op, at) => judge(OPS, op, [...path, 'bind', 'ops', at]));
    });
  }
}
