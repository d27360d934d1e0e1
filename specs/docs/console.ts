/** Reads the runnable parts of a Markdown page: files to write, edits, and console blocks with their output. */

export type PagePart =
  | { readonly kind: 'file'; readonly name: string; readonly text: string }
  | { readonly kind: 'edit'; readonly name: string; readonly from: string; readonly to: string }
  | { readonly kind: 'command'; readonly command: string; readonly output: readonly string[] };

const FENCE = /^```(\w*)$/;

export function partsOfPage(markdown: string): PagePart[] {
  const parts: PagePart[] = [];
  const lines = markdown.split('\n');
  let file: string | null = null;
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? '';
    file = /^<!-- file: (\S+) -->$/.exec(line)?.[1] ?? file;
    const edit = /^<!-- edit: (\S+) s\/(.+)\/(.+)\/ -->$/.exec(line);
    if (edit !== null) {
      parts.push({ kind: 'edit', name: edit[1] ?? '', from: edit[2] ?? '', to: edit[3] ?? '' });
    }
    const language = FENCE.exec(line)?.[1];
    if (language === undefined) continue;
    const end = lines.indexOf('```', i + 1);
    const body = lines.slice(i + 1, end);
    if (file !== null && language !== 'console') {
      parts.push({ kind: 'file', name: file, text: `${body.join('\n')}\n` });
      file = null;
    } else if (language === 'console') parts.push(...commandsOf(body));
    i = end;
  }
  return parts;
}

function commandsOf(lines: readonly string[]): PagePart[] {
  const parts: { kind: 'command'; command: string; output: string[] }[] = [];
  for (const line of lines) {
    if (line.startsWith('$ ')) parts.push({ kind: 'command', command: line.slice(2), output: [] });
    else parts.at(-1)?.output.push(line);
  }
  return parts;
}

/** Whether `actual` is `expected`, where a line `...` stands for any lines and `...` in a line for any text. */
export function outputMatches(expected: readonly string[], actual: string): boolean {
  const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const pattern = expected
    .map((line) =>
      line === '...' ? '(?:.*\\n)*?' : `${line.split('...').map(literal).join('.*')}\\n`,
    )
    .join('');
  return new RegExp(`^${pattern}$`).test(actual === '' || actual.endsWith('\n') ? actual : `${actual}\n`);
}
