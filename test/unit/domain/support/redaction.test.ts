import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { REDACTED, redact, redactFields, redactText } from '../../../../src/domain/support/redaction.ts';

const runs = process.env.CI === 'true' ? 2_000 : 200;
/** Shapes of the secrets that pass through the agent, with a random heart. */
const heart = fc.string({
  unit: fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'),
  minLength: 24,
  maxLength: 60,
});

describe('redaction', () => {
  it.each([
    'accessToken',
    'refresh_token',
    'ClientSecret',
    'SecretAccessKey',
    'aws_secret_access_key',
    'AWS_SESSION_TOKEN',
    'Authorization',
    'set-cookie',
    'x-amz-sso_bearer_token',
    'codeVerifier',
    'deviceCode',
    'ticket',
    'env',
  ])('hides the field %s, however deep', (name) => {
    expect(redact({ a: [{ [name]: 'abcdef-123456' }] })).toEqual({ a: [{ [name]: REDACTED }] });
  });

  it('leaves what a log is for', () => {
    const fields = {
      code: 'ECONNREFUSED',
      error: { code: 'SignInNeeded' },
      exitCode: 1,
      tokens: 12,
      accessKeyId: 'ASIAEXAMPLE',
      accountId: '111122223333',
      startUrl: 'https://d-1234567890.awsapps.com/start#/',
      at: 1_900_000_000_000,
      accessToken: null,
    };
    expect(redactFields(fields)).toEqual(fields);
    const text = 'GET /assignment/roles?account_id=111122223333 401 after 12 ms (UnauthorizedException)';
    expect(redactText(text)).toBe(text);
    for (const at of ['2.1.330 · ~/.local/bin/claude', '/usr/bin/claude', 'C:\\Users\\x\\claude.exe'])
      expect(redactText(`[ ok ] Claude Code: ${at}`)).toBe(`[ ok ] Claude Code: ${at}`);
  });

  it.each(['device_code: ABCD-EFGH', 'code: 4f1c-99aa-bb', 'code=2.1.330.4.5', 'Claude Code: ABCD-EFGH'])(
    'hides the code in “%s”',
    (text) => {
      expect(redactText(`it says ${text}`)).toBe(`it says ${text.replace(/(?<=[:=] ?)[^ :=]+$/, REDACTED)}`);
    },
  );

  it('hides an authorization code by its field', () => {
    expect(redact({ code: 'codeAbC123-_xyz987654321' })).toEqual({ code: REDACTED });
  });

  it('finds secrets in free text by their shape', () => {
    fc.assert(
      fc.property(heart, (secret) => {
        const texts = [
          `GET http://127.0.0.1:5000/oauth/callback?code=${secret}&state=x`,
          `{"refreshToken":"${secret}","expiresIn":3600}`,
          `Authorization: Bearer ${secret}`,
          `"authorization": "${secret}"`,
          `AWS_SECRET_ACCESS_KEY=${secret}`,
          `token IQoJ${secret} was refused`,
          `aoa${secret} aor${secret}`,
          `eyJ${secret}.${secret}.${secret}`,
          `ABSK${secret}`,
          `proxy http://person:${secret}@proxy.example:3128/`,
          `X-Amz-Security-Token=${secret}`,
        ];
        for (const text of texts) expect(redactText(text)).not.toContain(secret);
      }),
      { numRuns: runs },
    );
  });

  it('makes errors plain, with their causes, and cuts cycles', () => {
    const cause = new Error('POST /token refreshToken=aorABCDEFGHIJKLMNOPQRSTUVWXYZ123456 failed');
    const error = Object.assign(new Error('no', { cause }), { clientSecret: 'abcdefgh' });
    const out = JSON.stringify(redact({ error }));
    expect(out).not.toContain('aorABC');
    expect(out).not.toContain('abcdefgh');
    const cycle: Record<string, unknown> = { name: 'x' };
    cycle.self = cycle;
    expect(redact(cycle)).toEqual({ name: 'x', self: '[circular]' });
    const twin = { a: 1 };
    expect(redact([twin, twin])).toEqual([twin, twin]);
  });

  it('never throws, and never gives more than it took', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        redact(value);
      }),
      { numRuns: runs },
    );
  });
});
