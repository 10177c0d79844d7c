import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import {
  createServer as createHttp,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttps } from 'node:https';
import { type AddressInfo, connect, createServer as createTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { AwsFault } from '../../../src/aws/faults.ts';
import { type AwsNetwork, type CallOutcome, plainNetwork } from '../../../src/aws/network.ts';
import { createOidc } from '../../../src/aws/oidc.ts';
import { createPortal } from '../../../src/aws/portal.ts';
import { runCommand } from '../../support/run-command.ts';
import { pinnedNode } from '../../support/sandbox.ts';

/** Networks as they are: proxies, a company's own certificate authority, portals in between, nobody there. */

const openssl = (() => {
  try {
    execFileSync('openssl', ['version'], { stdio: 'pipe' });
    return true;
  } catch {
    return false;
  }
})();

const portOf = (server: { address(): unknown }) => (server.address() as AddressInfo).port;

async function listening<T extends { listen(port: number, host: string): unknown }>(server: T): Promise<T> {
  server.listen(0, '127.0.0.1');
  await once(server as unknown as Server, 'listening');
  return server;
}

/** A network that remembers what it was told. */
function watched(env: Record<string, string>, rules: string | null = null) {
  const outcomes: CallOutcome[] = [];
  const network: AwsNetwork = {
    ...plainNetwork(env),
    proxyRules: () => rules,
    observe: (outcome) => outcomes.push(outcome),
  };
  return { network, outcomes };
}

async function faultOf(promise: Promise<unknown>): Promise<AwsFault> {
  const error = await promise.then(
    () => new Error('no fault'),
    (e) => e,
  );
  expect(error).toBeInstanceOf(AwsFault);
  return error as AwsFault;
}

const json = (response: ServerResponse, body: unknown) => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(body));
};

