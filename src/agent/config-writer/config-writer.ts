import { type ConfigChange, changeConfigFile, undoConfigChange } from '../../aws/config-change.ts';
import type { SectionEdit } from '../../aws/config-edit.ts';
import { awsFiles } from '../../aws/config-file.ts';
import { defaultScopes } from '../../aws/oidc.ts';
import { BedrockTrayError } from '../../contract/errors.ts';
import type { ProcedureArguments } from '../../contract/procedures.ts';
import type { ProfileView } from '../../contract/state.ts';
import { profileNames, takenBy } from '../../domain/profiles/profile-name-template.ts';
import type { AgentContext, ConfigWriter, ProfileCatalog, SsoSessionConfig } from '../ports.ts';
import { ConfigHistory } from './config-history.ts';

type Catalog = Pick<ProfileCatalog, 'list' | 'ssoSessions' | 'reload' | 'problem'>;
type Wish = { ssoSession: string; accountId: string; roleName: string; region?: string | undefined };

/** The options of a new `[sso-session]`, as the AWS CLI's wizard writes them. */
export function ssoSessionOptions(
  startUrl: string,
  region: string,
  scopes: readonly string[] = defaultScopes,
) {
  return { sso_start_url: startUrl, sso_region: region, sso_registration_scopes: scopes.join(',') };
}

/** The options of a profile for a role of that SSO session. A legacy session has no section to refer to. */
function profileOptions(session: SsoSessionConfig, wish: Wish): Record<string, string> {
  return {
    ...(session.kind === 'legacy'
      ? { sso_start_url: session.startUrl, sso_region: session.region }
      : { sso_session: session.id }),
    sso_account_id: wish.accountId,
    sso_role_name: wish.roleName,
    ...(wish.region === undefined ? {} : { region: wish.region }),
  };
}

/**
 * Edits ~/.aws/config on a person's wish: what was asked and nothing else, in one write, one after the other, and so
 * that it can be taken back.
 */
