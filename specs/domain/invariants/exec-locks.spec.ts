/** Invariant 9, of reservation locks: an exec that is refused leaves none behind. */
import { checkCases } from '../../rig/fire-cases.ts';
import { fact, told } from '../../rig/told.ts';

const vm = fact('vm.created');

checkCases({
  I9: {
    fires: {
      'an exec that is refused and leaves a lock': () =>
        told([vm, fact('queue.created'), fact('lock.taken', { lock: 'vm0', by: 'vm0' })], {
          actor: 'vm0',
          facts: [fact('exec.refused', { queue: 'q0', error: -12, row: 'error' })],
        }),
    },
    legal: {
      'an exec that is refused and unlocks': () =>
        told([vm, fact('queue.created'), fact('lock.taken', { lock: 'vm0', by: 'vm0' })], {
          actor: 'vm0',
          facts: [
            fact('exec.refused', { queue: 'q0', error: -12, row: 'error' }),
            fact('lock.released', { lock: 'vm0', by: 'vm0' }),
          ],
        }),
      'one that is refused before the lock': () =>
        told([vm, fact('queue.created'), fact('lock.taken', { lock: 'vm0', by: 'vm0' })], {
          actor: 'app',
          facts: [fact('exec.refused', { queue: 'q0', error: -22, row: 'exec-1' })],
        }),
    },
  },
});
