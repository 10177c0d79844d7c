import { describe, expect, test } from 'vitest';
import { acceleratorLabel, acceleratorOf } from '../../../renderer/src/model/accelerator.ts';
import {
  activityDetail,
  activitySign,
  activityTone,
  activityWords,
  ageWords,
} from '../../../renderer/src/model/activity-words.ts';
import { capOf, contextShare, tokens } from '../../../renderer/src/model/meter-words.ts';
import { folderLabel, plainMarked } from '../../../renderer/src/model/plain-text.ts';
import { parseRoute, routeHref } from '../../../renderer/src/model/route.ts';
import { splitArguments } from '../../../renderer/src/model/session-arguments.ts';
import { bySection, found, type PaletteItem } from '../../../renderer/src/routes/palette/palette-items.ts';
import { ActivityState } from '../../../src/contract/state.ts';
import { createTranslator } from '../../../src/locales/index.ts';
import { activity, meter, request } from '../../support/page/samples.ts';
import { AT, session } from '../../support/tray/snapshots.ts';

const en = createTranslator('en');

describe('what a session does', () => {
  test('every state has words in both languages and a sign; no two signs share tone and words', () => {
    for (const language of ['en', 'zh-CN'] as const) {
      const words = createTranslator(language);
      const said = ActivityState.options.map((state) => {
        const view = session(AT, {
          activity: activity(state),
          state: state === 'exited' ? 'exited' : 'running',
        });
        const text = activityWords(view, words);
        expect(text).not.toMatch(/:|\{/);
        return `${activityTone[activitySign(view)]} ${text}`;
      });
      expect(new Set(said).size).toBe(said.length);
    }
  });

  test('at rest before anything was said it is ready, and done only afterwards', () => {
    const rest = { activity: activity('done'), state: 'running' } as const;
    expect(activityWords(session(AT, { ...rest, hasTranscript: false }), en)).toBe('Ready');
    expect(activityWords(session(AT, { ...rest, hasTranscript: true }), en)).toBe('Done');
  });

  test('what a person ended did not fail', () => {
    const ended = (of: { exitCode?: number; signal?: string }) =>
      activityWords(session(AT, { state: 'exited', exitCode: null, signal: null, ...of }), en);
    expect([ended({ exitCode: 129 }), ended({ exitCode: 143 }), ended({ signal: 'SIGHUP' })]).toEqual([
      'Ended',
      'Ended',
      'Ended',
    ]);
    expect(ended({ exitCode: 1 })).toBe('Ended with code 1');
    expect(ended({ signal: 'SIGKILL' })).toBe('Ended by SIGKILL');
  });

  test('ages are told in minutes and never run ahead', () => {
    const age = (ms: number) => ageWords(AT - ms, AT, en);
    expect([age(0), age(59_999), age(60_000), age(119_999), age(125_000), age(3_660_000)]).toEqual([
      'now',
      'now',
      '1 min',
      '1 min',
      '2 min',
      '1 h 01 min',
    ]);
    // The agent's clock may be a little ahead.
    expect(age(-5_000)).toBe('now');
  });

  test('a question is one harmless line; an ended session asks nothing', () => {
    const asking = activity('needsYou', { request: request({ text: 'rm -rf\n\u202E build' }) });
    expect(activityDetail(session(AT, { activity: asking }), en)).toBe('rm -rf \uFFFD build');
    expect(activityDetail(session(AT, { activity: asking, state: 'lost' }), en)).toBeNull();
  });

  test('a failure that is known is said in our words, another as it came', () => {
    const failed = (reason: string) =>
      activityDetail(session(AT, { activity: activity('failed', { reason }) }), en);
    expect(failed('rate_limit')).toBe('Bedrock asks to slow down');
    expect(failed('no\u202E idea')).toBe('no\uFFFD idea');
  });
});

describe('money', () => {
  test('tokens and shares', () => {
    expect([999, 12_400, 999_499, 1_250_000, 2_000_000].map(tokens)).toEqual([
      '999',
      '12k',
      '999k',
      '1.3M',
      '2M',
    ]);
    expect(contextShare(meter(1, 50_000))).toBe(0.25);
    expect(contextShare(meter(1, 500_000))).toBe(1);
    expect(contextShare(meter(1, 5, { contextSize: null }))).toBeNull();
  });

  test('an amount as people type it', () => {
    expect(['5', ' 2.50 ', '2,5', '100000'].map(capOf)).toEqual([5, 2.5, 2.5, 100_000]);
    expect(['', '0', '-1', '1e3', '5 $', '100001', '1.234'].map(capOf)).toEqual(Array(7).fill(null));
  });
});

test('arguments are split as a shell splits them', () => {
  expect(splitArguments(`--effort high --append-system-prompt "be \\"brief\\"" 'a b'c \\ d`)).toEqual([
    '--effort',
    'high',
    '--append-system-prompt',
    'be "brief"',
    'a bc',
    ' d',
  ]);
  expect(splitArguments('  ')).toEqual([]);
  expect(splitArguments("--x ''")).toEqual(['--x', '']);
  expect(splitArguments('"open')).toBeNull();
});

test('a key for the whole system needs a modifier that does not only type', () => {
  const press = { key: 'j', code: 'KeyJ', ctrlKey: true, altKey: true, shiftKey: false, metaKey: false };
  expect(acceleratorOf(press, false)).toBe('CommandOrControl+Alt+J');
  expect(acceleratorOf({ ...press, ctrlKey: false, metaKey: true }, true)).toBe('CommandOrControl+Alt+J');
  expect(acceleratorOf({ ...press, ctrlKey: false, altKey: false, shiftKey: true }, false)).toBeNull();
  expect(acceleratorOf({ ...press, key: 'Control', code: 'ControlLeft' }, false)).toBeNull();
  expect(acceleratorOf({ ...press, key: 'ArrowUp', code: 'ArrowUp' }, false)).toBe('CommandOrControl+Alt+Up');
  expect(acceleratorLabel('CommandOrControl+Alt+J', true)).toBe('⌘⌥J');
  expect(acceleratorLabel('CommandOrControl+Alt+J', false)).toBe('Ctrl+Alt+J');
});

test('a route keeps what is searched for, whatever is in it', () => {
  for (const text of ['发票 / 对账', '100 %', '#/settings', '%E0%A4%A'])
    expect(parseRoute(routeHref('history', text))).toEqual({ name: 'history', item: text });
  expect(parseRoute('#/history/%E0%A4%A')).toEqual({ name: 'history', item: '%E0%A4%A' });
});

test('folders of one name are told apart; marks stay where they are', () => {
  expect(['/srv', '/srv/data', '/home/dana/src/app', 'C:\\Users\\dana\\app'].map(folderLabel)).toEqual([
    '/srv',
    '/srv/data',
    '…/src/app',
    '…/dana/app',
  ]);
  const { text, matches } = plainMarked('a\u202E\nmatch', [[3, 8]]);
  expect([text, text.slice(...(matches[0] as [number, number]))]).toEqual(['a\uFFFD match', 'match']);
});

test('the palette: the best first by name, then by details; sections in the order of their best', () => {
  const item = (
    id: string,
    section: PaletteItem['section'],
    label: string,
    detail?: string,
  ): PaletteItem => ({
    id,
    section,
    label,
    ...(detail === undefined ? {} : { detail }),
    run: () => undefined,
  });
  const items = [
    item('1', 'acts', 'Rename', 'billing-service'),
    item('2', 'sessions', 'billing-service', 'Needs you'),
    item('3', 'folders', 'Open Claude Code in web', '/src/billing/web'),
    item('4', 'go', 'Settings'),
  ];
  expect(found(items, 'bill').map((i) => i.id)).toEqual(['2', '1', '3']);
  expect(bySection(found(items, 'bill')).map((s) => s.section)).toEqual(['sessions', 'acts', 'folders']);
  expect(found(items, '').map((i) => i.id)).toEqual(['1', '2', '3', '4']);
  expect(found(items, 'zzz')).toEqual([]);
  expect(found(items, '', 2)).toHaveLength(2);
});
