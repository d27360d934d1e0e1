/** One known bug of a real kernel, as the catalogue tells it. */
import type { Profile } from '../driver/drivers.ts';

export interface QuirkRow {
  readonly id: string;
  /** What goes wrong. */
  readonly title: string;
  /** The kernel's function, and the patch or version that has it so. */
  readonly where: string;
  /** The generation of driver that it belongs to. */
  readonly profile: Profile;
  /** What is done with the quirk off: the fix. */
  readonly right: string;
  /** The invariant that it breaks; `oops`: the kernel stops; `stuck`: the run cannot go on; `expect`: what the scenario expects does not hold. */
  readonly breaks: string;
  /** The scenario that can show it, by its file below scenarios/quirks; it has the quirk off. */
  readonly scenario: string;
  /** It shows only when something fails besides. */
  readonly needsFault?: boolean;
}
