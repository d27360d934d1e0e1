/** What a witness knows of a run besides the record before it: which machine an actor is, and where each was before. */
import type { FactOf, FactType } from '../../../domain/facts/schema.ts';
import type { StepRecord } from '../../../streams/world/record.ts';

/** What a moment or a phase is about; what is left out fits anything. */
export interface Scope {
  readonly vm?: string;
  readonly gt?: string;
}

export const meets = (a: Scope, b: Scope): boolean =>
  (a.vm === undefined || b.vm === undefined || a.vm === b.vm) &&
  (a.gt === undefined || b.gt === undefined || a.gt === b.gt);

/** The facts of one type in a record. */
export function factsOf<K extends FactType>(record: StepRecord, type: K): FactOf<K>[] {
  return record.facts.filter((fact) => fact.type === type) as unknown as FactOf<K>[];
}

export const has = (record: StepRecord, type: FactType): boolean =>
  record.facts.some((fact) => fact.type === type);

const TAKES_LOCK: Readonly<Record<string, string>> = {
  'vm.bind': 'ioctl',
  'vm.worker': 'worker',
  'vm.exec': 'exec',
  'vm.rebind': 'rebind',
  'vm.fault': 'fault',
};
const GOES_ON = new Set(['vm.continue', 'wait.over', 'fence.signaled']);

/** Fold it over the records: after a moment has been looked for in a record, give it the record. */
export class Cast {
  readonly #machines = new Map<string, string>();
  readonly #states = new Map<string, string>();

  note(record: StepRecord): void {
    for (const { actor, machine, state } of factsOf(record, 'actor.started')) {
      this.#machines.set(actor, machine);
      this.#states.set(actor, state);
    }
    this.#states.set(record.actor, record.state);
  }

  machineOf(actor: string): string | undefined {
    return this.#machines.get(actor);
  }

  /** The state of an actor before the record at hand. */
  stateOf(actor: string): string {
    return this.#states.get(actor) ?? '';
  }

  /** Which context under vm->lock a VM's record belongs to; null for the others. */
  sectionOf({ actor, type }: StepRecord): string | null {
    if (this.machineOf(actor) !== 'vm') return null;
    const begun = TAKES_LOCK[type];
    if (begun !== undefined) return begun;
    return GOES_ON.has(type) ? (this.stateOf(actor).split('.')[1] ?? null) : null;
  }
}
