import type { Trouble, TroubleCode } from './trouble-codes.ts';

/** What is looked at of a text, in UTF-16 units: an error of Claude Code with the longest ARNs in it is far shorter. */
const LONGEST = 4_000;

interface Sign {
  readonly code: TroubleCode;
  readonly text: RegExp;
}

/** Parameters are taken as they stand, of characters that can do nothing in a sentence. */
const MODEL = String.raw`(?<model>[\w.:/-]{1,200}?)`;

/**
 * The sentences of Claude Code 2.1.330 and, inside of them, of Bedrock, each as seen in a run (docs/troubles.md). The
 * first that fits wins, so what says more stands above what says less. Spaces stand for any white space, as a terminal
 * breaks lines where it likes; quotes for any quotation mark.
 */
const signs: readonly Sign[] = [
  // What only says that it failed stands at the end; these say why.
  sign('ssoEnded', 'the sso session (?:associated with this profile )?has expired'),
  sign(
    'ssoEnded',
    'token has expired and refresh failed|error loading sso token|sso session .{1,80} is invalid',
  ),
  sign('ssoEnded', 'session token not found or invalid'),
  sign('credentialsExpired', 'security token included in the request is expired|ExpiredToken'),
  sign(
    'credentialsInvalid',
    'security token included in the request is invalid|UnrecognizedClient|InvalidClientTokenId',
  ),
  sign('clockWrong', 'signature expired:|signature not yet current|RequestTimeTooSkewed|request has expired'),
  sign(
    'signatureWrong',
    'request signature we calculated does not match|InvalidSignatureException|SignatureDoesNotMatch',
  ),
  sign('apiKeyInvalid', 'make sure your api key is valid|bearer token has expired'),
  sign('deniedByOrganization', `${denied()}.{0,700}?explicit deny in a service control policy`),
  sign(
    'deniedExplicitly',
    `${denied()}.{0,700}?(?:explicit deny|permissions boundary|session policy|VPC endpoint policy)`,
  ),
  sign('actionDenied', denied()),
  sign('paymentMissing', 'INVALID_PAYMENT_INSTRUMENT'),
  sign('marketplace', 'required AWS Marketplace actions|aws-marketplace:\\w+'),
  sign('useCaseMissing', 'use case details have not been submitted'),
  sign('countryNotAllowed', 'not allowed from unsupported countries'),
  sign('modelEnded', 'reached the end of its life'),
  sign('modelLegacy', 'marked by provider as legacy'),
  sign('onDemand', `invocation of model id ${MODEL} with on-demand throughput isn't supported`),
  sign('onDemand', `on-demand throughput isn't supported`),
  sign('modelInvalid', `api error \\(${MODEL}\\): 400 the provided model identifier is invalid`),
  sign('modelInvalid', 'provided model identifier is invalid'),
  sign(
    'modelNotGranted',
    "don't have access to the model with the specified model id|enable this model for your account and region",
  ),
  sign('retentionRefused', 'data retention mode is not supported'),
  sign('betaRefused', 'invalid beta flag'),
  sign('accountNotAllowed', 'api error(?: \\([^)]{1,200}\\))?: 400 operation not allowed'),
  sign('tokensPerDay', 'too many tokens per day'),
  sign('tokensPerMinute', 'too many tokens'),
  sign(
    'modelBusy',
    'model is not ready|ModelNotReady|bedrock is unable to process your request|ServiceUnavailable|at capacity|repeated 529|overloaded_error',
  ),
  sign('quotaExceeded', 'exceeds the service quota|ServiceQuotaExceeded'),
  sign('tooManyRequests', 'too many requests|request rejected \\(429\\)|ThrottlingException|rate exceeded'),
  sign('promptTooLong', 'prompt is too long: (?<tokens>\\d{1,9}) tokens > (?<limit>\\d{1,9}) maximum'),
  sign('promptTooLong', 'prompt is too long|input is too long for requested model|context limit reached'),
  sign('outputCut', 'exceeded the (?<tokens>\\d{1,9}) output token maximum'),
  sign('outputTooLarge', 'maximum tokens you requested exceeds the model limit of (?<tokens>\\d{1,9})'),
  sign('modelTimedOut', 'model has timed out|ModelTimeoutException'),
  sign(
    'modelFailed',
    'model returned the following errors|ModelErrorException|modelStreamErrorException|api error: 424',
  ),
  sign(
    'certificate',
    'self-?signed certificate|SELF_SIGNED_CERT|UNABLE_TO_(?:VERIFY|GET_ISSUER)|certificate has expired|CERT_HAS_EXPIRED|CERT_SIGNATURE_FAILURE|certificate verif',
  ),
  sign('captivePortal', 'has content-type "text/html'),
  sign(
    'streamChanged',
    'expected "application/vnd\\.amazon\\.eventstream"|DISABLE_BEDROCK_CONTENT_TYPE_GUARD',
  ),
  sign('captivePortal', 'api error: 511 |network authentication required'),
  sign('proxyPassword', 'proxy authentication required|api error: 407 '),
  sign('hostUnknown', 'ENOTFOUND|EAI_AGAIN|check your internet or dns'),
  sign('connectionRefused', 'ECONNREFUSED|firewall or proxy may be blocking'),
  sign(
    'noAnswer',
    'ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|request timed out|stream idle timeout|unable to connect to api',
  ),
  sign('connectionLost', 'ECONNRESET|EPIPE|connection dropped|connection to the api was lost|socket hang up'),
  sign('refreshFailed', 'aws auth refresh timed out|error running awsAuthRefresh'),
  sign(
    'profileMissing',
    'config profile \\(?(?<profile>[\\w.@+-]{1,64})\\)? could not be found|could not resolve credentials using profile',
  ),
  sign('exportFailed', 'awsCredentialExport did not return a valid value'),
  sign(
    'credentialsMissing',
    'could not load (?:aws )?credentials|could not load credentials from any providers|CredentialsProviderError',
  ),
  sign('regionMissing', 'region is missing'),
  sign('modelUnavailable', `the model ${MODEL} is not available on your \\w+ deployment`),
  sign('modelUnavailable', `there's an issue with the selected model \\(${MODEL}\\)`),
  sign('refused', "can't help with this\\. start a new session|violate our usage policy"),
  sign('serverFailed', 'this is a server-side issue|unexpected error during processing|api error: 5\\d\\d '),
  sign('credentialsRefused', 'aws authentication failed'),
];

