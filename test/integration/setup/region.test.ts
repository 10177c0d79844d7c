import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { plainNetwork } from '../../../src/aws/network.ts';
import { discoverPortal } from '../../../src/aws/portal-region.ts';
import { type Page, TransportError } from '../../../src/aws/transport.ts';
import { BedrockTrayError } from '../../../src/contract/errors.ts';
import { type SandboxProcess, startSandbox } from '../../support/sandbox.ts';
import { SetupAgent } from './setup-agent.ts';

/** setup.region: what an access portal's address and page tell, and what may stand there instead. */

let sandbox: SandboxProcess;
let agent: SetupAgent;

beforeAll(async () => {
  sandbox = await startSandbox({ region: 'eu-central-1' });
  agent = await SetupAgent.start(sandbox);
});
afterAll(async () => {
  await agent?.[Symbol.asyncDispose]();
  await sandbox?.stop();
});

const region = (startUrl = sandbox.startUrl) =>
  agent.setup.region(startUrl).catch((e: unknown) => (e instanceof BedrockTrayError ? e.view() : e));

describe('over the loopback', () => {
  afterEach(() => sandbox.switches({ startPage: 'meta' }));

  test.each(['meta', 'env', 'regional'] as const)('told by the page: %s', async (startPage) => {
    await sandbox.switches({ startPage });
    expect(await region(`${sandbox.startUrl}/#/`)).toEqual({ region: 'eu-central-1' });
  });

  test('nothing is registered and nobody is asked', async () => {
    expect(await region()).toEqual({ region: 'eu-central-1' });
    const asked = await sandbox.requests();
    expect([...new Set(asked.map((r) => r.operation))]).toEqual(['AccessPortal']);
  });

  test('a page that does not tell, none, something else, nobody there', async () => {
    await sandbox.switches({ startPage: 'silent' });
    expect(await region()).toEqual({ region: null });
    await sandbox.switches({ startPage: 'missing' });
    expect(await region()).toEqual({ code: 'StartUrlUnknown', params: { startUrl: sandbox.startUrl } });
    await sandbox.switches({ startPage: 'elsewhere' });
    expect(await region()).toEqual({ code: 'NotAws', params: { host: '127.0.0.1:9' } });
    expect(await region('http://example.com/start')).toMatchObject({ code: 'StartUrlInvalid' });
  });

  test('another program of this computer is not asked', async () => {
    let asked = 0;
    const other = createServer((_, response) => {
      asked++;
      response.end('<meta name="region" content="eu-west-3">');
    });
    await new Promise<void>((listening) => other.listen(0, '127.0.0.1', listening));
    const { port } = other.address() as AddressInfo;
    try {
      expect(await region(`http://127.0.0.1:${port}/start`)).toEqual({ region: null });
      expect(await region(`http://localhost:${port}/start`)).toEqual({ region: null });
      expect(asked).toBe(0);
    } finally {
      other.close();
    }
  });
});

/** Pages of a web in which everything else does not exist. */
function web(pages: Readonly<Record<string, Partial<Page> | 'offline'>>) {
  const asked: string[] = [];
  const read = async (url: URL): Promise<Page> => {
    asked.push(url.href);
    const page = pages[url.href] ?? pages['*'];
    if (page === 'offline') throw new TransportError('EAI_AGAIN');
    if (page === undefined) throw new TransportError('ENOTFOUND');
    return { status: page.location ? 302 : 200, location: null, text: '', ...page };
  };
  const find = (startUrl: string) =>
    discoverPortal(startUrl, {
      network: plainNetwork({}),
      signal: AbortSignal.timeout(5_000),
      read,
    });
  return { find, asked };
}
const meta = '<meta name="region" content="eu-west-3">';
const portal = 'https://acme.awsapps.com/start';
const oidc = 'https://oidc.us-east-1.amazonaws.com/';

describe('out in the world', () => {
  test('a host that names its region is not even asked', async () => {
    const { find, asked } = web({});
    expect(await find('https://ssoins-0.portal.ap-southeast-2.app.aws')).toEqual({
      found: 'region',
      region: 'ap-southeast-2',
      startUrl: null,
    });
    expect(asked).toEqual([]);
    // The issuer has no page.
    expect(await find('https://identitycenter.amazonaws.com/ssoins-0')).toMatchObject({ found: 'silent' });
    expect(asked).toEqual([]);
  });

  test('an alias that nobody has is told from a network that is down', async () => {
    expect(await web({ [oidc]: { status: 404 } }).find(portal)).toEqual({ found: 'unknown' });
    await expect(web({}).find(portal)).rejects.toMatchObject({ kind: 'network', name: 'ENOTFOUND' });
    await expect(web({ [portal]: 'offline', [oidc]: {} }).find(portal)).rejects.toMatchObject({
      kind: 'network',
      name: 'EAI_AGAIN',
    });
  });

  test("a company's own address leads to the portal, whose own address is told too", async () => {
    const own = 'https://aws.acme.example/';
    const far = web({
      [own]: { location: 'https://www.acme.example/aws' },
      'https://www.acme.example/aws': { location: `${portal}#/` },
      [`${portal}#/`]: { text: meta },
    });
    expect(await far.find(own)).toEqual({ found: 'region', region: 'eu-west-3', startUrl: portal });
    const regional = web({ [own]: { location: 'https://ssoins-0.us-west-2.portal.amazonaws.com/' } });
    expect(await regional.find(own)).toEqual({
      found: 'region',
      region: 'us-west-2',
      startUrl: 'https://ssoins-0.us-west-2.portal.amazonaws.com',
    });
  });

  test("a company's own page is not believed, however much it looks like one", async () => {
    const own = 'https://aws.acme.example/';
    expect(await web({ [own]: { text: meta } }).find(own)).toEqual({
      found: 'not-aws',
      host: 'aws.acme.example',
    });
    expect(await web({ [own]: { location: 'http://acme.awsapps.com/start' } }).find(own)).toEqual({
      found: 'not-aws',
      host: 'acme.awsapps.com',
    });
    const look = web({ [own]: { location: 'https://awsapps.com.evil.example/' }, '*': { text: meta } });
    expect(await look.find(own)).toEqual({ found: 'not-aws', host: 'awsapps.com.evil.example' });
    const loop = web({ '*': { location: '/again' } });
    expect(await loop.find(own)).toMatchObject({ found: 'not-aws' });
    expect(loop.asked).toHaveLength(4);
  });

  test('a portal that sends browsers to the sign-in of its region tells by that', async () => {
    const sent = web({ [portal]: { location: 'https://eu-north-1.signin.aws/platform/login' } });
    expect(await sent.find(portal)).toEqual({ found: 'region', region: 'eu-north-1', startUrl: null });
    const away = web({ [portal]: { location: 'https://idp.acme.example/' } });
    expect(await away.find(portal)).toEqual({ found: 'silent', startUrl: null });
  });
});
