import type { Terminal } from '@xterm/headless';

/** All that can be seen of an xterm.js, of both its screens: comparable with another one's. */
export interface ScreenState {
  size: [cols: number, rows: number];
  active: string;
  modes: Record<string, unknown>;
  /** `text|attributes` of each row, runs of equal attributes put together; trailing empty rows left out. */
  normal: BufferState;
  alternate: BufferState;
}
interface BufferState {
  cursor: [x: number, y: number];
  baseY: number;
  rows: string[];
}

/** Uses nothing but its argument, so that it can be run in a page as well. */
export function screenState(terminal: Pick<Terminal, 'cols' | 'rows' | 'modes' | 'buffer'>): ScreenState {
  const buffer = (from: Terminal['buffer']['normal']): BufferState => {
    const rows: string[] = [];
    for (let y = 0; y < from.length; y++) {
      const line = from.getLine(y);
      let row = line?.isWrapped ? '↳' : '';
      let last = '';
      for (let x = 0; line && x < line.length; x++) {
        const cell = line.getCell(x);
        if (!cell || cell.getWidth() === 0) continue;
        const looks = [
          cell.getFgColorMode(),
          cell.getFgColor(),
          cell.getBgColorMode(),
          cell.getBgColor(),
          cell.isBold(),
          cell.isItalic(),
          cell.isDim(),
          cell.isUnderline(),
          cell.isBlink(),
          cell.isInverse(),
          cell.isInvisible(),
          cell.isStrikethrough(),
          cell.isOverline(),
        ].join();
        row += `${looks === last ? '' : `<${looks}>`}${cell.getWidth() === 2 ? '²' : ''}${cell.getChars() || ' '}`;
        last = looks;
      }
      rows.push(row.trimEnd());
    }
    const empty = /^(<[-\d,]*>)?\s*$/;
    while (rows.length > 0 && empty.test(rows[rows.length - 1] ?? '')) rows.pop();
    return { cursor: [from.cursorX, from.cursorY], baseY: from.baseY, rows };
  };
  return {
    size: [terminal.cols, terminal.rows],
    active: terminal.buffer.active.type,
    modes: { ...terminal.modes },
    normal: buffer(terminal.buffer.normal),
    alternate: buffer(terminal.buffer.alternate),
  };
}
