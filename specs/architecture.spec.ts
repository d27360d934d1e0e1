/**
 * The shape of the house, as a test: which room may import what (docs/architecture.md has the table), no cycles between
 * files, and what the pure rooms may never mention.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import ts from 'typescript';

const ROOT = new URL('..', import.meta.url).pathname;

/** Rooms and packages that a room may import, besides itself. `*` is any package. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  domain: ['immer', 'zod'],
  hw: ['domain'],
  machines: ['domain', 'hw', 'xstate'],
  'streams/world': ['domain', 'hw', 'machines', 'streams/replay', 'rxjs'],
  'streams/explore': ['domain', 'hw', 'machines', 'streams/world'],
  'streams/compare': ['domain', 'streams/world', 'streams/export'],
  'streams/log': ['domain', 'streams/world', 'rxjs', 'zod', 'node:*'],
  'streams/replay': [
    'domain',
    'hw',
    'machines',
    'streams/world',
    'streams/log',
    'streams/explore',
    'node:crypto',
  ],
  'streams/export': [
    'domain',
    'hw',
    'machines',
    'streams/world',
    'streams/replay',
    'elkjs',
    'immer',
    'xstate',
  ],
  cli: [
    'domain',
    'hw',
    'machines',
    'streams/world',
    'streams/log',
    'streams/replay',
    'streams/export',
    'streams/explore',
    'streams/compare',
    'commander',
    'tinypool',
    'yaml',
    'zod',
    'rxjs',
    'node:*',
  ],
  bench: [
    '*',
    'domain',
    'hw',
    'machines',
    'streams/world',
    'streams/log',
    'streams/replay',
    'streams/export',
    'streams/explore',
    'streams/compare',
    'cli',
    'node:*',
  ],
  specs: [
    '*',
    'domain',
    'hw',
    'machines',
    'streams/world',
    'streams/log',
    'streams/replay',
    'streams/export',
    'streams/explore',
    'streams/compare',
    'cli',
    'bench',
    'node:*',
  ],
};
const PURE = ['domain', 'hw', 'machines'];

/** Names that a pure room may not mention. `streams/world` may not either, but for its RxJS views. */
const BANNED = [
  'Date',
  'performance',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'Promise',
  'process',
  'crypto',
  'console',
  'fetch',
  'require',
  'globalThis',
  'WeakRef',
  'localeCompare',
  'toLocaleString',
  'Intl',
];
/** Members of Math that are not the same everywhere, or not repeatable. */
const BANNED_MATH = ['random', 'sin', 'cos', 'tan', 'exp', 'log', 'pow'];

interface Source {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly string[];
}

function sources(): Source[] {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.ts'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  return listed
    .split('\n')
    .filter((path) => path !== '' && !path.endsWith('.d.ts'))
    .flatMap((path) => {
      const text = readOrNull(join(ROOT, path));
      if (text === null) return [];
      const imports = ts
        .preProcessFile(text, true, true)
        .importedFiles.map((each) => each.fileName);
      return [{ path, text, imports }];
    });
}

/** A listed file may have been deleted since. */
function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function roomOf(path: string): string {
  const [first = '', second = ''] = path.split('/');
  return first === 'streams' ? `streams/${second}` : first;
}

function importedRoom(from: string, specifier: string): string {
  if (specifier.startsWith('.')) return roomOf(normalize(join(dirname(from), specifier)));
  if (specifier.startsWith('node:')) return specifier;
  return specifier.split('/')[0] ?? specifier;
}

function allowed(room: string, imported: string, isPackage: boolean): boolean {
  const list = MAY_IMPORT[room] ?? [];
  return (
    imported === room ||
    list.includes(imported) ||
    (imported.startsWith('node:') && list.includes('node:*')) ||
    (isPackage && !imported.startsWith('node:') && list.includes('*'))
  );
}

function wrongImports({ path, imports }: Source): string[] {
  const room = roomOf(path);
  return imports
    .map((specifier) => ({ specifier, imported: importedRoom(path, specifier) }))
    .filter(({ specifier, imported }) => !allowed(room, imported, !specifier.startsWith('.')))
    .map(({ specifier }) => `${path} imports ${specifier}`);
}

/** The first cycle found from any file, as a path of files. */
function findCycle(all: readonly Source[]): string[] | null {
  const edges = new Map(
    all.map(({ path, imports }) => [
      path,
      imports
        .filter((each) => each.startsWith('.'))
        .map((each) => normalize(join(dirname(path), each))),
    ]),
  );
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): string[] | null => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path];
    if (done.has(path)) return null;
    for (const next of edges.get(path) ?? []) {
      const cycle = visit(next, [...trail, path]);
      if (cycle !== null) return cycle;
    }
    done.add(path);
    return null;
  };
  for (const path of edges.keys()) {
    const cycle = visit(path, []);
    if (cycle !== null) return cycle;
  }
  return null;
}

