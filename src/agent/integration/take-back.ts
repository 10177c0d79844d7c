import { bytesBefore, isAsBefore } from '../../aws/config-change.ts';
import { editConfig } from '../../aws/config-edit.ts';
import { INTEGRATION_PROFILE, isOurProcess } from '../../domain/integration.ts';
import { unpackChange } from '../config-writer/stored-change.ts';
import { profileIn } from './file-plans.ts';
import type { IntegrationEntry, Stored } from './integration-record.ts';
import { withoutOurs } from './settings-edit.ts';

type Bytes = Uint8Array | null;

/**
 * A file as it was before some changes, the newest of them taken back first: byte for byte where they are what was done
 * last, else by `byKeys`, which takes out what still is ours. Null: no file.
 */
function undone<T>(
  now: Bytes,
  changes: readonly { change: Stored; entry: T }[],
  byKeys: (bytes: Uint8Array, entry: T) => Uint8Array,
): Bytes {
  let bytes = now;
  for (const { change: stored, entry } of changes.toReversed()) {
    if (bytes === null) return null;
    const change = unpackChange(stored);
    if (isAsBefore(change, bytes)) continue;
    const before = bytesBefore(change, bytes);
    if (before) bytes = change.existed ? before : null;
    else bytes = byKeys(bytes, entry);
  }
  return bytes;
}

/** settings.json without what the integrations wrote. Errors: SettingsMalformed. */
export function settingsUndone(file: string, now: Bytes, entries: readonly IntegrationEntry[]): Bytes {
  const changes = entries.flatMap(({ settings }) =>
    settings ? [{ change: settings.change, entry: settings }] : [],
  );
  return undone(now, changes, (bytes, { written, setAside, envWasMade }) =>
    withoutOurs(file, bytes, written, { setAside, envWasMade }),
  );
}

/** ~/.aws/config without our profile. Errors: ConfigMalformed. */
export function configUndone(file: string, now: Bytes, entries: readonly IntegrationEntry[]): Bytes {
  const changes = entries.flatMap(({ config }) => (config ? [{ change: config, entry: config }] : []));
  return undone(now, changes, (bytes) => {
    const profile = profileIn(file, bytes);
    if (!isOurProcess(profile?.credential_process)) return bytes;
    const ours = ['credential_process', 'region'];
    const theirs = Object.keys(profile ?? {}).some((key) => !ours.includes(key));
    const edited = editConfig(file, bytes, [
      {
        how: theirs ? 'change' : 'remove',
        type: 'profile',
        name: INTEGRATION_PROFILE,
        options: {},
        remove: ours,
      },
    ]);
    return 'refused' in edited ? bytes : edited.bytes;
  });
}
