import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { markUse, pruneVersions, versionOf } from '../../../src/agent/versions.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'bt-versions-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const program = (id: string) => join(home, 'versions', id, 'out', 'agent', 'main.mjs');
const there = () =>
  readdirSync(join(home, 'versions')).filter((name) => !name.startsWith('.') && name !== 'app');

/** Versions in the order in which they were installed. */
async function install(...ids: string[]): Promise<void> {
  for (const id of ids) {
    mkdirSync(join(home, 'versions', id, 'out', 'agent'), { recursive: true });
    writeFileSync(join(home, 'versions', id, 'installed.json'), '{}');
    // The time of a folder's last change has the resolution of the system's clock.
    await new Promise((done) => setTimeout(done, 15));
  }
}

it('knows its version in an installed folder alone', async () => {
  await install('1.0.0-a');
  expect(await versionOf(program('1.0.0-a'))).toEqual({ versions: join(home, 'versions'), id: '1.0.0-a' });
  expect(await versionOf(import.meta.filename)).toBeNull();
});

it('keeps its own and the newest other one, and removes the rest', async () => {
  await install('1', '2', '3', '4');
  writeFileSync(join(home, 'versions', 'app'), '/opt/app\n');
  expect((await pruneVersions(program('4'), home)).sort()).toEqual(['1', '2']);
  expect(there()).toEqual(['3', '4']);
  expect(readdirSync(join(home, 'versions')).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

it('keeps what a running process was started from until it has ended', async () => {
  await install('1', '2', '3', '4');
  const host = spawn(process.execPath, ['-e', 'process.stdin.resume()'], {
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  try {
    await markUse(program('1'), host.pid);
    expect(await pruneVersions(program('4'), home)).toEqual(['2']);
  } finally {
    const ended = new Promise((done) => host.once('exit', done));
    host.stdin?.end();
    await ended;
  }
  expect(await pruneVersions(program('4'), home)).toEqual(['1']);
  expect(readdirSync(join(home, 'versions', '.uses'))).toEqual([]);
});

it('keeps what a Claude session’s files name', async () => {
  await install('1.0.0-aaa', '2.0.0-bbb', '3.0.0-ccc', '4.0.0-ddd');
  mkdirSync(join(home, 'sessions', 's1'), { recursive: true });
  const settings = JSON.stringify({
    awsCredentialExport: `/bin/sh ${home}/versions/1.0.0-aaa/out/cli/hand-out.sh`,
  });
  writeFileSync(join(home, 'sessions', 's1', 'settings.json'), settings);
  expect(await pruneVersions(program('4.0.0-ddd'), home)).toEqual(['2.0.0-bbb']);
  rmSync(join(home, 'sessions'), { recursive: true });
  expect(await pruneVersions(program('4.0.0-ddd'), home)).toEqual(['1.0.0-aaa']);
});

it('leaves the versions of another state folder alone', async () => {
  await install('1', '2', '3');
  expect(await pruneVersions(program('3'), join(home, 'demo'))).toEqual([]);
  expect(there()).toEqual(['1', '2', '3']);
});
