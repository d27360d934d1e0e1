/** I4, I5 and I6: the shape of the op lists that split/merge gives. */
import type { FactOf } from '../facts/schema.ts';
import { BIND_OPS } from '../ioctl/bind-request.ts';
import { mappingOf, pieceOf as partOf, sameBacking } from '../va/mapping.ts';
import { sameRepeat } from '../va/repeat.ts';
import { Broken, invariant } from './contract.ts';
import type { Asked } from './known/asked.ts';
import { callKey, type OpSeen } from './known/calls.ts';
import type { Known } from './known/known.ts';
import { endOf, type Piece } from './known/spaces.ts';
import { bindText, spanText, vaText } from './text.ts';

const pieceOf = (op: OpSeen): Piece => (op.op === 'map' ? op.map : op.unmap);

/** The op of the ioctl that a list is for; null when the ioctl is not in the records. */
function wantedBy({ calls }: Known, fact: FactOf<'ops.created'>): Asked | null {
  const request = calls.calls.get(callKey(fact))?.request ?? calls.asked[fact.vm]?.[0];
  return request?.ops[fact.bind] ?? null;
}

const asMapping = (piece: Piece): ReturnType<typeof mappingOf> =>
  mappingOf({ ...piece, attrs: piece }, piece.va);

/** Whether a piece begins with what the whole has there. */
function goesOn(whole: Piece, piece: Piece): boolean {
  const right = partOf(asMapping(whole), piece.addr, endOf(piece));
  return piece.offset === right.offset && sameRepeat(piece.repeat ?? null, right.repeat);
}

/** What is wrong with the pieces of a REMAP. */
function badRemap(op: OpSeen): string | null {
  if (op.op !== 'remap') return null;
  const { prev, next, unmap } = op;
  if (prev === null && next === null) return 'a REMAP leaves nothing';
  if (prev !== null && (prev.addr !== unmap.addr || !goesOn(unmap, prev)))
    return 'prev of a REMAP does not begin where the old one did';
  if (next === null) return null;
  if (endOf(next) !== endOf(unmap)) return 'next of a REMAP does not end where the old one did';
  return goesOn(unmap, next) ? null : 'next of a REMAP does not go on where it begins';
}

function badShape(ops: readonly OpSeen[], kind: number | undefined): string | null {
  const remaps = ops.filter(({ op }) => op === 'remap').length;
  const maps = ops.filter(({ op }) => op === 'map').length;
  if (remaps > 2) return `${remaps} REMAPs`;
  if (maps > 1) return `${maps} MAPs`;
  if (maps === 1 && ops.at(-1)?.op !== 'map') return 'the MAP is not last';
  const wantsMap = kind === BIND_OPS.map || kind === BIND_OPS.mapUserptr;
  if (kind !== undefined && wantsMap !== (maps === 1)) return wantsMap ? 'no MAP' : 'a MAP';
  const olds = ops.filter(({ op }) => op !== 'map').map(pieceOf);
  const isAscending = olds.every((each, i) => i === 0 || endOf(olds[i - 1] ?? each) <= each.addr);
  if (kind !== BIND_OPS.unmapAll && !isAscending) return 'ops that are not ascending';
  return ops.map(badRemap).find((each) => each !== null) ?? null;
}

export const listsWellFormed = invariant({
  id: 'I4',
  says: 'An op list is ascending, has at most two REMAPs and at most one MAP, which is last; a REMAP keeps the outer edges, offsets and patterns of what it splits.',
  source: '6.4, 1.3',
  shows: 'all; the lists of UNMAP_ALL go in the order of the object, not of addresses',
  start: null,
  on: {
    'ops.created': (own, fact, known) => {
      const wrong = badShape(fact.ops, wantedBy(known, fact)?.op);
      return wrong === null ? own : new Broken(own, `${bindText(callKey(fact))}: ${wrong}`);
    },
  },
});

/** What the lists of a VM's last call have done to the tree, which shows it only after commit. */
interface Staged {
  readonly call: string;
  readonly gone: readonly number[];
  readonly made: readonly number[];
}

const NOTHING_STAGED: Staged = { call: '', gone: [], made: [] };

function stage(staged: Staged, op: OpSeen): Staged {
  const gone = op.op === 'unmap' || op.op === 'remap' ? [...staged.gone, op.unmap.va] : staged.gone;
  const pieces = op.op === 'map' ? [op.map] : op.op === 'remap' ? [op.prev, op.next] : [];
  const made = pieces.flatMap((piece) => (piece === null ? [] : [piece.va]));
  return { ...staged, gone, made: [...staged.made, ...made] };
}

export const opsNameMapped = invariant<Readonly<Record<string, Staged>>>({
  id: 'I5',
  says: 'Each op names a VA that is in the tree of its VM when its list is made; none is taken away by two pending ops.',
  source: '6.5',
  shows:
    'all; the lists of one array see those before them. Two PREFETCHes of one VA may be pending',
  // by VM
  start: {},
  on: {
    'ops.created': (own, fact, { vms }) => {
      const { vm } = fact;
      const call = callKey(fact);
      const last = own[vm];
      let staged = last?.call === call ? last : { ...NOTHING_STAGED, call };
      const vmas = vms[vm]?.vmas;
      for (const op of fact.ops) {
        if (op.op !== 'map') {
          const { va } = op.unmap;
          const isThere = vmas?.get(va)?.mapped === true || staged.made.includes(va);
          if (!isThere || staged.gone.includes(va)) {
            return new Broken(
              { ...own, [vm]: staged },
              `${bindText(call)}: a ${op.op} of ${vaText(vms[vm], { vm, va })}, which is not mapped`,
            );
          }
        }
        staged = stage(staged, op);
      }
      return { ...own, [vm]: staged };
    },
  },
});

export const mergesSound = invariant({
  id: 'I6',
  says: 'Nothing is merged without regions: a MAP is what was asked for; keep means same object, going on.',
  source: '6.6, 1.3, 1B',
  shows:
    'all for xe, which has no regions; domain/va has the rule for spaces with regions, and its specs',
  start: null,
  on: {
    'ops.created': (own, fact, known) => {
      const map = fact.ops.find((op) => op.op === 'map')?.map;
      const wanted = wantedBy(known, fact);
      const isAsked =
        map === undefined ||
        wanted === null ||
        (map.addr === wanted.addr && endOf(map) === wanted.end);
      if (!isAsked)
        return new Broken(own, `${bindText(callKey(fact))}: the MAP is not what was asked for`);
      for (const op of fact.ops) {
        if (op.op === 'map' || op.op === 'prefetch' || !op.keep) continue;
        const isSame = map !== undefined && sameBacking(asMapping(map), asMapping(op.unmap));
        if (!isSame)
          return new Broken(
            own,
            `${bindText(callKey(fact))}: keep of va ${op.unmap.va} (${spanText(op.unmap)}), which is not merged`,
          );
      }
      return own;
    },
  },
});
