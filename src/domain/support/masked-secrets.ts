import { redactText } from './redaction.ts';

/** What stands for a value that is nobody's to see. */
export const MASK = '••••••';

const secretName = /key|token|secret|passw|passphrase|authorization|credential|header|cookie/i;
/** Names of ours that say so without being so. */
const plainName = /^(awsCredentialExport|apiKeyHelper|credential_process|credential_source)$/;
const isSecret = (name: string) => secretName.test(name) && !plainName.test(name);

/**
 * Lines of settings.json or ~/.aws/config to be shown before they are changed, without the secrets that may stand near
 * the change: values under names that sound like one, keys inside commands, and whatever has a secret's shape.
 */
export function maskSecrets(text: string): string {
  const masked = text
    // "NAME": "value"
    .replace(/"((?:[^"\\]|\\.)*)"(\s*:\s*)"(?:[^"\\]|\\.)*"/g, (all, name: string, colon: string) =>
      isSecret(name) && !all.endsWith('""') ? `"${name}"${colon}"${MASK}"` : all,
    )
    // name = value
    .replace(/^([ \t]*)([A-Za-z0-9_]+)([ \t]*=[ \t]*)(\S.*)$/gm, (all, indent, name: string, equals) =>
      isSecret(name) ? `${indent}${name}${equals}${MASK}` : all,
    )
    // Inside a command: NAME=value, \"SecretAccessKey\":\"value\", --token value
    .replace(
      /((?:secret|session|access|bearer)[\w-]*(?:key|token)[\w-]*\\*["']?\s*[:= ]\s*\\*["']?)([^\s"'\\,}]{6,})/gi,
      (all, head: string) => (/access-?_?key-?_?id/i.test(head) ? all : head + MASK),
    );
  return redactText(masked);
}