describe.skipIf(!openssl)(`a company’s network${openssl ? '' : ' (openssl is not installed)'}`, () => {
  const account = { accountId: '111122223333', name: '', email: '' };
  const accountList = [{ accountId: '111122223333' }];
  let folder: string;
  let certificate: string;
  let aws: Server;
  let proxy: Server;
  let asked: { target: string; authorization: string | undefined }[];
  /** What the proxy wants to see. */
  let password: string | null;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'proxy-'));
    certificate = join(folder, 'ca.pem');
    const key = join(folder, 'key.pem');
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
    const name = ['-subj', '/CN=aws.test', '-addext', 'subjectAltName=DNS:aws.test'];
    execFileSync('openssl', ['req', '-x509', ...kind, ...name, '-keyout', key, '-out', certificate], {
      stdio: 'pipe',
    });
    const tls = { key: await readFile(key), cert: await readFile(certificate) };
    aws = await listening(createHttps(tls, (_request, response) => json(response, { accountList })));
    proxy = createHttp();
    proxy.on('connect', (request: IncomingMessage, socket, head) => {
      const authorization = request.headers['proxy-authorization'];
      asked.push({ target: request.url ?? '', authorization });
      if (password !== null && authorization !== `Basic ${btoa(password)}`) {
        socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n');
        return;
      }
      const upstream = connect(portOf(aws), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        upstream.write(head);
        upstream.pipe(socket).pipe(upstream);
      });
      upstream.on('error', () => socket.destroy());
      socket.on('error', () => upstream.destroy());
    });
    await listening(proxy);
  });
  beforeEach(() => {
    asked = [];
    password = null;
  });
  afterAll(async () => {
    for (const server of [aws, proxy]) {
      server.closeAllConnections();
      server.close();
    }
    await rm(folder, { recursive: true, force: true });
  });

  const through = () => `http://127.0.0.1:${portOf(proxy)}`;
  const environment = (extra: Record<string, string> = {}) => ({
    AWS_ENDPOINT_URL_SSO: 'https://aws.test',
    HTTPS_PROXY: through(),
    AWS_CA_BUNDLE: certificate,
    ...extra,
  });
  const accounts = (env: Record<string, string>, rules: string | null = null) =>
    createPortal({ region: 'us-east-1', env, network: watched(env, rules).network }).accounts('t');

  test('a call goes through the proxy, and the company’s authority is believed', async () => {
    expect(await accounts(environment())).toEqual([account]);
    expect(asked).toEqual([{ target: 'aws.test:443', authorization: undefined }]);
    expect(await accounts({ ...environment(), HTTPS_PROXY: '', https_proxy: through() })).toHaveLength(1);
  });

  test('the proxy that the system names is used where the environment names none', async () => {
    const env = { AWS_ENDPOINT_URL_SSO: 'https://aws.test', AWS_CA_BUNDLE: certificate };
    expect(await accounts(env, `PROXY 127.0.0.1:${portOf(proxy)}; DIRECT`)).toHaveLength(1);
    expect(asked).toHaveLength(1);
  });

  test('of several that the system names the next is tried where one cannot be reached; a refusal is none of that', async () => {
    const env = { AWS_ENDPOINT_URL_SSO: 'https://aws.test', AWS_CA_BUNDLE: certificate };
    let knocked = 0;
    await using dead = await listening(createTcp((socket) => socket.destroy(void knocked++)));
    const own = `PROXY 127.0.0.1:${portOf(proxy)}`;
    const rules = `PROXY 127.0.0.1:9; PROXY 127.0.0.1:${portOf(dead)}; ${own}; DIRECT`;
    const { network, outcomes } = watched(env, rules);
    const portal = createPortal({ region: 'us-east-1', env, network });
    expect(await portal.accounts('t')).toHaveLength(1);
    expect(outcomes.map(({ result }) => result)).toEqual(['answered']);
    expect(knocked).toBe(1);
    // The one that worked is first from now on.
    expect(await portal.accounts('t')).toHaveLength(1);
    expect([knocked, asked.length]).toEqual([1, 2]);
    // Until the rules change.
    expect(await accounts(env, `PROXY 127.0.0.1:${portOf(dead)}; ${own}`)).toHaveLength(1);
    expect(knocked).toBe(2);
    password = 'clerk:secret';
    expect(await faultOf(accounts(env, `${own}; PROXY 127.0.0.1:${portOf(dead)}; DIRECT`))).toMatchObject({
      name: 'ProxyAuthenticationRequired',
    });
    expect(knocked).toBe(2);
    expect(await faultOf(accounts(env, 'PROXY 127.0.0.1:9; PROXY 127.0.0.1:9'))).toMatchObject({
      name: 'PROXY_ECONNREFUSED',
    });
  });

  test('a proxy with a password gets it, and nobody else sees it', async () => {
    password = 'clerk:hunter2+secret';
    const url = `http://clerk:hunter2%2Bsecret@127.0.0.1:${portOf(proxy)}`;
    expect(await accounts(environment({ HTTPS_PROXY: url }))).toHaveLength(1);
    const wrong = environment({ HTTPS_PROXY: `http://clerk:wrong-hunter2@127.0.0.1:${portOf(proxy)}` });
    const fault = await faultOf(accounts(wrong));
    expect(fault).toMatchObject({ kind: 'network', name: 'ProxyAuthenticationRequired' });
    expect(`${fault.stack} ${JSON.stringify(fault)}`).not.toMatch(/hunter2|clerk/);
    const gone = environment({ HTTPS_PROXY: 'http://clerk:hunter2@127.0.0.1:9' });
    const refused = await faultOf(accounts(gone));
    expect(refused).toMatchObject({ kind: 'network', name: 'PROXY_ECONNREFUSED', host: 'aws.test' });
    expect(`${refused.stack} ${JSON.stringify(refused)}`).not.toMatch(/hunter2|clerk/);
    expect(await faultOf(accounts(environment({ HTTPS_PROXY: 'socks5://127.0.0.1:9' })))).toMatchObject({
      kind: 'network',
      name: 'ProxyUnsupported',
    });
  });

  test('without the bundle the certificate is refused, by its cause, and counts as somebody in between', async () => {
    const { network, outcomes } = watched(environment({ AWS_CA_BUNDLE: '' }));
    const portal = createPortal({ region: 'us-east-1', env: {}, network });
    expect(await faultOf(portal.accounts('t'))).toMatchObject({
      kind: 'network',
      name: 'CertificateUntrusted',
      detail: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    });
    expect(outcomes.map(({ result }) => result)).toEqual(['not-aws']);
  });

  test.each(['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE'])(
    '%s: what Node or the computer believes is believed',
    async (variable) => {
      const portal = new URL('../../../src/aws/portal.ts', import.meta.url);
      const script = `
      const { createPortal } = await import(${JSON.stringify(portal.href)});
      const env = { AWS_ENDPOINT_URL_SSO: 'https://aws.test', HTTPS_PROXY: ${JSON.stringify(through())} };
      const accounts = await createPortal({ region: 'us-east-1', env }).accounts('t');
      process.stdout.write(String(accounts.length));`;
      const { code, stdout, stderr } = await runCommand(pinnedNode, ['--input-type=module', '-e', script], {
        env: { [variable]: certificate },
      });
      expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '1', stderr: '' });
    },
  );

  test('certificates are looked at whatever NODE_TLS_REJECT_UNAUTHORIZED says, with a proxy and without', async () => {
    const portal = new URL('../../../src/aws/portal.ts', import.meta.url);
    const direct = `https://localhost:${portOf(aws)}`;
    const script = `
      const { createPortal } = await import(${JSON.stringify(portal.href)});
      for (const env of [
        { AWS_ENDPOINT_URL_SSO: 'https://aws.test', HTTPS_PROXY: ${JSON.stringify(through())} },
        { AWS_ENDPOINT_URL_SSO: ${JSON.stringify(direct)} },
      ]) {
        const said = createPortal({ region: 'us-east-1', env }).accounts('t').then(() => 'taken', (e) => e.name);
        process.stdout.write((await said) + ' ');
      }`;
    const { stdout } = await runCommand(pinnedNode, ['--input-type=module', '-e', script], {
      env: { NODE_TLS_REJECT_UNAUTHORIZED: '0' },
    });
    expect(stdout).toBe('CertificateUntrusted CertificateUntrusted ');
  });

  test('a certificate of another name is not AWS’s', async () => {
    const env = environment({ AWS_ENDPOINT_URL_SSO: 'https://other.test' });
    expect(await faultOf(accounts(env))).toMatchObject({ kind: 'network', name: 'NotAws' });
  });

  test('NO_PROXY is honoured, and a bundle that is not there is told', async () => {
    const direct = await faultOf(accounts(environment({ NO_PROXY: 'aws.test' })));
    expect(direct.kind).toBe('network');
    expect(asked).toEqual([]);
    const { network, outcomes } = watched(environment({ AWS_CA_BUNDLE: join(folder, 'none') }));
    const portal = createPortal({ region: 'us-east-1', env: {}, network });
    expect(await faultOf(portal.accounts('t'))).toMatchObject({
      name: 'CaBundleUnreadable',
      detail: 'ENOENT',
    });
    // That is ours to mend: the network is not to blame.
    expect(outcomes).toEqual([]);
  });
});

