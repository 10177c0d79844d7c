import { BedrockTrayError, isBedrockTrayError } from '../../contract/errors.ts';
import type { HostedPty } from '../../contract/pty-protocol.ts';
import { ssoRootOf } from '../../domain/credentials/credential-source.ts';
import { readClaudeArguments } from '../../domain/sessions/claude-arguments.ts';
import { type LaunchInput, launchPlan, shellEnvironment } from '../../domain/sessions/launch-plan.ts';
import { createTranslator, shownLanguage, systemLanguage } from '../../locales/index.ts';
import type { AgentContext } from '../ports.ts';
import { configFolderOf } from './claude-files.ts';
import type { Launch, OpenSession } from './open-session.ts';
import { envOf, managedSettings, managedSettingsFolder, personSettingsEnv } from './person-settings.ts';
import { PtyHostRefusal } from './pty-host-client.ts';
import type { PtyHostLink } from './pty-host-link.ts';
import type { SessionFiles } from './session-files.ts';
import { leaves } from './session-target.ts';
import type { ClaudeSessionsParts } from './sessions-parts.ts';

/** What Claude Code gets to end by itself, to save and to run its hooks, before it is killed. */
export const KILL_GRACE_MS = 5_000;
/** Tries after a sign-in that still brought no credentials, and the pause between them. */
const TRIES = 5;
const RETRY_MS = 2_000;

export interface StarterNews {
  /** A session moved on. */
  changed(): void;
  /** A session ended before it had a process. */
  ended(session: OpenSession): void;
}

/** Gives sessions their process: when there are credentials, so that claude never stands before an empty screen. */
export class SessionStarter {
  readonly #parts: ClaudeSessionsParts;
  readonly #link: PtyHostLink;
  readonly #files: SessionFiles;
  readonly #news: StarterNews;

  constructor(parts: ClaudeSessionsParts, link: PtyHostLink, files: SessionFiles, news: StarterNews) {
    this.#parts = parts;
    this.#link = link;
    this.#files = files;
    this.#news = news;
  }

  /**
   * Starts it if credentials are there, else lets it wait for the sign-in or the MFA code. Errors: AccessDenied, NetworkUnavailable,
   * StorageFailed, FolderMissing, ClaudeNotInstalled; the session is then as it was.
   */
  async begin(session: OpenSession, launch: Launch): Promise<void> {
    const { broker } = this.#parts;
    session.release = broker.hold(session.record.profile);
    try {
      await broker.temporary(session.record.profile);
    } catch (error) {
      if (needsPerson(error)) {
        session.waitsFor = error;
        session.happened('signInNeeded');
        session.started = this.#whenSignedIn(session, launch);
        this.#news.changed();
        return;
      }
      session.release();
      throw error;
    }
    session.happened('ready');
    this.#news.changed();
    const spawned = this.#spawn(session, launch);
    session.started = spawned.catch(() => undefined);
    try {
      await spawned;
    } catch (error) {
      session.release();
      await this.#files.remove(session.id);
      throw error;
    }
  }

