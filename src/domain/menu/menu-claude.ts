import type { SessionState, SessionView, Snapshot } from '../../contract/state.ts';
import { sessionIsOpen } from '../../contract/state.ts';
import { answerableAtAGlance, byAttention, needsPerson } from '../sessions/session-attention.ts';
import { recogniseTrouble } from '../troubles/recognise-trouble.ts';
import { action, joined, type MenuEntry } from './menu-entries.ts';
import { type MenuWord, type Message, safeText, shortFolder, timeLeftWords, word } from './menu-words.ts';

/** Recent folders, questions and sessions shown at most. */
const RECENT = 8;
const QUESTIONS = 4;
const SESSIONS = 10;
const MINUTE = 60_000;

/** What Claude Code asks, oldest first: a question that is short enough can be answered right here. */
export function questionEntries(snapshot: Snapshot, now: number): MenuEntry[] {
  const asking = byAttention(snapshot.sessions).filter(needsPerson);
  const rest = asking.length - QUESTIONS;
  return [
    ...asking.slice(0, QUESTIONS).map((session) => questionEntry(session, now)),
    ...(rest > 0
      ? [action(word('moreAsk', { count: rest }), { type: 'openWindow', place: 'sessions' } as const)]
      : []),
  ];
}

function questionEntry(session: SessionView, now: number): MenuEntry {
  const { id } = session;
  const { request, sinceAt } = session.activity;
  const label = word('sessionAsks', {
    name: safeText(session.name, 30),
    question: questionOf(session, 60),
    since: timeLeftWords(now - sinceAt),
  });
  const open = (text: MenuWord): MenuEntry => action(word(text), { type: 'openSession', id });
  if (request === null || !answerableAtAGlance(session)) {
    return action(label, { type: 'openSession', id });
  }
  const decide = (decision: 'allow' | 'deny'): MenuEntry =>
    action(word(decision), { type: 'answer', id, request: request.id, decision });
  return {
    kind: 'submenu',
    label,
    entries: joined([
      [
        ...(request.tool === null ? [] : [heading(word('wantsTool', { tool: safeText(request.tool) }))]),
        ...request.text.split('\n').map((line) => heading({ text: safeText(line, 240) })),
      ],
      [decide('allow'), decide('deny')],
      [open('openSession')],
    ]),
  };
}

const heading = (label: Message): MenuEntry => ({ kind: 'label', label });

/** What a session asks, in one line of at most `longest` characters. */
export function questionOf(session: SessionView, longest: number): Message {
  const { state, request } = session.activity;
  if (state === 'trust') return word('asksTrust');
  return request === null ? word('asksInTerminal') : { text: safeText(request.text, longest) };
}

/** When the words for how long something waits change (epoch ms); null where nothing waits. */
export function questionsChangeAt(snapshot: Snapshot, now: number): number | null {
  const waiting = snapshot.sessions.filter(needsPerson).map((s) => now - s.activity.sinceAt);
  const next = waiting.map((ms) => now + MINUTE - (((ms % MINUTE) + MINUTE) % MINUTE));
  return next.length === 0 ? null : Math.min(...next);
}

/** Claude Code: open it, and the sessions there are. It may be opened before the sign-in: the session then waits. */
export function claudeEntries(snapshot: Snapshot, userHome: string): MenuEntry[] {
  const enabled = snapshot.activeEnvironment !== null;
  const folders = [
    ...new Set([...snapshot.recentFolders.slice(0, 1), ...snapshot.pinnedFolders, ...snapshot.recentFolders]),
  ];
  const [last, ...others] = folders.slice(0, RECENT);
  const choose = (label: 'openClaude' | 'chooseFolder'): MenuEntry =>
    action(word(label), { type: 'chooseFolder' }, enabled);
  const open = (cwd: string, label: Message): MenuEntry =>
    action(label, { type: 'openClaude', cwd }, enabled);
  const entries: MenuEntry[] = [];
  if (last === undefined) entries.push(choose('openClaude'));
  else {
    entries.push(open(last, word('openClaudeIn', { folder: shortFolder(last, userHome) })), {
      kind: 'submenu',
      label: word('openClaudeElsewhere'),
      entries: joined([
        others.map((cwd) => open(cwd, { text: shortFolder(cwd, userHome) })),
        [choose('chooseFolder')],
      ]),
    });
  }
  const sessions = byAttention(snapshot.sessions);
  if (sessions.length > 0) {
    const listed = sessions.slice(0, SESSIONS);
    entries.push({
      kind: 'submenu',
      label: word('sessions', { count: sessions.filter(sessionIsOpen).length }),
      entries: joined([
        listed.map((s) => action(sessionLabel(s, userHome), { type: 'openSession', id: s.id })),
        listed.length < sessions.length
          ? [action(word('allSessions'), { type: 'openWindow', place: 'sessions' })]
          : [],
      ]),
    });
  }
  return entries;
}

const lifeWords = {
  waiting: 'sessionWaiting',
  starting: 'sessionStarting',
  running: 'session',
  exited: 'sessionExited',
  lost: 'sessionLost',
} as const satisfies Record<SessionState, MenuWord>;

/** What is said of a running session; what only `unknown` is known of is listed without a word. */
function activityWord({ activity }: SessionView): MenuWord | null {
  switch (activity.state) {
    case 'needsYou':
    case 'trust':
      return 'sessionNeedsYou';
    case 'working':
      return 'sessionWorking';
    case 'done':
      return activity.seen ? null : 'sessionDone';
    case 'paused':
      return 'sessionWaiting';
    case 'failed':
      return 'sessionFailed';
    default:
      return null;
  }
}

function sessionLabel(session: SessionView, userHome: string): Message {
  const said = session.state === 'running' ? activityWord(session) : null;
  const trouble = said === 'sessionFailed' ? recogniseTrouble(session.activity.reason ?? '') : null;
  if (trouble)
    return word('sessionFailedBy', {
      name: safeText(session.name, 40),
      trouble: { key: `troubles:${trouble.code}.what`, params: trouble.params },
    });
  return word(said ?? lifeWords[session.state], {
    name: safeText(session.name, 40),
    folder: shortFolder(session.cwd, userHome),
  });
}
