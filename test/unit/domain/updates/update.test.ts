import { describe, expect, test } from 'vitest';
import {
  claudeWorks,
  installsAtQuit,
  isNewerVersion,
  nextUpdateStep,
  type UpdateFacts,
  type UpdateGoal,
  type UpdatePhase,
  type UpdateStep,
} from '../../../../src/domain/updates/update.ts';
import { type InstallationFacts, updateWay } from '../../../../src/domain/updates/update-way.ts';
import { session } from '../../../support/tray/snapshots.ts';

const phases: UpdatePhase[] = ['none', 'checking', 'available', 'downloading', 'ready', 'failed'];
const facts = (more: Partial<UpdateFacts>): UpdateFacts => ({
  phase: 'none',
  mode: 'ask',
  goal: null,
  self: true,
  working: false,
  due: false,
  ...more,
});

describe('what the updater does next', () => {
  // Per phase in the order of `phases`, for a copy that updates itself while nobody works and a look is due.
  test.each<[UpdateFacts['mode'], UpdateGoal | null, UpdateStep[]]>([
    ['ask', null, ['check', 'wait', 'check', 'wait', 'wait', 'check']],
    ['automatic', null, ['check', 'wait', 'download', 'wait', 'wait', 'check']],
    ['off', null, ['wait', 'wait', 'wait', 'wait', 'wait', 'wait']],
    ['off', 'check', ['check', 'wait', 'check', 'wait', 'check', 'check']],
    ['ask', 'download', ['check', 'wait', 'download', 'wait', 'wait', 'check']],
    ['off', 'install', ['check', 'wait', 'download', 'wait', 'install', 'check']],
    ['ask', 'installNow', ['check', 'wait', 'download', 'wait', 'install', 'check']],
  ])('mode %s, goal %s', (mode, goal, steps) => {
    expect(phases.map((phase) => nextUpdateStep(facts({ mode, goal, phase, due: true })))).toEqual(steps);
  });

  test('while Claude works an update is held, unless it is asked for just now', () => {
    for (const mode of ['ask', 'automatic', 'off'] as const) {
      const ready = { mode, phase: 'ready', working: true } as const;
      expect(nextUpdateStep(facts({ ...ready, goal: 'install' }))).toBe('hold');
      expect(nextUpdateStep(facts({ ...ready, goal: 'installNow' }))).toBe('install');
      expect(nextUpdateStep(facts({ ...ready, goal: null }))).toBe('wait');
    }
  });

  test('a copy that cannot replace itself is only told of new versions', () => {
    for (const phase of phases)
      for (const goal of [null, 'check', 'download', 'install', 'installNow'] as const)
        for (const mode of ['ask', 'automatic', 'off'] as const) {
          const step = nextUpdateStep(facts({ phase, goal, mode, self: false, due: true }));
          expect(['check', 'wait']).toContain(step);
        }
  });

  test('nothing is looked for before its time', () => {
    expect(nextUpdateStep(facts({ mode: 'automatic' }))).toBe('wait');
    expect(nextUpdateStep(facts({ phase: 'failed', mode: 'automatic' }))).toBe('wait');
  });

  test('as the tray ends: in automatic mode or when asked for, and never while Claude works', () => {
    const ready = facts({ phase: 'ready' });
    expect(installsAtQuit(ready)).toBe(false);
    expect(installsAtQuit({ ...ready, mode: 'automatic' })).toBe(true);
    expect(installsAtQuit({ ...ready, mode: 'automatic', working: true })).toBe(false);
    expect(installsAtQuit({ ...ready, mode: 'automatic', self: false })).toBe(false);
    expect(installsAtQuit({ ...ready, goal: 'install' })).toBe(true);
    expect(installsAtQuit({ ...ready, goal: 'install', working: true })).toBe(false);
    expect(installsAtQuit({ ...ready, goal: 'installNow', working: true })).toBe(true);
    expect(installsAtQuit({ ...ready, goal: 'download' })).toBe(false);
    for (const phase of phases.filter((p) => p !== 'ready'))
      expect(installsAtQuit(facts({ phase, mode: 'automatic', goal: 'install' }))).toBe(false);
  });

  test('Claude works while it does something, asks, or has something in the background; not when it rests', () => {
    const at = (state: string, more: object = {}) => {
      const one = session(0, {});
      return claudeWorks([{ ...one, activity: { ...one.activity, state: state as never, ...more } }]);
    };
    expect(['working', 'needsYou'].map((state) => at(state))).toEqual([true, true]);
    expect(['ready', 'done', 'paused', 'failed', 'unknown'].map((state) => at(state))).toEqual(
      Array.from({ length: 5 }, () => false),
    );
    expect(at('done', { background: 1 })).toBe(true);
    expect(claudeWorks([{ ...session(0, {}), state: 'exited' }])).toBe(false);
    expect(claudeWorks([])).toBe(false);
  });
});

describe('which version is newer', () => {
  const ascending = [
    '0.1.0-alpha',
    '0.1.0-alpha.1',
    '0.1.0-alpha.beta',
    '0.1.0-beta',
    '0.1.0-beta.2',
    '0.1.0-beta.11',
    '0.1.0-rc.1',
    '0.1.0',
    '0.1.1',
    '0.2.0-beta.1',
    '0.2.0',
    '0.10.0',
    '1.0.0',
  ];
  test('as semantic versions order them', () => {
    for (const [i, a] of ascending.entries())
      for (const [j, b] of ascending.entries()) expect(isNewerVersion(a, b), `${a} > ${b}`).toBe(i > j);
  });
  test('what is no version is never newer', () => {
    for (const odd of [
      '',
      'v9.0.0',
      '9',
      '9.0',
      '9.0.0.0',
      '09.0.0',
      '9.0.0+x',
      '9.0.0-',
      '9.0.0\n',
      '9e9.0.0',
    ])
      expect(isNewerVersion(odd, '0.1.0'), odd).toBe(false);
  });
});

describe('how a copy is updated', () => {
  const feed = 'https://updates.example/feed/';
  const linux: InstallationFacts = {
    platform: 'linux',
    packaged: true,
    appImage: null,
    packageType: null,
    feed,
    keys: 1,
  };
  test.each<[string, Partial<InstallationFacts>, ReturnType<typeof updateWay>]>([
    ['macOS', { platform: 'darwin' }, { way: 'self', feed }],
    ['Windows', { platform: 'win32' }, { way: 'self', feed }],
    ['AppImage', { appImage: { path: '/a', writable: true } }, { way: 'self', feed }],
    [
      'AppImage of another',
      { appImage: { path: '/a', writable: false } },
      { way: 'elsewhere', feed, reason: 'AppImage (read-only)' },
    ],
    ['deb', { packageType: 'deb' }, { way: 'elsewhere', feed, reason: 'deb' }],
    ['rpm', { packageType: 'rpm' }, { way: 'elsewhere', feed, reason: 'rpm' }],
    ['tar.gz', {}, { way: 'elsewhere', feed, reason: 'tar.gz' }],
    ['checkout', { packaged: false }, { way: 'none', reason: 'source' }],
    ['no feed', { feed: null }, { way: 'none', reason: 'no feed' }],
    ['no key', { keys: 0, platform: 'darwin' }, { way: 'none', reason: 'no feed' }],
    ['http', { feed: 'http://updates.example/' }, { way: 'none', reason: 'no https' }],
    ['somebody in it', { feed: 'https://a@updates.example/' }, { way: 'none', reason: 'no https' }],
  ])('%s', (_name, more, way) => {
    expect(updateWay({ ...linux, ...more })).toEqual(way);
  });
});
