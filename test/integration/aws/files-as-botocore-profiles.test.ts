import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseKnownFiles } from '@smithy/core/config';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseAwsText, readAwsConfig, readStaticKeys, sortSections } from '../../../src/aws/config-file.ts';
import type { CredentialSource } from '../../../src/domain/credentials/credential-source.ts';
import { createTranslator, resources } from '../../../src/locales/index.ts';
import { runCommand } from '../../support/run-command.ts';
import { askLibrary, cli, libraries } from './library-referees.ts';
import { type ProfileRow, profileRows } from './profile-rows.ts';

/**
 * Every kind of profile and every trap of the two files, judged by botocore and the AWS CLI: the same source with the
 * same parameters, or the difference is named and justified in the row (profile-rows.ts).
 */

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'profiles-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

type Verdict = Record<string, unknown> & { error?: string; message?: string; attempt?: string | null };

async function filesOf(row: Pick<ProfileRow, 'config' | 'credentials'>, name: string) {
  const dir = join(folder, name);
  await mkdir(dir, { recursive: true });
  const files = { config: join(dir, 'config'), credentials: join(dir, 'credentials') };
  await writeFile(files.config, row.config);
  await writeFile(files.credentials, row.credentials ?? '');
  return files;
}
type Files = Awaited<ReturnType<typeof filesOf>>;

/** Our verdict in the referees' form. */
async function ours(files: Files, profile: string): Promise<Verdict> {
  let config: Awaited<ReturnType<typeof readAwsConfig>>;
  try {
    config = await readAwsConfig(files);
  } catch (e) {
    return { error: (e as Error).message };
  }
  const found = config.profiles.get(profile);
  if (!found) return { error: 'ProfileUnknown' };
  if (!found.source) return { error: 'ProfileUnsupported', message: found.unsupported ?? '' };
  const sessions = config.ssoSessions;
  const described = async (source: CredentialSource): Promise<Verdict> => {
    switch (source.kind) {
      case 'sso': {
        const session = sessions.get(source.ssoSession);
        return { ...source, startUrl: session?.startUrl, ssoRegion: session?.region };
      }
      case 'assume-role': {
        const { sourceProfile: _, region: __, ...asked } = source;
        return { ...asked, source: await described(source.source) };
      }
      case 'web-identity': {
        const { region: _, ...asked } = source;
        return asked;
      }
      case 'static':
        return { kind: 'static', accessKeyId: (await readStaticKeys(files, source.profile))?.accessKeyId };
      case 'environment':
        return { kind: 'environment', accessKeyId: 'AKIAENVIRONMENT' };
      case 'process':
        return { kind: 'process', accessKeyId: /AKIA\w+/.exec(source.command)?.[0] };
      default:
        return { kind: source.kind };
    }
  };
  return { ...(await described(found.source)), region: found.region };
}

/** botocore's answers in a form that can be compared: optional values null, a chosen `aws login` named as such. */
function told(verdict: Verdict): Verdict {
  // To use such a session it wants a library of its own, or the session's file: it has chosen it all the same.
  if (verdict.error === 'MissingDependencyException' || verdict.error === 'LoginTokenLoadError') {
    return { kind: 'login' };
  }
  const { attempt: _, ...rest } = verdict;
  return rest;
}
const withoutRegion = ({ region: _, ...verdict }: Verdict): Verdict => verdict;

const env = () => ({
  PATH: process.env.PATH ?? '',
  HOME: folder,
  AWS_EC2_METADATA_DISABLED: 'true',
  // Nothing listens there: a call that is made ends at once.
  AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
  AWS_MAX_ATTEMPTS: '1',
});
const rowEnv = { AWS_ACCESS_KEY_ID: 'AKIAENVIRONMENT', AWS_SECRET_ACCESS_KEY: 'secret' };

