import { createHash } from 'node:crypto';
import { chmod, lstat, readFile, rm, stat } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { bytesOf, changeOf, replaceIfSame, storageFailed } from '../../aws/config-change.ts';
import { linkTarget } from '../../aws/replace-file.ts';
import type { DoctorFix, FixPreview } from '../../contract/doctor.ts';
import { BedrockTrayError, isBedrockTrayError } from '../../contract/errors.ts';
import type { Environment } from '../../contract/state.ts';
import { repairedEnvironment } from '../../domain/doctor/model-findings.ts';
import { providerRepair } from '../../domain/doctor/settings-rivals.ts';
import { packChange } from '../config-writer/stored-change.ts';
import { editSettings } from '../integration/settings-edit.ts';
import { shownDiff } from '../integration/shown-diff.ts';
import { findLeftovers } from '../leftovers.ts';
import type { DoctorParts } from './doctor-parts.ts';
import { modelsToAsk } from './models-to-ask.ts';
import { openFiles } from './open-files.ts';
import { readSettingsFiles } from './settings-files.ts';
import { hashOf, type UndoStep } from './undo-record.ts';

/** One change of a repair, planned: as it is shown, as it would be undone, and how it is done. */
export interface Repair {
  preview: FixPreview;
  /** Names what was there and what would be there. */
  digest: string;
  /** Written down before it is done. */
  step: UndoStep;
  /** Errors: ConfigChanged where something is not as it was planned for, StorageFailed. */
  apply(): Promise<void>;
}

/** A killed process leaves small files; what is larger is looked at by a person. */
const LEFTOVER_BYTES = 1_000_000;

const sha256 = (...parts: (string | Uint8Array)[]): string => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest('hex').slice(0, 32);
};
const octal = (mode: number): string => mode.toString(8).padStart(4, '0');
const changed = (file: string) => new BedrockTrayError('ConfigChanged', { file });

async function permissions(parts: DoctorParts): Promise<Repair[]> {
  return (await openFiles(parts)).map(({ file, mode, closed }) => ({
    preview: { fix: 'permissions', file, diff: `${octal(mode)} → ${octal(closed)}` },
    digest: sha256(file, octal(mode), octal(closed)),
    step: { kind: 'mode', fix: 'permissions', file, before: mode, after: closed },
    async apply() {
      const facts = await lstat(file).catch((e) => {
        throw storageFailed(file, e);
      });
      if (facts.isSymbolicLink() || (facts.mode & 0o7777) !== mode) throw changed(file);
      await chmod(file, closed).catch((e) => {
        throw storageFailed(file, e);
      });
    },
  }));
}

/** `except`: files that another repair edits. */
async function claudeSettings(parts: DoctorParts, except: ReadonlySet<string>): Promise<Repair[]> {
  const files = await readSettingsFiles(parts, await parts.loginEnv());
  const repairs: Repair[] = [];
  const seen = new Set<string>();
  for (const { scope, file: named, settings } of files) {
    // An administrator's and a team's files are theirs.
    if (settings === null || (scope !== 'user' && scope !== 'local') || except.has(named)) continue;
    const plan = providerRepair(settings);
    if (!plan) continue;
    // Where a link leads is what is written, so that is shown; leading elsewhere later, it is another preview.
    const file = await linkTarget(named);
    if (seen.has(file) || except.has(file)) continue;
    seen.add(file);
    const there = await bytesOf(file);
    const mode = (await stat(file).catch(() => null))?.mode ?? 0;
    if (!there || (mode & 0o222) === 0) continue;
    const edited = editSettings(file, there, plan);
    repairs.push({
      preview: { fix: 'claudeSettings', file, diff: shownDiff(file, there, edited.bytes) },
      digest: sha256(file, there, edited.bytes),
      step: { kind: 'edit', fix: 'claudeSettings', change: packChange(changeOf(file, there, edited)) },
      apply: () => parts.inTurn(() => replaceIfSame(file, there, edited.bytes)),
    });
  }
  return repairs;
}

