/** Every word is said somewhere, and everything that is said has its word, in both languages. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { advised, findingCodes } from '../../../src/domain/doctor/finding-codes.ts';
import { settingsCatalog } from '../../../src/domain/settings/settings-catalog.ts';
import { troubleCodes } from '../../../src/domain/troubles/trouble-codes.ts';
import { type Namespace, resources } from '../../../src/locales/index.ts';

const root = join(import.meta.dirname, '..', '..', '..');

interface Source {
  name: string;
  /** Strings and names of properties: a key that is put together has its parts among them. */
  words: ReadonlySet<string>;
  /** `namespace:key`, said whole. */
  said: ReadonlySet<string>;
  /** `namespace:prefix` of keys that are put together in a template. */
  templates: ReadonlySet<string>;
}

const namespaces = Object.keys(resources.en) as Namespace[];
const key = `(?:${namespaces.join('|')}):[A-Za-z]\\w*(?:\\.[\\w.-]+)?`;
const all = (text: string, pattern: RegExp): Set<string> =>
  new Set([...text.matchAll(pattern)].map((m) => m[1] ?? m[2] ?? ''));

/** What a program's text says. Comments say nothing. */
function read(name: string, whole: string): Source {
  const text = whole.replace(/^\s*(\/\/|\*|\/\*).*$/gm, '');
  return {
    name,
    words: new Set([
      ...all(text, /['"`]([\w.-]+)['"`]/g),
      ...all(text, /(?:^|[\s{,])([\w]+)\??:/gm),
      // `{ state }`: a property by its short form.
      ...all(text, /[{,]\s*(\w+)\s*(?=[,}])/g),
    ]),
    said: all(text, new RegExp(`['"\`](${key})['"\`]`, 'g')),
    templates: all(text, new RegExp(`\`((?:${namespaces.join('|')}):[\\w.-]*)\\$\\{`, 'g')),
  };
}

const sources = ['src', 'renderer/src'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !name.startsWith('locales'))
    .map((name) => read(`${folder}/${name}`, readFileSync(join(root, folder, name), 'utf8'))),
);

/**
 * Keys put together at run time: a prefix in a namespace, and where the rest of the key is spelled out as a string or
 * property. A key that is neither said whole nor found there is used by nobody.
 */
const dynamic: readonly { namespace: Namespace; prefix: string; in: RegExp }[] = [
  { namespace: 'tray', prefix: '', in: /^src\/domain\/(menu\/|notices\/session-notice)/ },
  { namespace: 'notices', prefix: '', in: /^src\/domain\/notices\/\w+(-\w+)*-notice\.ts$/ },
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
  {
    namespace: 'cli',
    prefix: 'identity.',
    in: /^src\/(domain\/sessions\/identity-facts|cli\/identity-words)\.ts$/,
  },
  { namespace: 'cli', prefix: 'models.access.', in: /^src\/contract\/bedrock\.ts$/ },
  { namespace: 'cli', prefix: 'models.refusal.', in: /^src\/contract\/bedrock\.ts$/ },
  { namespace: 'cli', prefix: 'models.use.', in: /^src\/contract\/bedrock\.ts$/ },
  { namespace: 'cli', prefix: 'models.from.', in: /^src\/contract\/bedrock\.ts$/ },
  { namespace: 'cli', prefix: 'models.old.', in: /^src\/domain\/bedrock\/legacy-models\.ts$/ },
  { namespace: 'cli', prefix: 'open.', in: /^src\/cli\/electron\.ts$/ },
  {
    namespace: 'notes',
    prefix: '',
    in: /^src\/(domain\/profiles\/profile-notes|agent\/profiles\/claude-settings)\.ts$/,
  },
  {
    namespace: 'settings',
    prefix: 'section.',
    in: /^(src\/domain\/settings\/settings-catalog|renderer\/src\/routes\/settings\/settings-view)\.tsx?$/,
  },
  { namespace: 'notices', prefix: '', in: /^src\/domain\/notices\/.*notices?\.ts$/ },
  { namespace: 'upkeep', prefix: 'trace.', in: /^src\/contract\/state\.ts$/ },
  { namespace: 'settings', prefix: 'invalid.', in: /^src\/domain\/settings\/settings-catalog\.ts$/ },
  { namespace: 'settings', prefix: 'detail.identityMode.', in: /^src\/contract\/settings\.ts$/ },
  { namespace: 'doctor', prefix: 'link.', in: /^src\/contract\/doctor\.ts$/ },
  { namespace: 'doctor', prefix: 'state.', in: /^src\/contract\/doctor\.ts$/ },
  { namespace: 'doctor', prefix: 'about.', in: /^src\/contract\/doctor\.ts$/ },
  { namespace: 'doctor', prefix: 'page.fix.', in: /^src\/contract\/doctor\.ts$/ },
  { namespace: 'doctor', prefix: 'page.group.', in: /^renderer\/src\/routes\/doctor\/groups\.ts$/ },
  { namespace: 'doctor', prefix: 'page.fix.', in: /^src\/contract\/doctor\.ts$/ },
  { namespace: 'policies', prefix: '', in: /^src\/(domain|agent)\/policies\// },
  { namespace: 'policies', prefix: 'about.', in: /^src\/contract\/policies\.ts$/ },
  { namespace: 'policies', prefix: 'kind.', in: /^src\/contract\/policies\.ts$/ },
  { namespace: 'policies', prefix: 'decision.', in: /^src\/contract\/policies\.ts$/ },
  { namespace: 'policies', prefix: 'type.', in: /^src\/contract\/policies\.ts$/ },
  { namespace: 'policies', prefix: 'impossible.', in: /^src\/domain\/policies\/build-policy\.ts$/ },
  // An error that nobody throws needs no words.
  { namespace: 'errors', prefix: '', in: /^src\/(?!contract\/|locales\/)/ },
];

/** Keys that follow from a list in the product itself. */
const listed: Partial<Record<Namespace, readonly string[]>> = {
  doctor: [...findingCodes, ...advised.map((code) => `${code}Remedy`)],
  settings: settingsCatalog.flatMap(({ path, section, takes }) => [
    `name.${path}`,
    `about.${path}`,
    ...(takes.kind === 'choice' && section !== null ? takes.options.map((o) => `choice.${path}.${o}`) : []),
  ]),
  troubles: troubleCodes.flatMap((code) => [`${code}.what`, `${code}.why`, `${code}.do`]),
};

const stem = (word: string): string => word.replace(/_(zero|one|two|few|many|other)$/, '');
/** camelCase after a prefix that is a word itself: stateReady -> ready. */
const lowerFirst = (rest: string, prefix: string): string =>
  prefix === '' || prefix.endsWith('.') ? rest : rest.charAt(0).toLowerCase() + rest.slice(1);

function unusedOf(namespace: Namespace, keys: readonly string[], by: readonly Source[]): string[] {
  const known = new Set(listed[namespace]);
  return [...new Set(keys.map(stem))].filter(
    (word) =>
      !known.has(word) &&
      !by.some((s) => s.said.has(`${namespace}:${word}`)) &&
      !dynamic.some(
        (d) =>
          d.namespace === namespace &&
          word.startsWith(d.prefix) &&
          by.some((s) => d.in.test(s.name) && s.words.has(lowerFirst(word.slice(d.prefix.length), d.prefix))),
      ),
  );
}

function missingOf(namespace: Namespace, keys: readonly string[], by: readonly Source[]): string[] {
  const stems = new Set([...keys, ...keys.map(stem)]);
  const start = `${namespace}:`;
  const missing = by.flatMap((s) => [
    ...[...s.said].filter((w) => w.startsWith(start) && !stems.has(w.slice(start.length))),
    ...[...s.templates].filter(
      (w) => w.startsWith(start) && ![...stems].some((each) => each.startsWith(w.slice(start.length))),
    ),
  ]);
  return [...missing, ...(listed[namespace] ?? []).filter((word) => !stems.has(word))];
}

describe.each(namespaces)('%s', (namespace) => {
  const keys = Object.keys(resources.en[namespace]);

  test('no word is there that nobody says', () => {
    expect(unusedOf(namespace, keys, sources)).toEqual([]);
  });

  test('everything said has its word', () => {
    expect(missingOf(namespace, keys, sources)).toEqual([]);
  });

  test('every language has the same words with the same blanks', () => {
    for (const [language, words] of Object.entries(resources)) {
      const those: Record<string, string> = words[namespace];
      expect([...new Set(Object.keys(those).map(stem))].sort(), language).toEqual(
        [...new Set(keys.map(stem))].sort(),
      );
      const english: Record<string, string> = resources.en[namespace];
      for (const [word, text] of Object.entries(those)) {
        // "One session": a singular may spell its number out.
        if (word.endsWith('_one')) continue;
        expect(blanks(text), `${language} ${word}`).toEqual(
          blanks(english[word] ?? english[`${stem(word)}_other`] ?? ''),
        );
      }
    }
  });

  test('what is counted has the forms that Intl says the language has', () => {
    for (const [language, words] of Object.entries(resources)) {
      const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
      const those: Record<string, string> = words[namespace];
      for (const counted of new Set(
        Object.keys(those)
          .filter((w) => w !== stem(w))
          .map(stem),
      )) {
        const there = forms.filter((form) => `${counted}_${form}` in those);
        expect(there, `${language} ${counted}`).toEqual(forms);
        expect(those[counted], `${counted} without a form`).toBeUndefined();
      }
    }
  });
});

const blanks = (text: string): string[] => [...new Set(text.match(/\{\{\w+\}\}/g))].sort();

describe('the test itself', () => {
  const probe = (text: string): Source => read('src/cli/probe.ts', text);

  test('finds a word that nobody says, also one that only a comment names', () => {
    const by = [probe("t('cli:said');\n// t('cli:commented')\n")];
    expect(unusedOf('cli', ['said', 'commented', 'silent', 'counted_one', 'counted_other'], by)).toEqual([
      'commented',
      'silent',
      'counted',
    ]);
  });

  test('finds what has no word, also where the key is put together', () => {
    const by = [probe(`t('cli:there'); t('cli:gone'); t(\`cli:state.\${s}\`); t(\`cli:lost.\${s}\`)`)];
    expect(missingOf('cli', ['there', 'state.on'], by)).toEqual(['cli:gone', 'cli:lost.']);
  });
});

test('Chinese keeps to one word for each thing', () => {
  const chinese = Object.values(resources['zh-CN']).flatMap((words) => Object.entries(words));
  // 凭据, 地区, 帐户, 帐号, 登陆: other spellings of 凭证, 区域, 账户, 登录.
  expect(chinese.filter(([, text]) => /凭据|地区|帐|登陆|登入/.test(text))).toEqual([]);
});
