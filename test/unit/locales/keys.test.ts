/** Every word is said somewhere, and everything that is said has its word, in both languages. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Namespace, resources } from '../../../src/locales/index.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const sources = ['src', 'renderer/src'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !name.startsWith('locales'))
    .map((name) => ({ name: `${folder}/${name}`, text: readFileSync(join(root, folder, name), 'utf8') })),
);
const all = sources.map((s) => s.text).join('\n');

/**
 * Keys put together at run time: a prefix in a namespace, and where the rest of the key is spelled out as a string or
 * property. A key that is neither said whole nor found there is used by nobody.
 */
const dynamic: readonly { namespace: Namespace; prefix: string; in: RegExp }[] = [
  { namespace: 'tray', prefix: '', in: /^src\/domain\/(menu-|session-notice)/ },
  { namespace: 'notices', prefix: '', in: /^src\/domain\/\w+(-\w+)*-notice\.ts$/ },
  { namespace: 'page', prefix: '', in: /^src\/domain\/(overview|duration)\.ts$/ },
  // stateReady and the like: `state` and the state's own name.
  { namespace: 'tray', prefix: 'state', in: /^src\/domain\/overview\.ts$/ },
  { namespace: 'page', prefix: 'state', in: /^src\/domain\/overview\.ts$/ },
  { namespace: 'page', prefix: '', in: /^renderer\/src\/(model|routes)\// },
  // act_palette: `act_` and the act of a chord.
  { namespace: 'sessions', prefix: 'act_', in: /^renderer\/src\/model\/shortcuts\.ts$/ },
  { namespace: 'cli', prefix: 'ssoState.', in: /^src\/contract\/state\.ts$/ },
  { namespace: 'cli', prefix: 'credentialsState.', in: /^src\/contract\/state\.ts$/ },
  { namespace: 'cli', prefix: 'sessionState.', in: /^src\/contract\/state\.ts$/ },
  { namespace: 'cli', prefix: 'integrate.state.', in: /^src\/contract\/state\.ts$/ },
  { namespace: 'cli', prefix: 'activityState.', in: /^src\/contract\/state\.ts$/ },
  { namespace: 'cli', prefix: 'identity.', in: /^src\/(domain\/identity-facts|cli\/identity-words)\.ts$/ },
  { namespace: 'cli', prefix: 'open.', in: /^src\/cli\/electron\.ts$/ },
  {
    namespace: 'notes',
    prefix: '',
    in: /^src\/(domain\/profile-notes|agent\/profiles\/claude-settings)\.ts$/,
  },
  // An error that nobody throws needs no words.
  { namespace: 'errors', prefix: '', in: /^src\/(?!contract\/|locales\/)/ },
];

const stem = (key: string): string => key.replace(/_(one|other)$/, '');
/** camelCase after a prefix that is a word itself: stateReady -> ready. */
const lowerFirst = (rest: string, prefix: string): string =>
  prefix === '' || prefix.endsWith('.') ? rest : rest.charAt(0).toLowerCase() + rest.slice(1);
const spelled = (word: string, text: string): boolean =>
  new RegExp(`(['"\`])${word}\\1|(?:^|[\\s{,])${word}:`, 'm').test(text);

describe.each(Object.keys(resources.en) as Namespace[])('%s', (namespace) => {
  const keys = Object.keys(resources.en[namespace]);

  test('no word is there that nobody says', () => {
    const unused = keys.map(stem).filter((key) => {
      if (new RegExp(`['"\`]${namespace}:${key.replaceAll('.', '\\.')}['"\`]`).test(all)) return false;
      return !dynamic.some(
        (d) =>
          d.namespace === namespace &&
          key.startsWith(d.prefix) &&
          sources.some(
            (s) => d.in.test(s.name) && spelled(lowerFirst(key.slice(d.prefix.length), d.prefix), s.text),
          ),
      );
    });
    expect(unused).toEqual([]);
  });

  test('everything said has its word', () => {
    const stems = new Set([...keys, ...keys.map(stem)]);
    const said = [...all.matchAll(new RegExp(`['"\`]${namespace}:([A-Za-z][\\w.]*)['"\`]`, 'g'))].map(
      (m) => m[1],
    );
    expect(said.filter((key) => key !== undefined && !stems.has(key))).toEqual([]);
  });

  test('Chinese has the same words with the same blanks', () => {
    const blanks = (text: string): string[] => [...new Set(text.match(/\{\{\w+\}\}/g))].sort();
    const chinese: Record<string, string> = resources['zh-CN'][namespace];
    expect(Object.keys(chinese).sort()).toEqual([...keys].sort());
    for (const [key, text] of Object.entries(resources.en[namespace])) {
      // "One session": a singular may spell its number out.
      if (key.endsWith('_one')) continue;
      expect(blanks(chinese[key] ?? ''), key).toEqual(blanks(text));
    }
  });
});

test('Chinese keeps to one word for each thing', () => {
  const chinese = Object.values(resources['zh-CN']).flatMap((words) => Object.entries(words));
  // 凭据, 地区, 帐户, 帐号, 登陆: other spellings of 凭证, 区域, 账户, 登录.
  expect(chinese.filter(([, text]) => /凭据|地区|帐|登陆|登入/.test(text))).toEqual([]);
});
