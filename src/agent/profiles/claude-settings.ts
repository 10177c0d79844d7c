import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConfiguredProfile } from '../../aws/config-file.ts';
import type { CredentialSource } from '../../domain/credentials/credential-source.ts';
import { isOurExport } from '../../domain/integration.ts';
import { partitionOfRegion } from '../../domain/profiles/partition.ts';
import { claudeFolder } from '../claude-folder.ts';

/** The profile that stands for the commands in the person's own Claude Code settings. */
export const claudeSettingsProfile = 'claude-settings';

/** The user's own settings of Claude Code (a project's are another's words: never run from here). */
export function claudeSettingsFile(
  env: Readonly<Record<string, string | undefined>>,
  userHome: string,
): string {
  return join(claudeFolder(env, userHome), 'settings.json');
}

/** The file's text; empty where it cannot be read (Claude Code says so itself). */
export function readClaudeSettings(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}

const command = (value: unknown): string | null =>
  typeof value === 'string' && value.trim() !== '' ? value : null;

/** awsCredentialExport and awsAuthRefresh of a settings file as a profile; null where it has neither. */
export function claudeSettingsOf(file: string, text: string): ConfiguredProfile | null {
  let settings: Record<string, unknown>;
  try {
    settings = JSON.parse(text) ?? {};
  } catch {
    return null;
  }
  // Ours, by an integration: it stands for no other source.
  if (isOurExport(settings.awsCredentialExport)) return null;
  const source: CredentialSource = {
    kind: 'claude-settings',
    exportCommand: command(settings.awsCredentialExport),
    refreshCommand: command(settings.awsAuthRefresh),
  };
  if (source.exportCommand === null && source.refreshCommand === null) return null;
  const env = (settings.env ?? {}) as Record<string, unknown>;
  const region = command(env.AWS_REGION) ?? command(env.AWS_DEFAULT_REGION);
  const unsupported =
    source.exportCommand === null
      ? 'awsAuthRefresh alone gives no credentials: there is no awsCredentialExport'
      : /\bbedrock-tray\b/.test(source.exportCommand)
        ? 'awsCredentialExport asks Bedrock Tray itself'
        : null;
  return {
    name: claudeSettingsProfile,
    kind: 'claude-settings',
    ssoSession: null,
    accountId: null,
    roleName: null,
    region,
    roleArn: null,
    chain: [],
    mfaSerial: null,
    partition: partitionOfRegion(region ?? ''),
    notes: [{ level: 'info', code: 'ClaudeSettings', params: { file } }],
    source: unsupported === null ? source : null,
    unsupported,
  };
}
