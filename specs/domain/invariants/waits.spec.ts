/** Invariant 18: nobody waits for himself. */
import { checkCases } from '../../rig/fire-cases.ts';
import { fact, told } from '../../rig/told.ts';
import { b0, before, made, mapCall, over, queued } from '../../rig/told-call.ts';

const memory = fact('actor.started', { actor: 'memory', machine: 'memory', state: 'managing' });

checkCases({
  I18: {
    fires: {
      'a job that waits for itself': () => told([made('q0:1')], [queued(1, ['q0:1'])]),
      'two jobs that wait for each other': () =>
        told([made('q0:1'), made('q1:1')], [queued(1, ['q1:1'])], [queued(1, ['q0:1'], 'q1')]),
      'a job that waits for the one behind it': () =>
        told([made('q0:1'), made('q0:2')], [queued(1, ['q0:2'])], [queued(2)]),
      'locks in two orders': () =>
        told(
          [fact('lock.taken', { lock: 'a', by: 'x' }), fact('lock.taken', { lock: 'b', by: 'y' })],
          [fact('wait.began', { on: 'lock:b', by: 'x' })],
          [fact('wait.began', { on: 'lock:a', by: 'y' })],
        ),
      'a bind whose job waits for the bind’s own fence': () =>
        told(
          before,
          mapCall,
          [made('q0:1'), queued(1, ['async:1'])],
          [made(`${b0}:1`), queued(1, ['q0:1'], b0), fact('op.executed')],
        ),
      'a bind whose copy waits for a job that waits for the bind': () =>
        told(
          before,
          mapCall,
          [made('q0:1'), fact('exec.armed', { waits: ['async:1'] })],
          [
            made('memory/copy:1', 'move'),
            queued(1, ['q0:1'], 'memory/copy'),
            made(`${b0}:1`),
            queued(1, ['memory/copy:1'], b0),
            fact('op.executed'),
          ],
        ),
      'an exec with a lock that waits for the start of a bind': () =>
        told(
          before,
          mapCall,
          [
            fact('lock.taken', { lock: 'bo0', by: 'app' }),
            fact('wait.began', { on: 'lock:bo0', by: 'vm0' }),
          ],
          [fact('wait.began', { on: 'started:async:1', by: 'app' })],
        ),
      'a notifier that waits for whoever pins': () =>
        told(
          [
            fact('actor.started'),
            made('q0:1'),
            queued(1),
            fact('lock.taken', { lock: 'l', by: 'app' }),
          ],
          { actor: 'app', facts: [fact('userptr.created'), fact('userptr.invalidating')] },
          [
            fact('wait.began', { on: 'userptr:u0', by: 'vm0' }),
            fact('lock.taken', { lock: 'vm0', by: 'vm0' }),
          ],
          [fact('wait.began', { on: 'lock:vm0', by: 'app' })],
        ),
      'an eviction that waits, with a lock, for a job behind one who sleeps for the lock': () =>
        told(
          [memory],
          before,
          mapCall,
          [made('q0:1'), queued(1, ['async:1'])],
          [
            fact('lock.taken', { lock: 'bo0', by: 'memory' }),
            fact('fence.waited', { fence: 'q0:1', waiter: 'memory' }),
          ],
          [fact('wait.began', { on: 'lock:bo0', by: 'vm0' })],
        ),
      'the same, closed by the eviction': () =>
        told(
          [memory],
          before,
          mapCall,
          [made('q0:1'), queued(1, ['async:1'])],
          [fact('wait.began', { on: 'lock:bo0', by: 'vm0' })],
          [
            fact('lock.taken', { lock: 'bo0', by: 'memory' }),
            fact('fence.waited', { fence: 'q0:1', waiter: 'memory' }),
          ],
        ),
    },
    legal: {
      'two evictions, one of which sleeps for the lock of the other': () =>
        told(
          [memory],
          [fact('lock.taken', { lock: 'bo0', by: 'memory' })],
          [fact('wait.began', { on: 'lock:bo0', by: 'memory' })],
        ),
      'an eviction whose fences have signalled': () =>
        told(
          [memory],
          before,
          mapCall,
          [made('q0:1'), queued(1)],
          [
            fact('lock.taken', { lock: 'bo0', by: 'memory' }),
            fact('fence.waited', { fence: 'q0:1', waiter: 'memory' }),
          ],
          [over('q0:1')],
          [fact('wait.began', { on: 'lock:bo0', by: 'vm0' })],
        ),
      'a chain': () => told([made('q0:1'), queued(1)], [made('q1:1'), queued(1, ['q0:1'], 'q1')]),
      'locks in one order': () =>
        told(
          [fact('lock.taken', { lock: 'a', by: 'x' })],
          [fact('wait.began', { on: 'lock:a', by: 'y' })],
          [fact('lock.released', { lock: 'a', by: 'x' })],
        ),
      'an eviction that sleeps on the lock of another': () =>
        told(
          [fact('actor.started', { actor: 'memory', machine: 'memory' })],
          [fact('lock.taken', { lock: 'bo0', by: 'memory' })],
          [fact('wait.began', { on: 'lock:bo0', by: 'memory' })],
        ),
      'the same wait after the first is over': () =>
        told(
          [made('q0:1'), made('q1:1')],
          [queued(1, ['q1:1'])],
          [over('q1:1')],
          [queued(1, ['q0:1'], 'q1')],
        ),
    },
  },
});
