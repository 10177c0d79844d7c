import type { FetchSource } from '../broker/fetch-source.ts';
import { Shared } from '../broker/pace.ts';
import type { RoleCredentials } from '../ports.ts';
import { fromAssumeRole } from './assume-role.ts';
import { fromClaudeSettings } from './claude-settings.ts';
import { fromProcess } from './credential-process.ts';
import { fromLogin } from './login.ts';
import { fromSessionToken } from './session-token.ts';
import type { SourceParts } from './source-parts.ts';
import { fromEnvironment, fromFile } from './static-keys.ts';
import { fromWebIdentity } from './web-identity.ts';

/** Gets credentials from every kind of source but permission sets. `stop` ends the commands that run. */
export function createSources(parts: Omit<SourceParts, 'signal' | 'unwritten'>): {
  fetch: FetchSource;
  stop: () => void;
} {
  const ending = new AbortController();
  const all: SourceParts = { ...parts, unwritten: new Map(), signal: ending.signal };
  /** One run of a command at a time, also after its result was given up (a profile that was edited). */
  const running = new Shared<RoleCredentials>();
  const fetch: FetchSource = async (source, fetching) => {
    const { clock, env } = parts.context;
    switch (source.kind) {
      case 'assume-role':
        return fromAssumeRole(source, fetching, all);
      case 'web-identity':
        return fromWebIdentity(source, fetching, all);
      case 'process':
        return running.run(fetching.key, () => fromProcess(source, fetching, all));
      case 'claude-settings':
        return running.run(fetching.key, () => fromClaudeSettings(source, fetching, all));
      case 'login':
        return running.run(fetching.key, () => fromLogin(source, fetching, all));
      case 'static':
        return fromFile(source, fetching, all);
      case 'environment':
        return fromEnvironment(env, fetching.profile, clock.now());
      case 'session-token':
        return fromSessionToken(fetching, all);
    }
  };
  return { fetch, stop: () => ending.abort(new Error('the agent ends')) };
}
