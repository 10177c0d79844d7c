/**
 * Builds everything that runs into out/. `--if-stale` does nothing when no source is newer than the last build; `--tray`
 * builds the tray's programs alone, into an out/ that was built before (scripts/mutate-security.ts).
 */
import { copyFile, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { build as viteBuild } from 'vite';
import { Parts } from './dist/parts.ts';

const root = join(import.meta.dirname, '..');
const stamp = join(root, 'out', '.built');

/** Newest modification time (epoch ms) below a folder or of a file. */
async function newest(path: string): Promise<number> {
  const s = await stat(path);
  if (!s.isDirectory()) return s.mtimeMs;
  const times = await Promise.all((await readdir(path)).map((name) => newest(join(path, name))));
  return Math.max(s.mtimeMs, ...times);
}

async function isFresh(): Promise<boolean> {
  const builtAt = await stat(stamp).then(
    (s) => s.mtimeMs,
    () => 0,
  );
  if (builtAt === 0) return false;
  const sources = ['src', 'renderer', 'assets', 'package-lock.json', 'scripts/build.ts', 'vite.config.ts'];
  return Math.max(...(await Promise.all(sources.map((s) => newest(join(root, s)))))) <= builtAt;
}

if (process.argv.includes('--if-stale') && (await isFresh())) process.exit(0);

const shared: BuildOptions = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  logLevel: 'warning',
  legalComments: 'none',
  sourcemap: 'linked',
  metafile: true,
  // Native modules and Electron itself cannot be bundled; x11 is an optional part of dbus-next that is not wanted.
  external: ['electron', 'x11', 'node-pty', '@napi-rs/keyring', 'fsevents'],
  // Its CommonJS form asks for its parts by names that a bundler does not see.
  alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
};

/** Programs that run on the product's own Node 24. */
const node24: BuildOptions = {
  ...shared,
  format: 'esm',
  target: 'node24',
  outExtension: { '.js': '.mjs' },
  // Bundled CommonJS packages still call require().
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
};

/** What updates the product is a file of its own: the tray's start reads none of it. */
const updateEngineApart: Plugin = {
  name: 'update-engine-apart',
  setup: ({ onResolve }) =>
    onResolve({ filter: /\/update-engine\.ts$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: './update-engine.cjs', external: true } : undefined,
    ),
};

await mkdir(join(root, 'out', 'cli'), { recursive: true });
await rm(stamp, { force: true });
const all = !process.argv.includes('--tray');
const parts = new Parts(root);
const bundled = async (options: BuildOptions): Promise<void> => {
  const { metafile } = await build(options);
  parts.add(Object.keys(metafile?.inputs ?? {}));
  if (options.splitting) await forgetOlder('out/agent/chunks', Object.keys(metafile?.outputs ?? {}));
};
/** An agent of the build before may still ask for its parts; those of older ones would only be packaged. */
async function forgetOlder(folder: string, kept: readonly string[]): Promise<void> {
  for (const name of await readdir(join(root, folder))) {
    const path = join(root, folder, name);
    if (kept.includes(`${folder}/${name}`) || (await stat(path)).mtimeMs > Date.now() - 15 * 60_000) continue;
    await rm(path, { force: true });
  }
}
const programs = (): Promise<unknown>[] => [
  // What needs no Node where there is curl.
  ...['hand-out.sh', 'hook-relay.sh'].map((name) =>
    copyFile(join(root, 'src', 'cli', name), join(root, 'out', 'cli', name)),
  ),
  // AWS services that are seldom asked lie apart: a start reads none of them.
  bundled({
    ...node24,
    entryPoints: { 'agent/main': 'src/agent/main.ts' },
    splitting: true,
    // A CommonJS module that is imported dynamically would come without its names (evanw/esbuild#3245).
    mainFields: ['module', 'main'],
    chunkNames: 'agent/chunks/[name]-[hash]',
    outdir: 'out',
  }),
  bundled({
    ...node24,
    entryPoints: {
      'agent/page-server': 'src/agent/page-server/worker.ts',
      'agent/history': 'src/agent/history/worker.ts',
      'agent/usage': 'src/agent/usage/worker.ts',
      'agent/meter': 'src/agent/meter/worker.ts',
      'agent/keyring': 'src/agent/vault/keyring-main.ts',
      'pty-host/main': 'src/pty-host/main.ts',
      'cli/main': 'src/cli/main.ts',
      'sandbox/main': 'src/sandbox/main.ts',
    },
    outdir: 'out',
  }),
  // Small programs that must load fast: they run at each credential request and each of Claude Code's hooks.
  bundled({
    ...shared,
    format: 'cjs',
    target: 'node20',
    minify: true,
    sourcemap: false,
    entryPoints: {
      'cli/hand-out': 'src/cli/hand-out.ts',
      'cli/hook-relay': 'src/cli/hook-relay.ts',
      'client/detach': 'src/client/detach.ts',
      'cli/install': 'src/cli/install.ts',
    },
    outdir: 'out',
    outExtension: { '.js': '.cjs' },
  }),
  viteBuild({
    configFile: join(root, 'vite.config.ts'),
    logLevel: 'warn',
    plugins: [{ name: 'parts', moduleParsed: ({ id }) => parts.add([id]) }],
  }),
];
await Promise.all([
  ...(all ? programs() : []),
  // One tray bundle for Electron 45 and for the older Electron that end-to-end tests may run on.
  bundled({
    ...shared,
    format: 'cjs',
    target: 'node16',
    entryPoints: {
      'tray/main': 'src/tray/main.ts',
      'tray/preload': 'src/tray/preload.ts',
      'tray/update-engine': 'src/tray/update-engine.ts',
    },
    plugins: [updateEngineApart],
    supported: { 'dynamic-import': false },
    outdir: 'out',
    outExtension: { '.js': '.cjs' },
  }),
]);
// Whose code was bundled: what the packages' list of parts is made from.
if (all) {
  await writeFile(join(root, 'out', 'parts.json'), parts.text());
  await writeFile(stamp, '');
}
