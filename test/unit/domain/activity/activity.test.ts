import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ActivityEvent,
  activityState,
  activityView,
  nextActivity,
} from '../../../../src/domain/activity/activity.ts';
import { type Activity, noActivity } from '../../../../src/domain/activity/activity-facts.ts';
import { type HookFact, hookFact } from '../../../../src/domain/activity/activity-hook.ts';
import type { RegisterReading } from '../../../../src/domain/activity/activity-register.ts';

const T = 1_800_000_000_000;
const bash = (command: string, more: object = {}) => ({
  hook_event_name: 'PermissionRequest',
  prompt_id: 'p1',
  tool_name: 'Bash',
  tool_input: { command, description: 'look' },
  ...more,
});
const hook = (event: object, id = 'r1', held = false): ActivityEvent => ({
  type: 'hook',
  fact: hookFact(event as Record<string, unknown>),
  id,
  held,
});
const prompt = hook({ hook_event_name: 'UserPromptSubmit', prompt_id: 'p1', prompt: 'x' });
const stop = (turn = 'p1', tasks: object[] = []) =>
  hook({ hook_event_name: 'Stop', prompt_id: turn, background_tasks: tasks });
const register = (
  status: RegisterReading['status'],
  changedAt: number | null = null,
  waitingFor: string | null = null,
): ActivityEvent => ({ type: 'register', reading: { status, waitingFor, changedAt } });
const noRegister: ActivityEvent = { type: 'register', reading: null };
const title = (mark: 'working' | 'idle' | null): ActivityEvent => ({ type: 'title', mark });
const key = (name: 'escape' | 'interrupt' | 'enter'): ActivityEvent => ({ type: 'key', key: name });
const time: ActivityEvent = { type: 'time' };
const running = (startedAt = T): ActivityEvent => ({ type: 'process', state: 'running', startedAt });

/** Plays events at ms after T. */
function play(...events: (readonly [number, ActivityEvent])[]): Activity {
  return events.reduce((state, [at, event]) => nextActivity(state, event, T + at), noActivity);
}
const started = [
  [0, { type: 'process', state: 'starting', startedAt: T }],
  [10, running()],
] as const;
/** At its prompt, with a register. */
const ready = [...started, [500, register('idle', T + 480)]] as const;
const shown = (...events: (readonly [number, ActivityEvent])[]) => activityState(play(...events));

describe('process', () => {
  it.each([
    ['waiting', 'paused'],
    ['starting', 'starting'],
    ['exited', 'exited'],
    ['lost', 'exited'],
  ] as const)('%s: %s, whatever else is said', (state, expected) => {
    expect(shown([0, { type: 'process', state, startedAt: T }])).toBe(expected);
    expect(
      shown(
        ...ready,
        [600, prompt],
        [700, { type: 'process', state, startedAt: T }],
        [800, register('busy', T + 790)],
      ),
    ).toBe(expected);
  });

  it('is read seldom the longer nothing happens, where its news are told of; else as often as ever', () => {
    const told = { ...register('idle', T + 480), told: true };
    const wait = (at: number, event: ActivityEvent) => (play(...ready, [at, event]).checkAt ?? 0) - (T + at);
    expect(wait(10_000, told)).toBe(5_000);
    expect(wait(120_500, told)).toBe(30_000);
    expect(wait(3_600_000, told)).toBe(60_000);
    expect(wait(3_600_000, register('idle', T + 480))).toBe(5_000);
    expect(wait(3_600_000, { ...noRegister, told: true })).toBe(60_000);
  });

  it('nobody told of it: unknown', () => expect(activityState(noActivity)).toBe('unknown'));

  it('begins anew with each start', () => {
    const again = play(...ready, [600, prompt], [700, running(T + 700)]);
    expect(activityState(again)).toBe('starting');
    expect(again.register).toBeNull();
  });

  it('one that ran before anybody looked is unknown until the register is read', () => {
    expect(shown([0, running()])).toBe('unknown');
    expect(shown([0, running()], [100, register('busy', T - 9_000)])).toBe('working');
    expect(shown([0, running()], [100, register('waiting', T - 9_000, 'permission prompt')])).toBe(
      'needsYou',
    );
    expect(shown([0, running()], [100, register('idle', T - 9_000)])).toBe('done');
    expect(shown([0, running()], [100, noRegister], [60_000, noRegister])).toBe('unknown');
  });

  it('one that ran before and has a question to ask first, and no register, stands at that question', () => {
    const gate = (trusted: boolean) => [20, { type: 'gate', onboarded: true, trusted }] as const;
    const adopted = [0, running()] as const;
    expect(shown(adopted, gate(false), [5_100, noRegister])).toBe('trust');
    expect(shown(adopted, gate(true), [5_100, noRegister])).toBe('unknown');
    expect(shown(adopted, gate(false), [100, register('busy', T - 9_000)], [5_200, { type: 'time' }])).toBe(
      'working',
    );
    // Titles and hooks come only after it.
    expect(shown(adopted, gate(false), [90, title('idle')], [5_100, noRegister])).not.toBe('trust');
    expect(shown(adopted, gate(false), [5_100, noRegister], [6_000, register('idle', T + 5_900)])).toBe(
      'done',
    );
  });
});

