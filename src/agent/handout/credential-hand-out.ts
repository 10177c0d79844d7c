import {
  BedrockTrayError,
  type ErrorCode,
  type ErrorView,
  exitCodeOf,
  isBedrockTrayError,
} from '../../contract/errors.ts';
import type { CredentialFormat, RouteError } from '../../contract/routes.ts';
import {
  formatContainerCredentials,
  formatCredentials,
} from '../../domain/credentials/credential-formats.ts';
import { ssoRootOf } from '../../domain/credentials/credential-source.ts';
import { isUuid } from '../../domain/uuid.ts';
import {
  createTranslator,
  type ShownLanguage,
  shownLanguage,
  systemLanguage,
  type Translator,
} from '../../locales/index.ts';
import type {
  AgentContext,
  Broker,
  HandOut,
  Keeper,
  ProfileCatalog,
  RoleCredentials,
  SessionIdentity,
  SettingsStore,
} from '../ports.ts';
import { type ContainerAnswer, ContainerEndpoint } from './container-endpoint.ts';
import { SessionExport } from './session-export.ts';

type RouteAnswer = { status: number; headers: Record<string, string>; body: string };

const formats: ReadonlySet<string> = new Set<CredentialFormat>([
  'process',
  'env',
  'env-no-export',
  'powershell',
  'windows-cmd',
  'fish',
  'claude',
]);
const parameters: ReadonlySet<string> = new Set(['profile', 'format', 'session', 'lang', 'claude']);
const processId = /^\d{1,10}$/;
/** Control characters and `]` cannot stand in a profile's name (contract: SectionName). */
const profileName = /^[^\][\p{Cc}]{1,128}$/u;

const textHeaders = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' };
const jsonHeaders = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' };

/** Status of an error: only 4xx, since those are what an SDK shows the words of, instead of trying again and again. */
function statusOf(code: ErrorCode): number {
  switch (code) {
    case 'BadInput':
    case 'ProfileUnsupported':
    case 'ConfigMalformed':
      return 400;
    case 'ProfileUnknown':
    case 'SsoSessionUnknown':
      return 404;
    case 'SignInNeeded':
    case 'MfaNeeded':
    case 'AccessDenied':
      return 403;
    case 'Internal':
      return 500;
    default:
      return 424;
  }
}

export interface HandOutParts {
  context: Pick<AgentContext, 'clock' | 'log' | 'env' | 'random'>;
  broker: Pick<Broker, 'credentials' | 'temporary' | 'untilUsable' | 'hold'>;
  keeper: Pick<Keeper, 'need' | 'untilValid'>;
  profiles: Pick<ProfileCatalog, 'source' | 'reload'>;
  settings: Pick<SettingsStore, 'get'>;
  /** Who asks when a Claude session's export calls (ClaudeSessions.identity). */
  identity: (session: string) => SessionIdentity | undefined;
  /** Told when a session's export begins to wait for a person, and when it no longer does. */
  waiting?: (session: string, waits: boolean) => void;
}

/**
 * Hands credentials out: the plain route on the socket, and the container endpoint on 127.0.0.1. The way of a
 * request is short: checks by hand, the broker's memory, a few microseconds of text; no secret is kept here.
 */
export class CredentialHandOut implements HandOut {
  readonly #parts: HandOutParts;
  readonly #sessions: SessionExport;
  readonly #endpoint: ContainerEndpoint;
  readonly #translators = new Map<ShownLanguage, Translator>();

