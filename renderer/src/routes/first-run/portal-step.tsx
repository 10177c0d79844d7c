import { type ReactNode, useState } from 'react';
import type { ErrorView } from '../../../../src/contract/errors.ts';
import { Region } from '../../../../src/contract/names.ts';
import type { SetupFindings } from '../../../../src/contract/state.ts';
import { typedStartUrl } from '../../../../src/domain/profiles/sso-session-name.ts';
import { RegionChoice } from '../../components/bedrock-choices.tsx';
import { FreeChoice, RadioChoice, TextInput } from '../../components/fields.tsx';
import { ImportPanel } from '../../components/import-panel.tsx';
import { ErrorNotice, Notice, useErrorText } from '../../components/notice.tsx';
import { useAgent, useSnapshot, useWords } from '../../model/app-context.tsx';
import { useAct, useAsk } from '../../model/ask.ts';
import { startUrlProblem } from '../../model/names.ts';
import { plainText } from '../../model/plain-text.ts';
import { beginPortal, beginProfile, beginSsoSession, type PortalWish } from './begin.ts';
import { usePlan } from './plan.ts';
import { IMPORT, PORTAL, PROFILE, PROFILES, profileOptions, proposals, SSO } from './proposals.ts';
import { StepFrame } from './step-frame.tsx';
import { isSignedIn } from './steps.ts';

/** Step 1: what is there already, or the start URL of an access portal. */
export function PortalStep({ onDone }: { onDone: (problem?: ErrorView | null) => void }): ReactNode {
  const words = useWords();
  const snapshot = useSnapshot();
  const found = useAsk('setup.find', {}, snapshot.profilesRevision);
  if (snapshot.configProblem !== null)
    return (
      <StepFrame
        title={words.t('firstRun:checkTitleFailed')}
        lead={words.t('page:stateConfigProblem')}
        onNext={() => found.again()}
        next={words.t('page:tryAgain')}
        nextPending={found.loading}
      >
        <ErrorNotice error={snapshot.configProblem} />
      </StepFrame>
    );
  if (found.data === null && found.error === null)
    return (
      <StepFrame title={words.t('firstRun:portalTitle')} lead={words.t('firstRun:looking')} onNext={null}>
        <div className="fr-skeletons" aria-busy="true">
          <span className="skeleton skeleton-line" />
          <span className="skeleton fr-skeleton-field" />
        </div>
      </StepFrame>
    );
  return <Choose findings={found.data} onDone={onDone} />;
}

function Choose({
  findings,
  onDone,
}: {
  findings: SetupFindings | null;
  onDone: (problem?: ErrorView | null) => void;
}): ReactNode {
  const words = useWords();
  const agent = useAgent();
  const snapshot = useSnapshot();
  const plan = usePlan();
  const { run, pending, error, forget } = useAct();
  const options = proposals(findings, snapshot.ssoSessions, words);
  const nothing = options.length === 0;
  const [wanted, setWanted] = useState<string | null>(null);
  // What was taken over becomes profiles: they are what is chosen then.
  const choice =
    options.some((o) => o.id === wanted) || wanted === PORTAL ? wanted : (options[0]?.id ?? PORTAL);
  const [profile, setProfile] = useState('');
  const [portal, setPortal] = useState<PortalWish>({ startUrl: '', region: null });
  const [shown, setShown] = useState(false);
  const names = findings?.profiles.map((p) => p.name) ?? [];
  const urlWrong = startUrlProblem(typedStartUrl(portal.startUrl));
  const regionWrong = portal.region !== null && !Region.safeParse(portal.region.trim().toLowerCase()).success;

  const next = (): void => {
    setShown(true);
    if (choice === PORTAL) {
      if (urlWrong || regionWrong) return;
      void run(() =>
        beginPortal(agent, snapshot.ssoSessions, {
          startUrl: typedStartUrl(portal.startUrl),
          region: portal.region === null ? null : portal.region.trim().toLowerCase(),
        }),
      ).then((outcome) => {
        if (outcome?.kind === 'regionUntold') {
          setShown(false);
          setPortal({ startUrl: outcome.startUrl, region: '' });
        } else if (outcome) onDone(outcome.problem);
      });
    } else if (choice?.startsWith(SSO)) {
      const id = choice.slice(SSO.length);
      const known = snapshot.ssoSessions.find((s) => s.id === id);
      void run(() => beginSsoSession(agent, id, known !== undefined && isSignedIn(known))).then((problem) => {
        if (problem !== undefined) onDone(problem);
      });
    } else {
      const name = choice === PROFILES ? profile.trim() || names[0] : choice?.slice(PROFILE.length);
      if (name === undefined || choice === IMPORT) return;
      void run(() => beginProfile({ agent, snapshot, plan }, name, findings?.claudeSettings ?? null)).then(
        (taken) => {
          if (taken) onDone();
        },
      );
    }
  };

  const urlField = (
    <PortalFields
      value={portal}
      onChange={(patch) => {
        forget();
        setPortal((p) => ({ ...p, ...patch }));
      }}
      urlError={shown && urlWrong ? words.t(`page:${urlWrong}`) : null}
      regionError={
        shown && regionWrong
          ? words.t('page:regionWrong', { region: plainText(portal.region ?? '', 40) })
          : null
      }
      focusUrl={nothing}
      error={error}
    />
  );
  return (
    <StepFrame
      title={words.t(nothing ? 'firstRun:portalTitle' : 'firstRun:foundTitle')}
      lead={words.t(nothing ? 'firstRun:portalLead' : 'firstRun:foundLead')}
      onNext={next}
      next={choice === PORTAL ? words.t('firstRun:portalEnter') : words.t('firstRun:continue')}
      nextPending={pending}
      nextDisabled={choice === IMPORT}
      status={pending && choice === PORTAL ? words.t('firstRun:asking') : ''}
    >
      {nothing ? (
        urlField
      ) : (
        <>
          <RadioChoice
            label={words.t('firstRun:found')}
            options={[
              ...options,
              {
                id: PORTAL,
                label: words.t('firstRun:otherPortal'),
                detail: words.t('firstRun:otherPortalDetail'),
              },
            ]}
            value={choice ?? PORTAL}
            onChange={(id) => {
              forget();
              setWanted(id);
            }}
          />
          {choice === PROFILES && (
            <FreeChoice
              label={words.t('firstRun:profileToUse')}
              options={profileOptions(findings, words)}
              value={profile || (names[0] ?? '')}
              onCommit={setProfile}
              opens="onRequest"
            />
          )}
          {choice === IMPORT && (
            <>
              <p className="quiet small">{words.t('firstRun:importHint')}</p>
              <ImportPanel />
            </>
          )}
          {choice === PORTAL && urlField}
          {choice !== PORTAL && <ErrorNotice error={error} />}
        </>
      )}
      <Facts findings={findings} />
    </StepFrame>
  );
}

