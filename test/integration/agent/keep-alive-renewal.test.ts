import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { readToken, ssoCacheDir } from '../../../src/aws/sso-cache.ts';
import { codeOf } from '../../support/code-of.ts';
import { type SandboxProcess, startSandbox } from '../../support/sandbox.ts';
import { type KeepAliveAgent, startKeepAlive } from './keep-alive-agent.ts';

/** A person whose browser is still signed in: what a second sign-in gives, and what a renewal gives. */

let sandbox: SandboxProcess;
let agent: KeepAliveAgent;

beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.stop());
beforeEach(async () => {
  await sandbox.reset();
  await sandbox.switches({ strictRotation: true });
  agent = await startKeepAlive(sandbox);
});
afterEach(() => agent[Symbol.asyncDispose]());

const wish = { ssoSession: 'sandbox', flow: 'pkce', openBrowser: false } as const;
const inFile = async () => (await readToken(ssoCacheDir(agent.home), 'sandbox')).token;
const living = async () => (await sandbox.sessions()).filter((s) => s.alive);

async function signIn(renew = false): Promise<void> {
  const { id, url } = await agent.desk.start({ ...wish, renew });
  await sandbox.approve(url);
  await agent.desk.wait(id);
}

it('a second sign-in inherits the old end; a renewal gets the full length, and credentials serve meanwhile', async () => {
  await signIn();
  const [first] = await living();
  await signIn();
  expect((await living()).map((s) => s.endsAt)).toEqual([first?.endsAt]);

  const before = await agent.broker.credentials('dev');
  const { id, url } = await agent.desk.start({ ...wish, renew: true });
  // Between logout and sign-in: no tool has a token, sessions have their credentials.
  expect(await living()).toEqual([]);
  expect(await inFile()).toBeNull();
  expect(agent.view().state).toBe('signingIn');
  expect((await agent.broker.credentials('dev')).accessKeyId).toBe(before.accessKeyId);
  await sandbox.approve(url);
  await agent.desk.wait(id);
  const [second, ...none] = await living();
  expect(none).toEqual([]);
  expect(Date.parse(second?.endsAt ?? '')).toBeGreaterThan(Date.parse(first?.endsAt ?? ''));
  expect(agent.view().state).toBe('valid');
  expect((await inFile())?.accessToken).toBe(await agent.keeper.accessToken('sandbox'));
});

it('a renewal that is given up leaves the person signed out, with a prompt to come, and credentials that serve to their end', async () => {
  await signIn();
  const before = await agent.broker.credentials('dev');
  const { id } = await agent.desk.start({ ...wish, renew: true });
  agent.desk.cancel(id);
  expect(await codeOf(agent.desk.wait(id))).toBe('SignInCancelled');
  expect(agent.view()).toMatchObject({ state: 'expired', signIn: null });
  expect((await agent.broker.credentials('dev')).accessKeyId).toBe(before.accessKeyId);
  expect(await codeOf(agent.keeper.accessToken('sandbox'))).toBe('SignInNeeded');
});

it('a portal that fails: nothing has changed', async () => {
  await signIn();
  await sandbox.switches({ dropNext: 1, faultServices: ['portal'] });
  expect(await codeOf(agent.desk.start({ ...wish, renew: true }))).toBe('NetworkUnavailable');
  expect(agent.view()).toMatchObject({ state: 'valid', signIn: null });
  expect(await living()).toHaveLength(1);
  await signIn(true);
  expect(agent.view().state).toBe('valid');
});

it('what is remembered of ends names start URLs and instants only', async () => {
  await signIn(true);
  await agent.keeper.signOut('sandbox');
  const text = await readFile(join(agent.home, 'keep-alive.json'), 'utf8');
  expect(JSON.parse(text)).toMatchObject({
    version: 1,
    sessions: { sandbox: { startUrl: sandbox.startUrl } },
  });
  expect(text).not.toContain('SbxSecret');
});
