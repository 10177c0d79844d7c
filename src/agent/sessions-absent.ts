import { BedrockTrayError } from '../contract/errors.ts';
import type { ClaudeSessions } from './ports.ts';

const unknown = (session: string) => new BedrockTrayError('SessionUnknown', { session });

/** Stands in for the sessions room until it is wired. */
export class AbsentSessions implements ClaudeSessions {
  onChange(): () => void {
    return () => {};
  }
  async start(): Promise<void> {}
  views() {
    return [];
  }
  recentFolders() {
    return [];
  }
  async open(): Promise<never> {
    throw new BedrockTrayError('ClaudeNotInstalled', { searched: '' });
  }
  async attach(id: string): Promise<never> {
    throw unknown(id);
  }
  async kill(id: string): Promise<never> {
    throw unknown(id);
  }
  async resume(id: string): Promise<never> {
    throw unknown(id);
  }
  async remove(id: string): Promise<never> {
    throw unknown(id);
  }
  identity(_id: string) {
    return undefined;
  }
  async stop(_sessions: 'keep' | 'end'): Promise<void> {}
  claude() {
    return null;
  }
}
