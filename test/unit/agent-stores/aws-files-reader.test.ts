import { writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { AwsFilesReader, type AwsFilesView } from '../../../src/agent/aws-files-reader.ts';
import { AwsSettings } from '../../../src/agent/network/aws-settings.ts';
import { ConfigProfileCatalog } from '../../../src/agent/profiles/config-profile-catalog.ts';

const log = { info() {}, warn() {}, error() {}, debug() {} };
const dev = (bundle: string) => `[profile dev]\nca_bundle = ${bundle}\naws_access_key_id = AKIDEXAMPLE\n`;
let home: string;
let context: { env: Record<string, string>; userHome: string; log: typeof log };
const started: { stop(): void }[] = [];

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'aws-files-'));
  await mkdir(join(home, '.aws'));
  context = { env: {}, userHome: home, log };
});
afterEach(async () => {
  for (const each of started.splice(0)) each.stop();
  await rm(home, { recursive: true, force: true });
});
const write = (text: string) => writeFile(join(home, '.aws', 'config'), text);

test('both rooms see a change in one reading; who hears of a profile finds the way to AWS that goes with it', async () => {
  await write(dev('/a.pem'));
  const reader = new AwsFilesReader(context);
  const settings = new AwsSettings(context, reader);
  const catalog = new ConfigProfileCatalog(context, reader);
  started.push(settings, catalog);
  await settings.start();
  expect(catalog.list()).toEqual([]);
  await catalog.start();
  expect(catalog.list().map((p) => p.name)).toEqual(['dev']);
  const heard = new Promise<string | undefined>((done) =>
    catalog.onChange(() => done(settings.ofProfile('prod').AWS_CA_BUNDLE)),
  );
  await write(`${dev('/b.pem')}[profile prod]\nca_bundle = /prod.pem\n`);
  expect(await heard).toBe('/prod.pem');
  expect(settings.ofProfile('dev').AWS_CA_BUNDLE).toBe('/b.pem');
});

test('the way to AWS follows links as the profiles do', async () => {
  await mkdir(join(home, 'dotfiles'));
  await writeFile(join(home, 'dotfiles', 'aws'), dev('/a.pem'));
  await symlink(join('..', 'dotfiles', 'aws'), join(home, '.aws', 'config'));
  const settings = new AwsSettings(context);
  started.push(settings);
  await settings.start();
  expect(settings.ofProfile('dev').AWS_CA_BUNDLE).toBe('/a.pem');
  await writeFile(join(home, 'dotfiles', 'aws'), dev('/b.pem'));
  await vi.waitFor(() => expect(settings.ofProfile('dev').AWS_CA_BUNDLE).toBe('/b.pem'), {
    timeout: 10_000,
    interval: 10,
  });
});

test('a view is shown what differs, one that was stopped nothing, unless it asks', async () => {
  await write(dev('/a.pem'));
  const reader = new AwsFilesReader(context);
  const shown: [string, number][] = [];
  const view = (name: string): AwsFilesView =>
    reader.view(({ aws }) => shown.push([name, 'config' in aws ? aws.config.sections.length : -1]));
  const [one, two] = [view('one'), view('two')];
  started.push(one, two);
  await one.start();
  await two.start();
  await one.reload();
  expect(shown).toEqual([
    ['one', 1],
    ['two', 1],
  ]);
  two.stop();
  await write('no section\n');
  await one.reload();
  await write('[default]\n');
  await Promise.all([one.reload(), two.reload()]);
  expect(shown.filter(([name]) => name === 'two')).toEqual([
    ['two', 1],
    ['two', 1],
  ]);
  expect(shown.filter(([name]) => name === 'one').map(([, sections]) => sections)).toContain(-1);
});

test('whoever asks is shown what stands there by then, at whatever moment of another reading', async () => {
  const reader = new AwsFilesReader(context);
  const seen: number[] = [];
  const one = reader.view(() => undefined);
  const two = reader.view(({ aws }) => seen.push('config' in aws ? aws.config.sections.length : -1));
  for (let moment = 1; moment <= 60; moment++) {
    const underWay = one.reload();
    for (let turn = 0; turn < moment % 12; turn++) await new Promise<void>((done) => setImmediate(done));
    writeFileSync(
      join(home, '.aws', 'config'),
      Array.from({ length: moment }, (_, n) => `[profile p${n}]\n`).join(''),
    );
    await two.reload();
    expect(seen.at(-1)).toBe(moment);
    await underWay;
  }
});