export class AwsConfigWriter implements ConfigWriter {
  readonly #file: string;
  readonly #catalog: Catalog;
  readonly #context: Pick<AgentContext, 'clock' | 'random' | 'log'>;
  readonly #history: ConfigHistory;
  readonly #created = new Set<(profile: string) => void>();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    context: Pick<AgentContext, 'env' | 'userHome' | 'home' | 'clock' | 'random' | 'log'>,
    catalog: Catalog,
  ) {
    this.#context = context;
    this.#file = awsFiles(context.env, context.userHome).config;
    this.#catalog = catalog;
    this.#history = new ConfigHistory(context);
  }

  async createSsoSession(
    input: ProcedureArguments<'ssoSessions.create'>,
  ): Promise<{ change: string | null }> {
    const { name, startUrl, region } = input;
    const change = await this.write(() => {
      const there = this.#catalog.ssoSessions().find((s) => s.id === name);
      if (there?.startUrl === startUrl && there.region === region) return [];
      if (there) throw new BedrockTrayError('SsoSessionExists', { ssoSession: name });
      const options = ssoSessionOptions(startUrl, region);
      return [{ how: 'create', type: 'sso-session', name, options }];
    });
    return { change };
  }

  async createProfile(input: ProcedureArguments<'profiles.create'>): Promise<ProfileView> {
    const { name } = input;
    await this.write(() => {
      const session = this.#ssoSession(input.ssoSession);
      // A name in the credentials file alone is taken as well: its keys would mix with ours.
      if (this.#profile(name)) throw new BedrockTrayError('ProfileExists', { profile: name });
      return [{ how: 'create', type: 'profile', name, options: profileOptions(session, input) }];
    });
    return this.#views([name])[0] as ProfileView;
  }

  async createProfiles(input: ProcedureArguments<'profiles.createMany'>): Promise<ProfileView[]> {
    const { ssoSession, template, region } = input;
    const roles = [
      ...new Map(input.roles.map((r) => [JSON.stringify([r.accountId, r.roleName]), r])).values(),
    ];
    let names: string[] = [];
    await this.write(() => {
      const session = this.#ssoSession(ssoSession);
      const there = this.#catalog.list();
      names = profileNames(template, roles, takenBy(there, { ssoSession, region }));
      const known = new Set(there.map((p) => p.name));
      return roles.flatMap((role, n): SectionEdit[] => {
        const name = names[n] ?? '';
        const options = profileOptions(session, { ssoSession, region, ...role });
        return known.has(name) ? [] : [{ how: 'create', type: 'profile', name, options }];
      });
    });
    return this.#views(names);
  }

  /** The file with changes that could be taken back; null: none. */
  async changed(): Promise<string | null> {
    return (await this.#history.last())?.file ?? null;
  }

  /** Errors: NothingToUndo, ConfigChanged, StorageFailed. */
  undo(id?: string): Promise<{ file: string }> {
    return this.inTurn(async () => {
      for (;;) {
        const last = await this.#history.last();
        if (!last) throw new BedrockTrayError('NothingToUndo', {});
        if (id !== undefined && last.id !== id)
          throw new BedrockTrayError('ConfigChanged', { file: last.file });
        const undone = await undoConfigChange(last);
        await this.#history.remove(last.id);
        if (!undone) continue;
        this.#context.log.info({ file: last.file }, 'a change of the AWS config file was taken back');
        await this.#catalog.reload();
        return { file: last.file };
      }
    });
  }

  /**
   * Makes the edits that `plan` wants of the files as they are now, in one write; the change's id, or null where
   * there was nothing to do. Where the file changes between plan and write, the plan is made again.
   * Errors: what `plan` throws, ProfileExists, SsoSessionExists, ConfigMalformed, BadInput, StorageFailed.
   */
  write(plan: () => readonly SectionEdit[] | Promise<readonly SectionEdit[]>): Promise<string | null> {
    return this.inTurn(async () => {
      for (let attempt = 0; ; attempt++) {
        await this.#catalog.reload();
        this.#throwProblem();
        const edits = await plan();
        if (edits.length === 0) return null;
        const id = Buffer.from(this.#context.random(8)).toString('hex');
        const done = await changeConfigFile(
          this.#file,
          () => edits,
          (change) => this.#record(id, change),
        );
        if ('refused' in done) {
          if (attempt < 3) continue;
          const { type, name } = done.refused;
          if (type === 'profile') throw new BedrockTrayError('ProfileExists', { profile: name });
          throw new BedrockTrayError('SsoSessionExists', { ssoSession: name });
        }
        this.#context.log.info(
          { file: this.#file, sections: edits.length },
          'the AWS config file was changed',
        );
        await this.#catalog.reload();
        const profile = edits.find((e) => e.type === 'profile' && e.how === 'create');
        if (profile) for (const listener of [...this.#created]) listener(profile.name);
        return id;
      }
    });
  }

  /** A person made this profile here: the first environment may be made of it. */
  onCreated(listener: (profile: string) => void): () => void {
    this.#created.add(listener);
    return () => this.#created.delete(listener);
  }

  async #record(id: string, change: ConfigChange): Promise<() => Promise<void>> {
    await this.#history.add({ ...change, id, at: this.#context.clock.now() });
    return () =>
      this.#history.remove(id).catch((err) => {
        // An undo sees that the file is as it was before, and leaves this one out.
        this.#context.log.warn({ err }, 'the record of a change that did not come about stays');
      });
  }

  /** One change of the person's files after the other. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  #ssoSession(id: string): SsoSessionConfig {
    const session = this.#catalog.ssoSessions().find((s) => s.id === id);
    if (!session) throw new BedrockTrayError('SsoSessionUnknown', { ssoSession: id });
    return session;
  }

  #profile(name: string): ProfileView | undefined {
    return this.#catalog.list().find((p) => p.name === name);
  }

  #views(names: readonly string[]): ProfileView[] {
    const known = new Map(this.#catalog.list().map((p) => [p.name, p]));
    return names.map((name) => {
      const view = known.get(name);
      if (!view) throw new BedrockTrayError('ProfileUnknown', { profile: name });
      return view;
    });
  }

  #throwProblem(): void {
    const problem = this.#catalog.problem();
    if (problem?.code !== 'ConfigMalformed') return;
    const { file, line, reason } = problem.params;
    throw new BedrockTrayError('ConfigMalformed', {
      file: String(file),
      line: Number(line),
      reason: String(reason),
    });
  }
}
