import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { UsageRow } from '../../../../src/contract/usage.ts';
import { usageCsv, usageJson } from '../../../../src/domain/usage/usage-export.ts';

const row = (more: Partial<UsageRow> = {}): UsageRow => ({
  answers: 3,
  inputTokens: 1200,
  outputTokens: 450,
  cacheReadTokens: 90_000,
  cacheWrite5mTokens: 0,
  cacheWrite1hTokens: 12,
  costUsd: 0.1234567,
  unpricedTokens: 0,
  ...more,
});

/** RFC 4180, by the book: cells of each line. */
function parse(csv: string): string[][] {
  const lines: string[][] = [[]];
  const cells = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/gy;
  for (let found = cells.exec(csv); found && cells.lastIndex <= csv.length; found = cells.exec(csv)) {
    lines.at(-1)?.push(found[1] === undefined ? (found[2] ?? '') : found[1].replaceAll('""', '"'));
    if (found[3] === '\r\n') {
      if (cells.lastIndex === csv.length) break;
      lines.push([]);
    }
    if (found[3] === '') break;
  }
  return lines;
}

test('a line for each row, with the columns that were asked for', () => {
  expect(usageCsv([row({ day: '2026-11-22', model: 'us.anthropic.claude-opus-5' })], ['day', 'model'])).toBe(
    'day,model,answers,inputTokens,outputTokens,cacheReadTokens,cacheWrite5mTokens,cacheWrite1hTokens,costUsd,unpricedTokens\r\n' +
      '"2026-11-22","us.anthropic.claude-opus-5",3,1200,450,90000,0,12,0.123457,0\r\n',
  );
  expect(usageCsv([], [])).toMatch(/^answers,[^\r]*\r\n$/);
});

test('no price is an empty cell, nobody’s environment too; tiny and huge figures have no exponent', () => {
  const [, cells] = parse(
    usageCsv(
      [row({ environment: null, costUsd: null, unpricedTokens: 7 }), row({ costUsd: 1e-7 })],
      ['environment'],
    ),
  );
  expect(cells).toEqual(['', '3', '1200', '450', '90000', '0', '12', '', '7']);
  expect(usageCsv([row({ costUsd: 1e-7 })], [])).toContain(',0,0\r\n');
  expect(usageCsv([row({ costUsd: 1_234_567.5, cacheReadTokens: 4e15 })], [])).toContain(
    ',4000000000000000,',
  );
  expect(usageCsv([row({ costUsd: 1_234_567.5 })], [])).toContain(',1234567.5,');
});

test('what others wrote is neither a formula nor a second cell or line', () => {
  for (const evil of [
    '=HYPERLINK("http://evil.example","x")',
    '+1+1',
    '-2+3',
    '@SUM(A1)',
    ' =1+1',
    '\t=1+1',
    '\r=1+1',
    '\u200b=1+1',
    '＝1+1',
    '＠SUM(A1)',
    'a","=cmd|\' /C calc\'!A0',
    'first\nsecond',
  ]) {
    const [, cells, more] = parse(usageCsv([row({ session: 'abc', title: evil })], ['session']));
    expect(more).toBeUndefined();
    expect(cells).toHaveLength(10);
    expect(cells?.[1]).not.toMatch(/^\s*[=+\-@＝＋－＠]/);
    expect(cells?.[1]).not.toMatch(/[\r\n]/);
  }
});

test('any text comes back from the file as it was, but for what is not seen', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), fc.integer({ min: 0 }), (title, answers) => {
      const csv = usageCsv([row({ session: 's', title, answers })], ['session']);
      const [head, cells, ...rest] = parse(csv);
      expect(rest).toEqual([]);
      expect(cells).toHaveLength(head?.length ?? 0);
      const seen = title.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim();
      expect([seen, `'${seen}`]).toContain(cells?.[1]);
      expect(cells?.[2]).toBe(String(answers));
    }),
  );
});

test('JSON says what its money is, and keeps null', () => {
  const text = usageJson({
    from: '2026-11-01',
    to: '2026-11-30',
    by: ['model'],
    rows: [row({ model: 'x', costUsd: null })],
    total: row(),
    more: false,
    pending: 0,
  });
  expect(JSON.parse(text)).toMatchObject({
    currency: 'USD',
    prices: 'list',
    from: '2026-11-01',
    by: ['model'],
    rows: [{ model: 'x', costUsd: null }],
  });
});
