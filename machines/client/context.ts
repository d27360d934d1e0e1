/** What a client actor holds: its program, where it is in it, and what it waits for. */
import { type Errno, errnoName } from '../../domain/errno.ts';
import type { FenceKey } from '../../domain/fence/fence-table.ts';
import type { Scenario, Step } from '../../domain/scenario/schema.ts';
import { type Effect, fact, outcome, type Outcome, send } from '../contract/effects.ts';
import type { ActorId, ExecRequest } from '../contract/messages.ts';

export interface ClientContext {
  readonly id: ActorId;
  readonly program: readonly Step[];
  /** index of the step in progress; program.length when done */
  readonly pc: number;
  readonly waitingOn: readonly FenceKey[];
  /** what it sleeps until, when that is no fence; null while it does not */
  readonly sleepingOn: string | null;
  /** an exec that has passed its checks and waits for the start of what it depends on */
  readonly exec: {
    readonly vm: ActorId;
    readonly request: ExecRequest;
    /** the fences whose start it waits for */
    readonly starts: readonly FenceKey[];
  } | null;
  /** VMs whose notifiers are still to be called */
  readonly notify: readonly ActorId[];
  /** what the scenario declares, for the steps that make it */
  readonly declared: Pick<Scenario, 'vms' | 'bos' | 'syncobjs' | 'queues'>;
}

/** Between two steps. */
const AT_REST = { waitingOn: [], sleepingOn: null, exec: null, notify: [] };

export function newClient(
  id: ActorId,
  program: readonly Step[],
  declared: ClientContext['declared'],
): ClientContext {
  return { id, program, pc: -1, ...AT_REST, declared };
}

/** The step in progress. @throws RangeError past the end, which the statechart excludes */
export function stepOf({ id, program, pc }: ClientContext): Step {
  const step = program[pc];
  if (step === undefined) throw new RangeError(`${id} has no step ${pc}`);
  return step;
}

export function began({ id, pc }: ClientContext): Effect {
  return fact({ type: 'step.began', client: id, step: pc });
}

/** Ends the step in progress; the next one begins in a step of its own. */
export function endStep(
  context: ClientContext,
  result: number,
  ...effects: readonly Effect[]
): Outcome<ClientContext> {
  return outcome(
    { ...context, ...AT_REST },
    ...effects,
    fact({ type: 'step.ended', client: context.id, step: context.pc, result }),
    send(context.id, 'client.next', {}),
  );
}

/** Ends the step in progress; what it expects is said only where that is no matter of course. */
export function endExpecting(
  context: ClientContext,
  what: string,
  expected: string,
  result: number,
  ...effects: readonly Effect[]
): Outcome<ClientContext> {
  const silent = expected === 'ok' && result === 0;
  const verdict = silent ? [] : [judgedResult(context, what, expected, result)];
  return endStep(context, result, ...effects, ...verdict);
}

/** The fact that an ioctl ended as expected, or not. */
export function judgedResult(
  context: ClientContext,
  what: string,
  expected: string,
  result: number,
): Effect {
  return judged(context, what, expected, result === 0 ? 'ok' : errnoName(result));
}

/** The fact that an expectation held, or not; `any` holds always: which it is, another client's step decides. */
export function judged(
  { id: client, pc: step }: ClientContext,
  what: string,
  expected: string,
  actual: string,
): Effect {
  return expected === 'any' || expected === actual
    ? fact({ type: 'expect.passed', client, step, what })
    : fact({ type: 'expect.failed', client, step, what, expected, actual });
}

/** Ends the step in progress with an errno; such steps have no `expect`, so it is a failure of the scenario. */
export function failStep(
  context: ClientContext,
  what: string,
  error: Errno,
): Outcome<ClientContext> {
  return endStep(context, error, judged(context, what, 'ok', errnoName(error)));
}