describe('start', () => {
  it('no answer yet: starting; an entry without a status too', () => {
    expect(shown(...started, [400, noRegister])).toBe('starting');
    expect(shown(...started, [400, register(null)])).toBe('starting');
  });
  it.each([
    [{ onboarded: true, trusted: false }, 'trust'],
    [{ onboarded: false, trusted: false }, 'needsYou'],
    [{ onboarded: true, trusted: true }, 'starting'],
  ] as const)('silent where it first asks %o: %s', (gate, expected) => {
    const state = play(...started, [20, { type: 'gate', ...gate }], [1_600, noRegister]);
    expect(activityState(state)).toBe(expected);
    expect(activityView(state).request).toBeNull();
  });
  it('a screen that is empty asks nothing yet, one that is not asks at once', () => {
    const empty = [
      ...started,
      [20, { type: 'gate', onboarded: true, trusted: false }],
      [30, { type: 'screen', shown: false }],
      [9_000, noRegister],
    ] as const;
    expect(shown(...empty)).toBe('starting');
    expect(shown(...empty, [9_100, { type: 'screen', shown: true }], [9_200, noRegister])).toBe('trust');
    expect(
      shown(...empty, [61_000, { type: 'gate', onboarded: true, trusted: true }], [61_100, noRegister]),
    ).toBe('unknown');
  });
  it('the folder was trusted', () => {
    const asks = [
      ...started,
      [20, { type: 'gate', onboarded: true, trusted: false }],
      [1_600, noRegister],
    ] as const;
    expect(shown(...asks, [4_000, register('idle', T + 3_900)])).toBe('done');
    expect(shown(...asks, [4_000, title('idle')])).toBe('done');
    expect(shown(...asks, [4_000, hook({ hook_event_name: 'SessionStart', source: 'startup' })])).toBe(
      'done',
    );
  });
  it('a start that shows nothing is not understood in the end', () => {
    expect(shown(...started, [16_000, noRegister])).toBe('unknown');
  });
  it('credentials that wait for a sign-in pause it', () => {
    const waits = [...started, [50, { type: 'credentials', waiting: true }]] as const;
    expect(shown(...waits)).toBe('paused');
    expect(shown(...waits, [60_000, noRegister])).toBe('paused');
    expect(shown(...waits, [60_000, { type: 'credentials', waiting: false }])).toBe('starting');
  });
});

