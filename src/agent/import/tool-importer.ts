import { readFile, stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { type SectionEdit, sectionText } from '../../aws/config-edit.ts';
import { awsFiles, readAwsFile, sortSections } from '../../aws/config-file.ts';
import { BedrockTrayError, type ErrorCode, type ErrorView } from '../../contract/errors.ts';
import type { ImportCandidate } from '../../contract/state.ts';
import type { Options } from '../../domain/credentials/resolve-source.ts';
import { findImports } from '../../domain/import/find-imports.ts';
import type { Finding, ImportSources } from '../../domain/import/finding.ts';
import { ImportPlan, type PlannedEdit, type PlannedImport } from '../../domain/import/import-plan.ts';
import { simpleYaml } from '../../domain/import/simple-yaml.ts';
import type { Translator } from '../../locales/index.ts';
import type { AwsConfigWriter } from '../config-writer/config-writer.ts';
import type { AgentContext, Importer } from '../ports.ts';
import { splitCommand } from '../sources/split-command.ts';

/** No configuration of a person is larger. */
const longest = 1024 * 1024;

interface Found {
  sources: ImportSources;
  findings: Finding[];
  profiles: ReadonlyMap<string, Options>;
}

async function textOf(path: string): Promise<string | null> {
  try {
    const facts = await stat(path);
    return facts.isFile() && facts.size <= longest ? await readFile(path, 'utf8') : null;
  } catch {
    return null;
  }
}

const isThere = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

const refusal = (view: ErrorView) => new BedrockTrayError(view.code as ErrorCode, view.params as never);

/** Lines that a conversion takes away and adds; a key's value stands there only where it is one of these. */
function changeText(edit: PlannedEdit, before: Options | undefined): string {
  const gone = (edit.remove ?? []).flatMap((key) =>
    before?.has(key) ? [`- ${key} = ${before.get(key)}\n`] : [],
  );
  const come = Object.entries(edit.options).map(([key, value]) => `+ ${key} = ${value}\n`);
  const [header] = sectionText({ type: edit.type, name: edit.name, options: {} }).split('\n');
  return `  ${header}\n${gone.join('')}${come.join('')}`;
}

/** What other tools left in the person's files: found, shown as the text that it becomes, written on request. */
export class ToolImporter implements Importer {
  readonly #context: Pick<AgentContext, 'env' | 'userHome'>;
  readonly #writer: Pick<AwsConfigWriter, 'write'>;
  readonly #translator: () => Translator;

  constructor(
    context: Pick<AgentContext, 'env' | 'userHome'>,
    writer: Pick<AwsConfigWriter, 'write'>,
    translator: () => Translator,
  ) {
    this.#context = context;
    this.#writer = writer;
    this.#translator = translator;
  }

  /** Errors: ConfigMalformed. */
  async list(): Promise<ImportCandidate[]> {
    const { sources, findings, profiles } = await this.#find();
    return findings.flatMap((finding): ImportCandidate[] => {
      const { id, tool, profile, file, wanted, problem } = finding;
      const planned = new ImportPlan({ profiles, ssoSessions: sources.ssoSessions }).add(finding);
      // What stands there in the modern form already is not offered again.
      if (wanted && !planned) return [];
      const texts = (planned?.edits ?? []).map((edit) =>
        edit.how === 'create' ? sectionText(edit) : changeText(edit, profiles.get(edit.name)),
      );
      const summary = planned ? this.#summary(finding, planned) : this.#translator().t('agent:importNothing');
      return [
        { id, tool, how: wanted?.how ?? 'add', profile, file, summary, writes: texts.join('\n'), problem },
      ];
    });
  }

  /** All or nothing. Errors: ImportUnknown, the candidate's own problem, ConfigMalformed, StorageFailed. */
  async apply(ids: readonly string[]): Promise<string[]> {
    let profiles: string[] = [];
    await this.#writer.write(async () => {
      const found = await this.#find();
      const chosen = [...new Set(ids)].map((id) => {
        const finding = found.findings.find((f) => f.id === id);
        if (!finding) throw new BedrockTrayError('ImportUnknown', { candidate: id });
        if (finding.problem) throw refusal(finding.problem);
        return finding;
      });
      // A profile that is converted needs no second one beside it.
      const converted = new Set(chosen.filter((f) => f.wanted?.how === 'convert').map((f) => f.profile));
      const plan = new ImportPlan({ profiles: found.profiles, ssoSessions: found.sources.ssoSessions });
      const planned = chosen
        .filter((f) => f.tool !== 'legacy' || f.wanted?.how === 'convert' || !converted.has(f.profile))
        .flatMap((f) => plan.add(f) ?? []);
      profiles = planned.flatMap((p) => p.profile ?? []);
      return planned.flatMap((p): SectionEdit[] => p.edits);
    });
    return profiles;
  }

  #summary(finding: Finding, { profile, ssoSession }: PlannedImport): string {
    const { t } = this.#translator();
    const { wanted } = finding;
    if (wanted && 'role' in wanted) {
      const { accountId, roleName } = wanted.role;
      const words = { profile: profile ?? '', ssoSession: ssoSession ?? '', accountId, roleName };
      return wanted.how === 'convert' ? t('agent:importConvert', words) : t('agent:importRole', words);
    }
    if (profile === null) return t('agent:importSession', { ssoSession: ssoSession ?? '' });
    return t('agent:importAssumeRole', { profile });
  }

  async #find(): Promise<Found> {
    const { env, userHome } = this.#context;
    const files = awsFiles(env, userHome);
    const [config, credentials] = await Promise.all([
      readAwsFile(files.config),
      readAwsFile(files.credentials),
    ]);
    const sections = sortSections(config, credentials);
    const lock = join(userHome, '.Leapp', 'Leapp-lock.json');
    const sources: ImportSources = {
      config: sections.inConfig,
      credentials: sections.inCredentials,
      ssoSessions: sections.ssoSessions,
      files,
      awsSso: await this.#awsSso(),
      leapp: (await isThere(lock)) ? lock : null,
      words: (command) => splitCommand(command, process.platform),
    };
    return { sources, findings: findImports(sources), profiles: sections.profiles };
  }

  /** aws-sso-cli's file: where AWS_SSO_CONFIG says, else ~/.aws-sso if that is there, else ~/.config/aws-sso (its docs/config.md). */
  async #awsSso(): Promise<ImportSources['awsSso']> {
    const { env, userHome } = this.#context;
    const named = env.AWS_SSO_CONFIG?.replace(/^~(?=$|[\\/])/, () => userHome);
    const base =
      env.XDG_CONFIG_HOME && isAbsolute(env.XDG_CONFIG_HOME)
        ? env.XDG_CONFIG_HOME
        : join(userHome, '.config');
    for (const file of [
      ...(named ? [named] : []),
      join(userHome, '.aws-sso', 'config.yaml'),
      join(base, 'aws-sso', 'config.yaml'),
    ]) {
      const text = await textOf(file);
      if (text !== null) return { file, yaml: simpleYaml(text) };
    }
    return null;
  }
}