/** Identifiers of a file that are banned, with comments, strings and property declarations left out. */
function bannedIn({ path, text }: Source): string[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAccessExpression(node) && node.expression.getText() === 'Math') {
      if (BANNED_MATH.includes(node.name.text)) found.push(`Math.${node.name.text}`);
    }
    if (ts.isPropertyAccessExpression(node) && BANNED.includes(node.name.text)) {
      const isMethod = ['localeCompare', 'toLocaleString'].includes(node.name.text);
      if (isMethod) found.push(node.name.text);
    }
    if (node.kind === ts.SyntaxKind.AsyncKeyword || node.kind === ts.SyntaxKind.AwaitKeyword) {
      found.push('async');
    }
    if (ts.isIdentifier(node) && BANNED.includes(node.text) && isUse(node)) found.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found.map((name) => `${path} mentions ${name}`);
}

/** Not the name of a member, of a property or of a type member. */
function isUse(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) && parent.name === node) return false;
  if (ts.isPropertyAssignment(parent) && parent.name === node) return false;
  if (ts.isPropertySignature(parent) || ts.isPropertyDeclaration(parent)) return false;
  if (ts.isShorthandPropertyAssignment(parent)) return false;
  if (ts.isBindingElement(parent) || ts.isVariableDeclaration(parent)) return false;
  if (ts.isParameter(parent) || ts.isLiteralTypeNode(parent)) return false;
  return true;
}

const all = sources();

test('every file imports only what its room may', () => {
  const rooms = all.filter(({ path }) => path !== 'index.ts');
  expect(rooms.length).toBeGreaterThan(50);
  expect(rooms.flatMap(wrongImports)).toEqual([]);
});

test('every room that exists is in the table', () => {
  const rooms = new Set(
    all.filter(({ path }) => path.includes('/')).map(({ path }) => roomOf(path)),
  );
  expect([...rooms].filter((room) => !(room in MAY_IMPORT))).toEqual([]);
});

test('no file imports itself by a detour', () => {
  expect(findCycle(all)).toBeNull();
});

test('the pure rooms mention no clock, timer, randomness, promise or I/O', () => {
  const pure = all.filter(({ path }) => PURE.includes(roomOf(path)));
  expect(pure.flatMap(bannedIn)).toEqual([]);
});

test('the step, the world and exploration mention none either', () => {
  const core = ['step', 'world', 'mail', 'choice', 'start', 'chooser', 'run', 'record'];
  const world = all.filter(({ path }) => core.some((name) => path === `streams/world/${name}.ts`));
  expect(world).toHaveLength(core.length);
  const waits = all.filter(({ path }) => path.startsWith('streams/world/wait-'));
  const explore = all.filter(({ path }) => path.startsWith('streams/explore/'));
  expect(explore.length).toBeGreaterThan(20);
  // there a process is one of the system that is explored
  const found = explore.flatMap(bannedIn).filter((each) => !each.endsWith('mentions process'));
  expect([...world, ...waits].flatMap(bannedIn).concat(found)).toEqual([]);
});

describe('the checks themselves', () => {
  const file = (path: string, text: string): Source => ({
    path,
    text,
    imports: ts.preProcessFile(text, true, true).importedFiles.map((each) => each.fileName),
  });

  test.each([
    ['domain/x.ts', "import { a } from '../hw/y.ts';"],
    ['hw/x.ts', "import { a } from '../machines/y.ts';"],
    ['machines/x.ts', "import { Subject } from 'rxjs';"],
    ['domain/x.ts', "import { readFileSync } from 'node:fs';"],
    ['streams/world/x.ts', "export { a } from '../../cli/y.ts';"],
  ])('%s with %s is refused', (path, text) => {
    expect(wrongImports(file(path, text))).toHaveLength(1);
  });

  test.each([
    'const now = Date.now();',
    'const r = Math.random();',
    'setTimeout(() => 1, 2);',
    'export async function f() { return 1; }',
    'const p = Promise.resolve(1);',
    'console.log(1);',
    "const order = 'a'.localeCompare('b');",
    'const day = new Date();',
  ])('%s is found', (text) => {
    expect(bannedIn(file('domain/x.ts', text)).length).toBeGreaterThan(0);
  });

  test('a comment or a string is not a mention', () => {
    expect(bannedIn(file('domain/x.ts', "/* Date */ const a = 'Promise'; // setTimeout"))).toEqual(
      [],
    );
  });

  test('a cycle is found', () => {
    const cyclic = [
      file('hw/a.ts', "import { b } from './b.ts';"),
      file('hw/b.ts', "import { c } from './c.ts';"),
      file('hw/c.ts', "import { a } from './a.ts';"),
    ];
    expect(findCycle(cyclic)).toEqual(['hw/a.ts', 'hw/b.ts', 'hw/c.ts', 'hw/a.ts']);
  });
});