describe('with a register', () => {
  it.each([
    ['busy', null, 'working'],
    ['idle', null, 'done'],
    ['shell', null, 'done'],
    ['waiting', 'permission prompt', 'needsYou'],
    ['waiting', 'input needed', 'needsYou'],
    ['waiting', 'dialog open', 'needsYou'],
    ['waiting', 'something new', 'needsYou'],
    ['waiting', null, 'needsYou'],
  ] as const)('%s, %s: %s', (status, waitingFor, expected) => {
    expect(shown(...ready, [2_000, register(status, T + 1_900, waitingFor)])).toBe(expected);
  });

  it('a prompt works at once; a reading that lags behind it does not undo it', () => {
    expect(shown(...ready, [1_000, prompt])).toBe('working');
    expect(shown(...ready, [1_000, prompt], [1_080, register('idle', T + 480)])).toBe('working');
    expect(shown(...ready, [1_000, prompt], [1_080, register('idle', T + 1_060)])).toBe('working');
    expect(shown(...ready, [1_000, prompt], [1_400, register('idle', T + 1_060)])).toBe('done');
    expect(shown(...ready, [1_000, prompt], [1_800, register('idle', T + 480)])).toBe('done');
  });

  it('Esc in work, and Esc in a dialog, which no hook tells of', () => {
    const works = [...ready, [1_000, prompt], [1_100, register('busy', T + 1_050)]] as const;
    const escaped = play(...works, [2_000, key('escape')], [2_100, register('idle', T + 2_080)]);
    expect(activityView(escaped)).toMatchObject({ state: 'done', seen: true });
    const asks = [
      ...works,
      [1_500, hook(bash('ls'))],
      [1_600, register('waiting', T + 1_550, 'permission prompt')],
    ] as const;
    expect(shown(...asks, [3_000, key('escape')], [3_080, register('idle', T + 3_060)])).toBe('done');
    // A first Ctrl+C leaves the dialog.
    expect(
      shown(...asks, [3_000, key('interrupt')], [3_800, register('waiting', T + 1_550, 'permission prompt')]),
    ).toBe('needsYou');
  });

  it('a dialog that its person opened asks nothing of them', () => {
    const own = [
      ...ready,
      [1_000, key('enter')],
      [1_080, register('waiting', T + 1_050, 'dialog open')],
    ] as const;
    expect(shown(...own)).toBe('done');
    expect(shown(...ready, [9_000, register('waiting', T + 8_950, 'dialog open')])).toBe('needsYou');
  });

  it('a sub-agent works after the Stop of its parent, a shell in the background does not', () => {
    const tasks = [
      { type: 'subagent', status: 'running' },
      { type: 'shell', status: 'running' },
      { type: 'shell', status: 'completed' },
    ];
    const state = play(
      ...ready,
      [1_000, prompt],
      [1_500, stop('p1', tasks)],
      [1_600, register('busy', T + 1_050)],
    );
    expect(activityView(state)).toMatchObject({ state: 'working', background: 2 });
    expect(activityView(nextActivity(state, register('shell', T + 2_000), T + 2_400))).toMatchObject({
      state: 'done',
      background: 2,
      seen: false,
    });
    expect(activityView(nextActivity(state, register('idle', T + 2_000), T + 2_100)).background).toBe(0);
  });

  it('failed: with the reason, until the next prompt', () => {
    const failure = hook({
      hook_event_name: 'StopFailure',
      prompt_id: 'p1',
      error: 'rate_limit',
      last_assistant_message: 'API Error',
    });
    const failed = play(...ready, [1_000, prompt], [1_500, failure], [1_600, register('idle', T + 1_550)]);
    expect(activityView(failed)).toMatchObject({ state: 'failed', reason: 'rate_limit', seen: true });
    const again = nextActivity(
      failed,
      hook({ hook_event_name: 'UserPromptSubmit', prompt_id: 'p2' }),
      T + 5_000,
    );
    expect(activityView(again)).toMatchObject({ state: 'working', reason: null });
    expect(activityState(nextActivity(again, failure, T + 5_050))).toBe('working');
  });

  it('credentials that wait: paused while it works, not where it asks or rests', () => {
    const waits = { type: 'credentials', waiting: true } as const;
    expect(shown(...ready, [1_000, prompt], [2_000, waits])).toBe('paused');
    expect(shown(...ready, [2_000, waits])).toBe('done');
    expect(shown(...ready, [1_000, hook(bash('ls'))], [2_000, waits])).toBe('needsYou');
    expect(shown(...ready, [1_000, prompt], [2_000, waits], [3_000, { ...waits, waiting: false }])).toBe(
      'working',
    );
  });

  it('a title that turns on while the register has long said idle: unknown', () => {
    expect(shown(...ready, [9_000, title('working')], [9_100, register('idle', T + 480)])).toBe('unknown');
    expect(
      shown(
        ...ready,
        [9_000, title('working')],
        [9_100, register('idle', T + 480)],
        [9_500, register('busy', T + 9_300)],
      ),
    ).toBe('working');
    expect(
      shown(
        ...ready,
        [9_000, title('working')],
        [9_100, register('idle', T + 480)],
        [15_000, register('idle', T + 480)],
      ),
    ).toBe('done');
  });

  it('is done for news until somebody looks', () => {
    const done = play(
      ...ready,
      [1_000, prompt],
      [1_100, register('busy', T + 1_050)],
      [9_000, register('idle', T + 8_600)],
    );
    expect(activityView(done)).toMatchObject({ state: 'done', seen: false, sinceAt: T + 9_000 });
    const looked = nextActivity(done, { type: 'looked' }, T + 10_000);
    expect(activityView(looked)).toMatchObject({ seen: true, sinceAt: T + 9_000 });
    // The first idle of a session is no news.
    expect(activityView(play(...ready)).seen).toBe(true);
  });
});

