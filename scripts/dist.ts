/**
 * Makes the packages (docs/packages.md). All of one platform, or those that are named:
 *
 *   npm run dist -- [--linux|--mac|--win] [TARGET...] [--x64|--arm64]...
 *     TARGET                  dir, tar.gz, deb, rpm, AppImage, dmg, zip, nsis; default: the platform's list
 *     --electron FOLDER       an unpacked Electron instead of the one that electron-builder downloads
 *     --entry FILE            for tests: is the tray's main file, and loads ./out/tray/main.cjs itself
 *     --output FOLDER         default: dist
 *     --compression LEVEL     store, normal or maximum; default: normal
 *     --dpkg-deb              make the deb by the system's dpkg-deb, not by the fpm that electron-builder downloads
 *     --stage                 only prepare the two folders that electron-builder packs
 *     --sizes                 print the README's table of sizes from what lies in the output folder
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, delimiter, dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { stagePayload, type Target } from './dist/payload.ts';
import { sizesTable } from './dist/sizes.ts';

const root = join(import.meta.dirname, '..');
const stage = join(root, '.cache', 'dist');

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    linux: { type: 'boolean' },
    mac: { type: 'boolean' },
    win: { type: 'boolean' },
    x64: { type: 'boolean' },
    arm64: { type: 'boolean' },
    electron: { type: 'string' },
    entry: { type: 'string' },
    output: { type: 'string', default: join(root, 'dist') },
    compression: { type: 'string', default: 'normal' },
    'dpkg-deb': { type: 'boolean' },
    stage: { type: 'boolean' },
    sizes: { type: 'boolean' },
  },
});

const output = resolve(values.output);
if (values.sizes) {
  process.stdout.write(sizesTable(output));
  process.exit(0);
}

/** Runs a program of ours to its end. */
function run(args: readonly string[], env: NodeJS.ProcessEnv = process.env): void {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit', env });
  if (status !== 0) process.exit(status ?? 1);
}

const platform: Target['platform'] = values.linux
  ? 'linux'
  : values.mac
    ? 'darwin'
    : values.win
      ? 'win32'
      : (process.platform as Target['platform']);
const flag = { linux: '--linux', darwin: '--mac', win32: '--win' }[platform];
const named = (['x64', 'arm64'] as const).filter((arch) => values[arch]);
const arches = named.length > 0 ? named : [process.arch as Target['arch']];

if (existsSync(join(root, 'out', 'parts.json'))) run(['scripts/build.ts', '--if-stale']);
else run(['scripts/build.ts']);

interface Manifest {
  name: string;
  version: string;
  description: string;
  license: string;
}
const product = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;

/** The tray's app: its two bundles, the page and the icons. All packages it uses are in the bundles. */
function stageApp(): void {
  const app = join(stage, 'app');
  rmSync(app, { recursive: true, force: true });
  mkdirSync(app, { recursive: true });
  const noMaps = (path: string): boolean => !path.endsWith('.map');
  for (const part of ['out/tray', 'out/renderer', 'assets/icons'])
    cpSync(join(root, part), join(app, part), {
      recursive: true,
      filter: (path) => noMaps(path) && !(part === 'assets/icons' && path.endsWith('.svg')),
    });
  cpSync(join(root, 'LICENSE'), join(app, 'LICENSE'));
  if (values.entry) cpSync(values.entry, join(app, 'entry.cjs'));
  const manifest = {
    name: product.name,
    productName: 'Bedrock Tray',
    version: product.version,
    description: product.description,
    license: product.license,
    author: 'The authors of Bedrock Tray',
    homepage: 'https://github.com/bedrock-tray/bedrock-tray',
    desktopName: 'bedrock-tray.desktop',
    main: values.entry ? 'entry.cjs' : 'out/tray/main.cjs',
  };
  writeFileSync(join(app, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

stageApp();
for (const arch of arches) stagePayload({ platform, arch });
if (values.stage) process.exit(0);

const builder = [
  join(root, 'node_modules', 'electron-builder', 'cli.js'),
  flag,
  ...positionals,
  ...arches.map((arch) => `--${arch}`),
  '--publish=never',
  `-c.directories.output=${output}`,
  `-c.compression=${values.compression}`,
];
if (values.compression === 'store') builder.push('-c.deb.compression=zst');
if (values.electron) {
  const folder = resolve(values.electron);
  const version = readFileSync(join(folder, 'version'), 'utf8').trim().replace(/^v/, '');
  builder.push(`-c.electronDist=${folder}`, `-c.electronVersion=${version}`);
}
const update = process.env.BEDROCK_TRAY_UPDATE_URL;
if (update) builder.push('-c.publish.provider=generic', `-c.publish.url=${update}`);

const env: NodeJS.ProcessEnv = { ...process.env };
// Tools that electron-builder would download, where the system has them.
if (values['dpkg-deb']) env.CUSTOM_FPM_PATH = join(root, 'scripts', 'dist', 'fpm-over-dpkg.ts');
env.PATH = `${dirname(process.execPath)}${delimiter}${env.PATH ?? ''}`;
if (platform === 'linux' && existsSync('/usr/bin/7zz')) env.ELECTRON_BUILDER_7ZIP_PATH ??= '/usr/bin/7zz';
run(builder, env);
for (const file of [join(output, 'builder-debug.yml'), join(output, 'builder-effective-config.yaml')])
  rmSync(file, { force: true });
process.stdout.write(`${basename(dirname(output))}/${basename(output)}: done\n`);