describe.each(libraries)('as $name sees them', (library) => {
  const verdicts = new Map<string, Verdict>();
  beforeAll(async () => {
    if (library.python === undefined) return;
    const questions = await Promise.all(
      profileRows.map(async (row) => ({
        ask: 'profile',
        ...(await filesOf(row, row.name)),
        profile: row.profile ?? 'p',
        env: rowEnv,
        attempt: row.differs?.at === 'call',
      })),
    );
    const answers = await askLibrary<Verdict>(library, questions, env());
    for (const [n, row] of profileRows.entries()) verdicts.set(row.name, answers[n] as Verdict);
  }, 300_000);

  test.skipIf(library.python === undefined).each(profileRows)('$name', async (row) => {
    const verdict = verdicts.get(row.name) as Verdict;
    const mine = await ours(await filesOf(row, row.name), row.profile ?? 'p');
    const differs =
      row.differs?.who === undefined || row.differs.who === library.id ? row.differs : undefined;
    if (differs === undefined) {
      if (verdict.error !== undefined && told(verdict).kind !== 'login') {
        // Both refuse; ours says why, in words of its own.
        expect(mine, `${library.name}: ${verdict.error} ${verdict.message}`).toHaveProperty('error');
      } else if (told(verdict).kind === 'login') {
        expect(withoutRegion(mine)).toEqual({ kind: 'login' });
      } else {
        expect(mine).toEqual(told(verdict));
      }
      return;
    }
    // A difference that is named must be there, and be the one that is named.
    expect(differs.why.length).toBeGreaterThan(20);
    if (differs.at === 'call') {
      expect(mine.error, 'refused here').toBe('ProfileUnsupported');
      expect(verdict.error, 'not refused yet there').toBeUndefined();
      expect(verdict.attempt, 'refused there when it is used').toMatch(differs.ends);
    } else {
      expect(mine).toMatchObject(differs.ours);
      expect(told(verdict)).toMatchObject(differs.theirs);
      expect(mine).not.toMatchObject(differs.theirs);
    }
  });
});

/** The same files each time: what others (SEED=…) find is mended by whoever looks for it, not by a change that meets it. */
const seed = Number(process.env.SEED ?? 6);

/** Any mixture of what profiles are made of, each value a proper one: the rows above have the improper ones. */
function mixtures(count: number, hasLogin: boolean): Pick<ProfileRow, 'config' | 'credentials'>[] {
  const names = ['p', 'q', 'r'];
  const line = fc.oneof(
    fc.constantFrom(
      'role_arn = arn:aws:iam::111122223333:role/R',
      'role_arn = arn:aws:iam::111122223333:role/S',
      'source_profile = p',
      'source_profile = q',
      'source_profile = r',
      'source_profile = keys',
      'credential_source = Environment',
      'mfa_serial = arn:aws:iam::111122223333:mfa/me',
      'external_id = some',
      'web_identity_token_file = /run/token',
      'sso_session = corp',
      'sso_session = gone',
      'sso_account_id = 111122223333',
      'sso_role_name = Dev',
      'sso_start_url = https://x.awsapps.com/start',
      'sso_region = us-east-1',
      'aws_access_key_id = AKIAONE',
      'aws_access_key_id = AKIATWO',
      'aws_secret_access_key = secret',
      `credential_process = echo '{"Version": 1, "AccessKeyId": "AKIAPROCESS", "SecretAccessKey": "s"}'`,
      ...(hasLogin ? ['login_session = arn:aws:iam::111122223333:user/me'] : []),
      'region = eu-west-1',
    ),
  );
  const keyOf = (text: string) => text.split(' ')[0];
  const section = fc.uniqueArray(line, { minLength: 1, maxLength: 7, selector: keyOf });
  const file = fc.tuple(section, section, section);
  const corp =
    '[sso-session corp]\nsso_start_url = https://x.awsapps.com/start\nsso_region = us-east-1\n[profile keys]\naws_access_key_id = AKIAKEYS\naws_secret_access_key = s\n';
  const parts = fc.tuple(file, fc.option(section), fc.option(section));
  return fc.sample(parts, { numRuns: count, seed }).map(([config, p, q]) => ({
    config: corp + config.map((s, n) => `[profile ${names[n]}]\n${s.join('\n')}\n`).join(''),
    credentials: [p, q].map((s, n) => (s ? `[${names[n]}]\n${s.join('\n')}\n` : '')).join(''),
  }));
}

