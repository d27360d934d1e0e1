/**
 * Everything that can be seen of a run at one record, rebuilt by folding facts alone: no machine is asked. A spec holds
 * it against the machines' own state after every record.
 */
import type { Fact } from '../../domain/facts/schema.ts';
import { createVaSpace, type VaSpace } from '../../domain/va/va-space.ts';
import { editVaSpace } from '../../domain/va/va-space-editor.ts';
import { foldShared } from '../../machines/shared/fold.ts';
import { NOTHING_SHARED, type Shared } from '../../machines/shared/shared.ts';
import { mappingOfPiece } from '../../machines/vm/pieces.ts';
import type { StepRecord } from '../world/record.ts';
import type { World } from '../world/world.ts';

export interface Views {
  readonly shared: Shared;
  /** by VM: the address space after every accepted ioctl */
  readonly spaces: Readonly<Record<string, VaSpace>>;
  /** by actor: the state it is in */
  readonly states: Readonly<Record<string, string>>;
}

/** What a record must have to be folded: a StepRecord, or a log line with its facts decoded. */
export type Foldable = Pick<StepRecord, 'actor' | 'state' | 'facts'>;

export function emptyViews(): Views {
  return { shared: NOTHING_SHARED, spaces: {}, states: {} };
}

export function foldRecord(views: Views, { actor, state, facts }: Foldable): Views {
  const states = { ...views.states, ...startedIn(facts) };
  return {
    states: state === '' ? states : { ...states, [actor]: state },
    shared: facts.reduce(foldShared, views.shared),
    spaces: foldSpaces(views.spaces, facts),
  };
}

function startedIn(facts: readonly Fact[]): Record<string, string> {
  return Object.fromEntries(
    facts.flatMap((fact) => (fact.type === 'actor.started' ? [[fact.actor, fact.state]] : [])),
  );
}

/** Folds the facts about address spaces. */
function foldSpaces(spaces: Views['spaces'], facts: readonly Fact[]): Views['spaces'] {
  let next = spaces;
  for (const fact of facts) {
    switch (fact.type) {
      case 'vm.created': {
        const { vm: name, addr: start, range, semantics } = fact;
        const space = createVaSpace({ name, start, range, reserved: null, semantics });
        next = { ...next, [name]: space };
        break;
      }
      case 'va.mapped':
      case 'va.unmapped':
        next = { ...next, [fact.vm]: changed(spaceOf(next, fact.vm), fact) };
        break;
      default:
    }
  }
  return next;
}

function spaceOf(spaces: Views['spaces'], vm: string): VaSpace {
  const space = spaces[vm];
  if (space === undefined) throw new RangeError(`a fact about ${vm}, which was not created`);
  return space;
}

function changed(
  space: VaSpace,
  fact: Extract<Fact, { type: 'va.mapped' | 'va.unmapped' }>,
): VaSpace {
  const editor = editVaSpace(space);
  if (fact.type === 'va.mapped') {
    const mapping = mappingOfPiece(fact);
    const status = editor.insert(mapping);
    if (status !== 0)
      throw new RangeError(`${fact.vm}: mapping ${fact.va} does not fit (${status})`);
    editor.link(mapping);
    return editor.freeze();
  }
  const held = space.mappings.get(fact.addr);
  if (held?.id !== fact.va) {
    throw new RangeError(`${fact.vm}: mapping ${fact.va} is not where it was unmapped`);
  }
  editor.remove(held);
  editor.unlink(held);
  return editor.freeze();
}

/** The same view of a live world, from the machines' own state. */
export function viewsOfWorld({ shared, actors }: World): Views {
  const entries = actors.entries();
  const spaces = entries.flatMap(([id, { machine, value, context }]) =>
    (machine === 'vm' || machine === 'panthorVm') && value !== 'absent'
      ? [[id, (context as { readonly space: VaSpace }).space] as const]
      : [],
  );
  return {
    shared,
    spaces: Object.fromEntries(spaces),
    states: Object.fromEntries(entries.map(([id, { value }]) => [id, value])),
  };
}