describe('what is asked', () => {
  const asked = [...ready, [1_000, prompt], [1_500, hook(bash('rm -r x'), 'r1', true)]] as const;
  const waiting = [1_600, register('waiting', T + 1_550, 'permission prompt')] as const;

  it('is shown with its text, and can be answered while a hook waits', () => {
    expect(activityView(play(...asked, waiting)).request).toEqual({
      id: 'r1',
      kind: 'permission',
      tool: 'Bash',
      text: 'rm -r x',
      sinceAt: T + 1_500,
      answerable: true,
    });
  });
  it('PreToolUse and PermissionRequest of a question are one', () => {
    const event = { tool_name: 'AskUserQuestion', tool_input: { questions: [{ question: 'Which?' }] } };
    const state = play(
      ...ready,
      [1_000, hook({ hook_event_name: 'PreToolUse', ...event }, 'a')],
      [1_010, hook({ hook_event_name: 'PermissionRequest', ...event }, 'b')],
    );
    expect(state.asks.map(({ id, kind }) => [id, kind])).toEqual([['a', 'question']]);
  });
  it('the hook that waits is the one that can be answered', () => {
    const state = play(...asked, waiting, [2_000, { type: 'released', id: 'r1', answered: false }]);
    expect(activityView(state).request).toMatchObject({ id: 'r1', answerable: false });
  });
  it('answered here: it works', () => {
    const state = play(...asked, waiting, [2_000, { type: 'released', id: 'r1', answered: true }]);
    expect(activityView(state)).toMatchObject({ state: 'working', request: null });
  });
  it('answered in the terminal: the request is dropped when the register says so', () => {
    const state = play(...asked, waiting, [3_000, key('enter')], [3_080, register('busy', T + 3_040)]);
    expect(activityView(state)).toMatchObject({ state: 'working', request: null });
    expect(state.asks).toEqual([]);
  });
  it('another hook answered before a dialog was shown', () => {
    expect(shown(...asked, [1_600, register('busy', T + 1_050)])).toBe('needsYou');
    expect(shown(...asked, [5_600, register('busy', T + 1_050)])).toBe('working');
    expect(shown(...asked, [2_000, stop()], [2_100, register('idle', T + 1_990)])).toBe('working');
    expect(shown(...asked, [2_000, stop()], [2_400, register('idle', T + 2_050)])).toBe('done');
  });
  it('of two the older first; its tool has run: the other', () => {
    const two = play(...asked, [1_510, hook(bash('ls', { agent_id: 'a1' }), 'r2')], waiting);
    expect(activityView(two).request?.id).toBe('r1');
    const ran = nextActivity(two, hook({ ...bash('rm -r x'), hook_event_name: 'PostToolUse' }), T + 2_000);
    expect(activityView(ran).request?.id).toBe('r2');
  });
});

