import { type FormEvent, type ReactNode, useState } from 'react';
import { Button as AriaButton, Disclosure, DisclosurePanel, Form, Heading } from 'react-aria-components';
import { SessionName } from '../../../../src/contract/names.ts';
import type { ProcedureInput } from '../../../../src/contract/procedures.ts';
import type { Environment } from '../../../../src/contract/state.ts';
import { Button } from '../../components/button.tsx';
import { Choice } from '../../components/fields.tsx';
import { Icon } from '../../components/icons.tsx';
import { ErrorNotice, Notice } from '../../components/notice.tsx';
import { useAgent, useSnapshot, useWords } from '../../model/app-context.tsx';
import { useAct } from '../../model/ask.ts';
import { MOST_PANES } from '../../model/layout.ts';
import { folderProblem } from '../../model/names.ts';
import { plainText } from '../../model/plain-text.ts';
import { routeHref } from '../../model/route.ts';
import { splitArguments } from '../../model/session-arguments.ts';
import { useCapText } from './cap-dialog.tsx';
import { ClaudeFound } from './claude-found.tsx';
import { useDesk } from './desk.tsx';
import { FolderFields } from './folder-fields.tsx';
import { NewSessionOptions, type SessionOptions } from './new-session-options.tsx';

/** Asks for folders and whatever else is wished, and opens Claude Code. */
export function NewSession({ first }: { first: boolean }): ReactNode {
  const words = useWords();
  const { environments, activeEnvironment, ssoSessions } = useSnapshot();
  const [environmentName, setEnvironmentName] = useState<string | null>(null);
  const environment =
    environments.find((e) => e.name === (environmentName ?? activeEnvironment)) ?? environments[0] ?? null;
  return (
    <div className="main-scroll">
      <div className="page new-session">
        <div>
          <h2 className="as-title">{words.t('page:newSessionTitle')}</h2>
          <p className="quiet">{words.t(first ? 'page:newSessionFirst' : 'page:newSessionExplained')}</p>
        </div>
        <ClaudeFound />
        {environment === null ? (
          <Notice
            tone="attention"
            action={
              <a className="button" href={routeHref('access', ssoSessions.length === 0 ? 'add' : 'roles')}>
                {words.t('page:navAccess')}
              </a>
            }
          >
            {words.t('page:newSessionNoEnvironment')}
          </Notice>
        ) : (
          <section className="panel" aria-label={words.t('page:newSessionTitle')}>
            <NewSessionForm environment={environment} onEnvironment={setEnvironmentName} />
          </section>
        )}
      </div>
    </div>
  );
}

function NewSessionForm({
  environment,
  onEnvironment,
}: {
  environment: Environment;
  onEnvironment: (name: string) => void;
}): ReactNode {
  const words = useWords();
  const agent = useAgent();
  const desk = useDesk();
  const { environments, activeEnvironment, recentFolders, pinnedFolders, settings } = useSnapshot();
  const { run, pending, error } = useAct();
  const [folders, setFolders] = useState<readonly string[]>([recentFolders[0] ?? pinnedFolders[0] ?? '']);
  const [shown, setShown] = useState(false);
  const [options, setOptions] = useState<SessionOptions>({
    region: null,
    model: null,
    permissionMode: null,
    name: '',
    addDirs: [],
    args: '',
    count: 1,
    sideBySide: true,
  });
  const cap = useCapText(settings.sessions.cap);
  const args = splitArguments(options.args);
  const addDirs = options.addDirs.map((d) => d.trim()).filter((d) => d !== '');
  const nameWrong = options.name.trim() !== '' && !SessionName.safeParse(options.name).success;
  const total = folders.length * options.count;
  const wrong =
    folders.some((f) => folderProblem(f) !== null) ||
    addDirs.some((d) => folderProblem(d) !== null) ||
    args === null ||
    nameWrong ||
    cap.value === undefined;

  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setShown(true);
    if (wrong || args === null || cap.value === undefined) return;
    const name = options.name.trim();
    const wish: Omit<ProcedureInput<'sessions.open'>, 'cwd' | 'name'> = {
      ...(environment.name === activeEnvironment ? {} : { environment: environment.name }),
      ...(options.region === null || options.region === environment.region ? {} : { region: options.region }),
      ...(options.model === null || options.model === environment.model ? {} : { model: options.model }),
      ...(options.permissionMode === null ? {} : { permissionMode: options.permissionMode }),
      ...(addDirs.length === 0 ? {} : { addDirs }),
      ...(args.length === 0 ? {} : { args }),
      ...(sameCap(cap.value, settings.sessions.cap) ? {} : { cap: cap.value }),
    };
    void run(async () => {
      const opened: string[] = [];
      for (const folder of folders)
        for (let n = 1; n <= options.count; n++) {
          const own = name === '' ? '' : total === 1 ? name : `${name} ${opened.length + 1}`;
          const session = await agent.call('sessions.open', {
            cwd: folder.trim(),
            ...wish,
            ...(own === '' ? {} : { name: own }),
          });
          opened.push(session.id);
        }
      return opened;
    }).then((opened) => {
      if (!opened) return;
      if (opened.length > 1 && opened.length <= MOST_PANES && options.sideBySide) desk.together(opened);
      desk.opened(opened);
    });
  };
  return (
    <Form className="form" onSubmit={submit} validationBehavior="aria">
      <FolderFields folders={folders} onChange={setFolders} shown={shown} />
      {environments.length > 1 && (
        <Choice
          label={words.t('page:environment')}
          value={environment.name}
          options={environments.map((e) => ({
            id: e.name,
            label: plainText(e.name),
            detail: `${plainText(e.profile)} · ${e.region}`,
          }))}
          onChange={onEnvironment}
        />
      )}
      <p className="quiet small identity-line">
        <Icon name="access" size={15} />
        <span>
          {words.t(
            environment.identityMode === 'bedrock-only'
              ? 'sessions:identityBedrockOnly'
              : 'sessions:identityWholeSession',
            { profile: plainText(environment.profile, 80) },
          )}
        </span>
      </p>
      <Disclosure className="more">
        <Heading level={3}>
          <AriaButton slot="trigger" className="button plain">
            <Icon name="down" size={16} />
            {words.t('sessions:moreOptions')}
          </AriaButton>
        </Heading>
        <DisclosurePanel>
          <NewSessionOptions
            environment={environment}
            options={options}
            onChange={(patch) => setOptions((old) => ({ ...old, ...patch }))}
            cap={cap}
            total={total}
            argsWrong={args === null}
            nameWrong={nameWrong}
          />
        </DisclosurePanel>
      </Disclosure>
      <ErrorNotice error={error} />
      {error?.code === 'ArgumentRefused' && (
        <p className="quiet small">{words.t('sessions:argumentsExplained')}</p>
      )}
      <div className="form-buttons">
        <Button type="submit" look={['primary', 'large']} isPending={pending}>
          {total === 1 ? words.t('page:openClaude') : words.t('sessions:openMany', { count: total })}
        </Button>
      </div>
    </Form>
  );
}

function sameCap(
  a: { usd: number; stop: boolean } | null,
  b: { usd: number; stop: boolean } | null,
): boolean {
  return a?.usd === b?.usd && a?.stop === b?.stop;
}
