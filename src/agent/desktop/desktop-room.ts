import { join } from 'node:path';
import { BedrockTrayError } from '../../contract/errors.ts';
import type { DesktopView } from '../../contract/state.ts';
import { ChangeEmitter } from '../change-emitter.ts';
import type { AgentContext, Desktop } from '../ports.ts';

/** The product's entries in the person's desktop. */
export class DesktopRoom extends ChangeEmitter implements Desktop {
  readonly #context: AgentContext;

  constructor(context: AgentContext) {
    super();
    this.#context = context;
  }

  async start(): Promise<void> {}

  view(): DesktopView {
    const path = join(this.#context.userHome, '.local', 'bin', 'bedrock-tray');
    return { startAtLogin: null, command: { state: 'absent', path, onPath: false } };
  }

  async set(): Promise<DesktopView> {
    throw new BedrockTrayError('DesktopUnsupported', { what: 'start-at-login' });
  }

  async show(): Promise<void> {
    throw new BedrockTrayError('DesktopUnsupported', { what: 'file-manager' });
  }
}