/** Claude Code's own words for why a turn failed (the hook StopFailure), where it says no more than that. */
const words: ReadonlyMap<string, TroubleCode> = new Map([
  ['authentication_failed', 'credentialsRefused'],
  ['cloud_credential_error', 'credentialsMissing'],
  ['rate_limit', 'tooManyRequests'],
  ['server_error', 'serverFailed'],
  ['overloaded', 'modelBusy'],
  ['model_not_found', 'modelUnavailable'],
  ['max_output_tokens', 'outputCut'],
]);

/**
 * What a complaint of Claude Code or Bedrock is about; null where it is none that is known. `text`: untrusted, one error
 * as it was said, however its lines are broken.
 */
export function recogniseTrouble(text: string): Trouble | null {
  const said = text
    .slice(0, LONGEST)
    .replace(/[\p{Cc}\p{Cf}\p{Z}]+/gu, ' ')
    .trim();
  const byWord = words.get(said);
  if (byWord !== undefined) return { code: byWord, params: {} };
  for (const { code, text: pattern } of signs) {
    const found = pattern.exec(said);
    if (found === null) continue;
    const params = Object.entries(found.groups ?? {}).filter(([, value]) => value !== undefined);
    return { code, params: Object.fromEntries(params) };
  }
  return null;
}

function sign(code: TroubleCode, pattern: string): Sign {
  return { code, text: new RegExp(pattern.replaceAll("'", "['’‘]"), 'i') };
}

function denied(): string {
  return String.raw`not authorized to perform: (?<action>[\w-]{1,40}:\w{1,80})`;
}
