import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { installPayload, type Payload, readPayload, recordApp } from '../../../src/client/payload.ts';
import { isOlder } from '../../../src/client/replace-older-agent.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bt-payload-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const home = () => join(folder, 'home');
const versions = () => join(home(), 'versions');

/** A package's payload with these files; its digests are as they should be unless others are given. */
async function payload(
  id: string,
  files: Record<string, string>,
  digests: Record<string, string | null> = {},
): Promise<{ at: string; manifest: Payload }> {
  const at = join(folder, `package-${id}`);
  const list = Object.entries(files).map(([path, text]) => {
    mkdirSync(dirname(join(at, path)), { recursive: true });
    writeFileSync(join(at, path), text);
    const sha256 = createHash('sha256').update(text).digest('hex');
    return { path, executable: path.startsWith('bin/'), sha256: path in digests ? digests[path] : sha256 };
  });
  writeFileSync(
    join(at, 'payload.json'),
    JSON.stringify({ id, version: '1.0.0', app: '../app', files: list }),
  );
  const manifest = await readPayload(at);
  if (manifest === null) throw new Error('no payload');
  return { at, manifest };
}

const two = { 'bin/node': 'a program', 'out/main.mjs': 'code' };

describe('a payload', () => {
  it('is none in a checkout', async () => {
    expect(await readPayload(folder)).toBeNull();
  });

  it('becomes a folder of its own, whole, that nobody writes to, once', async () => {
    const { at, manifest } = await payload('one', two);
    const made = await installPayload(at, manifest, home());
    expect(made).toBe(join(versions(), 'one'));
    expect(readFileSync(join(made, 'out/main.mjs'), 'utf8')).toBe('code');
    expect((statSync(join(made, 'bin/node')).mode & 0o777).toString(8)).toBe('500');
    expect((statSync(join(made, 'out/main.mjs')).mode & 0o777).toString(8)).toBe('400');
    const { ino } = statSync(made);
    rmSync(at, { recursive: true });
    expect(statSync(await installPayload(at, manifest, home())).ino).toBe(ino);
    expect(readdirSync(versions())).toEqual(['one']);
  });

  it('is made again where a file is gone or cut short', async () => {
    const { at, manifest } = await payload('one', two);
    const made = await installPayload(at, manifest, home());
    rmSync(join(made, 'bin/node'));
    await installPayload(at, manifest, home());
    expect(readFileSync(join(made, 'bin/node'), 'utf8')).toBe('a program');
    chmodSync(join(made, 'out/main.mjs'), 0o600);
    writeFileSync(join(made, 'out/main.mjs'), 'co');
    await installPayload(at, manifest, home());
    expect(readFileSync(join(made, 'out/main.mjs'), 'utf8')).toBe('code');
    expect(readdirSync(versions())).toEqual(['one']);
  });

  it('is put only where nobody else can write', async () => {
    const { at, manifest } = await payload('one', two);
    mkdirSync(versions(), { recursive: true });
    for (const each of [home(), versions()]) chmodSync(each, 0o777);
    await installPayload(at, manifest, home());
    for (const each of [home(), versions()]) expect((statSync(each).mode & 0o777).toString(8)).toBe('700');
  });

  // Only root can give a folder away.
  it.skipIf(process.getuid?.() !== 0)('in a folder of another user is neither made nor run', async () => {
    const { at, manifest } = await payload('one', two);
    const made = await installPayload(at, manifest, home());
    // As a package has it: its own command, and a Node that would make the copy.
    const root = join(folder, 'root');
    mkdirSync(join(root, 'bin'), { recursive: true });
    mkdirSync(join(root, 'node_modules/node/bin'), { recursive: true });
    writeFileSync(join(root, 'payload-id'), 'one\n');
    cpSync(join(import.meta.dirname, '../../../bin/bedrock-tray'), join(root, 'bin/bedrock-tray'));
    const node = join(root, 'node_modules/node/bin/node');
    writeFileSync(node, '#!/bin/sh\necho refused >&2\nexit 1\n', { mode: 0o755 });
    writeFileSync(join(made, 'bin/bedrock-tray'), '#!/bin/sh\necho ran\n', { mode: 0o755 });
    const run = () =>
      spawnSync('sh', [join(root, 'bin/bedrock-tray')], {
        env: { ...process.env, BEDROCK_TRAY_HOME: home() },
        encoding: 'utf8',
      });
    expect(run()).toMatchObject({ status: 0, stdout: 'ran\n' });
    for (const each of [versions(), made, join(made, 'bin/bedrock-tray')]) chownSync(each, 65534, 65534);
    expect(run()).toMatchObject({ status: 1, stdout: '', stderr: 'refused\n' });
    await expect(installPayload(at, manifest, home())).rejects.toMatchObject({
      code: 'StorageFailed',
      params: { file: versions(), reason: 'EACCES' },
    });
  });

  it('that is damaged is refused, with nothing left', async () => {
    const { at, manifest } = await payload('one', two, { 'out/main.mjs': 'f'.repeat(64) });
    await expect(installPayload(at, manifest, home())).rejects.toMatchObject({
      code: 'StorageFailed',
      params: { file: join(versions(), 'one'), reason: 'out/main.mjs is not as it was packed' },
    });
    expect(readdirSync(versions())).toEqual([]);
  });

  it('whose file was signed since is compared with what is packed', async () => {
    const { at, manifest } = await payload('one', two, { 'bin/node': null });
    const made = await installPayload(at, manifest, home());
    expect(readFileSync(join(made, 'bin/node'), 'utf8')).toBe('a program');
  });

  it('shares what did not change with another version, if that is still what it was', async () => {
    const first = await payload('one', two);
    const old = await installPayload(first.at, first.manifest, home());
    const next = await payload('two', { ...two, 'out/main.mjs': 'new code' });
    const made = await installPayload(next.at, next.manifest, home());
    expect(statSync(join(made, 'bin/node')).ino).toBe(statSync(join(old, 'bin/node')).ino);
    expect(statSync(join(made, 'out/main.mjs')).ino).not.toBe(statSync(join(old, 'out/main.mjs')).ino);

    chmodSync(join(old, 'bin/node'), 0o700);
    writeFileSync(join(old, 'bin/node'), 'changed!!');
    chmodSync(join(old, 'bin/node'), 0o500);
    const third = await payload('three', two);
    const whole = await installPayload(third.at, third.manifest, home());
    expect(readFileSync(join(whole, 'bin/node'), 'utf8')).toBe('a program');
  });

  it('clears away what a start that was cut short left, and not what one is making', async () => {
    const gone = join(versions(), '.one.999999999.00000000.tmp');
    const busy = join(versions(), `.one.${process.ppid}.00000000.tmp`);
    for (const each of [gone, busy]) mkdirSync(each, { recursive: true });
    const { at, manifest } = await payload('one', two);
    await installPayload(at, manifest, home());
    expect([existsSync(gone), existsSync(busy)]).toEqual([false, true]);
  });

  it('made by many at once is one', async () => {
    const { at, manifest } = await payload('one', two);
    const made = await Promise.all(Array.from({ length: 6 }, () => installPayload(at, manifest, home())));
    expect(new Set(made).size).toBe(1);
    expect(readdirSync(versions())).toEqual(['one']);
  });

  it('tells where the program is that shows the tray', async () => {
    mkdirSync(versions(), { recursive: true });
    await recordApp(versions(), '/opt/Bedrock Tray/bedrock-tray');
    await recordApp(versions(), '/home/me/Bedrock.AppImage');
    expect(readFileSync(join(versions(), 'app'), 'utf8')).toBe('/home/me/Bedrock.AppImage\n');
  });
});

it.each([
  ['1.2.3', '1.2.4', true],
  ['1.2.10', '1.2.9', false],
  ['1.9.0', '1.10.0', true],
  ['1.0.0', '1.0.0', false],
  ['1.0.0-beta.2', '1.0.0', true],
  ['1.0.0', '1.0.0-beta.2', false],
  ['1.0.0-beta.2', '1.0.0-beta.10', true],
  ['1.0.0-alpha', '1.0.0-beta', true],
  ['1.0.0-beta', '1.0.0-beta.1', true],
  ['1.0.0-1', '1.0.0-beta', true],
  ['1.0.0+build', '1.0.0', false],
  ['2.0.0', '10.0.0', true],
])('%s is older than %s: %s', (a, b, older) => {
  expect(isOlder(a, b)).toBe(older);
});