for (const library of libraries) {
  const { name } = library;
  test.skipIf(library.python === undefined)(
    `any mixture in three profiles and two files: the same source as ${name} finds`,
    async () => {
      const rows = mixtures(process.env.CI ? 1_500 : 100, library.id === 'botocore');
      const files = await Promise.all(rows.map((row, n) => filesOf(row, `mixture-${library.id}-${n}`)));
      const questions = files.map((file) => ({ ask: 'profile', ...file, profile: 'p', env: rowEnv }));
      const verdicts = await askLibrary<Verdict>(library, questions, env());
      let usable = 0;
      for (const [n, verdict] of verdicts.entries()) {
        const mine = await ours(files[n] as Files, 'p');
        const what = `${name}\n${rows[n]?.config}--\n${rows[n]?.credentials}\n${JSON.stringify(verdict)}`;
        const theirs = told(verdict);
        if (theirs.error !== undefined) expect(mine, what).toHaveProperty('error');
        else if (theirs.kind === 'login') expect(ending(mine), what).toBe('login');
        else expect(mine, what).toEqual(theirs);
        if (mine.error === undefined) usable++;
      }
      expect(usable).toBeGreaterThan(rows.length / 10);
      expect(usable).toBeLessThan(rows.length);
    },
    300_000,
  );
}

/** The kind at the end of a chain. */
function ending(verdict: Verdict): unknown {
  return verdict.kind === 'assume-role' ? ending(verdict.source as Verdict) : verdict.kind;
}

