import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pinnedNode } from '../../support/sandbox.ts';

const main = fileURLToPath(new URL('../../../src/sandbox/main.ts', import.meta.url));

let folder: string;
let children: ChildProcess[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sandbox-process-'));
  children = [];
});
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

function launch(...args: string[]) {
  const child = spawn(pinnedNode, [main, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  children.push(child);
  const errors: string[] = [];
  child.stderr.on('data', (data: Buffer) => errors.push(data.toString()));
  const exit = once(child, 'exit').then(([code]) => ({ code, stderr: errors.join('') }));
  const ready = async () => {
    const [line] = await once(createInterface({ input: child.stdout }), 'line');
    return JSON.parse(line) as {
      ready: true;
      baseUrl: string;
      adminToken: string;
      pid: number;
      startUrl: string;
    };
  };
  return { child, exit, ready };
}

/** fetch sets the Host header by itself, so this is for other ones. */
function statusWithHost(baseUrl: string, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request(`${baseUrl}/foundation-models`, { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.on('error', reject).end();
  });
}

describe('the sandbox as a program', () => {
  it('writes what a client needs, and takes the secret part away when it ends', async () => {
    const stateFile = join(folder, 'state.json');
    const { child, exit, ready } = launch(
      '--state-file',
      stateFile,
      '--write-environment',
      folder,
      '--lifetimes=short',
    );
    const said = await ready();
    const state = JSON.parse(await readFile(stateFile, 'utf8'));
    expect({ ready: true, ...state }).toEqual(said);
    expect(state).toEqual({
      baseUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      adminToken: expect.stringMatching(/^[\w-]{32}$/),
      pid: child.pid,
      startUrl: `${state.baseUrl}/start`,
      region: 'us-east-1',
    });
    expect((await stat(stateFile)).mode & 0o777).toBe(0o600);
    const environment = JSON.parse(await readFile(join(folder, 'env.json'), 'utf8'));
    expect(environment).toMatchObject({
      AWS_ENDPOINT_URL_SSO_OIDC: state.baseUrl,
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: state.baseUrl,
      ANTHROPIC_BEDROCK_BASE_URL: state.baseUrl,
      AWS_DATA_PATH: join(folder, 'aws-data'),
    });
    expect(await readFile(join(folder, 'home', '.aws', 'config'), 'utf8')).toContain(
      `sso_start_url = ${state.startUrl}\n`,
    );
    child.kill('SIGTERM');
    expect(await exit).toEqual({ code: 0, stderr: '' });
    await expect(access(stateFile)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('ends with its parent when told to', async () => {
    const { child, exit, ready } = launch('--with-parent');
    await ready();
    child.stdin?.end();
    expect((await exit).code).toBe(0);
  });

  it('ends although a client keeps its connection open', async () => {
    const { child, exit, ready } = launch();
    const { baseUrl } = await ready();
    const open = await fetch(`${baseUrl}/start`);
    child.kill('SIGTERM');
    expect((await exit).code).toBe(0);
    await open.text();
  });

  it.each([
    [['--port=99999'], /--port: not a port/],
    [['--lifetimes=long'], /--lifetimes: one of/],
    [['--nonsense'], /--nonsense/],
  ])('refuses %s with exit code 2', async (args, words) => {
    const { code, stderr } = await launch(...args).exit;
    expect(code).toBe(2);
    expect(stderr).toMatch(words);
  });

  it('says so when its port is in use', async () => {
    const { baseUrl } = await launch().ready();
    const { code, stderr } = await launch(`--port=${new URL(baseUrl).port}`).exit;
    expect(code).toBe(2);
    expect(stderr).toContain('EADDRINUSE');
  });

  it('listens on 127.0.0.1 only, and to its own name only', async () => {
    const { baseUrl } = await launch().ready();
    const { port } = new URL(baseUrl);
    await expect(fetch(`http://127.0.0.2:${port}/`)).rejects.toThrow();
    expect(await statusWithHost(baseUrl, `127.0.0.1:${port}`)).toBe(403);
    expect(await statusWithHost(baseUrl, `localhost:${port}`)).toBe(403);
    expect(await statusWithHost(baseUrl, `rebound.example:${port}`)).toBe(421);
  });

  it('keeps its admin paths to who has the token', async () => {
    const { baseUrl, adminToken } = await launch().ready();
    const get = (headers: Record<string, string>, path = 'issued') =>
      fetch(`${baseUrl}/_sandbox/${path}`, { headers });
    expect((await get({})).status).toBe(403);
    expect((await get({ 'x-sandbox-admin': 'wrong' })).status).toBe(403);
    expect((await get({ 'x-sandbox-admin': adminToken })).status).toBe(200);
    expect((await get({ 'x-sandbox-admin': adminToken }, 'nonsense')).status).toBe(404);
    const preflight = await fetch(`${baseUrl}/_sandbox/issued`, { method: 'OPTIONS' });
    expect(preflight.headers.get('access-control-allow-origin')).toBeNull();
    const change = (body: string) =>
      fetch(`${baseUrl}/_sandbox/switches`, {
        method: 'POST',
        headers: { 'x-sandbox-admin': adminToken },
        body,
      });
    expect((await change('{"unknown":1}')).status).toBe(400);
    expect((await change('not json')).status).toBe(400);
    expect((await change('{"lifetimes":{"accessToken":-1}}')).status).toBe(400);
    expect(await (await change('{"lifetimes":{"accessToken":5}}')).json()).toMatchObject({
      lifetimes: { accessToken: 5, roleCredentials: 3600 },
    });
  });
});
