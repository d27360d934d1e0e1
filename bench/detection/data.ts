/** The measured table as a file: one line a cell, so that a change shows which cells it moved. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Cell } from './cell.ts';
import type { Size } from './size.ts';

export interface QuirkCells {
  readonly size: Size;
  /** by the name of the column */
  readonly cells: Readonly<Record<string, Cell>>;
}

export interface Detection {
  readonly seeds: number;
  /** schedules after which a seed is given up */
  readonly cap: number;
  readonly quirks: Readonly<Record<string, QuirkCells>>;
}

export function readDetection(path: string): Detection | null {
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Detection) : null;
}

export function writeDetection(path: string, { seeds, cap, quirks }: Detection): void {
  const rows = Object.entries(quirks).map(([id, { size, cells }]) => {
    const lines = Object.entries(cells).map(
      ([name, cell]) => `      ${JSON.stringify(name)}: ${JSON.stringify(cell)}`,
    );
    return `    ${JSON.stringify(id)}: {\n      "size": ${JSON.stringify(size)},\n      "cells": {\n${lines.join(',\n')}\n      }\n    }`;
  });
  const head = `"seeds": ${seeds},\n  "cap": ${cap}`;
  writeFileSync(path, `{\n  ${head},\n  "quirks": {\n${rows.join(',\n')}\n  }\n}\n`);
}
