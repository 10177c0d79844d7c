import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import type { Target } from './payload.ts';

/** As much of CycloneDX's JSON as is read or changed here. */
interface Component {
  'bom-ref': string;
  type: string;
  name: string;
  version: string;
  purl?: string;
  scope?: string;
  properties?: { name: string; value: string }[];
  hashes?: unknown[];
}
export interface Bom {
  specVersion: string;
  serialNumber?: string;
  metadata: { timestamp?: string; lifecycles?: unknown[]; component: Component } & Record<string, unknown>;
  components: Component[];
  dependencies: { ref: string; dependsOn: string[] }[];
}

const root = join(import.meta.dirname, '..', '..');

/** In a package as they are, not bundled. */
const whole = (target: Target): string[] => [
  ...['electron', 'node', 'node-pty', '@napi-rs/keyring'],
  `@napi-rs/keyring-${target.platform}-${target.arch}${{ linux: '-gnu', darwin: '', win32: '-msvc' }[target.platform]}`,
];

interface Manifest {
  name: string;
  version: string;
  license?: string;
}

/** Folders of the npm packages that a package for `target` holds code of. */
export function partFolders(target: Target): string[] {
  const bundled = JSON.parse(readFileSync(join(root, 'out', 'parts.json'), 'utf8')) as string[];
  return [
    ...bundled.map((folder) => resolve(root, folder)),
    ...whole(target).map((name) => join(root, 'node_modules', name)),
  ];
}

const manifestIn = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

/**
 * The list of parts (CycloneDX) of a package for `target`: what npm knows of what the bundlers took code from, Electron
 * and Node among it, and nothing that only builds or tests. `electron`: the version that was packed. With
 * SOURCE_DATE_EPOCH it is the same each time.
 */
export function makeSbom(target: Target, options: { electron: string }): Bom {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const said = execFileSync(
    npm,
    ['sbom', '--package-lock-only', '--sbom-format', 'cyclonedx', '--sbom-type', 'application'],
    {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 64 << 20,
      shell: process.platform === 'win32',
    },
  );
  const bom = JSON.parse(said) as Bom;
  const wanted = new Set(
    partFolders(target)
      // The keyring's part of another system is not installed here.
      .filter((folder) => existsSync(folder))
      .map((folder) => manifestIn(folder))
      .map(({ name, version }) => `${name}@${version}`),
  );
  const there = new Set(bom.components.map((part) => `${part.name}@${part.version}`));
  const unknown = [...wanted].filter((name) => !there.has(name));
  if (unknown.length > 0) throw new Error(`npm does not know of ${unknown.join(', ')}`);
  bom.components = bom.components
    .filter((part) => wanted.has(`${part.name}@${part.version}`))
    .map((part) => ({
      ...part,
      scope: 'required',
      properties: (part.properties ?? []).filter(({ name }) => name !== 'cdx:npm:package:development'),
    }));
  const electron = bom.components.find(({ name }) => name === 'electron');
  if (electron !== undefined && electron.version !== options.electron) {
    electron.version = options.electron;
    electron.purl = `pkg:npm/electron@${options.electron}`;
    delete electron.hashes;
  }
  const refs = new Set(bom.components.map((part) => part['bom-ref']));
  const product = bom.metadata.component;
  product.name = 'bedrock-tray';
  bom.dependencies = bom.dependencies
    .filter(({ ref }) => refs.has(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((each) => refs.has(each)) }));
  // A bundle has no tree: what nothing else here needs is the product's own.
  const needed = new Set(bom.dependencies.flatMap(({ dependsOn }) => dependsOn));
  const own = [...refs].filter((ref) => !needed.has(ref));
  bom.dependencies.unshift({ ref: product['bom-ref'], dependsOn: own });
  if (process.env.SOURCE_DATE_EPOCH) {
    bom.metadata.timestamp = new Date(Number(process.env.SOURCE_DATE_EPOCH) * 1000).toISOString();
    delete bom.serialNumber;
  }
  return bom;
}

/** What CycloneDX's own schema has against it; null when nothing. */
export async function sbomProblem(text: string): Promise<unknown> {
  const { specVersion } = JSON.parse(text) as Bom;
  const version = Object.values(Spec.Version).find((each) => each === specVersion);
  if (version === undefined) return `no CycloneDX ${specVersion} is known`;
  return new Validation.JsonStrictValidator(version).validate(text);
}
