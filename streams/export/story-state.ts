/**
 * What the story remembers between records: the address spaces, where BOs are, which syncobj holds which fence, how many
 * expectations held. A fold over facts, so it works on a live run and on a log alike.
 */
import type { Fact, FactOf, FactType } from '../../domain/facts/schema.ts';
import { OrderedMap } from '../../domain/ordered-map.ts';
import { STUB } from '../../domain/fence/fence-table.ts';
import type { Page } from '../../domain/units.ts';
import { syncText } from './words.ts';

/** One mapping of a space, as much of it as is told. */
export type Row = Omit<FactOf<'va.mapped'>, 'type' | 'vm'>;

export interface Story {
  readonly spaces: Readonly<Record<string, OrderedMap<Row>>>;
  /** by BO: its place in memory */
  readonly bos: Readonly<Record<string, { readonly phys: Page; readonly range: Page }>>;
  /** by fence that has not signalled: the syncobjs that it was put into */
  readonly holders: Readonly<Record<string, readonly string[]>>;
  readonly passed: number;
  readonly failed: number;
}

export const NO_STORY: Story = {
  spaces: {},
  bos: {},
  holders: {},
  passed: 0,
  failed: 0,
};

type Folds = { readonly [K in FactType]?: (story: Story, fact: FactOf<K>) => Story };

function withSpace(
  story: Story,
  vm: string,
  change: (old: OrderedMap<Row>) => OrderedMap<Row>,
): Story {
  const old = story.spaces[vm] ?? OrderedMap.empty<Row>();
  return { ...story, spaces: { ...story.spaces, [vm]: change(old) } };
}

function withHolder(story: Story, fence: string, name: string): Story {
  if (fence === STUB) return story;
  const names = story.holders[fence] ?? [];
  return { ...story, holders: { ...story.holders, [fence]: [...names, name] } };
}

const FOLDS: Folds = {
  'bo.created': (story, { bo, phys, range }) => ({
    ...story,
    bos: { ...story.bos, [bo]: { phys, range } },
  }),
  'vm.created': (story, { vm }) => withSpace(story, vm, () => OrderedMap.empty()),
  'va.mapped': (story, { vm, addr, ...rest }) =>
    withSpace(story, vm, (old) => old.set(addr, { addr, ...rest })),
  'va.unmapped': (story, { vm, addr }) => withSpace(story, vm, (old) => old.delete(addr)),
  'syncobj.replaced': (story, { syncobj, fence }) => withHolder(story, fence, syncobj),
  'syncobj.advanced': (story, { syncobj, point, fence }) =>
    withHolder(story, fence, syncText({ syncobj, point })),
  'expect.passed': (story) => ({ ...story, passed: story.passed + 1 }),
  'expect.failed': (story) => ({ ...story, failed: story.failed + 1 }),
};

/** The story's memory after one more fact. */
export function foldStory(story: Story, fact: Fact): Story {
  const change = FOLDS[fact.type] as ((story: Story, fact: Fact) => Story) | undefined;
  return change === undefined ? story : change(story, fact);
}

/** Forgets the fences that have signalled, once that is told: the memory stays small in a long run. */
export function withoutSignaled(story: Story, facts: readonly Fact[]): Story {
  const gone = new Set(facts.flatMap((f) => (f.type === 'fence.signaled' ? [f.fence] : [])));
  if (gone.size === 0) return story;
  const kept = Object.entries(story.holders).filter(([fence]) => !gone.has(fence));
  return { ...story, holders: Object.fromEntries(kept) };
}
