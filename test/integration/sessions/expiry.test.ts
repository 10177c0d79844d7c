import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { PromptView } from '../../../src/contract/index.ts';
import { bash, type ScriptedSession, say } from '../../support/claude-script/scripted-session.ts';
import { type Renderer, TruthRun } from '../../support/claude-script/truth-run.ts';
import { keyVariables } from '../../support/sandbox.ts';

/**
 * The SSO session ends while five sessions of the real Claude Code work, side by side on one agent: one prompt, one
 * sign-in, and all carry on with what they had, in both renderers.
 */
const names: readonly [string, Renderer][] = [
  ['one', 'fullscreen'],
  ['two', 'classic'],
  ['three', 'fullscreen'],
  ['four', 'classic'],
  ['five', 'fullscreen'],
];
/** What the person has in their own shell: other keys, valid ones, another profile, another region. */
const own = { AWS_PROFILE: 'sandbox-research', AWS_REGION: 'eu-central-1', AWS_DEFAULT_REGION: 'sa-east-1' };

let run: TruthRun;
let sessions: ScriptedSession[];
/** The whole environment that the sessions were opened from. */
let personEnv: Record<string, string>;
/** Every prompt to sign in that was shown, as it changed. */
const prompts: (PromptView | null)[] = [];

beforeAll(async () => {
  run = await TruthRun.start([...names.map(([name]) => name), 'six'], 0);
  const { sandbox, env } = run.own;
  // A refresh command of the person's own: what it would sign in to is not what the session uses.
  await mkdir(join(sandbox.home, '.claude'));
  await writeFile(
    join(sandbox.home, '.claude', 'settings.json'),
    JSON.stringify({ awsAuthRefresh: `touch ${sandbox.home}/refreshed` }),
  );
  const rival = await sandbox.issueCredentials({ accountId: '222233334444', roleName: 'Rival' });
  personEnv = { ...env, ...keyVariables(rival), ...own };
  run.agent.watch('state.watch', {}, ({ prompt }) => {
    if (JSON.stringify(prompt) !== JSON.stringify(prompts.at(-1) ?? null)) prompts.push(prompt);
  });
  sessions = await Promise.all(
    names.map(([name, renderer]) => run.session(name, renderer, { env: personEnv })),
  );
}, 300_000);
afterAll(() => run?.[Symbol.asyncDispose]());

/** Texts of the messages in a session's transcripts, with who said them. */
async function transcript(session: ScriptedSession): Promise<{ role: string; text: string }[]> {
  const folder = join(
    run.own.sandbox.home,
    '.claude',
    'projects',
    session.folder.replace(/[^A-Za-z0-9]/g, '-'),
  );
  const files = (await readdir(folder)).filter((name) => name.endsWith('.jsonl'));
  const lines = (await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8'))))
    .join('')
    .split('\n');
  return lines
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { type: string; message?: { content: unknown } })
    .filter(({ type }) => type === 'user' || type === 'assistant')
    .map(({ type, message }) => ({ role: type, text: JSON.stringify(message?.content) }));
}

const times = (messages: readonly { role: string; text: string }[], role: string, part: string) =>
  messages.filter((message) => message.role === role && message.text.includes(part)).length;

const onScreen = (session: ScriptedSession, part: string) => session.screen.allText.split(part).length - 1;

