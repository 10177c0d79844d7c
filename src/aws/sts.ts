import { callAws, clientOptions } from './client-options.ts';
import type { Env } from './endpoints.ts';

/** Keys that a request is signed with. Secrets. */
export interface SigningKeys {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
}
export interface CallerIdentity {
  accountId: string;
  arn: string;
  userId: string;
}

/** Whose keys these are (needs no permission). Errors: AwsFault. */
export async function callerIdentity(
  options: { region: string; env: Env },
  credentials: SigningKeys,
): Promise<CallerIdentity> {
  const { region, env } = options;
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  return callAws({ service: 'sts', region, env }, [accessKeyId, secretAccessKey, sessionToken], async (o) => {
    const sdk = await import('@aws-sdk/client-sts');
    const client = new sdk.STSClient({
      ...clientOptions('sts', region, env),
      authSchemePreference: ['aws.auth#sigv4'],
      credentials: { accessKeyId, secretAccessKey, sessionToken },
    });
    try {
      const out = await client.send(new sdk.GetCallerIdentityCommand({}), o);
      return { accountId: out.Account ?? '', arn: out.Arn ?? '', userId: out.UserId ?? '' };
    } finally {
      client.destroy();
    }
  });
}
