import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SupportRoom } from '../../../src/agent/support/support-room.ts';
import { Settings, type SetupFindings, type Snapshot } from '../../../src/contract/index.ts';
import { createTranslator } from '../../../src/locales/index.ts';
import { codeOf } from '../../support/code-of.ts';
import { cpuMs } from '../../support/cpu-time.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import * as given from '../../support/tray/snapshots.ts';

let folder: string;
let logs: string;
const log = { info() {}, warn() {}, error() {}, debug() {} };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'support-'));
  logs = join(folder, '.local', 'share', 'bedrock-tray', 'logs');
  await mkdir(logs, { recursive: true });
  await mkdir(join(folder, 'Downloads'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Secrets in every shape that may come near a bundle, and texts that are nobody's but their person's. */
const secrets = {
  secretKey: 'wJalrXUtnFEMIK7MDENGbPxRfiCYzEXAMPLEKEY0',
  sessionToken: `IQoJb3JpZ2luX2VjE${randomBytes(60).toString('base64').replaceAll('/', 'x')}`,
  accessToken: `aoaAAAAAG${randomBytes(40).toString('base64url').replaceAll('-', 'A')}`,
  refreshToken: `aorAAAAAG${randomBytes(40).toString('base64url').replaceAll('_', 'B')}`,
  clientSecret: `eyJ${randomBytes(30).toString('hex')}.eyJ${randomBytes(30).toString('hex')}`,
  apiKey: `ABSK${randomBytes(40).toString('base64').replaceAll('/', 'y').replaceAll('+', 'z')}`,
  endpointToken: randomBytes(32).toString('base64').replaceAll('/', 'Q1').replaceAll('+', 'r2'),
  password: 'correct-horse-battery',
  mail: 'ada.lovelace@corp.example.com',
  title: 'TITLE fix the payroll leak',
  prompt: 'PROMPT what does Bob earn',
  project: 'acquisition-of-initech',
  userCode: 'ABCD-WXYZ',
  endpoint: 'vpce-0123secret.bedrock.internal',
};
const everySecret = Object.values(secrets);

function state(): Snapshot {
  const now = 1_763_876_543_210;
  return given.snapshot(now, {
    agent: { ...given.snapshot(now).agent, home: join(folder, '.local', 'share', 'bedrock-tray') },
    settings: Settings.parse({ terminal: { fontFamily: `x ${secrets.apiKey}` } }),
    ssoSessions: [
      given.ssoSession(now, {
        signIn: given.signIn(now, {
          url: `http://127.0.0.1/authorize?code=${secrets.accessToken}`,
          userCode: secrets.userCode,
        }),
        problem: {
          code: 'SignInFailed',
          params: { ssoSession: 'corp', reason: `refreshToken=${secrets.refreshToken}` },
        },
      }),
    ],
    credentials: [
      given.credentials(now, {
        problem: {
          code: 'CommandFailed',
          params: {
            command: 'cat',
            reason: `https://ada:${secrets.password}@proxy AWS_SECRET_ACCESS_KEY=${secrets.secretKey}`,
          },
        },
      }),
    ],
    environments: [given.environment({ endpointUrl: `https://${secrets.endpoint}/` })],
    sessions: [
      given.session(now, {
        name: secrets.title,
        title: secrets.title,
        cwd: `/srv/${secrets.project}`,
        activity: {
          ...given.session(now).activity,
          state: 'needsYou',
          request: {
            id: 'r',
            kind: 'question',
            tool: null,
            text: secrets.prompt,
            sinceAt: now,
            answerable: false,
          },
          reason: secrets.prompt,
        },
      }),
    ],
    recentFolders: [`/srv/${secrets.project}`],
    pinnedFolders: [`/srv/${secrets.project}`],
  });
}

function room(more: { home?: string; checks?: unknown } = {}): SupportRoom {
  return new SupportRoom({
    context: { env: {}, userHome: more.home ?? folder, log, clock: new FakeClock() },
    logs,
    snapshot: state,
    setup: {
      find: async () =>
        ({
          awsCli: { path: '/usr/bin/aws', version: '2.31.0' },
          claudeSettings: { file: '/x', names: ['AWS_BEARER_TOKEN_BEDROCK'], profile: null, region: null },
          environment: ['AWS_PROFILE'],
        }) as unknown as SetupFindings,
    },
    checks: () => more.checks ?? [{ link: 'config', evidence: `as ${secrets.mail}` }],
    translator: () => createTranslator('en'),
    platform: 'linux',
  });
}

/** Names and texts of a zip file. */
async function contents(file: string): Promise<Record<string, string>> {
  const entries = unzipSync(new Uint8Array(await readFile(file)));
  return Object.fromEntries(Object.entries(entries).map(([name, bytes]) => [name, strFromU8(bytes)]));
}

describe('a bundle', () => {
  test('has what a ticket needs, for its person alone', async () => {
    await writeFile(join(logs, 'agent.log'), '{"msg":"agent listens"}\n');
    await writeFile(join(logs, 'agent.log.1'), '{"msg":"older"}\n');
    await writeFile(join(logs, 'pty-host.log'), 'listening\n');
    await writeFile(join(logs, 'unrelated.txt'), 'no');
    const { file, bytes } = await room().bundle(true);
    expect(file).toMatch(/\/Downloads\/bedrock-tray-support-[\d-]+\.zip$/);
    const facts = await stat(file);
    expect(facts.mode & 0o777).toBe(0o600);
    expect(facts.size).toBe(bytes);
    const files = await contents(file);
    expect(Object.keys(files)).toEqual([
      'README.txt',
      'about.json',
      'settings.json',
      'state.json',
      'checks.json',
      'logs/agent.log',
      'logs/agent.log.1',
      'logs/pty-host.log',
    ]);
    expect(files['logs/agent.log']).toBe('{"msg":"agent listens"}\n');
    expect(JSON.parse(files['about.json'] ?? '')).toMatchObject({
      platform: 'linux',
      awsCli: { version: '2.31.0' },
      claudeSettings: ['AWS_BEARER_TOKEN_BEDROCK'],
    });
    expect(JSON.parse(files['state.json'] ?? '').sessions[0]).toMatchObject({
      state: 'running',
      activity: { asks: { kind: 'question' } },
    });
  });

  test('no secret that was planted anywhere is in it, and no text of a person’s', async () => {
    const lines = everySecret
      .filter(
        (s) =>
          ![secrets.title, secrets.prompt, secrets.project, secrets.userCode, secrets.endpoint].includes(s),
      )
      .flatMap((secret, n) => {
        const labels = ['secretAccessKey', 'sessionToken', 'accessToken', 'refreshToken', 'clientSecret'];
        if (secret === secrets.password)
          return [`proxy https://ada:${secret}@proxy:3128`, `password=${secret}`];
        return [
          `{"level":30,"${labels[n % labels.length]}":"${secret}"}`,
          `{"level":40,"msg":"bare ${secret} in a sentence"}`,
          `url https://x.example/?x=1&code=${secret}&y=2`,
        ];
      });
    for (const name of ['agent.log', 'agent-start.log', 'pty-host.log', 'tray.log'])
      await writeFile(join(logs, name), `${lines.join('\n')}\n`);
    for (const maskAccounts of [true, false]) {
      const { file } = await room({
        checks: [{ evidence: everySecret.slice(0, 9).join(' ').replace(secrets.password, '') }],
      }).bundle(maskAccounts);
      const text = Object.values(await contents(file)).join('\n');
      expect(text.length).toBeGreaterThan(3000);
      for (const [name, secret] of Object.entries(secrets)) expect(text, name).not.toContain(secret);
      expect(text).not.toContain(folder);
      await rm(file);
    }
  });

  test('account numbers are masked where they are wanted so', async () => {
    await writeFile(join(logs, 'agent.log'), 'arn:aws:sts::123456789012:assumed-role/Dev\n');
    const one = await room().bundle(true);
    expect(Object.values(await contents(one.file)).join('\n')).not.toContain('123456789012');
    await rm(one.file);
    const other = await room().bundle(false);
    expect((await contents(other.file))['logs/agent.log']).toContain('123456789012');
  });

  test('of a long log the last whole lines, without a long computation', async () => {
    const line = (n: number) => `{"n":${n},"msg":"${'x'.repeat(90)}"}\n`;
    await writeFile(join(logs, 'agent.log'), Array.from({ length: 30_000 }, (_, n) => line(n)).join(''));
    let longest = 0;
    let last = cpuMs();
    const ticker = setInterval(() => {
      longest = Math.max(longest, cpuMs() - last);
      last = cpuMs();
    }, 1);
    const { file } = await room().bundle(true);
    clearInterval(ticker);
    const kept = (await contents(file))['logs/agent.log'] ?? '';
    expect(kept.length).toBeGreaterThan(900_000);
    expect(kept.length).toBeLessThanOrEqual(1024 * 1024);
    expect(kept.startsWith('{"n":')).toBe(true);
    expect(kept.endsWith(line(29_999))).toBe(true);
    expect(longest).toBeLessThan(1_000);
  });

  test('without a folder for downloads it goes home; where nothing can be written it says so', async () => {
    await rm(join(folder, 'Downloads'), { recursive: true });
    expect((await room().bundle(true)).file.startsWith(join(folder, 'bedrock-tray-support-'))).toBe(true);
    const file = join(folder, 'file');
    await writeFile(file, '');
    expect(await codeOf(room({ home: file }).bundle(true))).toBe('StorageFailed');
  });
});
