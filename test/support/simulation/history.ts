import fc from 'fast-check';

/**
 * What may happen in 90 days, as data: fast-check makes it up and shrinks it, the simulations play it. A history
 * says what the world does; what the agent does about it is what is looked at.
 */

export const second = 1_000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;

export const HISTORY_DAYS = 90;

/** What holds from the first day on. Spans in minutes. */
export interface Circumstances {
  /** Everything that the history leaves open: jitter, how long an answer takes, when exactly a person acts. */
  seed: number;
  tokenMinutes: number;
  credentialMinutes: number;
  /** The administrator's length of an SSO session: 15 min to 90 days. */
  sessionMinutes: number;
  registrationDays: number;
  /** A refresh token that was used once is refused. */
  strictRotation: boolean;
  /** The service gives refresh tokens. */
  refreshTokens: boolean;
  ssoSessions: 1 | 2;
  /** Mean pause between two requests of a consumer. */
  askEveryMinutes: number;
  /** An environment or an open session holds the first role. */
  held: boolean;
  /** Settings let the browser open by itself. */
  automatic: boolean;
  /** The computer tells whether somebody is there. */
  presenceKnown: boolean;
  /** Share of raised prompts that the person answers. */
  diligence: number;
}

export type Service = 'oidc' | 'portal' | 'both';

/** One thing that happens. Spans in minutes. */
export type Act =
  | {
      do: 'outage';
      of: Service;
      how: 'network' | 'server' | 'throttle' | 'slow' | 'lost-answers';
      minutes: number;
      retryAfterSeconds: number | null;
    }
  /** The computer sleeps. */
  | { do: 'sleep'; minutes: number }
  /** The clock is wrong by that much, and right again after `minutes`. */
  | { do: 'clock'; byMinutes: number; minutes: number }
  /** Nobody is there. */
  | { do: 'away'; minutes: number }
  /** Somebody is there and answers no prompt. */
  | { do: 'ignore'; minutes: number }
  | { do: 'sign-in'; which: number }
  | { do: 'sign-out'; which: number }
  /** Another tool signs in, signs out, refreshes with the token in the file. */
  | { do: 'tool-sign-in'; which: number }
  | { do: 'tool-sign-out'; which: number }
  | { do: 'tool-refresh'; which: number; lagSeconds: number }
  /** Another tool is a moment quicker than the agent's next refresh, and writes its file so much later. */
  | { do: 'tool-race'; which: number; lagSeconds: number }
  /** Another tool left its file half written, or an old one is put back. */
  | { do: 'torn-file'; which: number; minutes: number }
  | { do: 'old-file'; which: number }
  | { do: 'disk-full'; minutes: number }
  /** The administrator. */
  | { do: 'session-length'; minutes: number }
  /** For a time: what is issued lives as long as this. */
  | { do: 'lifetimes'; tokenMinutes: number; credentialMinutes: number; minutes: number }
  | { do: 'end-sessions' }
  | { do: 'forget-clients' }
  | { do: 'remove-role'; minutes: number }
  /** The next refresh answers without a refresh token. */
  | { do: 'no-refresh-token' }
  /** AWS refuses the key that a consumer was handed. */
  | { do: 'refused-key'; which: number }
  /** Many requests at once. */
  | { do: 'rush'; requests: number }
  | { do: 'restart' };

export interface Event {
  /** Minute of the history. */
  at: number;
  act: Act;
}

export interface History {
  circumstances: Circumstances;
  events: readonly Event[];
}

const lastMinute = HISTORY_DAYS * 24 * 60;

/** Short spans are as likely as long ones: each order of magnitude its share. */
const spanMinutes = (max: number): fc.Arbitrary<number> =>
  fc.oneof(
    fc.integer({ min: 1, max: Math.min(30, max) }),
    fc.integer({ min: 1, max: Math.min(600, max) }),
    fc.integer({ min: 1, max }),
  );

const which = fc.nat({ max: 1 });
const sessionMinutes = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(480, 720, 1_440, 10_080, lastMinute) },
  { weight: 5, arbitrary: fc.integer({ min: 480, max: lastMinute }) },
  { weight: 1, arbitrary: fc.integer({ min: 15, max: 480 }) },
);
// Long ones mostly: short ones make many more events of one kind, not more kinds.
const tokenMinutes = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(480, 480, 480, 60) },
  { weight: 1, arbitrary: fc.integer({ min: 30, max: 600 }) },
);
const credentialMinutes = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(480, 720, 720, 60) },
  { weight: 1, arbitrary: fc.integer({ min: 30, max: 720 }) },
);
const shortOrLong = fc.oneof(fc.integer({ min: 2, max: 60 }), fc.integer({ min: 60, max: 720 }));

