import * as z from 'zod';

/**
 * `policy`: exactly the chosen models, regions and profiles. `broad`: what Claude Code's documentation has.
 * `permission-set`: for IAM Identity Center. `scp`: denies what was not chosen in an organization. `vpc-endpoint`: on the
 * interface endpoint of bedrock-runtime. `stackset`: CloudFormation for all accounts of an organization.
 */
export const PolicyKind = z.enum(['policy', 'broad', 'permission-set', 'scp', 'vpc-endpoint', 'stackset']);
export type PolicyKind = z.infer<typeof PolicyKind>;

/** What one statement is for: `code` is a key of the locale namespace `policies`. Lines of the text from 1, both ends in. */
export const PolicyNote = z.object({
  fromLine: z.number().int(),
  toLine: z.number().int(),
  code: z.string(),
  params: z.record(z.string(), z.union([z.string(), z.number()])),
});
export type PolicyNote = z.infer<typeof PolicyNote>;

export const PolicyDocument = z.object({
  kind: PolicyKind,
  format: z.enum(['json', 'yaml']),
  /** The very text to hand over. */
  text: z.string(),
  /** What the commands call the file. */
  file: z.string(),
  /** What an administrator runs with it, in this order; words in capitals are theirs to fill in. */
  commands: z.array(z.string()),
  /** Characters as AWS counts them for this kind, and its limit. */
  size: z.number().int(),
  limit: z.number().int(),
  notes: z.array(PolicyNote),
  /** What it does not hold, or cannot: keys of the namespace `policies`. */
  warnings: z.array(
    z.object({ code: z.string(), params: z.record(z.string(), z.union([z.string(), z.number()])) }),
  ),
});
export type PolicyDocument = z.infer<typeof PolicyDocument>;

/** What IAM Access Analyzer says of a document. */
export const PolicyFinding = z.object({
  type: z.enum(['error', 'security', 'suggestion', 'warning']),
  code: z.string(),
  /** AWS's own words: untrusted. */
  text: z.string(),
  line: z.number().int().nullable(),
});
export type PolicyFinding = z.infer<typeof PolicyFinding>;

/** One call of the document's, and whether the identity may make it now (SimulatePrincipalPolicy). */
export const SimulatedCall = z.object({
  action: z.string(),
  resource: z.string(),
  decision: z.enum(['allowed', 'implicitDeny', 'explicitDeny']),
});
export type SimulatedCall = z.infer<typeof SimulatedCall>;
