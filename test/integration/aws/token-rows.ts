/**
 * The token cases that every AWS SDK is held to (1 to 8: same inputs, same results), and the traps around them, as
 * files-as-botocore-tokens.test.ts holds them before the referees. Now is 2021-12-25T13:30:00Z.
 */
export type TokenReferee = 'botocore' | 'cli' | 'sdk';

/** What came of it: the token, or none (a sign-in is needed), after so many calls. */
export interface TokenOutcome {
  readonly token: string | null;
  readonly calls: number;
}

export interface TokenRow {
  readonly name: string;
  /** The cache file: an object, or raw text; null: no file. */
  readonly file: object | string | null;
  /** What CreateToken answers; `refused`: InvalidGrant; absent: nobody may ask. */
  readonly answer?: object | 'refused' | 'broken';
  readonly ours: TokenOutcome;
  /** The file afterwards, where it must be another one. */
  readonly written?: object;
  /** Where a referee does something else, and why ours is right. */
  readonly differs?: Partial<
    Record<TokenReferee, { readonly why: string } & Partial<TokenOutcome & { file: 'other' }>>
  >;
}

const full = {
  startUrl: 'https://d-123.awsapps.com/start',
  region: 'us-west-2',
  accessToken: 'cachedtoken',
  expiresAt: '2021-12-25T21:30:00Z',
  clientId: 'clientid',
  clientSecret: 'YSBzZWNyZXQ=',
  registrationExpiresAt: '2022-12-25T13:30:00Z',
  refreshToken: 'cachedrefreshtoken',
};
const without = (key: keyof typeof full, from: object = full): object =>
  Object.fromEntries(Object.entries(from).filter(([name]) => name !== key));
const expired = { ...full, expiresAt: '2021-12-25T13:00:00Z' };
const minutesLeft = (minutes: number) => ({
  ...full,
  expiresAt: `2021-12-25T13:${30 + minutes}:00Z`,
});
const fresh = { accessToken: 'newtoken', expiresIn: 28800, refreshToken: 'newrefreshtoken' };
const renewed = { ...full, accessToken: 'newtoken', refreshToken: 'newrefreshtoken' };

const cached: TokenOutcome = { token: 'cachedtoken', calls: 0 };
const renewedOnce: TokenOutcome = { token: 'newtoken', calls: 1 };
const none: TokenOutcome = { token: null, calls: 0 };

const earlier = {
  why: 'Bedrock Tray refreshes ahead of every other tool on the machine, so that those never have to.',
  ...cached,
  file: 'other' as const,
};
const sdkAddsMillis = {
  why: 'The SDK writes dates with milliseconds; all read them, only the form differs.',
  file: 'other' as const,
};

