/**
 * A client that asks: each of its steps decides a few things and says in facts how they came out, so that every answer
 * can be seen in the records. Where something fails it asks once more, which nobody could have known before.
 */
import { defineMachine, type Machine } from '../../machines/contract/define.ts';
import { type Effect, fact, outcome, send } from '../../machines/contract/effects.ts';
import type { Action, Guard } from '../../machines/contract/event.ts';
import { TableExecutor } from '../../machines/execute/table.ts';
import { MACHINE_SET } from '../../machines/index.ts';

interface Asking {
  readonly id: string;
  /** steps taken; a client's context begins without it */
  readonly turns?: number;
}

/** How many steps it takes. */
export const ASKING_STEPS = 12;
/** What a hardware decision may be answered. */
export const WAYS = 4;

const said = (client: string, step: number, what: string): Effect =>
  fact({ type: 'expect.passed', client, step, what });

/** Step n decides n % 4 things, the third of them hardware's. */
const work: Action<Asking> = (context, { decide }) => {
  const { id, turns = 0 } = context;
  const step = turns + 1;
  const effects: Effect[] = [];
  for (let i = 0; i < step % 4; i++) {
    if (i === 2) effects.push(said(id, step, `way ${decide.pick('translation', WAYS)}`));
    else if (decide.fails(`alloc${i}`)) {
      effects.push(said(id, step, `alloc${i} failed`));
      if (decide.fails('unwind')) effects.push(said(id, step, 'unwind failed'));
    }
  }
  return outcome({ ...context, turns: step }, ...effects, send(id, 'client.next', {}));
};

const isOver: Guard<Asking> = ({ turns = 0 }) => turns >= ASKING_STEPS;

const asking = defineMachine<Asking>(
  {
    id: 'client',
    initial: 'going',
    states: {
      going: {
        on: { 'client.next': [{ guard: 'isOver', target: 'done' }, { actions: 'work' }] },
      },
      done: {},
    },
  },
  { isOver },
  { work },
);

/** Everybody else is who they are. */
export const askingExecutor = new TableExecutor({
  ...MACHINE_SET,
  client: asking as unknown as Machine<never>,
});

/** What failed in a record, in order. */
export function failedIn(facts: readonly { readonly type: string }[]): string[] {
  return facts.flatMap((each) => {
    const { what = '' } = each as { what?: string };
    return what.endsWith(' failed') ? [what.slice(0, -' failed'.length)] : [];
  });
}
