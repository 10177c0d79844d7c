import { describe, expect, it } from 'vitest';
import { cellWidth, plain, table } from '../../../src/cli/table.ts';

describe('tables on a terminal', () => {
  it('aligns columns that hold wide characters', () => {
    const lines = table(
      ['名称', 'x'],
      [
        ['a', '1'],
        ['环境一', '2'],
      ],
    ).split('\n');
    const columns = lines.map((line) => cellWidth(line.slice(0, line.length - 1)));
    expect(new Set(columns)).toEqual(new Set([8]));
  });
  it('lets no control character of a title or name through', () => {
    const hostile = 'a\x1b[31mred\x07\u202Ereversed\nline';
    expect(plain(hostile)).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(table(['h'], [[hostile]]).split('\n')).toHaveLength(2);
  });
});