export const tokenRows: readonly TokenRow[] = [
  { name: '1: all fields, valid', file: full, ours: cached },
  {
    name: '2: only access token and end, valid',
    file: { accessToken: 'cachedtoken', expiresAt: '2021-12-25T21:30:00Z' },
    ours: cached,
  },
  {
    name: '3: only access token and end, expired',
    file: { accessToken: 'cachedtoken', expiresAt: '2021-12-25T13:00:00Z' },
    ours: none,
  },
  { name: '4: no end', file: { accessToken: 'cachedtoken' }, ours: none },
  { name: '5: no access token', file: { expiresAt: '2021-12-25T13:00:00Z' }, ours: none },
  {
    name: '6: expired, refreshed',
    file: expired,
    answer: fresh,
    ours: renewedOnce,
    written: renewed,
    differs: { sdk: sdkAddsMillis },
  },
  {
    name: '7: expired, refreshed without a new refresh token',
    file: expired,
    answer: { accessToken: 'newtoken', expiresIn: 28800 },
    ours: renewedOnce,
    written: without('refreshToken', renewed),
    differs: { sdk: sdkAddsMillis },
  },
  {
    name: '8: token and registration expired',
    file: { ...expired, registrationExpiresAt: '2021-11-25T13:30:00Z' },
    ours: none,
    differs: {
      sdk: {
        why: 'The SDK does not look at the registration’s end and asks in vain: no other result, one call more.',
        calls: 1,
      },
    },
  },
  { name: 'no file', file: null, ours: none },
  { name: 'a torn file', file: '{"accessToken": "cachedtoken", "expi', ours: none },
  { name: 'an empty file', file: '', ours: none },
  { name: 'a file that holds no object', file: '[]', ours: none },
  {
    name: 'valid, registration expired',
    file: { ...full, registrationExpiresAt: '2021-11-25T13:30:00Z' },
    ours: cached,
  },
  {
    name: 'an end with milliseconds',
    file: { ...full, expiresAt: '2021-12-25T21:30:00.000Z' },
    ours: cached,
  },
  { name: 'an end with an offset', file: { ...full, expiresAt: '2021-12-25T22:30:00+01:00' }, ours: cached },
  {
    name: 'an end with the suffix UTC, as old tools wrote it',
    file: { ...full, expiresAt: '2021-12-25T21:30:00UTC' },
    ours: cached,
    differs: {
      sdk: {
        why: 'For JavaScript it is no date, so the SDK refreshes a good token; the AWS CLI and we read it.',
        calls: 1,
      },
    },
  },
  {
    name: 'an end without zone',
    file: { ...full, expiresAt: '2021-12-25T21:30:00' },
    ours: cached,
    differs: {
      botocore: {
        why: 'Python cannot compare it with its own clock and fails; the SDK reads local time, we UTC, which all tools write.',
        ...none,
      },
      cli: {
        why: 'Python cannot compare it with its own clock and fails; the SDK reads local time, we UTC, which all tools write.',
        ...none,
      },
    },
  },
  {
    name: 'expires at this instant, not refreshable',
    file: { accessToken: 'cachedtoken', expiresAt: '2021-12-25T13:30:00Z' },
    ours: none,
  },
  {
    name: '20 min and more left: nobody refreshes',
    file: minutesLeft(25),
    ours: cached,
  },
  {
    name: '17 min left: only we refresh',
    file: minutesLeft(17),
    answer: fresh,
    ours: renewedOnce,
    written: renewed,
    differs: { botocore: earlier, cli: earlier, sdk: earlier },
  },
  {
    name: '12 min left, refreshed',
    file: minutesLeft(12),
    answer: fresh,
    ours: renewedOnce,
    written: renewed,
    differs: { sdk: earlier },
  },
  {
    name: '3 min left, refreshed',
    file: minutesLeft(3),
    answer: fresh,
    ours: renewedOnce,
    written: renewed,
    differs: { sdk: sdkAddsMillis },
  },
  {
    name: '3 min left, refresh refused: the token serves to its end',
    file: minutesLeft(3),
    answer: 'refused',
    ours: { token: 'cachedtoken', calls: 1 },
  },
  {
    name: '3 min left, no refresh token: the token serves to its end',
    file: without('refreshToken', minutesLeft(3)),
    ours: cached,
    differs: {
      sdk: {
        why: 'The SDK throws away the last five minutes of a token that it cannot refresh; the AWS CLI and we use them.',
        ...none,
      },
    },
  },
  {
    name: '3 min left, no client: the token serves to its end',
    file: without('clientId', minutesLeft(3)),
    ours: cached,
    differs: {
      sdk: {
        why: 'The SDK throws away the last five minutes of a token that it cannot refresh; the AWS CLI and we use them.',
        ...none,
      },
    },
  },
  { name: 'expired, refresh refused', file: expired, answer: 'refused', ours: { token: null, calls: 1 } },
  { name: 'expired, no refresh token', file: without('refreshToken', expired), ours: none },
  { name: 'expired, no client secret', file: without('clientSecret', expired), ours: none },
  {
    name: 'expired, the end of the registration is not known',
    file: without('registrationExpiresAt', expired),
    answer: fresh,
    ours: renewedOnce,
    written: without('registrationExpiresAt', renewed),
    differs: {
      botocore: {
        why: 'Python’s tools do not refresh without that date; AWS itself knows whether the client is good, so we ask, as the SDK does.',
        ...none,
        file: 'other',
      },
      cli: {
        why: 'Python’s tools do not refresh without that date; AWS itself knows whether the client is good, so we ask, as the SDK does.',
        ...none,
        file: 'other',
      },
      sdk: sdkAddsMillis,
    },
  },
  {
    name: 'an access token that is empty',
    file: { ...full, accessToken: '' },
    ours: none,
    differs: {
      botocore: { why: 'An empty text is no token: AWS would refuse it.', token: '' },
      cli: { why: 'An empty text is no token: AWS would refuse it.', token: '' },
      sdk: { why: 'An empty text is no token: AWS would refuse it.', token: '' },
    },
  },
  {
    name: 'a field of another tool stays',
    file: { ...expired, note: 'of another tool' },
    answer: fresh,
    ours: renewedOnce,
    written: { ...renewed, note: 'of another tool' },
    differs: {
      botocore: { why: 'Python’s tools drop what they do not know; we leave it.', file: 'other' },
      cli: { why: 'Python’s tools drop what they do not know; we leave it.', file: 'other' },
      sdk: sdkAddsMillis,
    },
  },
];
