import { bash, type ScriptedSession, say, use } from './scripted-session.ts';

/**
 * What people (and models) do in a session. Each act begins and ends with Claude Code waiting at its prompt, and holds
 * every state on its way for a while.
 */
export type Act = (s: ScriptedSession) => Promise<void>;

const question = use('AskUserQuestion', {
  questions: [
    {
      question: '你要哪个颜色 (which colour)?',
      header: 'Colour',
      multiSelect: false,
      options: [
        { label: 'Red', description: 'as a rose' },
        { label: '蓝色', description: 'as the sky' },
      ],
    },
  ],
});

const throttled = {
  status: 429,
  type: 'ThrottlingException',
  message: 'Too many tokens, please wait before trying again.',
};

/** A turn that waits to be let go. */
const held = (...content: (ReturnType<typeof say> | ReturnType<typeof use>)[]) => ({ hold: true, content });

/** A folder that is not there yet, as the argument of a command that asks for permission. */
let folders = 0;
const newFolder = () => `made-${++folders}`;

async function permission(s: ScriptedSession): Promise<string> {
  const command = `mkdir ${newFolder()}`;
  const marker = await s.prompt([held(say('I look.'), bash(command)), held(say('all made'))]);
  await s.dwell();
  await s.asksPerson(marker, 'permission', command);
  await s.dwell();
  return marker;
}

/** As the tray's and the page's buttons do. */
async function fromOutside(s: ScriptedSession, decision: 'allow' | 'deny'): Promise<void> {
  const request = s.view?.activity.request;
  if (!request?.answerable) throw new Error(`not to be answered from outside: ${JSON.stringify(request)}`);
  s.timeline.between(`${decision} from outside`);
  await s.agent.call('sessions.answer', { id: s.id, request: request.id, decision });
}

async function goesOn(s: ScriptedSession, marker: string, count: number, why: string): Promise<void> {
  await s.asked(marker, count);
  s.timeline.become('working', why);
  await s.dwell();
}

/** Shift+Tab goes round the permission modes. */
async function mode(s: ScriptedSession, wanted: 'plan' | 'manual' | 'auto'): Promise<void> {
  const shown = () => /[⏸⏵]+ [\w ]+? on/.exec(s.screen.text)?.[0];
  for (let presses = 0; presses < 6; presses++) {
    const before = shown();
    if (before?.includes(`${wanted} mode`)) return;
    s.press('shiftTab');
    await s.screen.until(() => shown() !== before, 'another mode', 5_000);
  }
  throw new Error(`no ${wanted} mode; the screen:\n${s.screen.text}`);
}