describe('without a register', () => {
  const hooked = [...started, [400, hook({ hook_event_name: 'SessionStart', source: 'startup' })]] as const;
  it.each<[string, readonly (readonly [number, ActivityEvent])[], string]>([
    ['begun', [], 'done'],
    ['a prompt', [[1_000, prompt]], 'working'],
    [
      'a turn that ended',
      [
        [1_000, prompt],
        [2_000, stop()],
      ],
      'done',
    ],
    [
      'a Stop of an earlier turn',
      [
        [1_000, prompt],
        [2_000, stop('p0')],
      ],
      'working',
    ],
    [
      'a sub-agent that goes on',
      [
        [1_000, prompt],
        [2_000, stop('p1', [{ type: 'subagent', status: 'running' }])],
      ],
      'working',
    ],
    [
      'a permission',
      [
        [1_000, prompt],
        [2_000, hook(bash('ls'))],
      ],
      'needsYou',
    ],
    [
      'a permission that was given: its tool ran',
      [
        [1_000, prompt],
        [2_000, hook(bash('ls'))],
        [4_000, hook({ ...bash('ls'), hook_event_name: 'PostToolUse' })],
      ],
      'working',
    ],
    [
      'a permission that was given: the title turns',
      [
        [1_000, prompt],
        [2_000, hook(bash('ls'))],
        [4_000, title('working')],
      ],
      'working',
    ],
    [
      'Esc in a dialog',
      [
        [1_000, prompt],
        [2_000, hook(bash('ls'))],
        [4_000, key('escape')],
        [6_000, noRegister],
      ],
      'unknown',
    ],
    [
      'Esc in work, and the title rests',
      [
        [1_000, prompt],
        [1_100, title('working')],
        [3_000, key('escape')],
        [3_100, title('idle')],
        [5_000, noRegister],
      ],
      'done',
    ],
    [
      'the title rests, and no Stop came',
      [
        [1_000, prompt],
        [1_100, title('working')],
        [3_100, title('idle')],
        [5_000, noRegister],
      ],
      'unknown',
    ],
    [
      'Esc in work without a title',
      [
        [1_000, prompt],
        [3_000, key('escape')],
        [5_000, noRegister],
      ],
      'unknown',
    ],
    [
      'a long silence in work',
      [
        [1_000, prompt],
        [1_100, title('working')],
        [600_000, noRegister],
      ],
      'working',
    ],
    ['compaction', [[1_000, hook({ hook_event_name: 'PreCompact' })]], 'working'],
    [
      '/compact is over',
      [
        [1_000, hook({ hook_event_name: 'PreCompact' })],
        [2_000, hook({ hook_event_name: 'PostCompact', trigger: 'manual' })],
      ],
      'done',
    ],
    [
      'compaction in a turn is over',
      [
        [1_000, prompt],
        [2_000, hook({ hook_event_name: 'SessionStart', source: 'compact' })],
      ],
      'working',
    ],
    [
      '/clear',
      [
        [1_000, prompt],
        [2_000, stop()],
        [3_000, hook({ hook_event_name: 'SessionStart', source: 'clear' })],
      ],
      'done',
    ],
    [
      'the late reminder of a permission',
      [
        [1_000, prompt],
        [7_000, hook({ hook_event_name: 'Notification', notification_type: 'permission_prompt' })],
      ],
      'needsYou',
    ],
    [
      'the reminder of an idle prompt is no need',
      [
        [1_000, prompt],
        [2_000, stop()],
        [62_000, hook({ hook_event_name: 'Notification', notification_type: 'idle_prompt' })],
      ],
      'done',
    ],
    [
      'a failure',
      [
        [1_000, prompt],
        [2_000, hook({ hook_event_name: 'StopFailure', prompt_id: 'p1', error: 'overloaded' })],
      ],
      'failed',
    ],
    [
      'its file is gone: the last word stands until something is seen',
      [
        [1_000, register('busy', T + 900)],
        [2_000, noRegister],
      ],
      'working',
    ],
  ])('%s', (_, events, expected) => {
    expect(shown(...hooked, ...events)).toBe(expected);
  });

  it('no hooks at all: titles say whether it works, and rest is not told from a question', () => {
    const bare = [...started, [400, title('idle')]] as const;
    expect(shown(...bare)).toBe('done');
    expect(shown(...bare, [1_000, title('working')])).toBe('working');
    expect(shown(...bare, [1_000, title('working')], [5_000, title('idle')], [7_000, noRegister])).toBe(
      'unknown',
    );
  });
});