const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('outage' as const),
      of: fc.constantFrom<Service>('oidc', 'portal', 'both'),
      how: fc.constantFrom('network', 'server', 'throttle', 'slow', 'lost-answers'),
      minutes: spanMinutes(4 * 24 * 60),
      retryAfterSeconds: fc.option(fc.constantFrom(0, 1, 30, 600, 3_600, 86_400)),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('sleep' as const), minutes: spanMinutes(5 * 24 * 60) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('clock' as const),
      byMinutes: fc.oneof(
        fc.integer({ min: -5, max: 5 }),
        fc.integer({ min: -600, max: 600 }),
        fc.constantFrom(-525_600, 525_600),
      ),
      minutes: spanMinutes(24 * 60),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('away' as const), minutes: spanMinutes(4 * 24 * 60) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('ignore' as const), minutes: spanMinutes(24 * 60) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('sign-in' as const), which }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('sign-out' as const), which }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('tool-sign-in' as const), which }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('tool-sign-out' as const), which }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('tool-refresh' as const),
      which,
      lagSeconds: fc.constantFrom(0, 0.3, 0.6),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('tool-race' as const),
      which,
      lagSeconds: fc.constantFrom(0, 0.2, 0.6),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('torn-file' as const), which, minutes: spanMinutes(60) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('old-file' as const), which }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('disk-full' as const), minutes: spanMinutes(600) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('session-length' as const), minutes: sessionMinutes }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('lifetimes' as const),
      tokenMinutes: shortOrLong,
      credentialMinutes: shortOrLong,
      minutes: spanMinutes(24 * 60),
    }),
  },
  { weight: 1, arbitrary: fc.constant<Act>({ do: 'end-sessions' }) },
  { weight: 1, arbitrary: fc.constant<Act>({ do: 'forget-clients' }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('remove-role' as const), minutes: spanMinutes(24 * 60) }),
  },
  { weight: 1, arbitrary: fc.constant<Act>({ do: 'no-refresh-token' }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('refused-key' as const), which }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('rush' as const), requests: fc.integer({ min: 2, max: 60 }) }),
  },
  { weight: 1, arbitrary: fc.constant<Act>({ do: 'restart' }) },
);

const circumstances: fc.Arbitrary<Circumstances> = fc.record({
  seed: fc.nat(),
  tokenMinutes,
  credentialMinutes,
  sessionMinutes,
  registrationDays: fc.constantFrom(90, 90, 365, 10, 1),
  strictRotation: fc.boolean(),
  refreshTokens: fc.constantFrom(true, true, true, true, true, false),
  ssoSessions: fc.constantFrom(1, 1, 2),
  askEveryMinutes: fc.constantFrom(240, 60, 600, 120, 600),
  held: fc.boolean(),
  automatic: fc.boolean(),
  presenceKnown: fc.constantFrom(true, true, true, false),
  diligence: fc.constantFrom(1, 0.9, 0.5),
});

/** Any history. At most `events` things happen in its 90 days. */
export function histories(events = 40): fc.Arbitrary<History> {
  const event = fc.record({ at: fc.nat({ max: lastMinute - 1 }), act });
  return fc
    .record({ circumstances, events: fc.array(event, { maxLength: events, size: 'max' }) })
    .map((h) => ({ ...h, events: h.events.toSorted((a, b) => a.at - b.at) }));
}

/** A history in a few lines, for the report of a counterexample. */
export function describeHistory({ circumstances: c, events }: History): string {
  const head = Object.entries(c)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
  const lines = events.map(({ at, act: { do: what, ...rest } }) => {
    const clock = new Date(at * minute).toISOString().slice(11, 16);
    const facts = Object.entries(rest).map(([name, value]) => `${name} ${value}`);
    return `  day ${Math.floor(at / 1_440) + 1} ${clock} ${[what, ...facts].join(', ')}`;
  });
  return [`  ${head}`, ...lines].join('\n');
}
