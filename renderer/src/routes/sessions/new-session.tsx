import { type FormEvent, type ReactNode, useState } from 'react';
import { Button as AriaButton, Disclosure, DisclosurePanel, Form, Heading } from 'react-aria-components';
import { ModelChoice, RegionChoice } from '../../components/bedrock-choices.tsx';
import { Button } from '../../components/button.tsx';
import { Choice, FreeChoice } from '../../components/fields.tsx';
import { Icon } from '../../components/icons.tsx';
import { ErrorNotice, Notice } from '../../components/notice.tsx';
import { useAgent, useSnapshot, useWords } from '../../model/app-context.tsx';
import { folderProblem } from '../../model/names.ts';
import { folderName, plainText } from '../../model/plain-text.ts';
import { routeHref } from '../../model/route.ts';
import { useOpenClaude } from '../overview/use-open-claude.ts';

/** Asks for a folder, and where wanted for another environment, region or model, and opens Claude Code. */
export function NewSession({ first }: { first: boolean }): ReactNode {
  const words = useWords();
  const agent = useAgent();
  const { environments, activeEnvironment, recentFolders, ssoSessions } = useSnapshot();
  const { open, pending, error } = useOpenClaude();
  const [folder, setFolder] = useState(recentFolders[0] ?? '');
  const [shown, setShown] = useState(false);
  const [environmentName, setEnvironmentName] = useState<string | null>(null);
  const [region, setRegion] = useState<string | null>(null);
  const [model, setModel] = useState<string | null>(null);
  const environment =
    environments.find((e) => e.name === (environmentName ?? activeEnvironment)) ?? environments[0] ?? null;
  const wrong = folderProblem(folder);
  const chooser = agent.chooseFolder;

  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setShown(true);
    if (wrong || !environment) return;
    void open(folder.trim(), {
      ...(environment.name === activeEnvironment ? {} : { environment: environment.name }),
      ...(region === null || region === environment.region ? {} : { region }),
      ...(model === null || model === environment.model ? {} : { model }),
    });
  };
  return (
    <div className="main-scroll">
      <div className="page new-session">
        <div>
          <h2 className="as-title">{words.t('page:newSessionTitle')}</h2>
          <p className="quiet">{words.t(first ? 'page:newSessionFirst' : 'page:newSessionExplained')}</p>
        </div>
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
            <Form className="form" onSubmit={submit} validationBehavior="aria">
              <div className="folder-field">
                <FreeChoice
                  label={words.t('page:folder')}
                  hint={words.t('page:folderHint')}
                  placeholder="/home/me/project"
                  options={recentFolders.map((f) => ({
                    id: f,
                    label: plainText(f, 300),
                    detail: folderName(f),
                  }))}
                  value={folder}
                  onCommit={setFolder}
                  onInput={setFolder}
                  opens="onRequest"
                  error={shown && wrong ? words.t(`page:${wrong}`) : null}
                />
                {chooser && (
                  <Button
                    icon="folder"
                    onPress={() =>
                      void chooser().then((chosen) => {
                        if (chosen !== null) setFolder(chosen);
                      })
                    }
                  >
                    {words.t('page:browse')}
                  </Button>
                )}
              </div>
              <Disclosure className="more">
                <Heading level={3}>
                  <AriaButton slot="trigger" className="button plain">
                    <Icon name="down" size={16} />
                    {words.t('page:otherRegionOrModel')}
                  </AriaButton>
                </Heading>
                <DisclosurePanel>
                  <div className="form-pair more-fields">
                    {environments.length > 1 && (
                      <Choice
                        label={words.t('page:environment')}
                        value={environment.name}
                        options={environments.map((e) => ({
                          id: e.name,
                          label: plainText(e.name),
                          detail: `${plainText(e.profile)} · ${e.region}`,
                        }))}
                        onChange={setEnvironmentName}
                      />
                    )}
                    <RegionChoice
                      label={words.t('page:bedrockRegion')}
                      value={region ?? environment.region}
                      onCommit={setRegion}
                      opens="onRequest"
                    />
                    <ModelChoice
                      label={words.t('page:model')}
                      environment={environment.name}
                      region={region ?? environment.region}
                      ask
                      value={model ?? environment.model}
                      onCommit={setModel}
                      opens="onRequest"
                    />
                  </div>
                </DisclosurePanel>
              </Disclosure>
              <ErrorNotice error={error} />
              <div className="form-buttons">
                <Button type="submit" look={['primary', 'large']} isPending={pending}>
                  {words.t('page:openClaude')}
                </Button>
              </div>
            </Form>
          </section>
        )}
      </div>
    </div>
  );
}
