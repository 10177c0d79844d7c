import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { isOwnUsers, ownerOf } from '../../../src/agent/page-server/peer.ts';

const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 1 1 0
   1: 0100007F:C350 0100007F:1F90 01 00000000:00000000 00:00000000 00000000  1001        0 2 1 0
   2: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000  1000        0 3 1 0
`;

test('the owner of the other end, not of ours', () => {
  expect(ownerOf(table, 50_000, 8080)).toBe(1001);
  expect(ownerOf(table, 50_001, 8080)).toBeUndefined();
  expect(ownerOf('', 50_000, 8080)).toBeUndefined();
});

const open: { close(): void }[] = [];
afterEach(() => {
  for (const thing of open.splice(0)) thing.close();
});

test.skipIf(process.platform !== 'linux')(
  'a connection of our own is ours (needs /proc/net/tcp)',
  async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const client = connect(port, '127.0.0.1');
    const [accepted] = (await once(server, 'connection')) as [Socket];
    open.push({ close: () => client.destroy() }, { close: () => accepted.destroy() }, server);
    expect(await isOwnUsers(accepted.remotePort, port)).toBe(true);
    expect(await isOwnUsers(1, port)).toBe(false);
  },
);

const canBeAnother =
  process.platform === 'linux' &&
  process.getuid?.() === 0 &&
  spawnSync('setpriv', ['--version']).status === 0;

test.skipIf(!canBeAnother)('a connection of another user is not (needs root and setpriv)', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.push(server);
  const { port } = server.address() as AddressInfo;
  const other = spawn(
    'setpriv',
    [
      '--reuid=65534',
      '--regid=65534',
      '--clear-groups',
      'bash',
      '-c',
      `exec 3<>/dev/tcp/127.0.0.1/${port}; read -u 3 _`,
    ],
    { stdio: 'ignore' },
  );
  open.push({ close: () => other.kill() });
  const [accepted] = (await once(server, 'connection')) as [Socket];
  open.push({ close: () => accepted.destroy() });
  expect(await isOwnUsers(accepted.remotePort, port)).toBe(false);
});
