import type { Setup } from '../ports.ts';

/** What a first run asks the agent. */
export class SetupRoom implements Setup {
  async find(): ReturnType<Setup['find']> {
    return {
      ssoSessions: [],
      profiles: [],
      imports: [],
      claude: null,
      awsCli: null,
      claudeSettings: null,
      environment: [],
    };
  }

  async region(_startUrl: string): ReturnType<Setup['region']> {
    return { region: null };
  }

  async *check(_environment: string | undefined, _signal: AbortSignal): ReturnType<Setup['check']> {
    yield { checks: [], done: true };
  }
}
