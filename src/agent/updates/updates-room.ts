import { BedrockTrayError } from '../../contract/errors.ts';
import type { ProcedureArguments } from '../../contract/procedures.ts';
import type { UpdateView } from '../../contract/state.ts';
import { ChangeEmitter } from '../change-emitter.ts';
import type { Updates } from '../ports.ts';

const none: UpdateView = {
  state: 'none',
  version: null,
  progress: null,
  checkedAt: null,
  wish: null,
  problem: null,
};

/** Between the tray, which alone updates, and the shells that show it. */
export class UpdatesRoom extends ChangeEmitter implements Updates {
  #view = none;
  #teller: object | null = null;

  view(): UpdateView {
    return this.#view;
  }

  report(told: ProcedureArguments<'update.report'>, connection: object): void {
    this.#teller = connection;
    this.#view = { ...told, wish: null };
    this.emit();
  }

  gone(connection: object): void {
    if (this.#teller !== connection) return;
    this.#teller = null;
    this.#view = none;
    this.emit();
  }

  /** A copy that does not replace itself can still be asked to look for a new version, where it knows of a feed. */
  wish({ wish, now }: ProcedureArguments<'update.wish'>): void {
    if (this.#teller === null) throw new BedrockTrayError('UpdatesUnavailable', { reason: 'no tray' });
    const { problem, version } = this.#view;
    if (problem?.code === 'UpdatesUnavailable' && (version === null || wish !== 'check')) {
      throw new BedrockTrayError('UpdatesUnavailable', { reason: String(problem.params.reason) });
    }
    this.#view = { ...this.#view, wish: wish === 'install' && now ? 'installNow' : wish };
    this.emit();
  }
}
