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
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { thirdPartyNotices } from './dist/notices.ts';
import { noticesFile, stagePayload, type Target } from './dist/payload.ts';
import { makeSbom, sbomProblem } from './dist/sbom.ts';
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
writeFileSync(noticesFile, thirdPartyNotices({ platform, arch: arches[0] ?? 'x64' }));
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
let electron = (
  JSON.parse(readFileSync(join(root, 'node_modules', 'electron', 'package.json'), 'utf8')) as Manifest
).version;
if (values.electron) {
  const folder = resolve(values.electron);
  electron = readFileSync(join(folder, 'version'), 'utf8').trim().replace(/^v/, '');
  builder.push(`-c.electronDist=${folder}`, `-c.electronVersion=${electron}`);
}
const update = process.env.BEDROCK_TRAY_UPDATE_URL;
if (update) builder.push('-c.publish.provider=generic', `-c.publish.url=${update}`);

const env: NodeJS.ProcessEnv = { ...process.env };
// Tools that electron-builder would download, where the system has them.
// gzip's own default: its highest level takes ten times as long for two hundredths of the size.
if (platform === 'linux' && values.compression === 'normal') env.ELECTRON_BUILDER_COMPRESSION_LEVEL ??= '6';
if (values['dpkg-deb']) env.CUSTOM_FPM_PATH = join(root, 'scripts', 'dist', 'fpm-over-dpkg.ts');
env.PATH = `${dirname(process.execPath)}${delimiter}${env.PATH ?? ''}`;
if (platform === 'linux' && existsSync('/usr/bin/7zz')) env.ELECTRON_BUILDER_7ZIP_PATH ??= '/usr/bin/7zz';
run(builder, env);
for (const name of ['builder-debug.yml', 'builder-effective-config.yaml'])
  rmSync(join(output, name), { force: true });

// Its header names a temporary file and the hour.
if (process.env.SOURCE_DATE_EPOCH)
  for (const name of readdirSync(output).filter((each) => each.endsWith('.tar.gz')))
    plainGzipHeader(join(output, name));

/** Beside the packages: what is in them, checked against CycloneDX's own schema. */
for (const arch of arches) {
  const text = `${JSON.stringify(makeSbom({ platform, arch }, { electron }), null, 2)}\n`;
  const problem = await sbomProblem(text);
  if (problem !== null) throw new Error(`the list of parts is not valid: ${JSON.stringify(problem)}`);
  const system = { linux: 'linux', darwin: 'mac', win32: 'win' }[platform];
  writeFileSync(join(output, `bedrock-tray-${product.version}-${system}-${arch}.cdx.json`), text);
}

/** Leaves the name and the time of what was compressed out of a gzip file. */
function plainGzipHeader(file: string): void {
  const bytes = readFileSync(file);
  const flags = bytes[3] ?? 0;
  // A name alone is what 7-Zip writes.
  if ((flags & ~8) !== 0) throw new Error(`${file} has a gzip header that is not known here`);
  const body = (flags & 8) === 0 ? 10 : bytes.indexOf(0, 10) + 1;
  const header = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, bytes[8] ?? 0, bytes[9] ?? 0]);
  writeFileSync(file, Buffer.concat([header, bytes.subarray(body)]));
}
