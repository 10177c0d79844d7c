#!/usr/bin/env node
/**
 * Stands in for fpm where electron-builder cannot download it (`npm run dist -- --dpkg-deb`): takes the arguments that
 * electron-builder gives fpm for a deb, and lets Debian's own dpkg-deb make it.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { filesBelow } from './payload.ts';

const text = { type: 'string' } as const;
const list = { type: 'string', multiple: true, default: [] as string[] } as const;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    s: { ...text, short: 's' },
    t: { ...text, short: 't' },
    depends: { ...list, short: 'd' },
    'deb-recommends': list,
    'deb-compression': text,
    'deb-priority': text,
    force: { type: 'boolean' },
    architecture: text,
    'after-install': text,
    'after-remove': text,
    description: text,
    version: text,
    package: text,
    name: text,
    maintainer: text,
    vendor: text,
    url: text,
    category: text,
    license: text,
  },
});
const need = (name: keyof typeof values): string => {
  const value = values[name];
  if (typeof value !== 'string') throw new Error(`--${name} is missing`);
  return value;
};
if (values.t !== 'deb') throw new Error('only deb is made here');

const out = need('package');
const work = mkdtempSync(join(dirname(out), '.deb-'));
try {
  const tree = join(work, 'tree');
  for (const each of positionals) {
    const at = each.lastIndexOf('=');
    const from = each.slice(0, at);
    const to = join(tree, each.slice(at + 1));
    mkdirSync(dirname(to), { recursive: true });
    if (statSync(from).isDirectory()) {
      mkdirSync(to, { recursive: true });
      // By hard links, since nothing is changed here.
      execFileSync('cp', ['-al', `${from.replace(/\/$/, '')}/.`, to]);
    } else {
      copyFileSync(from, to);
      chmodSync(to, 0o644);
    }
  }
  const files = filesBelow(tree);
  let bytes = 0;
  const sums = files.map((path) => {
    bytes += lstatSync(join(tree, path)).size;
    return `${createHash('md5')
      .update(readFileSync(join(tree, path)))
      .digest('hex')}  ${path}\n`;
  });

  const control = join(tree, 'DEBIAN');
  mkdirSync(control, { mode: 0o755 });
  writeFileSync(join(control, 'md5sums'), sums.join(''));
  for (const [script, from] of [
    ['postinst', values['after-install']],
    ['postrm', values['after-remove']],
  ] as const) {
    if (from === undefined) continue;
    copyFileSync(from, join(control, script));
    chmodSync(join(control, script), 0o755);
  }
  // As fpm reads it: the first line is the synopsis, the rest is folded.
  const [synopsis = '', ...more] = need('description')
    .split('\n')
    .map((line) => line.trim());
  const fields: Record<string, string | undefined> = {
    Package: need('name'),
    Version: need('version'),
    License: values.license,
    Vendor: values.vendor,
    Architecture: need('architecture'),
    Maintainer: need('maintainer'),
    'Installed-Size': String(Math.ceil(bytes / 1024)),
    Depends: values.depends.join(', ') || undefined,
    Recommends: values['deb-recommends'].join(', ') || undefined,
    Section: values.category ?? 'default',
    Priority: values['deb-priority'] ?? 'optional',
    Homepage: values.url,
    Description: [synopsis, ...more.filter(Boolean).map((line) => ` ${line}`)].join('\n'),
  };
  const lines = Object.entries(fields).flatMap(([name, value]) => (value ? [`${name}: ${value}\n`] : []));
  writeFileSync(join(control, 'control'), lines.join(''));
  const epoch = Number(process.env.SOURCE_DATE_EPOCH);
  if (process.env.SOURCE_DATE_EPOCH)
    for (const folder of ['.', 'DEBIAN', ...foldersBelow(tree)]) utimesSync(join(tree, folder), epoch, epoch);

  const kind = values['deb-compression'] ?? 'xz';
  const how = { gz: ['-Zgzip'], zst: ['-Zzstd', '-z1'], xz: ['-Zxz'] }[kind] ?? [`-Z${kind}`];
  rmSync(out, { force: true });
  execFileSync('dpkg-deb', ['--root-owner-group', ...how, '--build', tree, out], { stdio: 'inherit' });
} finally {
  rmSync(work, { recursive: true, force: true });
}

function foldersBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}
