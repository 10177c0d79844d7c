import { describe, expect, test } from 'vitest';
import { recogniseTrouble } from '../../../../src/domain/troubles/recognise-trouble.ts';
import { type TroubleCode, troubleCodes } from '../../../../src/domain/troubles/trouble-codes.ts';
import { troubleOnScreen } from '../../../../src/domain/troubles/trouble-on-screen.ts';
import { cpuMs } from '../../../support/cpu-time.ts';

const AUTH =
  'AWS authentication failed · refresh your AWS credentials (SSO sign-in, access keys, API key or proxy token) and retry · if credentials are current, check AWS permissions and model access · API Error: 403 ';
const ACCESS =
  'AWS authentication failed · enable this model for your account and region in the Amazon Bedrock console, or run --model to pick another model · API Error: 403 ';
const SERVER =
  '. This is a server-side issue, usually temporary — try again in a moment. If it persists, check your Amazon Bedrock service status.';
const CREDENTIALS = 'API Error: Could not load AWS credentials · ';
const sonnet = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
const action = 'bedrock:InvokeModelWithResponseStream';
const who = 'User: arn:aws:sts::123456789012:assumed-role/Dev/dana is not authorized to perform: ';

/** What Claude Code 2.1.330 said when a Bedrock answered so (`claude -p`), and what some of its users reported. */
const said: readonly [TroubleCode, string, Record<string, string>?][] = [
  [
    'onDemand',
    `API Error (${sonnet}): 400 Invocation of model ID anthropic.claude-sonnet-4-5-20250929-v1:0 with on-demand throughput isn’t supported. Retry your request with the ID or ARN of an inference profile that contains this model.. Try --model to switch to us.anthropic.claude-sonnet-4-20250514-v1:0.`,
    { model: 'anthropic.claude-sonnet-4-5-20250929-v1:0' },
  ],
  [
    'modelInvalid',
    'API Error (claude-nonsense-9): 400 The provided model identifier is invalid.. Run --model to pick a different model.',
    { model: 'claude-nonsense-9' },
  ],
  ['modelNotGranted', `${ACCESS}You don't have access to the model with the specified model ID.`],
  [
    'marketplace',
    `${ACCESS}Model access is denied due to IAM user or service role is not authorized to perform the required AWS Marketplace actions (aws-marketplace:ViewSubscriptions, aws-marketplace:Subscribe) to enable access to this model. Refer to the Amazon Bedrock documentation for further details.`,
  ],
  [
    'paymentMissing',
    `${ACCESS}Model access is denied due to INVALID_PAYMENT_INSTRUMENT:A valid payment instrument must be provided.`,
  ],
  [
    'actionDenied',
    `${AUTH}${who}${action} on resource: arn:aws:bedrock:us-west-2:123456789012:inference-profile/${sonnet} because no identity-based policy allows the ${action} action`,
    { action },
  ],
  [
    'actionDenied',
    `${AUTH}{"Message":"${who}${action} on resource: arn:aws:bedrock:us-east-1:1:x"}`,
    { action },
  ],
  [
    'deniedByOrganization',
    `${AUTH}${who}${action} on resource: arn:aws:bedrock:us-east-2::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0 with an explicit deny in a service control policy: arn:aws:organizations::111122223333:policy/o-abc/service_control_policy/p-1`,
    { action },
  ],
  [
    'deniedExplicitly',
    `${AUTH}${who}${action} on resource: x with an explicit deny in an identity-based policy`,
    { action },
  ],
  ['credentialsExpired', `${AUTH}The security token included in the request is expired`],
  ['credentialsInvalid', `${AUTH}The security token included in the request is invalid.`],
  [
    'signatureWrong',
    `${AUTH}The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.`,
  ],
  [
    'clockWrong',
    `${AUTH}Signature expired: 20251123T080000Z is now earlier than 20251123T081000Z (20251123T081500Z - 5 min.)`,
  ],
  ['apiKeyInvalid', `${AUTH}Authentication failed: Please make sure your API Key is valid.`],
  ['retentionRefused', `${AUTH}Data retention mode is not supported for this model.`],
  ['credentialsRefused', `${AUTH}Forbidden`],
  [
    'tokensPerMinute',
    'API Error: Request rejected (429) · Too many tokens, please wait before trying again.',
  ],
  [
    'tokensPerDay',
    'API Error: Request rejected (429) · Too many tokens per day, please wait before trying again.',
  ],
  [
    'tooManyRequests',
    'API Error: Request rejected (429) · Too many requests, please wait before trying again.',
  ],
  [
    'quotaExceeded',
    'API Error: Request rejected (429) · Your request exceeds the service quota for your account.',
  ],
  [
    'modelBusy',
    'API Error: Request rejected (429) · Model is not ready for inference. Please wait and try your request again.',
  ],
  ['modelBusy', `API Error: 503 Bedrock is unable to process your request${SERVER}`],
  [
    'serverFailed',
    `API Error: 500 The system encountered an unexpected error during processing. Try your request again${SERVER}`,
  ],
  [
    'promptTooLong',
    'Prompt is too long · this conversation is a single exchange and cannot be compacted — the request size comes mostly from system prompt, tool definitions, or attachments.',
  ],
  [
    'modelUnavailable',
    `The model ${sonnet} is not available on your bedrock deployment. Try --model to switch to us.anthropic.claude-sonnet-4-20250514-v1:0, or ask your admin to enable this model.`,
    { model: sonnet },
  ],
  [
    'countryNotAllowed',
    'API Error: 400 Access to Anthropic models is not allowed from unsupported countries, regions, or territories.',
  ],
  ['accountNotAllowed', 'API Error: 400 Operation not allowed'],
  [
    'outputTooLarge',
    'API Error: 400 The maximum tokens you requested exceeds the model limit of 8192. Try again with a maximum tokens value that is lower than 8192.',
    { tokens: '8192' },
  ],
  ['betaRefused', 'API Error: 400 invalid beta flag'],
  ['modelTimedOut', 'API Error: 408 Model has timed out in processing the request. Try your request again.'],
  ['modelFailed', 'API Error: 424 The model returned the following errors: the request failed'],
  [
    'outputCut',
    "API Error: Claude's response exceeded the 32000 output token maximum. To configure this behavior, set the CLAUDE_CODE_MAX_OUTPUT_TOKENS environment variable.",
    { tokens: '32000' },
  ],
  ['refused', "API Error: Sonnet 4.5 can't help with this. Start a new session to continue."],
  [
    'credentialsMissing',
    `${CREDENTIALS}Could not load credentials from any providers. Check or refresh your AWS credentials and try again.`,
  ],
  [
    'ssoEnded',
    `${CREDENTIALS}The SSO session associated with this profile has expired. To refresh this SSO session run aws sso login with the corresponding profile.. Check or refresh your AWS credentials and try again.`,
  ],
  ['ssoEnded', 'API Error: UnauthorizedException: Session token not found or invalid'],
  [
    'exportFailed',
    'Error getting AWS credentials from awsCredentialExport (in settings or ~/.claude.json): awsCredentialExport did not return a valid value',
  ],
  ['refreshFailed', 'Error running awsAuthRefresh (in settings or ~/.claude.json):'],
  [
    'profileMissing',
    `${CREDENTIALS}Could not resolve credentials using profile: [nowhere] in configuration/credentials file(s)..`,
  ],
  ['regionMissing', 'API Error: Region is missing'],
  [
    'connectionRefused',
    'API Error: Connection refused — a firewall or proxy may be blocking it (ECONNREFUSED)',
  ],
  ['hostUnknown', "API Error: Can't reach the API server — check your internet or DNS (ENOTFOUND)"],
  ['connectionLost', 'API Error: Connection dropped (ECONNRESET)'],
  [
    'noAnswer',
    'Request timed out. If the API is slow to answer, or a proxy or gateway holds responses, set API_TIMEOUT_MS above 1500.',
  ],
  [
    'certificate',
    "API Error: Unable to connect to API: Self-signed certificate detected (DEPTH_ZERO_SELF_SIGNED_CERT). The certificate comes from an authority Claude Code doesn't trust, usually a TLS-inspecting corporate proxy",
  ],
  [
    'captivePortal',
    'API Error: Bedrock streaming response has content-type "text/html; charset=utf-8"; expected "application/vnd.amazon.eventstream".',
  ],
  [
    'streamChanged',
    'API Error: Bedrock streaming response has content-type "application/json"; expected "application/vnd.amazon.eventstream".',
  ],
  ['captivePortal', `API Error: 511 Welcome${SERVER}`],
  ['proxyPassword', 'API Error: 407 Proxy Authentication Required'],
  // What Bedrock says where Claude Code shows it whole: issue threads, and the words of other clients.
  [
    'useCaseMissing',
    'API Error: 404 Model use case details have not been submitted for this account. Fill out the Anthropic use case details form before using the model.',
  ],
  ['modelEnded', 'API Error: 404 This model version has reached the end of its life.'],
  [
    'modelLegacy',
    'API Error: 404 Access denied. This Model is marked by provider as Legacy and you have not been actively using the model in the last 30 days.',
  ],
];

