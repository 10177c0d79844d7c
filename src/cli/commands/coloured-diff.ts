import { styleText } from 'node:util';
import { plain } from '../table.ts';

/** A diff for a terminal; what is not our own text stays plain. */
export function coloured(diff: string): string {
  const style = (line: string) => {
    const text = plain(line);
    const format =
      line.startsWith('---') || line.startsWith('+++')
        ? 'bold'
        : line.startsWith('@@')
          ? 'cyan'
          : line.startsWith('+')
            ? 'green'
            : line.startsWith('-')
              ? 'red'
              : undefined;
    // Asks the stream for its colours, and honours NO_COLOR and FORCE_COLOR.
    return format === undefined ? text : styleText(format, text, { stream: process.stdout });
  };
  return diff.trimEnd().split('\n').map(style).join('\n');
}
