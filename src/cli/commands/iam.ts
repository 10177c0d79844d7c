import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { AgentConnection } from '../../client/rpc-client.ts';
import {
  AccountId,
  BedrockTrayError,
  type ErrorView,
  exitCodes,
  isBedrockTrayError,
  type PolicyKind,
  type ProcedureInput,
  type ProcedureOutput,
  Region,
} from '../../contract/index.ts';
import { quoteForPerson } from '../../domain/desktop/shell-quoting.ts';
import { comparePermission, policyWord, validatePermission } from '../../locales/policy-words.ts';
import { badInput, note, print, printJson, Said, translator, withAgent } from '../shell.ts';
import { plain, table } from '../table.ts';

interface Options {
  env?: string[];
  model?: string[];
  region?: string[];
  account?: string;
  marketplace?: boolean;
  listing: boolean;
  denyLongLivedKeys?: boolean;
  organization?: string;
  output?: string;
  explain?: boolean;
  validate?: boolean;
  compare?: boolean;
  json?: boolean;
}

type Wish = ProcedureInput<'policies.build'>;
type Document = ProcedureOutput<'policies.build'>;

const collect = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value];

function wishOf(kind: PolicyKind, o: Options): Wish {
  const { t } = translator();
  if (o.account !== undefined && o.account !== '*' && !AccountId.safeParse(o.account).success)
    throw badInput('account', t('policies:iam.accountWrong'));
  if (o.region?.some((region) => !Region.safeParse(region).success))
    throw badInput('region', t('agent:inputRegion'));
  if (o.organization !== undefined && !/^o-[a-z0-9]{10,32}$/.test(o.organization))
    throw badInput('organization', t('policies:iam.organizationWrong'));
  return {
    kind,
    ...(o.env ? { environments: o.env } : {}),
    ...(o.model ? { models: o.model } : {}),
    ...(o.region ? { regions: o.region } : {}),
    ...(o.account === undefined ? {} : { account: o.account }),
    marketplace: o.marketplace === true,
    listing: o.listing,
    denyLongLivedKeys: o.denyLongLivedKeys === true,
    organization: o.organization ?? null,
  };
}

/** Why there is no such document, in words of its own. */
async function build(agent: AgentConnection, wish: Wish): Promise<Document> {
  try {
    return await agent.call('policies.build', wish);
  } catch (error) {
    if (!isBedrockTrayError(error) || error.code !== 'PolicyImpossible') throw error;
    const { reason } = error.view().params;
    throw new Said(policyWord(translator(), { code: `impossible.${reason}`, params: {} }), exitCodes.failed);
  }
}

/** Errors: StorageFailed. */
function writeTo(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new BedrockTrayError('StorageFailed', { file, reason });
  }
}

function printDocument(document: Document, o: Options): void {
  const { t } = translator();
  if (o.output !== undefined) {
    writeTo(o.output, document.text);
    note(t('policies:iam.written', { file: plain(o.output) }));
  } else if (!o.explain) process.stdout.write(document.text);
  if (o.explain) {
    const lines = document.text.trimEnd().split('\n');
    const width = String(lines.length).length;
    print(lines.map((line, i) => `${String(i + 1).padStart(width)}  ${plain(line)}`).join('\n'));
    print();
    print(
      table(
        [t('policies:iam.lines'), t('policies:iam.meaning')],
        document.notes.map((n) => [
          n.fromLine === n.toLine ? String(n.fromLine) : `${n.fromLine}-${n.toLine}`,
          policyWord(translator(), n),
        ]),
      ),
    );
  }
  note(t('policies:iam.size', { size: document.size, limit: document.limit }));
  for (const warning of document.warnings) note(plain(policyWord(translator(), warning)));
  // The file that was just written is the one to hand over.
  const named = o.output === undefined ? document.file : quoteForPerson(o.output, process.platform);
  for (const command of document.commands) note(`  ${plain(command.replaceAll(document.file, () => named))}`);
}