describe('what Claude Code and Bedrock say', () => {
  test.for(said)('%s: %s', ([code, text, params]) => {
    expect(recogniseTrouble(text)).toEqual({ code, params: params ?? {} });
  });

  test('every trouble there are words for was seen', () => {
    expect(troubleCodes.filter((code) => !said.some(([seen]) => seen === code))).toEqual([]);
  });

  test('is known also where a terminal broke its lines, and in Claude Code’s own words', () => {
    expect(
      recogniseTrouble(
        "API Error: 400 Invocation of model ID\n     a.b-v1:0 with on-demand\n  throughput isn't supported",
      ),
    ).toEqual({ code: 'onDemand', params: { model: 'a.b-v1:0' } });
    expect(recogniseTrouble('rate_limit')).toEqual({ code: 'tooManyRequests', params: {} });
    expect(recogniseTrouble('authentication_failed')?.code).toBe('credentialsRefused');
  });

  test('what is none is not taken for one', () => {
    for (const text of [
      '',
      'invalid_request',
      'Three invoices are overdue.',
      'rate_limit is a word',
      'constructor',
      '__proto__',
      'toString',
    ])
      expect(recogniseTrouble(text)).toBeNull();
  });

  test('parameters are of a narrow set of characters, and a long text costs little', () => {
    const hostile =
      'API Error (<img src=x onerror=alert(1)>\u202e): 400 The provided model identifier is invalid.';
    expect(recogniseTrouble(hostile)).toEqual({ code: 'modelInvalid', params: {} });
    for (const piece of [
      'not authorized to perform: bedrock:x ',
      'API Error (',
      'invocation of model id a',
      'a.b:c/'.repeat(9),
    ]) {
      const from = process.cpuUsage();
      recogniseTrouble(piece.repeat(100_000));
      const { user, system } = process.cpuUsage(from);
      expect(user + system).toBeLessThan(150_000);
    }
  });
});

