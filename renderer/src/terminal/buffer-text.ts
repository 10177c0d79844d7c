import type { IBuffer, IBufferCell, IBufferRange } from '@xterm/xterm';

/** A line of output over all rows that it takes, and the cell of each of its UTF-16 units (both from 0). */
export interface LogicalLine {
  text: string;
  /** Buffer row on which it begins. */
  firstRow: number;
  lastRow: number;
  cells: readonly { x: number; y: number; width: number }[];
}

/** Rows that are looked at above and below, at most: a flood without line ends is no line to search for links. */
const MOST_ROWS = 40;

/** The line that the row `y` of the buffer is part of. */
export function logicalLine(buffer: IBuffer, y: number): LogicalLine {
  let firstRow = y;
  while (firstRow > 0 && y - firstRow < MOST_ROWS && buffer.getLine(firstRow)?.isWrapped) firstRow--;
  let lastRow = y;
  while (lastRow - y < MOST_ROWS && buffer.getLine(lastRow + 1)?.isWrapped) lastRow++;
  let text = '';
  const cells: { x: number; y: number; width: number }[] = [];
  let cell: IBufferCell | undefined;
  for (let row = firstRow; row <= lastRow; row++) {
    const line = buffer.getLine(row);
    if (!line) break;
    for (let x = 0; x < line.length; x++) {
      cell = line.getCell(x, cell);
      const width = cell?.getWidth() ?? 1;
      if (width === 0) continue;
      const chars = cell?.getChars() || ' ';
      text += chars;
      for (let n = 0; n < chars.length; n++) cells.push({ x, y: row, width });
    }
  }
  return { text, firstRow, lastRow, cells };
}

/** Where [start, end) of a line's text stands, as xterm.js counts (from 1, both ends included). */
export function rangeOf(line: LogicalLine, start: number, end: number): IBufferRange | null {
  const from = line.cells[start];
  const to = line.cells[end - 1];
  if (!from || !to) return null;
  return { start: { x: from.x + 1, y: from.y + 1 }, end: { x: to.x + to.width, y: to.y + 1 } };
}