const refused = (problem: ErrorView): string => plain(translator().error(problem));

function printValidation({ findings, problem }: ProcedureOutput<'policies.validate'>): void {
  const { t } = translator();
  if (problem) {
    note(t('policies:validateRefused', { permission: validatePermission, reason: refused(problem) }));
    process.exitCode = exitCodes.failed;
    return;
  }
  if (findings.length === 0) note(t('policies:validated'));
  for (const f of findings) {
    const where = f.line === null ? '' : `${f.line}: `;
    note(plain(`${where}${t(`policies:type.${f.type}`)}: ${f.text} (${f.code})`));
    if (f.type === 'error') process.exitCode = exitCodes.failed;
  }
}

function printComparison({ calls, problem }: ProcedureOutput<'policies.compare'>, rows: boolean): void {
  const { t } = translator();
  if (problem) {
    note(t('policies:compareRefused', { permission: comparePermission, reason: refused(problem) }));
    process.exitCode = exitCodes.failed;
    return;
  }
  const missing = calls.filter((c) => c.decision !== 'allowed').length;
  if (rows) {
    const head = [t('policies:iam.decision'), t('policies:iam.action'), t('policies:iam.resource')];
    note(
      table(
        head,
        calls.map((c) => [t(`policies:decision.${c.decision}`), c.action, c.resource]),
      ),
    );
  }
  note(
    missing === 0
      ? t('policies:compared', { count: calls.length })
      : t('policies:comparedMissing', { missing, count: calls.length }),
  );
  if (missing > 0) process.exitCode = exitCodes.failed;
}

async function run(kind: PolicyKind, o: Options): Promise<void> {
  const wish = wishOf(kind, o);
  await withAgent(async (agent) => {
    const document = await build(agent, wish);
    const validation = o.validate ? await agent.call('policies.validate', wish) : null;
    const comparison = o.compare ? await agent.call('policies.compare', wish) : null;
    if (o.json) {
      printJson({
        ...document,
        ...(validation ? { validation } : {}),
        ...(comparison ? { comparison } : {}),
      });
      return;
    }
    printDocument(document, o);
    if (validation) printValidation(validation);
    if (comparison) printComparison(comparison, true);
  });
}

/** `bedrock-tray iam policy|permission-set|scp|…`: documents on stdout, what goes with them on stderr. */
export function addIam(program: Command): void {
  const { t } = translator();
  const iam = program.command('iam').description(t('policies:iam.description'));
  for (const kind of ['policy', 'permission-set', 'scp', 'vpc-endpoint', 'stackset', 'broad'] as const) {
    const command = iam.command(kind).description(t(`policies:about.${kind}`));
    if (kind !== 'broad') {
      command
        .option('--env <name>', t('policies:iam.env'), collect)
        .option('--model <id>', t('policies:iam.model'), collect)
        .option('--region <region>', t('policies:iam.region'), collect);
    } else command.option('--region <region>', t('policies:iam.region'), collect);
    if (kind === 'policy' || kind === 'vpc-endpoint')
      command.option('--account <id>', t('policies:iam.account'));
    if (kind === 'policy' || kind === 'permission-set' || kind === 'stackset') {
      command
        .option('--marketplace', t('policies:iam.marketplace'))
        .option('--no-listing', t('policies:iam.noListing'));
    }
    if (kind === 'scp') command.option('--deny-long-lived-keys', t('policies:iam.denyKeys'));
    if (kind === 'vpc-endpoint') command.option('--organization <id>', t('policies:iam.organization'));
    command
      .option('--output <file>', t('policies:iam.output'))
      .option('--explain', t('policies:iam.explain'))
      .option('--validate', t('policies:iam.validate'))
      .option('--compare', t('policies:iam.compare'))
      .option('--json', t('cli:option.json'))
      .action((options: Options) => run(kind, { ...options, listing: options.listing ?? true }));
  }
}
