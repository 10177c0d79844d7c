import { structuredPatch } from 'diff';
import { maskSecrets } from '../../domain/support/masked-secrets.ts';

const CONTEXT = 3;

/** A unified diff of two versions of a file, as a person is shown it: without secrets, line ends aside. '' if none. */
export function shownDiff(file: string, before: Uint8Array, after: Uint8Array): string {
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8').replace(/\r\n?/g, '\n');
  const { hunks } = structuredPatch(file, file, text(before), text(after), '', '', { context: CONTEXT });
  if (hunks.length === 0) return '';
  const lines = hunks.flatMap((h) => [
    `@@ -${h.oldStart},${h.oldLines} +${h.newStart},${h.newLines} @@`,
    ...h.lines.map((line) => line.slice(0, 1) + maskSecrets(line.slice(1))),
  ]);
  return [`--- ${file}`, `+++ ${file}`, ...lines, ''].join('\n');
}
