import * as z from 'zod';
import { SectionName } from './names.ts';

/**
 * The agent's socket speaks HTTP/1.1. Beside the contract (a WebSocket at `rpc`) it has a few plain routes, so
 * that their clients load nothing.
 */
export const routes = {
  /** GET -> {version, protocol, pid}: no role needed. */
  hello: '/hello',
  /** WebSocket upgrade: `?role=ROLE&protocol=N`; another protocol is answered 426 with an ErrorView. */
  rpc: '/rpc',
  /** GET `?profile=P&format=F[&lang=L][&claude=PID]` or `?session=ID&format=F`: credentials as text, ready to print. Errors: JSON ErrorView, `x-exit-code`, `x-message` in the body's `message`. */
  credentials: '/v1/credentials',
  /**
   * POST `?session=ID`, body a HookEvent: what one of Claude Code's hooks was told on stdin. 204: nothing is to be
   * answered, which most events are told at once; 200 with JSON for Claude Code, which a PermissionRequest waits for;
   * 400 no event, 404 no such session, 413 longer than MAX_HOOK_BYTES.
   */
  hook: '/v1/hook',
} as const;

/**
 * WebSocket close code of an agent that ends in good order: somebody asked for it, or nobody needs it. A shell that
 * stays does not start another one by itself then, as it does for one that was killed.
 */
export const ENDED_ON_PURPOSE = 4001;

/** Formats of `export-credentials`: the AWS CLI's and Claude Code's (awsCredentialExport). */
export const CredentialFormat = z.enum([
  'process',
  'env',
  'env-no-export',
  'powershell',
  'windows-cmd',
  'fish',
  'claude',
]);
export type CredentialFormat = z.infer<typeof CredentialFormat>;

export const CredentialsQuery = z
  .object({
    profile: SectionName.optional(),
    format: CredentialFormat.default('process'),
    /** A Claude session that asks: it waits for a sign-in and never fails (docs/security.md, invariants). */
    session: z.uuid().optional(),
    /**
     * Process id of a Claude Code that is none of ours and asks by its awsCredentialExport (0: not known). It is served
     * as a session is: it waits for a sign-in and never fails.
     */
    claude: z
      .string()
      .regex(/^\d{1,10}$/)
      .optional(),
    /** The caller's language (BCP 47 or POSIX form) for the message of a refusal. */
    lang: z.string().max(64).optional(),
  })
  .strict()
  .refine((q) => (q.profile === undefined) !== (q.session === undefined))
  .refine((q) => q.claude === undefined || q.session === undefined);
export type CredentialsQuery = z.infer<typeof CredentialsQuery>;

/** Body of a refused plain route. */
export const RouteError = z.object({
  code: z.string(),
  params: z.record(z.string(), z.unknown()),
  message: z.string(),
  exitCode: z.number(),
});
export type RouteError = z.infer<typeof RouteError>;

/** Nothing that Claude Code tells is as long. */
export const MAX_HOOK_BYTES = 64 * 1024 * 1024;
/** Of a longer event (the content of a file that is written) only the fields at its beginning are read; it is `truncated`. */
export const READ_HOOK_BYTES = 512 * 1024;

/** What Claude Code tells a hook; of its many fields only the one that every event has is named. */
export const HookEvent = z.looseObject({ hook_event_name: z.string().min(1).max(64) });
export type HookEvent = z.infer<typeof HookEvent>;
