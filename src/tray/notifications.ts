import type { Snapshot } from '../contract/state.ts';
import type { MenuAction } from '../domain/menu/menu-entries.ts';
import type { Message } from '../domain/menu/menu-words.ts';
import type { ToldBudgets } from '../domain/notices/budget-notice.ts';
import type { Notice } from '../domain/notices/notice.ts';
import { afterSleep, type NoticeClock, nextNotices, nothingTold } from '../domain/notices/notices.ts';
import type { Notifier } from './notifier.ts';

export interface NotificationRooms {
  /** The newest snapshot; null while there is no agent. */
  snapshot(): Snapshot | null;
  clock(): NoticeClock;
  /** Whether one of our windows has the person's eyes. */
  looking(): boolean;
  say(message: Message): string;
  perform(action: MenuAction): void;
  /** What was told of budgets, by trays before this one too. */
  budgets?: { read(): ToldBudgets; keep(told: ToldBudgets): void };
}

interface Shown {
  readonly notice: Notice;
  close(): void;
}

/**
 * Tells what domain/notices finds, once for each cause; what is no longer so is taken back. A press does what it is
 * about (starts the sign-in, opens the session): whoever presses does not want to look for another button.
 */
export class Notifications {
  readonly #rooms: NotificationRooms;
  /** By cause. */
  readonly #shown = new Map<string, Shown>();
  #notifier: Notifier | null = null;
  #state = nothingTold;
  #timer: NodeJS.Timeout | undefined;

  constructor(rooms: NotificationRooms) {
    this.#rooms = rooms;
    this.#state = { ...nothingTold, budgets: rooms.budgets?.read() ?? {} };
  }

  /** Nothing is told before there is somebody to show it. */
  showBy(notifier: Notifier): void {
    this.#notifier = notifier;
    this.update();
  }

  update(): void {
    const snapshot = this.#rooms.snapshot();
    const notifier = this.#notifier;
    // While the agent is away nothing is known: what was said stays said.
    if (snapshot === null || notifier === null) return;
    clearTimeout(this.#timer);
    const next = nextNotices(this.#state, snapshot, this.#rooms.clock(), this.#rooms.looking());
    if (next.state.budgets !== this.#state.budgets) this.#rooms.budgets?.keep(next.state.budgets);
    this.#state = next.state;
    for (const [key, { close }] of this.#shown) {
      if (next.state.told.has(key)) continue;
      this.#shown.delete(key);
      close();
    }
    for (const notice of next.notices) {
      const { close } = this.#shown.get(notice.key) ?? this.#show(notifier, notice);
      this.#shown.set(notice.key, { notice, close });
    }
    if (next.lookAgainMs !== null) this.#timer = setTimeout(() => this.update(), next.lookAgainMs);
  }

  /** The machine was asleep. */
  woke(): void {
    this.#state = afterSleep(this.#state, this.#rooms.clock().awakeMs);
    this.update();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#notifier = null;
    for (const { close } of this.#shown.values()) close();
    this.#shown.clear();
  }

  #show(notifier: Notifier, notice: Notice): { close(): void } {
    const { key, title, body, label, buttons } = notice;
    const { say, perform } = this.#rooms;
    const words = { title: say(title), body: say(body), label: say(label) };
    return notifier.show({ ...words, buttons: buttons.map((b) => say(b.label)) }, (button) => {
      this.update();
      const now = this.#shown.get(key)?.notice;
      const action = button === null ? (now?.action ?? placeOf(notice)) : now?.buttons[button]?.action;
      if (action) perform(action);
    });
  }
}

/** Where a press leads once the matter is settled: to where it can be seen, and nothing is done again. */
function placeOf({ action }: Notice): MenuAction {
  return action.type === 'openSession' || action.type === 'openWindow'
    ? action
    : { type: 'openWindow', place: 'overview' };
}