  constructor(parts: HandOutParts) {
    this.#parts = parts;
    this.#sessions = new SessionExport(parts);
    this.#endpoint = new ContainerEndpoint({
      answer: (profile) => this.#containerAnswer(profile),
      random: (bytes) => parts.context.random(bytes),
      words: (refusal) =>
        this.#translator(undefined).t(
          refusal === 'revoked' ? 'agent:endpointRevoked' : 'agent:endpointNotYet',
        ),
    });
  }

  async handleCredentials(url: URL, signal: AbortSignal, accepted?: string): Promise<RouteAnswer> {
    const language = url.searchParams.get('lang') ?? accepted;
    try {
      const { profile, session, claude, format } = this.#query(url);
      if (session !== null) {
        const body = await this.#sessions.export(session, format, signal);
        return { status: 200, headers: textHeaders, body };
      }
      if (claude !== null) {
        await this.#known(profile);
        const body = await this.#sessions.exportToClaude(profile, claude, format, signal);
        return { status: 200, headers: textHeaders, body };
      }
      const credentials = await this.#credentials(profile);
      return { status: 200, headers: textHeaders, body: formatCredentials(credentials, format) };
    } catch (e) {
      return this.#refusal(this.#viewOf(e), language);
    }
  }

  async open(profile: string): Promise<{ url: string; token: string; close: () => void }> {
    // Held from now on, so that the answer is in memory when the first request comes.
    const release = this.#parts.broker.hold(profile);
    try {
      const { url, token, close } = await this.#endpoint.open(profile);
      let isOpen = true;
      return {
        url,
        token,
        close: () => {
          if (!isOpen) return;
          isOpen = false;
          release();
          close();
        },
      };
    } catch (e) {
      release();
      throw e;
    }
  }

  async stop(): Promise<void> {
    await this.#endpoint.stop();
  }

  /** The checks of the contract's CredentialsQuery by hand: this is on the way of every request. */
  #query(url: URL): {
    profile: string;
    session: string | null;
    claude: string | null;
    format: CredentialFormat;
  } {
    const bad = (field: string, reason: string) => new BedrockTrayError('BadInput', { field, reason });
    const query = url.searchParams;
    for (const key of query.keys()) if (!parameters.has(key)) throw bad(key.slice(0, 64), 'unknown');
    const profile = query.get('profile');
    const session = query.get('session');
    const claude = query.get('claude');
    const format = query.get('format') ?? 'process';
    if ((profile === null) === (session === null)) throw bad('profile', 'one of profile and session');
    if (!formats.has(format)) throw bad('format', [...formats].join(', '));
    if (profile !== null && !profileName.test(profile)) throw bad('profile', 'not a name');
    if (session !== null && !isUuid(session)) throw bad('session', 'not an id');
    if (claude !== null && (session !== null || !processId.test(claude)))
      throw bad('claude', 'not a process id');
    return { profile: profile ?? '', session, claude, format: format as CredentialFormat };
  }

  /** From the broker; a profile that is not known is looked for in the files once more, since it may be new. */
  async #credentials(profile: string): Promise<RoleCredentials> {
    const { broker, profiles, keeper } = this.#parts;
    try {
      return await broker.credentials(profile);
    } catch (e) {
      if (!isBedrockTrayError(e)) throw e;
      if (e.code === 'ProfileUnknown') {
        await profiles.reload();
        return broker.credentials(profile);
      }
      if (e.code === 'SignInNeeded') {
        const root = ssoRootOf(profiles.source(profile));
        if (root) {
          const { ssoSession, accountId, roleName } = root;
          keeper.need(ssoSession, { profile, accountId, roleName });
        }
      }
      throw e;
    }
  }

  /** A profile that is not known is looked for in the files once more, since it may be new. */
  async #known(profile: string): Promise<void> {
    const { profiles } = this.#parts;
    try {
      profiles.source(profile);
    } catch (e) {
      if (isBedrockTrayError(e) && e.code === 'ProfileUnknown') await profiles.reload();
    }
  }

  async #containerAnswer(profile: string): Promise<ContainerAnswer> {
    try {
      const credentials = await this.#credentials(profile);
      return { status: 200, body: formatContainerCredentials(credentials, this.#parts.context.clock.now()) };
    } catch (e) {
      const view = this.#viewOf(e);
      const message = this.#translator(undefined).error(view);
      return { status: statusOf(view.code), body: JSON.stringify({ Code: view.code, Message: message }) };
    }
  }

  #viewOf(e: unknown): ErrorView {
    if (isBedrockTrayError(e)) return e.view();
    const reference = Buffer.from(this.#parts.context.random(4)).toString('hex');
    const { name, stack } = e instanceof Error ? e : { name: typeof e, stack: undefined };
    // The message could quote what it failed on; the frames cannot.
    const frames = stack?.split('\n').filter((line) => /^\s+at /.test(line));
    this.#parts.context.log.error({ reference, name, frames }, 'handing out credentials failed');
    return { code: 'Internal', params: { reference } };
  }

  #refusal(view: ErrorView, language: string | undefined): RouteAnswer {
    const error: RouteError = {
      code: view.code,
      params: view.params,
      message: this.#translator(language).error(view),
      exitCode: exitCodeOf(view.code),
    };
    const headers = { ...jsonHeaders, 'x-exit-code': String(error.exitCode) };
    return { status: statusOf(view.code), headers, body: `${JSON.stringify(error)}\n` };
  }

  /** The person's setting, else the asker's language, else the agent's own. */
  #translator(asked: string | undefined): Translator {
    const { settings, context } = this.#parts;
    const language = shownLanguage(settings.get().language, asked || systemLanguage(context.env));
    let translator = this.#translators.get(language);
    if (!translator) {
      translator = createTranslator(language);
      this.#translators.set(language, translator);
    }
    return translator;
  }
}
