/**
 * Lets a plain `node --import` run this project's TypeScript, for specs that need a process of
 * their own (Jest's transform ends at its workers). Types are stripped by swc, as Jest does it.
 */
import { readFile } from 'node:fs/promises';
import { register } from 'node:module';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';
import swc from '@swc/core';

if (isMainThread) register(import.meta.url);

export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  const source = await readFile(fileURLToPath(url), 'utf8');
  const jsc = { parser: { syntax: 'typescript' }, target: 'es2022' };
  const { code } = await swc.transform(source, { jsc });
  return { format: 'module', source: code, shortCircuit: true };
}
