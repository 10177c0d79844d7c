import type { CredentialsView, Snapshot } from '../../contract/state.ts';
import { modelFamily } from '../bedrock/model-family.ts';
import type { Overview, OverviewState } from '../overview.ts';
import { questionsChangeAt } from './menu-claude.ts';
import { action, type MenuEntry } from './menu-entries.ts';
import { endingFrom, type IconState, isEnding } from './menu-icon.ts';
import type { MenuInput } from './menu-input.ts';
import { type Message, safeText, timeLeftChangesIn, timeLeftWords, word } from './menu-words.ts';

/** What the moment is called in menu and tooltip: who one is, how long it lasts, and when these words change. */

/** The state in a few words, with the time left where there is one. */
export function stateLine(snapshot: Snapshot, view: Overview, icon: IconState, now: number): Message {
  const ends = endOfSignIn(snapshot, view);
  if (icon === 'ending' && ends !== null) {
    return word('stateWithTimeLeft', { state: word('stateEnding'), left: timeLeftWords(ends - now) });
  }
  const state =
    icon === 'offline'
      ? word(snapshot.network.state === 'captive' ? 'stateCaptive' : 'stateOffline')
      : word(
          `state${view.state[0]?.toUpperCase()}${view.state.slice(1)}` as `state${Capitalize<OverviewState>}`,
        );
  if (view.endless) return word('stateWithoutEnd', { state });
  if (view.timeLeft === null || view.state === 'signingIn') return state;
  return word('stateWithTimeLeft', { state, left: timeLeftWords(view.timeLeft.until - now) });
}

/** When a sign-in that only a person can renew ends (epoch ms). */
function endOfSignIn(snapshot: Snapshot, { ssoSession }: Overview): number | null {
  const ends = [
    snapshot.ending?.endsAt ?? null,
    ssoSession?.refreshable === false ? ssoSession.expiresAt : null,
  ].filter((at) => at !== null);
  return ends.length === 0 ? null : Math.min(...ends);
}

/** Account and role, the account with its name where that is known; null before a role is chosen. */
export function identityOf(
  credentials: CredentialsView | null,
  accounts: MenuInput['accounts'],
): Message | null {
  const { accountId = null, roleName = null } = credentials ?? {};
  if (accountId === null || roleName === null) return null;
  const role = safeText(roleName);
  const name = safeText(accounts?.find((a) => a.accountId === accountId)?.name ?? '', 40);
  return name === ''
    ? word('identity', { accountId, roleName: role })
    : word('identityWithName', { account: name, accountId, roleName: role });
}

/** Name of a model as Bedrock lists it here, until that is known as people call it. */
export function modelName(id: string | null, models: MenuInput['models']): Message {
  if (id === null) return word('modelDefault');
  return { text: safeText(models?.find((m) => m.id === id)?.name ?? modelFamily(id) ?? id) };
}

/** Three lines at most: the state and who asks, who one is, where and with which model. */
export function tooltipOf(view: Overview, state: Message, asking: number, input: MenuInput): Message {
  const first = word('tooltip', {
    state: asking === 0 ? state : word('stateAndQuestions', { state, count: asking }),
  });
  const { environment, credentials } = view;
  const more = [
    identityOf(credentials, input.accounts),
    environment === null
      ? null
      : word('regionAndModel', {
          region: environment.region,
          model: modelName(environment.model, input.models),
        }),
  ].filter((line) => line !== null);
  return more.reduce((said, line) => word('tooltipLines', { said, line }), first);
}

/** Who one is, and what is wrong. */
export function stateEntries(view: Overview, state: Message, accounts: MenuInput['accounts']): MenuEntry[] {
  const identity = identityOf(view.credentials, accounts);
  return [
    { kind: 'label', label: state },
    ...(identity === null ? [] : [{ kind: 'label', label: identity } as const]),
    ...(view.problems.length === 0
      ? []
      : [action(word('showProblem'), { type: 'openWindow', place: 'overview' })]),
  ];
}

/** When `now` reaches this, words or icon change although nothing happened (epoch ms); null: they never do. */
export function changesAt(snapshot: Snapshot, view: Overview, now: number): number | null {
  const wordsChangeAt = (until: number | null | undefined): number | null => {
    const change = until === null || until === undefined ? null : timeLeftChangesIn(until - now);
    return change === null ? null : now + change;
  };
  const instants = [
    wordsChangeAt(view.timeLeft?.until),
    wordsChangeAt(isEnding(snapshot, view, now) ? endOfSignIn(snapshot, view) : null),
    wordsChangeAt(snapshot.prompt?.snoozedUntil),
    // What has run out changes the state itself.
    view.timeLeft?.until ?? null,
    endingFrom(view.ssoSession),
    questionsChangeAt(snapshot, now),
  ].filter((at): at is number => at !== null && at > now);
  return instants.length === 0 ? null : Math.min(...instants);
}