// --- properties ---

const facts: fc.Arbitrary<HookFact> = fc.oneof(
  fc
    .constantFrom<object>(
      { hook_event_name: 'SessionStart', source: 'resume' },
      { hook_event_name: 'SessionStart', source: 'compact' },
      { hook_event_name: 'UserPromptSubmit', prompt_id: 'p1' },
      { hook_event_name: 'UserPromptSubmit', prompt_id: 'p2' },
      { hook_event_name: 'PreToolUse', prompt_id: 'p1', tool_name: 'Bash' },
      { hook_event_name: 'PreToolUse', tool_name: 'AskUserQuestion' },
      bash('a'),
      bash('b', { agent_id: 'x' }),
      { ...bash('a'), hook_event_name: 'PostToolUse' },
      { ...bash('b', { agent_id: 'x' }), hook_event_name: 'PostToolUseFailure' },
      { hook_event_name: 'Stop', prompt_id: 'p1', background_tasks: [{ type: 'shell', status: 'running' }] },
      {
        hook_event_name: 'Stop',
        prompt_id: 'p2',
        background_tasks: [{ type: 'subagent', status: 'running' }],
      },
      { hook_event_name: 'StopFailure', error: 'unknown', last_assistant_message: 'no' },
      { hook_event_name: 'Notification', notification_type: 'permission_prompt' },
      { hook_event_name: 'Notification', notification_type: 'idle_prompt' },
      { hook_event_name: 'PreCompact' },
      { hook_event_name: 'SessionEnd', reason: 'clear' },
    )
    .map((event) => hookFact(event as Record<string, unknown>)),
);
const statuses = fc.constantFrom('busy', 'idle', 'shell', 'waiting', null);
const event: fc.Arbitrary<(now: number) => ActivityEvent> = fc.oneof(
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('waiting', 'starting', 'running', 'exited', 'lost')
      .map((state) => () => ({ type: 'process', state, startedAt: T }) as const),
  },
  {
    weight: 6,
    arbitrary: fc.tuple(facts, fc.constantFrom('r1', 'r2'), fc.boolean()).map(
      ([fact, id, held]) =>
        () =>
          ({ type: 'hook', fact, id, held }) as const,
    ),
  },
  {
    weight: 5,
    arbitrary: fc
      .tuple(
        statuses,
        fc.integer({ min: 0, max: 3_000 }),
        fc.constantFrom('permission prompt', 'dialog open', null),
      )
      .map(
        ([status, ago, waitingFor]) =>
          (now: number) =>
            register(status, now - ago, waitingFor),
      ),
  },
  { weight: 2, arbitrary: fc.constant(() => noRegister) },
  { weight: 2, arbitrary: fc.constantFrom('working', 'idle', null).map((mark) => () => title(mark)) },
  { weight: 2, arbitrary: fc.constantFrom('escape', 'interrupt', 'enter').map((name) => () => key(name)) },
  { weight: 1, arbitrary: fc.boolean().map((waiting) => () => ({ type: 'credentials', waiting }) as const) },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.boolean(), fc.boolean()).map(
      ([onboarded, trusted]) =>
        () =>
          ({ type: 'gate', onboarded, trusted }) as const,
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constantFrom('r1', 'r2'), fc.boolean()).map(
      ([id, answered]) =>
        () =>
          ({ type: 'released', id, answered }) as const,
    ),
  },
  { weight: 1, arbitrary: fc.constant(() => ({ type: 'looked' }) as const) },
  { weight: 2, arbitrary: fc.constant(() => time) },
  { weight: 1, arbitrary: fc.boolean().map((screen) => () => ({ type: 'screen', shown: screen }) as const) },
);
const history = fc.array(fc.tuple(fc.integer({ min: 0, max: 4_000 }), event), { maxLength: 60 });
const numRuns = process.env.CI ? 20_000 : 2_000;

