import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer as createHttp, type Server } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AwsFault } from '../../../src/aws/faults.ts';
import { createPortal } from '../../../src/aws/portal.ts';

/** A company's network: AWS is reached only through a proxy, and under the company's own certificate authority. */

const openssl = (() => {
  try {
    execFileSync('openssl', ['version'], { stdio: 'pipe' });
    return true;
  } catch {
    return false;
  }
})();

describe.skipIf(!openssl)(
  `HTTPS_PROXY and AWS_CA_BUNDLE${openssl ? '' : ' (openssl is not installed)'}`,
  () => {
    let folder: string;
    let certificate: string;
    let aws: Server;
    let proxy: Server;
    let asked: string[];

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'proxy-'));
      certificate = join(folder, 'ca.pem');
      const key = join(folder, 'key.pem');
      execFileSync(
        'openssl',
        [
          ...[
            'req',
            '-x509',
            '-newkey',
            'ec',
            '-pkeyopt',
            'ec_paramgen_curve:prime256v1',
            '-nodes',
            '-days',
            '2',
          ],
          ...[
            '-subj',
            '/CN=aws.test',
            '-addext',
            'subjectAltName=DNS:aws.test',
            '-keyout',
            key,
            '-out',
            certificate,
          ],
        ],
        { stdio: 'pipe' },
      );
      aws = createHttps(
        { key: await readFile(key), cert: await readFile(certificate) },
        (_request, response) => {
          response.setHeader('content-type', 'application/json');
          response.end(JSON.stringify({ accountList: [{ accountId: '111122223333' }] }));
        },
      );
      aws.listen(0, '127.0.0.1');
      await once(aws, 'listening');
      asked = [];
      proxy = createHttp();
      proxy.on('connect', (request, socket, head) => {
        asked.push(request.url ?? '');
        const upstream = connect((aws.address() as AddressInfo).port, '127.0.0.1', () => {
          socket.write('HTTP/1.1 200 OK\r\n\r\n');
          upstream.write(head);
          upstream.pipe(socket).pipe(upstream);
        });
        upstream.on('error', () => socket.destroy());
        socket.on('error', () => upstream.destroy());
      });
      proxy.listen(0, '127.0.0.1');
      await once(proxy, 'listening');
    });
    afterAll(async () => {
      for (const server of [aws, proxy]) {
        server.closeAllConnections();
        server.close();
      }
      await rm(folder, { recursive: true, force: true });
    });

    const environment = (extra: Record<string, string> = {}) => ({
      AWS_ENDPOINT_URL_SSO: 'https://aws.test',
      HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
      AWS_CA_BUNDLE: certificate,
      ...extra,
    });
    const accounts = (env: Record<string, string>) =>
      createPortal({ region: 'us-east-1', env }).accounts('t');

    test('a call goes through the proxy, and the company’s authority is believed', async () => {
      expect(await accounts(environment())).toEqual([{ accountId: '111122223333', name: '', email: '' }]);
      expect(asked).toEqual(['aws.test:443']);
      expect(
        await accounts({ ...environment(), HTTPS_PROXY: '', https_proxy: environment().HTTPS_PROXY }),
      ).toHaveLength(1);
    });

    test('without the bundle the certificate is refused, by name', async () => {
      const error = await accounts(environment({ AWS_CA_BUNDLE: '' })).catch((e) => e);
      expect(error).toBeInstanceOf(AwsFault);
      expect(error).toMatchObject({ kind: 'network', name: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    });

    test('NO_PROXY is honoured, and a bundle that is not there is told', async () => {
      asked = [];
      const direct = await accounts(environment({ NO_PROXY: 'aws.test' })).catch((e) => e);
      expect(direct).toMatchObject({ kind: 'network' });
      expect(asked).toEqual([]);
      expect(
        await accounts(environment({ AWS_CA_BUNDLE: join(folder, 'none') })).catch((e) => e),
      ).toMatchObject({
        kind: 'network',
        name: 'ENOENT',
      });
    });
  },
);

test('a loopback endpoint is never asked for through a proxy', async () => {
  const server = createHttp((_request, response) => response.end('{"accountList":[]}'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const port = (server.address() as AddressInfo).port;
  const env = { AWS_ENDPOINT_URL_SSO: `http://127.0.0.1:${port}`, HTTP_PROXY: 'http://127.0.0.1:9' };
  expect(await createPortal({ region: 'us-east-1', env }).accounts('t')).toEqual([]);
  server.close();
});