async function integration(parts: DoctorParts, environment: Environment | null): Promise<Repair[]> {
  if (environment === null) return [];
  const { digest, files } = await parts.integration.preview(environment.name);
  if (!files.some((f) => f.state === 'outdated' && f.diff !== '')) return [];
  const toDo = files.filter((f) => f.diff !== '');
  const step: UndoStep & { kind: 'integration' } = { kind: 'integration', fix: 'integration', files: [] };
  const hashes = () => Promise.all(toDo.map(({ file }) => hashOf(file)));
  const write = async () => {
    const before = await hashes();
    await parts.integration.apply(digest, environment.name);
    const after = await hashes();
    step.files = toDo.map(({ file }, n) => ({ file, before: before[n] ?? null, after: after[n] ?? null }));
  };
  let applied: Promise<void> | undefined;
  // Both files or none: what is shown for each is done once.
  return toDo.map(({ file, diff }) => ({
    preview: { fix: 'integration', file, diff },
    digest: sha256(file, digest),
    step,
    apply() {
      applied ??= write();
      return applied;
    },
  }));
}

async function model(parts: DoctorParts, environment: Environment | null): Promise<Repair[]> {
  if (environment === null) return [];
  const offer = await parts.models.list({ environment: environment.name, refresh: false });
  if (offer.source !== 'live') return [];
  const resolved = await modelsToAsk(parts.models, environment);
  const after = repairedEnvironment(offer, resolved, environment);
  if (isDeepStrictEqual(after, environment)) return [];
  const text = (e: Environment) => Buffer.from(`${JSON.stringify(e, null, 2)}\n`);
  return [
    {
      preview: {
        fix: 'model',
        file: null,
        diff: shownDiff(environment.name, text(environment), text(after)),
      },
      digest: sha256(text(environment), text(after)),
      step: { kind: 'environment', fix: 'model', before: environment, after },
      async apply() {
        if (!isDeepStrictEqual(parts.environments.get(environment.name), environment))
          throw changed(environment.name);
        await parts.environments.update(after);
      },
    },
  ];
}

async function leftovers(parts: DoctorParts): Promise<Repair[]> {
  const repairs: Repair[] = [];
  for (const file of await findLeftovers(parts.context)) {
    const facts = await lstat(file).catch(() => null);
    if (!facts?.isFile() || facts.size > LEFTOVER_BYTES) continue;
    const content = await readFile(file);
    repairs.push({
      preview: { fix: 'leftovers', file, diff: `− ${content.length} B` },
      digest: sha256(file, content),
      step: {
        kind: 'removed',
        fix: 'leftovers',
        file,
        mode: facts.mode & 0o7777,
        content: content.toString('base64'),
      },
      async apply() {
        const now = await bytesOf(file);
        if (now === null || Buffer.compare(now, content) !== 0) throw changed(file);
        await rm(file).catch((e) => {
          throw storageFailed(file, e);
        });
      },
    });
  }
  return repairs;
}

/** What cannot be planned (no sign-in for a list of models, a malformed file) is not offered; its link says why. */
const orNone = (work: Promise<Repair[]>): Promise<Repair[]> =>
  work.catch((e: unknown) => {
    if (isBedrockTrayError(e)) return [];
    throw e;
  });

/** All that the safe repairs would do now, in the order in which it is done. */
export async function plannedRepairs(
  parts: DoctorParts,
  environment: Environment | null,
  wanted: readonly DoctorFix[] | undefined,
): Promise<Repair[]> {
  const wants = (fix: DoctorFix) => wanted === undefined || wanted.includes(fix);
  // First, so that what it edits is not edited twice.
  const written = wants('integration') ? await orNone(integration(parts, environment)) : [];
  const except = new Set(written.flatMap(({ preview }) => (preview.file === null ? [] : [preview.file])));
  return [
    ...(wants('permissions') ? await orNone(permissions(parts)) : []),
    ...(wants('claudeSettings') ? await orNone(claudeSettings(parts, except)) : []),
    ...written,
    ...(wants('model') ? await orNone(model(parts, environment)) : []),
    ...(wants('leftovers') ? await orNone(leftovers(parts)) : []),
  ];
}
