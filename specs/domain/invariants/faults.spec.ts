/** The invariant of page faults: what is answered with success does not come again. */
import type { Fact, FactOf } from '../../../domain/facts/schema.ts';
import { checkCases } from '../../rig/fire-cases.ts';
import { fact, told } from '../../rig/told.ts';

const mapped = [fact('vm.created', { mode: 'fault' }), fact('bo.created'), fact('va.mapped')];
const raised = (more: Partial<FactOf<'fault.raised'>> = {}): Fact =>
  fact('fault.raised', { gt: 'gt0', vm: 'vm0', addr: 16, access: 'read', ...more });
const handled = (result = 0): Fact => fact('fault.handled', { result });
const bound = fact('vma.bound');
const zapped = fact('vma.zapped');

checkCases({
  refault: {
    fires: {
      'a fault that nothing was done about': () =>
        told(mapped, [raised()], [handled()], [raised()]),
      'one that was served elsewhere': () =>
        told(
          mapped,
          [raised({ gt: 'gt1' })],
          [bound],
          [fact('fault.handled', { gt: 'gt1' })],
          [raised({ gt: 'gt1' })],
        ),
      'a mapping whose entries were cleared before': () =>
        told(mapped, [bound], [zapped], [raised()], [handled()], [raised()]),
      'the second round of two accesses': () =>
        told(mapped, [raised()], [raised()], [handled()], [handled()], [raised()]),
    },
    legal: {
      'a fault that is served': () => told(mapped, [raised()], [bound], [handled()]),
      'an entry that is still to be stored, or a walk that was cached': () =>
        told(mapped, [raised()], [bound], [handled()], [raised()]),
      'a fault that was refused': () => told(mapped, [raised()], [handled(-22)], [raised()]),
      'a mapping that was cleared since': () =>
        told(mapped, [raised()], [bound], [handled()], [zapped], [raised()]),
      'one that was cleared while the answer was on its way': () =>
        told(mapped, [raised()], [bound], [zapped], [handled()], [raised()]),
      'another kind of access': () =>
        told(mapped, [raised()], [handled()], [raised({ access: 'atomic' })]),
      'another page': () => told(mapped, [raised()], [handled()], [raised({ addr: 17 })]),
      'a page that is mapped no more': () =>
        told(mapped, [fact('va.unmapped')], [raised()], [handled()], [raised()]),
      'what a reset has raised anew': () =>
        told(mapped, [raised()], [handled()], [fact('gt.reset')], [raised()]),
    },
  },
});