export const acts: Readonly<Record<string, Act>> = {
  answer: async (s) => {
    const marker = await s.prompt([held(say('好的，读完了。'))]);
    await s.dwell();
    await s.finish(marker, '好的，读完了。');
    await s.dwell();
  },

  'long answer, long silence': async (s) => {
    const text = `第一行 ${'long text '.repeat(160)} the very end`;
    const marker = await s.prompt([{ ...held(say(text)), chunkMs: 80 }]);
    await s.dwell(6_000);
    await s.sandbox.release(marker);
    await s.screen.until((shown) => shown.includes('long text'), 'a stream', 20_000);
    await s.dwell();
    s.timeline.between('the stream ends');
    await s.says('the very end');
    s.idle('the stream has ended');
    await s.dwell();
  },

  'a tool that may run': async (s) => {
    await s.closeGate('gate');
    const marker = await s.prompt([held(bash('sh gate.sh gate')), held(say('it ran'))]);
    await s.sandbox.release(marker);
    await s.dwell();
    await s.openGate('gate');
    await goesOn(s, marker, 2, 'its tool has run');
    await s.finish(marker, 'it ran');
    await s.dwell();
  },

  'permission allowed': async (s) => {
    const marker = await permission(s);
    await s.answer('enter');
    await goesOn(s, marker, 2, 'permission was given');
    await s.finish(marker, 'all made');
    await s.dwell();
  },

  'auto mode, which asks the model whether a command may run': async (s) => {
    await mode(s, 'auto');
    await s.closeGate('judged');
    const marker = await s.prompt([
      held(bash(`curl -s http://127.0.0.1:9/; sh gate.sh judged`)),
      held(say('judged')),
    ]);
    await s.sandbox.release(marker);
    await s.dwell();
    await s.openGate('judged');
    await goesOn(s, marker, 2, 'its tool has run');
    await s.finish(marker, 'judged');
    await s.dwell();
    await mode(s, 'manual');
  },

  'permission allowed from outside': async (s) => {
    const marker = await permission(s);
    await fromOutside(s, 'allow');
    await goesOn(s, marker, 2, 'permission was given from outside');
    await s.finish(marker, 'all made');
    await s.dwell();
  },

  'permission denied from outside': async (s) => {
    const marker = await permission(s);
    await fromOutside(s, 'deny');
    await goesOn(s, marker, 2, 'permission was denied from outside: it is told');
    await s.finish(marker, 'all made');
    await s.dwell();
  },

  'permission denied': async (s) => {
    await permission(s);
    await s.answer('4');
    await s.isIdle();
    s.idle('permission was denied');
    await s.dwell();
  },

  'permission denied with Esc': async (s) => {
    await permission(s);
    await s.answer('esc');
    await s.isIdle();
    s.idle('Esc in the dialog');
    await s.dwell();
  },

  'two permissions at once': async (s) => {
    const [one, two] = [newFolder(), newFolder()];
    const marker = await s.prompt([held(bash(`mkdir ${one}`), bash(`mkdir ${two}`)), held(say('both made'))]);
    await s.dwell();
    await s.asksPerson(marker, 'permission', one);
    await s.dwell();
    await s.answer('enter', `mkdir ${two}\n`);
    s.needsPerson('permission', two);
    await s.dwell();
    await s.answer('enter');
    await goesOn(s, marker, 2, 'both permissions were given');
    await s.finish(marker, 'both made');
    await s.dwell();
  },

  'question answered': async (s) => {
    const marker = await s.prompt([held(question), held(say('red it is'))]);
    await s.dwell();
    await s.asksPerson(marker, 'question', '哪个颜色');
    await s.dwell();
    await s.answer('enter');
    await goesOn(s, marker, 2, 'the question was answered');
    await s.finish(marker, 'red it is');
    await s.dwell();
  },

  'question refused with Esc': async (s) => {
    const marker = await s.prompt([held(question)]);
    await s.asksPerson(marker, 'question');
    await s.dwell();
    await s.answer('esc');
    await s.isIdle();
    s.idle('Esc in the question');
    await s.dwell();
  },

  'plan approved': async (s) => {
    await mode(s, 'plan');
    const marker = await s.prompt([
      held(use('ExitPlanMode', { plan: '# 计划\n1. do it' })),
      held(say('planned')),
    ]);
    await s.dwell();
    await s.asksPerson(marker, 'plan');
    await s.dwell();
    await s.answer('1');
    await goesOn(s, marker, 2, 'the plan was approved');
    await s.finish(marker, 'planned');
    await s.dwell();
  },

  'plan refused': async (s) => {
    await mode(s, 'plan');
    const marker = await s.prompt([
      held(use('ExitPlanMode', { plan: '# 计划\n1. do it' })),
      held(say('no plan')),
    ]);
    await s.asksPerson(marker, 'plan');
    await s.dwell();
    await s.answer('esc');
    await s.isIdle();
    s.idle('the plan was refused');
    await s.dwell();
    await mode(s, 'manual');
  },

  'Esc before a word was said': async (s) => {
    await s.prompt([held(say('never said'))]);
    await s.dwell();
    await s.interrupt('esc', 'Esc before a word was said');
    await s.dwell();
  },

  'Esc in the middle of an answer': async (s) => {
    await s.prompt([{ content: [say('word '.repeat(400))], chunkMs: 150 }]);
    await s.screen.until((text) => text.includes('word word'), 'a stream', 20_000);
    await s.dwell();
    await s.interrupt('esc', 'Esc in the middle of an answer');
    await s.dwell();
  },

  'Esc while a tool runs': async (s) => {
    await s.closeGate('never');
    const marker = await s.prompt([{ content: [bash('sh gate.sh never')] }]);
    await s.ended(marker, 1);
    await s.dwell();
    await s.interrupt('esc', 'Esc while a tool runs');
    await s.openGate('never');
    await s.dwell();
  },

  'Ctrl+C in the middle of work': async (s) => {
    await s.prompt([held(say('never said'))]);
    await s.dwell();
    await s.interrupt('ctrlC', 'Ctrl+C in the middle of work');
    await s.dwell();
  },

  'keys that do nothing': async (s) => {
    await s.type('half a thought');
    await s.dwell();
    await s.untype();
    s.press('esc');
    await s.dwell();
    s.press('ctrlC');
    await s.screen.until((text) => /Press Ctrl-C again/.test(text), 'the hint after Ctrl+C', 5_000);
    await s.dwell();
    await s.screen.until((text) => !/Press Ctrl-C again/.test(text), 'the end of that hint', 10_000);
  },

  'a queued prompt': async (s) => {
    const marker = await s.prompt([held(say('first done'))]);
    const next = s.marker();
    await s.sandbox.script(next, [held(say('second done'))]);
    await s.type(`do ${next}`);
    s.press('enter');
    await s.dwell();
    await s.sandbox.release(marker);
    await s.asked(next, 1);
    await s.dwell();
    await s.finish(next, 'second done');
    await s.dwell();
  },

  'a sub-agent that asks': async (s) => {
    const sub = s.marker();
    const command = `mkdir ${newFolder()}`;
    await s.sandbox.script(sub, [held(bash(command)), held(say('sub-agent done'))]);
    const agent = use('Agent', {
      description: 'Look',
      prompt: `please ${sub} now`,
      subagent_type: 'general-purpose',
    });
    const marker = await s.prompt([
      held(agent),
      { content: [say('it is on its way')] },
      held(say('all is back')),
    ]);
    await s.dwell();
    await s.sandbox.release(marker);
    await s.asked(sub, 1);
    await s.ended(marker, 2);
    await s.dwell(3_500);
    await s.asksPerson(sub, 'permission', command);
    await s.dwell();
    await s.answer('enter');
    await goesOn(s, sub, 2, 'the sub-agent got its permission');
    await s.sandbox.release(sub);
    await goesOn(s, marker, 3, 'the sub-agent is done');
    await s.finish(marker, 'all is back');
    await s.dwell();
  },

  'a background task': async (s) => {
    await s.closeGate('later');
    const task = bash('sh gate.sh later', { run_in_background: true });
    const marker = await s.prompt([
      held(task),
      { content: [say('it runs aside')] },
      held(say('it has ended')),
    ]);
    await s.dwell();
    s.timeline.between('the answer comes, the task runs on');
    await s.sandbox.release(marker);
    await s.says('it runs aside');
    s.idle('it has answered, the task runs on');
    await s.dwell(3_500);
    s.timeline.between('the background task ends');
    await s.openGate('later');
    await goesOn(s, marker, 3, 'the background task has ended and wakes it');
    await s.finish(marker, 'it has ended');
    await s.dwell();
  },

  'throttled, then answered': async (s) => {
    const marker = await s.prompt([
      { hold: true, error: throttled },
      { error: throttled },
      held(say('through')),
    ]);
    await s.dwell();
    await s.sandbox.release(marker);
    await s.asked(marker, 3);
    await s.dwell();
    await s.finish(marker, 'through');
    await s.dwell();
  },

  'throttled for good': async (s) => {
    const marker = await s.prompt([
      { hold: true, error: throttled },
      { error: throttled, times: 100 },
    ]);
    await s.dwell();
    s.timeline.between('every try is throttled');
    await s.sandbox.release(marker);
    await s.says('API Error: Request rejected (429)');
    s.timeline.become('failed', 'every try was throttled');
    await s.dwell();
  },

  'overloaded in the middle of a stream': async (s) => {
    const marker = await s.prompt([
      { ...held(say('broken off '.repeat(20))), streamError: 'modelStreamErrorException' },
      { error: { status: 503, type: 'ServiceUnavailableException', message: 'Bedrock is overloaded' } },
      held(say('whole again')),
    ]);
    await s.dwell();
    await s.sandbox.release(marker);
    await s.asked(marker, 3);
    await s.dwell();
    await s.finish(marker, 'whole again');
    await s.dwell();
  },

  'a request that is refused': async (s) => {
    const error = { status: 400, type: 'ValidationException', message: 'The model says no to this input.' };
    const marker = await s.prompt([
      { hold: true, error },
      { error, times: 100 },
    ]);
    await s.dwell();
    s.timeline.between('it is refused');
    await s.sandbox.release(marker);
    await s.says('The model says no to this input.');
    s.timeline.become('failed', 'it was refused');
    await s.dwell();
  },

  '/clear': async (s) => {
    const marker = await s.prompt([held(say('soon forgotten'))]);
    await s.finish(marker, 'soon forgotten');
    await s.type('/clear');
    s.timeline.between('/clear');
    s.press('enter');
    await s.screen.until((text) => !text.includes('soon forgotten'), 'a cleared screen', 20_000);
    await s.isIdle();
    s.idle('/clear');
    await s.dwell();
    const next = await s.prompt([held(say('a new page'))]);
    await s.dwell();
    await s.finish(next, 'a new page');
    await s.dwell();
  },

  '/exit and resume': async (s) => {
    const marker = await s.prompt([held(say('remember me'))]);
    await s.finish(marker, 'remember me');
    await s.type('/exit');
    s.timeline.between('/exit');
    s.press('enter');
    await s.exited();
    s.timeline.become('exited', '/exit');
    await s.dwell();
    await s.resume();
    s.idle('it is opened again');
    await s.dwell();
  },

  'Ctrl+C twice and resume': async (s) => {
    const marker = await s.prompt([held(say('and me'))]);
    await s.finish(marker, 'and me');
    await s.dwell();
    s.press('ctrlC');
    await s.screen.until((text) => /Press Ctrl-C again/.test(text), 'the hint after Ctrl+C', 5_000);
    s.timeline.between('Ctrl+C twice');
    s.press('ctrlC');
    await s.exited();
    s.timeline.become('exited', 'Ctrl+C twice');
    await s.dwell();
    await s.resume();
    s.idle('it is opened again');
    await s.dwell();
  },

  'from a second terminal': async (s) => {
    const second = await s.attach();
    await second.until((text) => text.trim() !== '', 'the same screen', 10_000);
    const marker = await s.prompt([held(say('seen twice'))], second);
    await s.dwell();
    s.detach();
    await s.dwell();
    await s.finish(marker, 'seen twice');
    await s.dwell();
  },
};