describe('a screen of Claude Code', () => {
  const field = [
    '',
    '────────────────────────────',
    '❯ ',
    '────────────────────────────',
    '  ? for shortcuts',
  ];
  const error = [
    '  ⎿  API Error: Request rejected (429) · Too many',
    '     tokens, please wait before trying again.',
  ];
  const code = (rows: string[]): TroubleCode | null => troubleOnScreen(rows)?.code ?? null;

  test('that ends with an error has that trouble', () => {
    expect(code(['❯ hi', ...error, ...field])).toBe('tokensPerMinute');
    expect(
      code(['❯ hi', '', '● API Error: Connection dropped (ECONNRESET)', '', '✻ Worked for 3s', ...field]),
    ).toBe('connectionLost');
    // The latest of several.
    expect(
      code(['❯ hi', ...error, '', '❯ hi', '  ⎿  API Error: Connection dropped (ECONNRESET)', ...field]),
    ).toBe('connectionLost');
  });

  test('as the real one drew it, 100 columns wide', () => {
    const drawn = [
      '❯ please read the invoices',
      '',
      '● AWS authentication failed · refresh your AWS credentials (SSO sign-in, access keys, API',
      '  key or proxy token) and retry · if credentials are current, check AWS permissions and',
      '  model access · API Error: 403 User: arn:aws:sts::111122223333:assumed-role/Dev/dana is not',
      '  authorized to perform: bedrock:InvokeModelWithResponseStream on resource: arn:aws:bedrock',
      '  :us-west-2:123456789012:inference-profile/us.anthropic.claude-sonnet-4-5-20250929-v1:0',
      '  because no identity-based policy allows it',
      ...Array.from({ length: 14 }, () => ''),
      '─'.repeat(100),
      '❯ Once fixed, resend your message',
      '─'.repeat(100),
      '  ⏸ manual mode on · ? for shortcuts · ← for agents',
    ];
    expect(troubleOnScreen(drawn)).toEqual({ code: 'actionDenied', params: { action } });
  });

  test('that goes on has none', () => {
    expect(code(['❯ hi', ...error, '', '❯ again', '', '● Three of them.', ...field])).toBeNull();
    expect(code(['❯ hi', ...error, '', '❯ again', ...field])).toBeNull();
  });

  test('that only quotes one has none', () => {
    expect(
      code([
        '● The file says: API Error: Request rejected (429)',
        '  ⎿  12 const text = "API Error: Connection dropped (ECONNRESET)"',
        ...field,
      ]),
    ).toBeNull();
    expect(code(['❯ what does "AWS authentication failed" mean?', ...field])).toBeNull();
    expect(code([])).toBeNull();
  });
});

test('a megabyte on a line, of what signs begin with, is looked through at once', () => {
  const begun = cpuMs();
  for (const piece of [
    'not authorized to perform: a:b ',
    'sso session ',
    'api error (',
    'The model ',
    ' ',
    '●',
  ]) {
    const line = piece.repeat(Math.ceil(1_000_000 / piece.length));
    recogniseTrouble(line);
    troubleOnScreen([`API Error: ${line}`]);
    troubleOnScreen([line]);
  }
  expect(cpuMs() - begun).toBeLessThan(3_000);
});
