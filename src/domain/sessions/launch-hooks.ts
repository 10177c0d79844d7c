/**
 * The hooks that tell the agent what Claude Code does. Hooks of several settings files all run, so the person's own
 * go on beside them. In exec form (`command` with `args`) no shell reads the words.
 */

/** Claude Code waits for these: a person may decide a permission, a cap may stop a turn (docs/session-state.md). */
const answered = ['UserPromptSubmit', 'PreToolUse'] as const;
/** News only: Claude Code goes on at once. A name that a version does not know makes it ask its person about the settings file at each start, so only names that have long been there. */
const told = [
  'SessionStart',
  'PostToolUse',
  'PostToolUseFailure',
  'Notification',
  'PreCompact',
  'Stop',
  'StopFailure',
  'SessionEnd',
] as const;

/** The relay ends by itself after two seconds. */
const TIMEOUT_S = 5;
/** How long the relay waits for a person's decision: a little longer than the agent does (ActivityRoom). */
const DECISION_S = 3_660;

/**
 * `relay`: the command of the relay with the agent's socket and the session (programs.ts). `args`: what claude is
 * started with: with `-p` there is no dialog, and Claude Code would stand still for as long as a permission hook takes.
 */
export function launchHooks(
  relay: readonly string[],
  args: readonly string[],
): Record<string, readonly object[]> {
  const [command, ...words] = relay;
  const print = args.some((arg) => arg === '-p' || arg === '--print');
  const entry = (more: object, ...seconds: string[]) => [
    { hooks: [{ type: 'command', command, args: [...words, ...seconds], timeout: TIMEOUT_S, ...more }] },
  ];
  return {
    ...Object.fromEntries(told.map((name) => [name, entry({ async: true })])),
    ...Object.fromEntries(answered.map((name) => [name, entry({})])),
    PermissionRequest: print
      ? entry({ async: true })
      : entry({ timeout: DECISION_S + TIMEOUT_S }, String(DECISION_S)),
  };
}

/** The person's hooks with ours behind them; what is not a list stays as it is, for Claude Code to complain about. */
export function withHooks(
  person: Readonly<Record<string, unknown>>,
  ours: Readonly<Record<string, readonly object[]>>,
): Record<string, unknown> {
  const hooks: Record<string, unknown> = { ...person };
  for (const [name, entries] of Object.entries(ours)) {
    const theirs = person[name] ?? [];
    hooks[name] = Array.isArray(theirs) ? [...theirs, ...entries] : theirs;
  }
  return hooks;
}