function PortalFields({
  value,
  onChange,
  urlError,
  regionError,
  focusUrl,
  error,
}: {
  value: PortalWish;
  onChange: (patch: Partial<PortalWish>) => void;
  urlError: string | null;
  regionError: string | null;
  focusUrl: boolean;
  error: ReturnType<typeof useAct>['error'];
}): ReactNode {
  const words = useWords();
  const errorText = useErrorText();
  const aboutUrl = error?.code === 'StartUrlUnknown' || error?.code === 'StartUrlInvalid';
  const aboutRegion = error?.code === 'RegionInvalid';
  return (
    <>
      <TextInput
        label={words.t('page:startUrl')}
        hint={words.t('page:startUrlHint')}
        placeholder="https://d-1234567890.awsapps.com/start"
        value={value.startUrl}
        onChange={(startUrl) => onChange({ startUrl, region: null })}
        error={urlError ?? (aboutUrl && error ? errorText(error) : null)}
        isRequired
        autoFocus={focusUrl}
        inputMode="url"
      />
      {(value.region !== null || aboutRegion) && (
        <div className="fr-region">
          <RegionChoice
            label={words.t('firstRun:regionFor')}
            hint={words.t('firstRun:regionUntold')}
            value={value.region ?? ''}
            onCommit={(region) => onChange({ region })}
            onInput={(region) => onChange({ region })}
            opens="onRequest"
            autoFocus
            error={regionError ?? (aboutRegion && error ? errorText(error) : null)}
          />
        </div>
      )}
      {error?.code === 'NetworkUnavailable' ? (
        // Elsewhere it is tried again by itself; here the person waits for the answer.
        <Notice tone="problem" live>
          {words.t('firstRun:portalUnreachable', {
            host: plainText(String(error.params.host), 200),
            reason: plainText(String(error.params.reason), 100),
          })}
        </Notice>
      ) : (
        !aboutUrl && !aboutRegion && <ErrorNotice error={error} />
      )}
    </>
  );
}

/** So many variables are named. */
const SHOWN_NAMES = 3;

/** What else was found, said quietly. */
function Facts({ findings }: { findings: SetupFindings | null }): ReactNode {
  const words = useWords();
  if (!findings) return null;
  const { claude, environment } = findings;
  const first = environment
    .slice(0, SHOWN_NAMES)
    .map((n) => plainText(n, 60))
    .join(', ');
  const more = environment.length - SHOWN_NAMES;
  const names = more > 0 ? words.t('firstRun:andMore', { names: first, count: more }) : first;
  return (
    <div className="fr-facts quiet small">
      <p>
        {claude
          ? words.t('firstRun:claudeFound', { version: plainText(claude.version ?? '', 40) })
          : words.t('firstRun:claudeNotYet')}
      </p>
      {environment.length > 0 && <p>{words.t('firstRun:shellVariables', { names })}</p>}
    </div>
  );
}