test('each row says what it must: kind, notes, and the reason of a refusal', async () => {
  const translators = [createTranslator('en'), createTranslator('zh-CN')];
  const codes = new Set<string>();
  for (const row of profileRows) {
    const files = await filesOf(row, row.name);
    const config = await readAwsConfig(files).catch((e: Error) => e);
    if (config instanceof Error) {
      expect({ row: row.name, refused: config.message }).toEqual({ row: row.name, refused: row.refused });
      continue;
    }
    const profile = config.profiles.get(row.profile ?? 'p');
    const said = {
      row: row.name,
      kind: profile?.kind,
      refused: profile ? profile.unsupported : 'ProfileUnknown',
      notes: profile?.notes.map((n) => n.code).sort() ?? [],
    };
    for (const note of profile?.notes ?? []) {
      codes.add(note.code);
      for (const { note: words } of translators) expect(words(note)).not.toMatch(/\{\{|^notes:/);
    }
    expect(said).toEqual({
      row: row.name,
      kind: row.kind,
      refused: row.refused ?? null,
      notes: [...(row.notes ?? [])].sort(),
    });
  }
  // Shown in some row each, but for what no file of AWS's says.
  const elsewhere = ['ClaudeSettings', 'ProcessWithoutExpiry'];
  expect([...codes, ...elsewhere].sort()).toEqual(Object.keys(resources.en.notes).sort());
});

/** What AWS's JavaScript SDK reads of a profile, through its own loader. */
async function asSdk(files: Files): Promise<Record<string, Record<string, string | undefined>>> {
  return (await parseKnownFiles({
    configFilepath: files.config,
    filepath: files.credentials,
    ignoreCache: true,
  })) as Record<string, Record<string, string | undefined>>;
}
const compared = [
  'region',
  'role_arn',
  'source_profile',
  'sso_session',
  'sso_account_id',
  'sso_role_name',
  'credential_process',
];

/** Names of profiles that the SDK reads differently, where no note says so. */
async function unnamed(files: Files): Promise<string[]> {
  const config = await readAwsConfig(files).catch(() => null);
  if (!config) return [];
  const read = async (file: string) => parseAwsText(file, await readFile(file));
  const { profiles } = sortSections(await read(files.config), await read(files.credentials));
  const sdk = await asSdk(files);
  const missed: string[] = [];
  for (const [name, options] of profiles) {
    const other = compared.filter((key) => {
      const value = options.get(key);
      const mine = value === '' || value?.startsWith('\n') ? undefined : value;
      return mine !== sdk[name]?.[key];
    });
    const notes = config.profiles.get(name)?.notes ?? [];
    const says = notes.some((n) => n.code.startsWith('Sdk') || n.code === 'DefaultTwice');
    if (other.length > 0 && !says) missed.push(`${name}: ${other.join()}`);
  }
  return missed;
}

describe("where AWS's JavaScript SDK reads something else, a note says so", () => {
  test('in every row', async () => {
    for (const row of profileRows) {
      expect(await unnamed(await filesOf(row, row.name)), row.name).toEqual([]);
    }
  });
  test('in arbitrary files', async () => {
    const name = fc.constantFrom(
      'default',
      'profile a',
      'profile "b c"',
      'profile  d',
      'profile default',
      'profile "e"',
      'sso-session s',
      'services t',
    );
    const header = fc
      .tuple(name, fc.constantFrom('', '', '', ' # note', ' x', '  '))
      .map(([n, after]) => `[${n}]${after}`);
    const key = fc.constantFrom(
      'region',
      'Region',
      'role_arn',
      'sso_account_id',
      'sso_role_name',
      's3',
      'output',
    );
    const value = fc.constantFrom('', 'x', 'x # c', 'x#c', 'x ;c', '# c', 'a=b', 'us-east-1', 'https://x/#/');
    const line = fc.oneof(
      {
        weight: 6,
        arbitrary: fc
          .tuple(
            fc.constantFrom('', '', '', '  ', '    '),
            key,
            fc.constantFrom(' = ', '=', ':', ' : '),
            value,
          )
          .map((p) => p.join('')),
      },
      { weight: 2, arbitrary: header },
      { weight: 1, arbitrary: fc.constantFrom('# c', '', '  # c', '; c') },
    );
    const text = fc.array(line, { maxLength: 9 });
    let differing = 0;
    await fc.assert(
      fc.asyncProperty(
        text,
        text,
        fc.constantFrom('\n', '\n', '\r\n', '\r'),
        async (config, credentials, eol) => {
          const files = await filesOf(
            {
              config: ['[default]', ...config].join(eol),
              credentials: credentials
                .map((l) => l.replace('[profile ', '['))
                .filter((_, n) => n > 0 || credentials[0]?.startsWith('['))
                .join(eol),
            },
            'arbitrary',
          );
          const read = await readAwsConfig(files).catch(() => null);
          if (read && [...read.profiles.values()].some((p) => p.notes.some((n) => n.code.startsWith('Sdk'))))
            differing++;
          expect(await unnamed(files)).toEqual([]);
        },
      ),
      { numRuns: process.env.CI ? 2_000 : 250, seed },
    );
    expect(differing).toBeGreaterThan(20);
  }, 300_000);
});

test.skipIf(cli === undefined)(
  `the AWS CLI ${cli?.version} itself, started as people do, names the same kind`,
  async () => {
    const types: Record<string, string> = {
      'shared-credentials-file': 'static',
      'config-file': 'static',
      'custom-process': 'process',
    };
    const names = [
      'SSO beats keys of the credentials file',
      'keys of the credentials file',
      'a credential_process',
    ];
    const rows = profileRows.filter((row) => names.includes(row.name));
    expect(rows.length).toBe(names.length);
    await Promise.all(
      rows.map(async (row) => {
        const files = await filesOf(row, row.name);
        const args = ['configure', 'list', '--profile', row.profile ?? 'p'];
        const { stdout, stderr } = await runCommand(cli?.path ?? '', args, {
          env: { ...env(), AWS_CONFIG_FILE: files.config, AWS_SHARED_CREDENTIALS_FILE: files.credentials },
        });
        const type = /access_key\s+\S+\s+(\S+)/.exec(stdout)?.[1];
        const kind = /SSO/.test(stderr) ? 'sso' : types[type ?? stderr];
        const source = (await readAwsConfig(files)).profiles.get(row.profile ?? 'p')?.source;
        expect({ row: row.name, kind }).toEqual({ row: row.name, kind: source?.kind });
      }),
    );
  },
  180_000,
);
