/** A client by itself, at the beginning of a program. */
import type { Fact } from '../../domain/facts/schema.ts';
import type { ScenarioInput } from '../../domain/scenario/schema.ts';
import { newClient } from '../../machines/client/context.ts';
import { NO_DATA } from '../../machines/contract/messages.ts';
import type { ActorState, Stepped } from '../../machines/execute/executor.ts';
import { NOTHING_SHARED, type Shared } from '../../machines/shared/shared.ts';
import { deliver, factsIn } from './actors.ts';
import { scenarioOf } from './scenarios.ts';

export const CLIENT = 'app';

type Declared = Omit<ScenarioInput, 'fencelab' | 'name' | 'clients'>;

/** A client that runs these steps. */
export function clientOf(
  program: ScenarioInput['clients'][string],
  declared: Partial<Declared> = {},
): ActorState {
  const scenario = scenarioOf({ vms: { vm0: {} }, ...declared, clients: { [CLIENT]: program } });
  const context = newClient(CLIENT, scenario.clients[CLIENT] ?? [], scenario);
  return { machine: 'client', value: 'running', context };
}

/** Takes the next step of the program. */
export const next = (state: ActorState, shared: Shared = NOTHING_SHARED): Stepped =>
  deliver(state, 'client.next', NO_DATA, shared, CLIENT);

/** Facts that are not about the program's counting, as text. */
export const told = ({ effects }: Stepped): string[] => factsIn(effects).map(textOf);

/** What an expectation came to, and the result of the step; empty while it goes on. */
export const verdictOf = ({ effects }: Stepped): string[] =>
  factsIn(effects).flatMap((fact) => {
    if (fact.type === 'expect.passed') return [`passed: ${fact.what}`];
    if (fact.type === 'expect.failed') {
      return [`failed: ${fact.what}: ${fact.expected}, not ${fact.actual}`];
    }
    return fact.type === 'step.ended' ? [`ended ${fact.result}`] : [];
  });

function textOf({ type, ...members }: Fact): string {
  return [type, ...Object.values(members).map(String)].join(' ');
}

export const device: Fact = {
  type: 'device.created',
  gts: ['gt0', 'gt1'],
  vaBits: 48,
  profile: 'xe-2023',
};

export function vm(name: string, mode: 'dma-fence' | 'compute' | 'fault' = 'dma-fence'): Fact {
  const space = { addr: 0, range: 2 ** 36, semantics: 'gpuva-2023' } as const;
  return { type: 'vm.created', vm: name, ...space, async: true, mode, scratch: false };
}

export const fence = (key: string, kind = 'spec'): Fact => ({
  type: 'fence.created',
  fence: key,
  kind,
  parts: [],
});

export const signaled = (key: string, error = 0): Fact => ({
  type: 'fence.signaled',
  fence: key,
  error,
});
