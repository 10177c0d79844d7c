import type { ReactNode } from 'react';
import type { CredentialsView, Environment } from '../../../../src/contract/state.ts';
import { environmentInRegion } from '../../../../src/domain/menu/environment-region.ts';
import type { Overview } from '../../../../src/domain/overview.ts';
import { runtimeNotesOf } from '../../../../src/domain/profiles/profile-notes.ts';
import { ModelChoice, RegionChoice } from '../../components/bedrock-choices.tsx';
import { Choice } from '../../components/fields.tsx';
import { Notes } from '../../components/notes.tsx';
import { ErrorNotice } from '../../components/notice.tsx';
import { useAgent, useSnapshot, useWords } from '../../model/app-context.tsx';
import { useAct, useAsk } from '../../model/ask.ts';
import { geographyKeys } from '../../model/model-words.ts';
import { plainText } from '../../model/plain-text.ts';
import { chainWords, kindWords, learnedEnd } from '../../model/profile-words.ts';
import { routeHref } from '../../model/route.ts';

/** Who and where: account, role, environment, region, model, and quietly how often they were renewed. */
export function Details({ view }: { view: Overview }): ReactNode {
  const words = useWords();
  const agent = useAgent();
  const snapshot = useSnapshot();
  const { run, error } = useAct();
  const { environment, credentials, ssoSession } = view;
  const signedIn = ssoSession !== null && ['valid', 'refreshing', 'degraded'].includes(ssoSession.state);
  const accounts = useAsk('accounts.list', signedIn && credentials ? { ssoSession: ssoSession.id } : null);
  const account = accounts.data?.accounts.find((a) => a.accountId === credentials?.accountId);
  const profiles = useAsk('profiles.list', environment ? {} : null, snapshot.profilesRevision);
  const profile = profiles.data?.profiles.find((p) => p.name === environment?.profile);
  const chain = profile ? chainWords(profile) : null;
  const end = ssoSession ? learnedEnd(ssoSession, words) : null;
  const change = (patch: Partial<Environment>): void => {
    if (environment) void run(() => agent.call('environments.update', { ...environment, ...patch }));
  };
  return (
    <section className="panel" aria-labelledby="details">
      <h2 id="details" className="unseen">
        {words.t('page:details')}
      </h2>
      <dl className="facts">
        {credentials && (
          <>
            {credentials.accountId !== null && (
              <Fact term={words.t('page:account')}>
                <span className="number">{plainText(account?.name || credentials.accountId)} </span>
                {/* Its line is there before the name is known. */}
                <span className="quiet number">
                  {account?.name ? plainText(credentials.accountId) : '\u00a0'}
                </span>
              </Fact>
            )}
            {credentials.roleName !== null && (
              <Fact term={words.t('page:role')}>{plainText(credentials.roleName)}</Fact>
            )}
          </>
        )}
        {ssoSession && (
          <Fact term={words.t('page:ssoSession')}>
            <span>{plainText(ssoSession.id)} </span>
            <span className="quiet small">{hostOf(ssoSession.startUrl)}</span>
          </Fact>
        )}
        {environment && (
          <Fact term={words.t('page:profile')}>
            <span>{plainText(environment.profile)} </span>
            {chain && <span className="quiet small">{chain}</span>}
          </Fact>
        )}
        {credentials && !isSso(credentials.kind) && (
          <Fact term={words.t('page:source')}>
            <span>{kindWords(credentials.kind, words)} </span>
            {view.endless && <span className="quiet small">{words.t('page:lifeEndless')}</span>}
          </Fact>
        )}
      </dl>
      {environment && (
        <div className="switches">
          <Choice
            label={words.t('page:environment')}
            value={environment.name}
            options={snapshot.environments.map((e) => ({
              id: e.name,
              label: plainText(e.name),
              detail: `${plainText(e.profile)} · ${e.region}`,
            }))}
            onChange={(name) => void run(() => agent.call('environments.use', { name }))}
          />
          <RegionChoice
            label={words.t('page:bedrockRegion')}
            value={environment.region}
            onCommit={(region) => change(environmentInRegion(environment, region, null))}
          />
          <ModelChoice
            label={words.t('page:model')}
            environment={environment.name}
            region={environment.region}
            ask={signedIn}
            value={environment.model}
            onCommit={(model) => change({ model })}
          />
        </div>
      )}
      {environment && (
        <p className="small">
          <a href={routeHref('models', environment.name)}>{words.t('models:page.ofEnvironment')}</a>
          {environment.geography && (
            <span className="quiet"> · {words.t(geographyKeys[environment.geography])}</span>
          )}
        </p>
      )}
      <ErrorNotice error={error} />
      {/* What is to be said about a profile is known in a moment. */}
      {environment && profiles.data === null && !profiles.error && <span hidden aria-busy="true" />}
      {profile && <Notes notes={[...profile.notes, ...(credentials ? runtimeNotesOf(credentials) : [])]} />}
      {(credentials || ssoSession) && (
        <p className="quiet small number generations">
          {credentials?.expiresAt != null && credentials.generation > 0 && (
            <span>
              {words.t('page:credentialsGeneration', {
                generation: credentials.generation,
                time: words.time(credentials.expiresAt),
              })}
            </span>
          )}
          {ssoSession?.expiresAt != null && ssoSession.generation > 0 && (
            <span>
              {words.t('page:tokenGeneration', {
                generation: ssoSession.generation,
                time: words.time(ssoSession.expiresAt),
              })}
            </span>
          )}
          {end !== null && <span>{end}</span>}
        </p>
      )}
    </section>
  );
}

const isSso = (kind: CredentialsView['kind']): boolean => kind === 'sso' || kind === 'sso-legacy';

/** The start URL's host: what tells portals apart at a glance. */
function hostOf(startUrl: string): string {
  try {
    return plainText(new URL(startUrl).host);
  } catch {
    return plainText(startUrl);
  }
}

function Fact({ term, children }: { term: string; children: ReactNode }): ReactNode {
  return (
    <div className="fact">
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}
