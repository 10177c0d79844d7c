import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesBelow } from './payload.ts';

const bytesOf = (path: string): number =>
  lstatSync(path).isDirectory()
    ? filesBelow(path).reduce((sum, name) => sum + lstatSync(join(path, name)).size, 0)
    : lstatSync(path).size;
const mb = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;

/** What a package is, by the end of its name. */
const kinds: Readonly<Record<string, string>> = {
  '.deb': 'deb',
  '.rpm': 'rpm',
  '.AppImage': 'AppImage',
  '.tar.gz': 'tar.gz',
  '.dmg': 'dmg',
  '.zip': 'zip',
  '.exe': 'nsis setup',
};

/**
 * The README's table: what packages in a folder take to download, unpacked, and in the person's data. MB are 10^6 bytes.
 */
export function sizesTable(output: string): string {
  const rows: [string, string][] = [];
  for (const name of readdirSync(output).sort()) {
    const end = Object.keys(kinds).find((each) => name.endsWith(each));
    if (end !== undefined) rows.push([`download: \`${name}\``, mb(bytesOf(join(output, name)))]);
  }
  for (const name of readdirSync(output).filter((each) => /-unpacked$/.test(each))) {
    const folder = join(output, name);
    const resources = join(folder, 'resources');
    const agent = join(resources, 'agent');
    const node = bytesOf(join(agent, 'node_modules', 'node'));
    const app = bytesOf(join(resources, 'app.asar'));
    const payload = bytesOf(agent);
    const all = bytesOf(folder);
    const electron = readFileSync(join(folder, 'version'), 'utf8').trim();
    rows.push(
      [`installed (${name.replace(/-unpacked$/, '')})`, mb(all)],
      [`of it Electron ${electron}`, mb(all - payload - app)],
      ['of it the tray and its page', mb(app)],
      ['of it Node for agent, pty-host and command', mb(node)],
      ['of it agent, pty-host, command and their page', mb(payload - node)],
      ['in each person’s data, per version (unchanged files once)', mb(payload)],
    );
  }
  const lines = rows.map(([what, size]) => `| ${what} | ${size} |`);
  return ['| what | size |', '|---|---|', ...lines, ''].join('\n');
}
