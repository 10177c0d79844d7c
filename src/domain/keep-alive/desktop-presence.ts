/** What the parts of a desktop say about whether its person is there. Null: that part says nothing. */
export interface PresenceSources {
  /** logind's session properties (org.freedesktop.login1.Session); `idleSinceAt` epoch ms, 0 when never set. */
  logind: { idleHint: boolean; idleSinceAt: number; lockedHint: boolean } | null;
  /** org.freedesktop.ScreenSaver GetActive, or GNOME's. */
  screenSaverActive: boolean | null;
  /** The compositor's or window system's own idle time, ms; only where it can be believed. */
  idleMs: number | null;
  /** macOS and Windows: between the events of locking and unlocking. */
  locked: boolean | null;
}

export interface Presence {
  idleMs: number | null;
  locked: boolean | null;
}

/**
 * One answer from many. Any part that says "locked" is believed; "not locked" needs one that can say so. Idle hints of
 * logind are believed once a desktop has ever set one (many never do: the hint is then false for ever).
 */
export function desktopPresence(sources: PresenceSources, now: number): Presence {
  const { logind, screenSaverActive, idleMs, locked } = sources;
  const said = [locked, screenSaverActive, logind?.lockedHint ?? null].filter((v) => v !== null);
  const hinted =
    logind === null || logind.idleSinceAt === 0
      ? null
      : logind.idleHint
        ? Math.max(0, now - logind.idleSinceAt)
        : 0;
  return {
    idleMs: idleMs ?? hinted,
    locked: said.length === 0 ? null : said.some((v) => v),
  };
}