/** Plays a history; `each` sees every state on the way. Answers the last state and its time. */
function lived(
  events: readonly (readonly [number, (now: number) => ActivityEvent])[],
  each: (after: Activity, before: Activity, now: number) => void = () => undefined,
): { state: Activity; now: number } {
  let state = nextActivity(noActivity, { type: 'process', state: 'starting', startedAt: T }, T);
  let now = T;
  for (const [pause, make] of events) {
    now += pause;
    const before = state;
    state = nextActivity(before, make(now), now);
    each(state, before, now);
  }
  return { state, now };
}

describe('whatever happens', () => {
  it('nothing is asked where nobody is needed, and what is asked is all there to be answered', () => {
    fc.assert(
      fc.property(history, (events) => {
        lived(events, (after) => {
          const view = activityView(after);
          if (view.request) expect(view.state).toBe('needsYou');
          if (view.request?.answerable) expect(after.asks[0]).toMatchObject({ held: true, complete: true });
          if (view.state !== 'done') expect(view.seen).toBe(true);
          if (view.state !== 'failed') expect(view.reason).toBeNull();
          if (after.phase !== 'asking') expect(after.asks).toEqual([]);
        });
      }),
      { numRuns },
    );
  });

  it('it is never stuck: what the register goes on saying is shown', () => {
    const truth = fc.constantFrom(
      ['busy', null, ['working']] as const,
      ['waiting', 'permission prompt', ['needsYou']] as const,
      ['idle', null, ['done', 'failed']] as const,
      ['shell', null, ['done', 'failed']] as const,
    );
    fc.assert(
      fc.property(history, truth, (events, [status, waitingFor, expected]) => {
        let { state, now } = lived(events);
        const changedAt = now;
        state = nextActivity(state, { type: 'process', state: 'running', startedAt: T }, now);
        state = nextActivity(state, { type: 'credentials', waiting: false }, now);
        // The caller reads at checkAt, which is never far.
        for (const end = now + 8_000; now < end; ) {
          expect(state.checkAt).not.toBeNull();
          now = Math.max(now + 1, Math.min(state.checkAt ?? now, now + 6_000));
          state = nextActivity(state, register(status, changedAt, waitingFor), now);
        }
        expect(expected).toContain(activityState(state));
      }),
      { numRuns },
    );
  });

  it('a process that ended is exited', () => {
    fc.assert(
      fc.property(history, (events) => {
        const { state, now } = lived(events);
        expect(
          activityState(nextActivity(state, { type: 'process', state: 'exited', startedAt: T }, now)),
        ).toBe('exited');
      }),
      { numRuns: numRuns / 4 },
    );
  });

  it('events that are not known change nothing', () => {
    const strange = fc.oneof(
      fc.record({ hook_event_name: fc.string() }),
      fc.record({
        hook_event_name: fc.constantFrom('TaskCreated', 'SubagentStop', 'Elicitation', 'SessionEnd'),
        tool_name: fc.string(),
      }),
      // A sub-agent's own affairs.
      fc.record({
        hook_event_name: fc.constantFrom('PreToolUse', 'Stop', 'UserPromptSubmit', 'SessionStart'),
        agent_id: fc.string(),
        tool_name: fc.string(),
      }),
      fc.object().map((fields) => ({ ...fields, hook_event_name: 'Unheard' })),
    );
    fc.assert(
      fc.property(history, strange, (events, given) => {
        const { state, now } = lived(events);
        const fact = hookFact(given as Record<string, unknown>);
        if (fact.what !== 'nothing') return;
        const after = nextActivity(state, { type: 'hook', fact, id: 'x' }, now + 1);
        expect(activityView(after)).toEqual(activityView(state));
        expect(after.asks).toEqual(state.asks);
      }),
      { numRuns },
    );
  });
});