it('one prompt, one sign-in, five sessions carry on, no message is lost', { timeout: 300_000 }, async () => {
  const { sandbox } = run.own;
  const refused = async (after: number) =>
    (await sandbox.requests({ after, service: 'bedrock-runtime' })).filter(({ status }) => status === 403);
  // Each works: its tool runs.
  const markers = await Promise.all(
    sessions.map((session) =>
      session.prompt([
        { content: [say(`${session.name} begins`), bash('sh gate.sh end')] },
        { content: [say(`${session.name} 到了终点`)] },
      ]),
    ),
  );
  const queued = await Promise.all(
    sessions.map(async (session) => {
      await expect.poll(() => existsSync(join(session.folder, 'end.there')), { timeout: 60_000 }).toBe(true);
      const marker = session.marker();
      await sandbox.script(marker, [{ content: [say(`${session.name} answers the queued one`)] }]);
      return marker;
    }),
  );
  const seen = (await sandbox.requests()).at(-1)?.id ?? 0;
  await sandbox.switches({ endSsoSessions: true, expireAccessTokens: true, expireCredentials: true });
  await Promise.all(sessions.map((session) => session.openGate('end')));
  await expect.poll(async () => (await refused(seen)).length, { timeout: 60_000 }).toBeGreaterThanOrEqual(5);
  await run.happenings.until(() => run.snapshot?.prompt != null, 'a prompt to sign in', 60_000);
  expect(run.snapshot?.prompt).toMatchObject({
    ssoSession: 'sandbox',
    accountId: '111122223333',
    roleName: 'BedrockDeveloper',
    count: 1,
  });
  // One may be refused twice before another is refused at all.
  const waits = (session: ScriptedSession) => session.view?.activity.state === 'paused';
  await run.happenings.until(() => sessions.every(waits), 'all of them to wait for the sign-in', 60_000);

  // They wait: nothing is asked of Bedrock meanwhile, and a person may go on typing.
  const waiting = (await sandbox.requests()).at(-1)?.id ?? 0;
  for (const [at, session] of sessions.entries()) {
    await session.type(`do ${queued[at]}`);
    session.press('enter');
  }
  await sleep(4_000);
  expect((await sandbox.requests({ after: waiting })).filter((r) => r.service.startsWith('bedrock'))).toEqual(
    [],
  );
  for (const session of sessions) expect(session.view?.state).toBe('running');

  const { status } = await run.own.login({ args: ['--sso-session', 'sandbox'] });
  expect(status).toBe(0);
  await Promise.all(sessions.map((session) => session.says(`${session.name} answers the queued one`)));

  // One prompt, which went away; one sign-in by a person since.
  expect(prompts.filter((prompt, at) => prompt !== null && (prompts[at - 1] ?? null) === null)).toHaveLength(
    1,
  );
  expect(prompts.at(-1)).toBeNull();
  expect(Math.max(...prompts.map((prompt) => prompt?.count ?? 0))).toBe(1);
  const since = await sandbox.requests({ after: seen });
  expect(since.filter((r) => r.operation === 'Decide' && r.status < 400)).toHaveLength(1);
  expect(since.filter((r) => r.operation === 'CreateToken' && r.status === 200)).toHaveLength(1);

  for (const [at, session] of sessions.entries()) {
    const [first = '', second = ''] = [markers[at], queued[at]];
    const answered = async () =>
      times(await transcript(session), 'assistant', `${session.name} answers the queued one`);
    await expect.poll(answered).toBe(1);
    const messages = await transcript(session);
    const counts = {
      prompt: times(messages, 'user', `do ${first}`),
      tool: times(messages, 'user', 'opened'),
      begins: times(messages, 'assistant', `${session.name} begins`),
      answer: times(messages, 'assistant', `${session.name} 到了终点`),
    };
    expect(counts, session.name).toEqual({ prompt: 1, tool: 1, begins: 1, answer: 1 });
    expect(messages.some(({ text }) => text.includes(second))).toBe(true);
    expect(messages.some(({ text }) => text.includes('API Error'))).toBe(false);
    expect(onScreen(session, `${session.name} 到了终点`)).toBe(1);
    expect(onScreen(session, `${session.name} answers the queued one`)).toBe(1);
    for (const marker of [first, second]) {
      const played = await sandbox.played(marker, {}, 0);
      expect(played.every(({ outcome }) => outcome === 'answered')).toBe(true);
    }
  }
  expect(existsSync(join(sandbox.home, 'refreshed'))).toBe(false);
  // What was signed for all of them was ours.
  const ours = new Set(
    (await sandbox.issued()).filter(({ source }) => source === 'portal').map((k) => k.accessKeyId),
  );
  for (const r of await sandbox.requests({ service: 'bedrock-runtime' }))
    expect(ours).toContain(r.accessKeyId);
});

it("a shell command inside sees the person's own AWS_* and no secret of ours, after the expiry too", async () => {
  const session = sessions[0] as ScriptedSession;
  const { sandbox } = run.own;
  const marker = await session.prompt([
    { content: [bash('env -0 > seen-env; echo shown')] },
    { content: [say('written')] },
  ]);
  await session.shows('permission');
  await sleep(1_500);
  await session.answer('enter');
  await session.asked(marker, 2);
  await session.says('written');
  const seen = Object.fromEntries(
    (await readFile(join(session.folder, 'seen-env'), 'utf8'))
      .split('\0')
      .filter((line) => line.includes('='))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
  const aws = (env: Record<string, string>) =>
    Object.fromEntries(Object.entries(env).filter(([name]) => name.startsWith('AWS_')));
  expect(aws(seen)).toEqual(aws(personEnv));
  expect(seen).toMatchObject(own);
  // Every secret of the sandbox has this word in it.
  const secrets = Object.entries(seen).filter(([, value]) => value.includes('SbxSecret'));
  expect(secrets.map(([name]) => name).sort()).toEqual(['AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN']);
  const all = JSON.stringify(seen);
  for (const { accessKeyId, source } of await sandbox.issued()) {
    if (source === 'portal') expect(all).not.toContain(accessKeyId);
  }
});

it('Esc while it waits for the sign-in gives the prompt back, and the next one is answered after the sign-in', async () => {
  // Another one: keys that are refused within half a minute of a sign-in are not asked for anew.
  const session = await run.session('six', 'classic', { env: personEnv });
  const { sandbox } = run.own;
  const seen = (await sandbox.requests()).at(-1)?.id ?? 0;
  await sandbox.switches({ endSsoSessions: true, expireAccessTokens: true, expireCredentials: true });
  const marker = session.marker();
  await sandbox.script(marker, [{ content: [say('never said')] }]);
  await session.type(`do ${marker}`);
  session.press('enter');
  await run.happenings.until(() => run.snapshot?.prompt != null, 'a prompt to sign in', 60_000);
  await session.screen.until((text) => /esc to interrupt/.test(text), 'that it works', 45_000);
  session.press('esc');
  await session.isIdle();
  const next = session.marker();
  await sandbox.script(next, [{ content: [say('said in the end')] }]);
  await session.type(`do ${next}`);
  session.press('enter');
  expect((await run.own.login({ args: ['--sso-session', 'sandbox'] })).status).toBe(0);
  await session.says('said in the end');
  expect(await sandbox.played(marker, {}, 0)).toEqual([]);
  expect(
    (await sandbox.requests({ after: seen, operation: 'Decide' })).filter((r) => r.status < 400),
  ).toHaveLength(1);
});
