import { bytesOf } from '../../../aws/config-change.ts';
import { awsFiles, parseAwsText, sectionOf } from '../../../aws/config-file.ts';
import { keyCreatedAt } from '../../../aws/iam-keys.ts';
import type { Told } from '../../../domain/doctor/findings.ts';
import { keyFindings, shortKey } from '../../../domain/doctor/verdicts.ts';
import type { Held, Link } from '../check-runner.ts';
import type { Chain } from '../doctor-parts.ts';

/** Keys that are asked about: more than a few stand in no file. */
const ASKED = 10;

interface Key {
  profile: string;
  id: string;
  /** Never leaves this file. */
  secret: string;
}

/** Long-lived keys in AWS's files: whose id begins with AKIA. Those of a session (ASIA) end by themselves. */
async function keysIn(file: string, kind: 'config' | 'credentials'): Promise<Key[]> {
  const bytes = await bytesOf(file).catch(() => null);
  if (bytes === null) return [];
  try {
    return parseAwsText(file, bytes).flatMap(({ name, options }): Key[] => {
      const id = options.get('aws_access_key_id')?.value ?? '';
      const known = kind === 'credentials' ? { type: 'profile', name } : sectionOf(name);
      if (!id.startsWith('AKIA') || known?.type !== 'profile') return [];
      return [{ profile: known.name, id, secret: options.get('aws_secret_access_key')?.value ?? '' }];
    });
  } catch {
    // Malformed: the link of files says so.
    return [];
  }
}

/** Long-lived keys on this machine, and how old they are where IAM tells. */
export function keysLink(chain: Chain): Link {
  return {
    link: 'keys',
    needs: [],
    after: ['config'],
    timeoutMs: 20_000,
    service: 'IAM',
    check: () => keys(chain),
  };
}

async function keys(chain: Chain): Promise<Held> {
  const { context, network } = chain.parts;
  const files = awsFiles(context.env, context.userHome);
  const shell = await chain.loginEnv();
  const own = shell.AWS_ACCESS_KEY_ID ?? '';
  const found = [
    ...(await keysIn(files.credentials, 'credentials')),
    ...(await keysIn(files.config, 'config')),
    ...(own.startsWith('AKIA')
      ? [{ profile: '$AWS_ACCESS_KEY_ID', id: own, secret: shell.AWS_SECRET_ACCESS_KEY ?? '' }]
      : []),
  ].filter((key, n, all) => all.findIndex((k) => k.id === key.id) === n);
  const told = await Promise.all(
    found.slice(0, ASKED).map(async ({ profile, id, secret }): Promise<Told[]> => {
      const keysOfUser = { accessKeyId: id, secretAccessKey: secret, sessionToken: null };
      const place = { region: chain.subject().region, env: context.env, network: network(profile) };
      // A user who may not look at their own keys: the age is not known.
      const createdAt = await keyCreatedAt(place, keysOfUser).catch(() => null);
      return keyFindings({ id, profile, createdAt }, context.clock.now());
    }),
  );
  return { evidence: found.map(({ id }) => shortKey(id)).join(', ') || '–', findings: told.flat() };
}
