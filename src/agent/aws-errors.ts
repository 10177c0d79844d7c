import { AwsFault } from '../aws/faults.ts';
import { BedrockTrayError } from '../contract/errors.ts';
import { type Fault, faultName } from '../domain/keep-alive/fault.ts';

/** A failed call as the machines of keep-alive see it. Whatever is no answer of AWS is this machine's trouble (`disk`). */
export function faultOf(e: unknown): Fault {
  if (e instanceof AwsFault) {
    return { kind: e.kind, name: faultName(e.name), retryAfterMs: e.retryAfterMs };
  }
  const code = (e as { code?: unknown } | null)?.code;
  return { kind: 'disk', name: typeof code === 'string' ? code : 'Error' };
}

const services: Readonly<Record<string, string>> = {
  'sso-oidc': 'IAM Identity Center',
  sso: 'AWS access portal',
  sts: 'AWS STS',
  bedrock: 'Amazon Bedrock',
  'bedrock-runtime': 'Amazon Bedrock',
  iam: 'AWS IAM',
  accessanalyzer: 'IAM Access Analyzer',
  ce: 'AWS Cost Explorer',
  cloudtrail: 'AWS CloudTrail',
  'service-quotas': 'Service Quotas',
};

/**
 * A failed call as it is told to shells. `role` names what a 403 or 404 was about.
 * Unknown errors come out as ServiceFailed by their code only: their messages could hold a secret.
 */
export function errorOf(e: unknown, role?: { accountId: string; roleName: string }): BedrockTrayError {
  if (e instanceof BedrockTrayError) return e;
  if (!(e instanceof AwsFault)) {
    return new BedrockTrayError('ServiceFailed', { service: 'Bedrock Tray', reason: faultOf(e).name });
  }
  const service = services[e.service] ?? e.service;
  switch (e.kind) {
    case 'network':
      if (e.name === 'NotAws') return new BedrockTrayError('NotAws', { host: e.host });
      if (e.name === 'CertificateUntrusted' || e.name === 'CaBundleUnreadable') {
        const reason = e.name === 'CertificateUntrusted' ? e.detail : `AWS_CA_BUNDLE: ${e.detail}`;
        return new BedrockTrayError('CertificateUntrusted', { host: e.host, reason });
      }
      return new BedrockTrayError('NetworkUnavailable', { host: e.host, reason: e.name });
    case 'throttle':
      return new BedrockTrayError('Throttled', { service });
    case 'forbidden':
    case 'not-found':
      if (role) return new BedrockTrayError('AccessDenied', role);
      break;
    case 'client':
    case 'server':
    case 'unauthorized':
      break;
  }
  const name = faultName(e.name);
  return new BedrockTrayError('ServiceFailed', { service, reason: e.detail ? `${name}: ${e.detail}` : name });
}

/** The code of a system error (`ENOSPC`), for StorageFailed. */
export function systemReason(e: unknown): string {
  const code = (e as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : 'Error';
}

/** A number in [0, 1) for jitter. */
export function unitRandom(random: (bytes: number) => Uint8Array): number {
  return new DataView(random(4).slice().buffer).getUint32(0) / 2 ** 32;
}