test('a loopback endpoint is never asked for through a proxy', async () => {
  await using server = await listening(
    createHttp((_request, response) => response.end('{"accountList":[]}')),
  );
  const env = {
    AWS_ENDPOINT_URL_SSO: `http://127.0.0.1:${portOf(server)}`,
    HTTP_PROXY: 'http://127.0.0.1:9',
  };
  expect(await createPortal({ region: 'us-east-1', env }).accounts('t')).toEqual([]);
});

describe('something answers in AWS’s place', () => {
  const page = '<!doctype html><title>Welcome</title>';
  const html = { 'content-type': 'text/html' };
  test.each<[string, number, Record<string, string>, string, string, string]>([
    ['a page', 200, html, page, 'network', 'NotAws'],
    ['a page that says it is JSON', 200, { 'content-type': 'application/json' }, page, 'network', 'NotAws'],
    ['a redirect', 302, { ...html, location: 'http://192.0.2.1/' }, '', 'network', 'NotAws'],
    ['511', 511, html, page, 'network', 'NotAws'],
    ['a policy’s 403', 403, html, page, 'network', 'NotAws'],
    ['a policy’s 401 in JSON', 401, { 'content-type': 'application/json' }, '{}', 'network', 'NotAws'],
    ['a text', 200, { 'content-type': 'text/plain' }, 'Success', 'network', 'NotAws'],
    ['a load balancer’s 503', 503, html, page, 'server', 'Http503'],
    [
      'AWS’s own 401',
      401,
      { 'content-type': 'application/json', 'x-amzn-errortype': 'UnauthorizedException' },
      '{"message":"Session token not found or invalid"}',
      'unauthorized',
      'UnauthorizedException',
    ],
  ])('%s', async (_what, status, headers, body, kind, name) => {
    await using server = await listening(
      createHttp((_request, response) => response.writeHead(status, headers).end(body)),
    );
    const url = `http://127.0.0.1:${portOf(server)}`;
    const { network, outcomes } = watched({ AWS_ENDPOINT_URL: url });
    const fault = await faultOf(createPortal({ region: 'us-east-1', env: {}, network }).accounts('t'));
    expect(fault).toMatchObject({ kind, name });
    expect(outcomes.at(-1)?.result).toBe(name === 'NotAws' ? 'not-aws' : 'answered');
    const registration = { clientId: 'c', clientSecret: 's', expiresAt: 0, scopes: [] };
    const oidc = createOidc({ region: 'us-east-1', env: {}, network });
    const refused = await faultOf(oidc.startDeviceAuthorization(registration, 'https://x.awsapps.com/start'));
    // Whatever it was, the OIDC service has not spoken: an SSO session lives on.
    expect(refused.kind).not.toBe('client');
  });
});

test('nobody there: by its code, and the network is told', async () => {
  const closed = await listening(createTcp());
  const port = portOf(closed);
  closed.close();
  await once(closed, 'close');
  const codes: string[] = [];
  for (const url of [`http://127.0.0.1:${port}`, 'https://oidc.nowhere.invalid']) {
    const { network, outcomes } = watched({ AWS_ENDPOINT_URL: url });
    const fault = await faultOf(createPortal({ region: 'us-east-1', env: {}, network }).accounts('t'));
    expect(fault.kind).toBe('network');
    expect(outcomes).toMatchObject([{ result: 'failed', origin: url, name: fault.name, serverDate: null }]);
    codes.push(fault.name);
  }
  expect(codes[0]).toBe('ECONNREFUSED');
  expect(codes[1]).toMatch(/^(ENOTFOUND|EAI_AGAIN)$/);
});

test('a connection that is cut in the middle, and one that never answers', async () => {
  await using cut = await listening(createHttp((request) => request.socket.destroy()));
  const env = { AWS_ENDPOINT_URL: `http://127.0.0.1:${portOf(cut)}` };
  expect(await faultOf(createPortal({ region: 'us-east-1', env }).accounts('t'))).toMatchObject({
    kind: 'network',
    name: 'ECONNRESET',
  });
});
