import * as z from 'zod';
import { EpochMs } from './names.ts';

/** The links of the chain in the order in which they are shown. */
export const doctorLinks = [
  'config',
  'files',
  'clock',
  'dns',
  'proxy',
  'certificates',
  'signIn',
  'credentials',
  'identity',
  'region',
  'models',
  'endpoint',
  'answer',
  'streaming',
  'claude',
  'claudeSettings',
  'variables',
  'hooks',
  'defaultProfile',
  'integration',
  'keys',
  'trail',
  'quota',
] as const;
export const DoctorLink = z.enum(doctorLinks);
export type DoctorLink = z.infer<typeof DoctorLink>;

/** Repairs that lose nothing and can be taken back. */
export const DoctorFix = z.enum([
  /** Files with secrets that others may read: 0600, folders 0700. */
  'permissions',
  /** Keys of the person's Claude Code settings that decide against ours. */
  'claudeSettings',
  /** Our own part in Claude Code's settings and ~/.aws/config, as we would write it now. */
  'integration',
  /** The environment's model, where it names one that fails and a working id of the same model is known. */
  'model',
  /** Temporary files that killed processes left. */
  'leftovers',
]);
export type DoctorFix = z.infer<typeof DoctorFix>;

/** What a person can do next. Shells have a button for each kind, the command line prints it. */
export const Remedy = z.object({
  kind: z.enum([
    'fix',
    'signIn',
    'command',
    'environment',
    'models',
    'settings',
    'installClaude',
    'policy',
    'ask',
    'link',
  ]),
  fix: DoctorFix.nullable(),
  /** For `command`: one that can be pasted. For `link`: an https address. */
  text: z.string().nullable(),
});
export type Remedy = z.infer<typeof Remedy>;

/** Why a link is as it is. `code`: an error code (words in `errors`) or a key of the namespace `doctor`. */
export const Finding = z.object({
  level: z.enum(['failed', 'warning', 'info']),
  code: z.string().max(64),
  params: z.record(z.string(), z.union([z.string(), z.number()])),
  remedies: z.array(Remedy),
});
export type Finding = z.infer<typeof Finding>;

export const DoctorCheck = z.object({
  link: DoctorLink,
  /** `skipped`: a link before it failed, or nobody asked for what costs money. `warning`: works, yet deserves a look. */
  state: z.enum(['waiting', 'running', 'ok', 'warning', 'failed', 'skipped']),
  /** One line (the caller's ARN, how many models, the version): untrusted text. */
  evidence: z.string().max(500).nullable(),
  /** The command by which anyone can see the same; null where there is none. */
  command: z.string().max(1000).nullable(),
  findings: z.array(Finding),
  /** How long it took. */
  ms: z.number().int().nullable(),
});
export type DoctorCheck = z.infer<typeof DoctorCheck>;

export const DoctorRun = z.object({ at: EpochMs, checks: z.array(DoctorCheck), done: z.boolean() });
export type DoctorRun = z.infer<typeof DoctorRun>;

/** One repair as it would be done. */
export const FixPreview = z.object({
  fix: DoctorFix,
  file: z.string().nullable(),
  /** Unified diff, or one line that says what is changed. Never a secret. */
  diff: z.string(),
});
export type FixPreview = z.infer<typeof FixPreview>;