  /** Asks for the sign-in that a session waits for, and waits; the broker itself asks for MFA codes. */
  async #untilPersonActed(session: OpenSession): Promise<void> {
    const { broker, keeper, profiles } = this.#parts;
    const { profile } = session.record;
    const { signal } = session.abort;
    const root = session.waitsFor?.code === 'SignInNeeded' ? ssoRootOf(profiles.source(profile)) : null;
    if (!root) return broker.untilUsable(profile, signal);
    const { ssoSession, accountId, roleName } = root;
    keeper.need(ssoSession, { profile, accountId, roleName });
    await keeper.untilValid(ssoSession, signal);
  }

  async #whenSignedIn(session: OpenSession, launch: Launch): Promise<void> {
    const { broker, context } = this.#parts;
    const { profile } = session.record;
    const { signal } = session.abort;
    try {
      for (let tries = 1; ; tries++) {
        await this.#untilPersonActed(session);
        try {
          await broker.temporary(profile);
          break;
        } catch (error) {
          if (needsPerson(error)) session.waitsFor = error;
          if (tries >= TRIES || signal.aborted || !mayPass(error)) throw error;
          await pause(context.clock, RETRY_MS);
        }
      }
      if (signal.aborted) return;
      session.happened('ready');
      this.#news.changed();
      await this.#spawn(session, launch);
    } catch (error) {
      if (signal.aborted) return;
      const reason = error instanceof Error ? error.message : 'unknown';
      context.log.warn({ session: session.id, reason }, 'a session that waited for a sign-in did not start');
      session.problem = isBedrockTrayError(error)
        ? error.view()
        : { code: 'Internal', params: { reference: session.id.slice(0, 8) } };
      session.endedAt(context.clock.now());
      this.#news.ended(session);
    }
  }

  /** Writes the session's files and starts its process. Errors: StorageFailed, FolderMissing, Internal. */
  async #spawn(session: OpenSession, launch: Launch): Promise<void> {
    const { record } = session;
    const input = await this.#launchInput(session, launch);
    let wish: { args: string[]; env: Record<string, string> };
    if (record.program === 'shell') {
      const { env, awsConfig } = shellEnvironment(input);
      await this.#files.write(session.id, { settings: null, restore: null, awsConfig });
      const script = `printf '%s\\n\\n' "$1"; exec "$2" -i -l`;
      wish = { args: ['-c', script, 'sh', this.#howToInstall(), launch.program], env };
    } else {
      const plan = launchPlan(input);
      await this.#files.write(session.id, plan);
      wish = plan;
    }
    const host = await this.#link.host();
    let pty: HostedPty | undefined;
    try {
      ({ pty } = await host.request({
        type: 'spawn',
        id: session.id,
        file: record.program === 'shell' ? '/bin/sh' : launch.program,
        cwd: record.cwd,
        cols: launch.cols,
        rows: launch.rows,
        meta: JSON.stringify(record),
        ...wish,
      }));
    } catch (error) {
      if (error instanceof PtyHostRefusal && error.reason === 'cwd') {
        throw new BedrockTrayError('FolderMissing', { folder: record.cwd }, { cause: error });
      }
      if (error instanceof PtyHostRefusal && error.reason === 'file') {
        throw new BedrockTrayError('ClaudeNotInstalled', { searched: launch.program }, { cause: error });
      }
      throw error;
    }
    // News that came in the same breath may be newer: a program that ends at once has already ended here.
    if (!session.pty) session.hostedAs(pty);
    if (session.state === 'starting') session.happened('spawned');
    this.#news.changed();
    if (session.abort.signal.aborted) {
      await host.request({ type: 'kill', id: session.id, graceMs: KILL_GRACE_MS });
    }
  }

  async #launchInput(session: OpenSession, launch: Launch): Promise<LaunchInput> {
    const { record } = session;
    const { agentSocket, handOut, hookRelay } = this.#parts;
    const settingsEnv = await personSettingsEnv(configFolderOf(launch.env, this.#parts.context), record.cwd);
    const managed = await this.#managed(session.id);
    return {
      platform: process.platform,
      id: session.id,
      region: record.region,
      model: record.model,
      smallFastModel: record.smallFastModel,
      pins: record.pins,
      kept: await this.#inGeography(session, launch),
      identityMode: record.identityMode,
      endpointUrl: record.endpointUrl,
      personEnv: launch.env,
      personSettingsEnv: { ...settingsEnv, ...envOf(launch.personSettings), ...managed },
      permissionMode: record.permissionMode,
      addDirs: launch.addDirs,
      name: record.named ? record.name : null,
      args: launch.args,
      personSettings: launch.personSettings,
      conversation: launch.conversation,
      exportCommand: [...handOut, '--socket', agentSocket, '--session', session.id],
      hookCommand: [...hookRelay, agentSocket, session.id],
      files: this.#files.paths(session.id),
    };
  }

  /**
   * What keeps the session in its geography. Errors: ModelLeavesGeography, where something that a person or an
   * administrator has chosen leaves it, or Bedrock offers nothing there.
   */
  async #inGeography({ record }: OpenSession, launch: Launch): Promise<LaunchInput['kept']> {
    const { geography, profile, region, model, smallFastModel, pins, cwd } = record;
    if (geography === null) return null;
    const { fallbackModels } = readClaudeArguments(launch.args);
    const { env, personSettings: given } = launch;
    const chosen = { model, smallFastModel, pins, fallbackModels };
    const verdict = await this.#parts.inGeography({ geography, profile, region, cwd, env, given, ...chosen });
    if ('kept' in verdict) return verdict.kept;
    throw leaves(record, geography, verdict.leaves);
  }

  /** The administrator's `env`; where they decide what we must decide, the log says what wins. */
  async #managed(session: string): Promise<Record<string, string>> {
    const folder = this.#parts.managedSettings ?? managedSettingsFolder(process.platform);
    const settings = await managedSettings(folder);
    const env = envOf(settings);
    const wins = [
      ...Object.keys(env).filter((name) => /^(AWS_|ANTHROPIC_|CLAUDE_CODE_(USE|SKIP)_)/.test(name)),
      ...['awsCredentialExport', 'awsAuthRefresh'].filter((name) => name in settings),
    ];
    if (wins.length > 0) {
      this.#parts.context.log.warn(
        { session, folder, wins },
        "the administrator's settings win over the session's",
      );
    }
    return env;
  }

  #howToInstall(): string {
    const { context, settings } = this.#parts;
    const language = shownLanguage(settings.get().language, systemLanguage(context.env));
    return createTranslator(language).error({ code: 'ClaudeNotInstalled', params: { searched: 'PATH' } });
  }
}

/** Whether only a person's act brings credentials. */
function needsPerson(error: unknown): error is BedrockTrayError {
  return isBedrockTrayError(error) && ['SignInNeeded', 'MfaNeeded', 'MfaRefused'].includes(error.code);
}

/** Whether an error of the broker may go away by itself. */
function mayPass(error: unknown): boolean {
  return (
    needsPerson(error) ||
    (isBedrockTrayError(error) &&
      ['NetworkUnavailable', 'NotAws', 'Throttled', 'ServiceFailed', 'StorageFailed'].includes(error.code))
  );
}

function pause(clock: AgentContext['clock'], ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.wakeAt(clock.now() + ms, resolve);
  });
}
