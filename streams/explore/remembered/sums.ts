/** The key of a state in components: a sum over them, so no world is made for it. It is the key of that world. */
import { Keys, type StateKey, type Sum } from '../state-key.ts';
import type { Channel } from './channels.ts';
import type { Collapsed } from './collapsed.ts';
import type { Global, Local } from './kept.ts';

export class Sums {
  readonly #keys = new Keys();

  keyOf({ locals, channels, global }: Collapsed): StateKey {
    let { a, b } = global.sum;
    for (const [place, local] of locals.entries()) {
      a += local.adds.a;
      b += local.adds.b;
      if (local.state.machine !== 'vm') continue;
      const lists = this.#listsOf(place, local, global);
      a += lists.a;
      b += lists.b;
    }
    for (const channel of channels) {
      const mail = (channel.adds ??= this.#mailOf(channel));
      a += mail.a;
      b += mail.b;
    }
    return this.#keys.end({ a: a | 0, b: b | 0 });
  }

  #listsOf(place: number, local: Local, global: Global): Sum {
    const known = global.lists.get(local);
    if (known !== undefined) return known;
    const made = this.#keys.lists(place, local.state, global.shared);
    global.lists.set(local, made);
    return made;
  }

  #mailOf({ process, letters }: Channel): Sum {
    return this.#keys.queue(
      process.name,
      letters.map(({ message }) => message),
    );
  }
}
