import * as z from 'zod';

/** Instants are milliseconds since the epoch everywhere in the contract; names end in `At`. */
export const EpochMs = z.number().int();

/** AWS region, e.g. `us-east-1`, `us-gov-west-1`, `cn-north-1` (format only; existence is AWS's to say). */
export const Region = z.string().regex(/^[a-z]{2,4}(-[a-z]+){1,3}-\d{1,2}$/);

/** Twelve digits. */
export const AccountId = z.string().regex(/^\d{12}$/);

/** Name of an IAM Identity Center permission set as it appears as a role (IAM: `[\w+=,.@-]{1,64}`). */
export const RoleName = z.string().regex(/^[\w+=,.@-]{1,64}$/);

/** Names of profiles and SSO sessions as AWS tools accept them in section headers: one line, no `]`, no control characters. */
export const SectionName = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[^\][\p{Cc}]+$/u);

/** An access portal start URL: https, or http on a loopback address (the sandbox). */
export const StartUrl = z
  .string()
  .max(2048)
  .refine((s) => {
    try {
      const u = new URL(s);
      if (u.username || u.password) return false;
      return (
        u.protocol === 'https:' ||
        (u.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(u.hostname))
      );
    } catch {
      return false;
    }
  });

/** ANTHROPIC_BEDROCK_BASE_URL: http or https, without a user name or password (it is shown, and kept in settings). */
export const EndpointUrl = z
  .url({ protocol: /^https?$/ })
  .max(2048)
  .refine((s) => {
    const { username, password } = new URL(s);
    return username === '' && password === '';
  });

/** Bedrock model id, inference profile id or ARN: one token without spaces or control characters. */
export const ModelId = z
  .string()
  .min(1)
  .max(2048)
  .regex(/^[\w.:/@+-]+(\[1m\])?$/);

/** An absolute path on this machine. */
export const AbsolutePath = z
  .string()
  .max(4096)
  .refine((s) => (/^(\/|[A-Za-z]:[\\/]|\\\\)/.test(s) && !s.includes('\0')) as boolean);

/** What a person calls a session: one line of text. */
export const SessionName = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]+$/u);

/**
 * A key chord as Electron's globalShortcut takes it, e.g. `CommandOrControl+Alt+J`. Never one that only types (Shift+A,
 * AltGr+Q): the whole system would lose that letter.
 */
export const Accelerator = z
  .string()
  .max(64)
  .regex(
    /^(?=.*(Command|Cmd|Control|Ctrl|CommandOrControl|CmdOrCtrl|Alt|Option|Super|Meta)\+)((Command|Cmd|Control|Ctrl|CommandOrControl|CmdOrCtrl|Alt|Option|AltGr|Shift|Super|Meta)\+)+([A-Z0-9]|F\d{1,2}|Space|Tab|Up|Down|Left|Right)$/,
  );

export const Columns = z.number().int().min(1).max(1000);
export const Rows = z.number().int().min(1).max(1000);
