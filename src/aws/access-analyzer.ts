import { type AwsPlace, callAws, clientOptions } from './client-options.ts';
import type { Env } from './endpoints.ts';
import type { AwsNetwork } from './network.ts';
import { type SigningKeys, sdkCredentials, secretsOf } from './sts.ts';

/** What Access Analyzer says of a policy. Its words are AWS's own. */
export interface AnalyzerFinding {
  type: 'error' | 'security' | 'suggestion' | 'warning';
  code: string;
  text: string;
  /** Line of the document, from 1. */
  line: number | null;
  /** The statement, from 0. */
  statement: number | null;
}

const types = {
  ERROR: 'error',
  SECURITY_WARNING: 'security',
  SUGGESTION: 'suggestion',
  WARNING: 'warning',
} as const;
const maxPages = 50;

/** ValidatePolicy: IAM's grammar, best practice, and names that AWS knows. Errors: AwsFault (`forbidden` where this may not be asked). */
export async function analyzePolicy(
  place: { region: string; env: Env; network?: AwsNetwork | undefined },
  keys: SigningKeys,
  policy: { text: string; type: 'IDENTITY_POLICY' | 'RESOURCE_POLICY' | 'SERVICE_CONTROL_POLICY' },
): Promise<AnalyzerFinding[]> {
  const where: AwsPlace = { service: 'accessanalyzer', ...place };
  const sdk = await import('@aws-sdk/client-accessanalyzer');
  const client = new sdk.AccessAnalyzerClient({
    ...clientOptions('accessanalyzer', place.region, place.env, place.network),
    credentials: sdkCredentials(keys),
  });
  try {
    const findings: AnalyzerFinding[] = [];
    let nextToken: string | undefined;
    for (let n = 0; n < maxPages; n++) {
      const command = new sdk.ValidatePolicyCommand({
        policyDocument: policy.text,
        policyType: policy.type,
        maxResults: 100,
        ...(nextToken === undefined ? {} : { nextToken }),
      });
      const out = await callAws(where, secretsOf(keys), (o) => client.send(command, o));
      for (const f of out.findings ?? []) {
        const at = f.locations?.[0];
        const index = at?.path?.find((step) => step.index !== undefined)?.index;
        findings.push({
          type: types[f.findingType as keyof typeof types] ?? 'warning',
          code: f.issueCode ?? '',
          text: f.findingDetails ?? '',
          line: at?.span?.start?.line ?? null,
          statement: index ?? null,
        });
      }
      if (!out.nextToken || out.nextToken === nextToken) break;
      nextToken = out.nextToken;
    }
    return findings;
  } finally {
    client.destroy();
  }
}
