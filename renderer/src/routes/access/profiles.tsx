import { memo, type ReactNode, useState } from 'react';
import type { ProfileView } from '../../../../src/contract/state.ts';
import { Button } from '../../components/button.tsx';
import { Sheet } from '../../components/confirm.tsx';
import { ConsoleLink } from '../../components/console-link.tsx';
import { IndicatorSign } from '../../components/indicator.tsx';
import { useLimitedList, useProminent } from '../../components/limited-list.tsx';
import { Notes } from '../../components/notes.tsx';
import { ErrorNotice, useErrorText } from '../../components/notice.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { useSnapshot, useWords } from '../../model/app-context.tsx';
import { useAsk } from '../../model/ask.ts';
import { plainText } from '../../model/plain-text.ts';
import { chainWords, kindWords } from '../../model/profile-words.ts';
import { EnvironmentForm } from './use-role.tsx';

/** Rows drawn at once; more on request. */
const PAGE = 50;
/** From so many profiles on they can be searched. */
const SEARCHED_FROM = 8;

/** All profiles of ~/.aws, whatever their kind, with what a person should know about each. */
export function Profiles({ prominent }: { prominent: boolean }): ReactNode {
  const words = useWords();
  const { environments, ssoSessions, profilesRevision } = useSnapshot();
  const profiles = useAsk('profiles.list', {}, profilesRevision);
  const [used, setUsed] = useState<ProfileView | null>(null);
  const section = useProminent(prominent, profiles.data !== null);
  const all = profiles.data?.profiles ?? [];
  const list = useLimitedList({
    all,
    page: PAGE,
    searchedFrom: SEARCHED_FROM,
    textOf: (p) =>
      [p.name, p.accountId, p.roleName, p.roleArn, p.ssoSession, kindWords(p.kind, words), ...p.chain].join(
        ' ',
      ),
    label: words.t('page:searchProfiles'),
    hint: words.t('page:searchProfilesHint'),
  });
  if (profiles.data?.profiles.length === 0 && !profiles.error) return null;
  const inUse = new Set(environments.map((e) => e.profile));
  const startUrls = new Map(ssoSessions.map((s) => [s.id, s.startUrl]));
  return (
    <section className="panel" aria-labelledby="profiles" ref={section}>
      <div>
        <h2 id="profiles">{words.t('page:otherProfiles')}</h2>
        <p className="quiet">{words.t('page:otherProfilesExplained')}</p>
      </div>
      <ErrorNotice
        error={profiles.error}
        action={<Button onPress={profiles.again}>{words.t('page:tryAgain')}</Button>}
      />
      {profiles.data === null && !profiles.error && <Skeleton lines={6} />}
      {list.search}
      {all.length > 0 && list.found.length === 0 && (
        <p className="quiet">{words.t('page:noProfilesFound')}</p>
      )}
      <ul className="rows profiles">
        {list.drawn.map((p) => (
          <ProfileRow
            key={p.name}
            profile={p}
            inUse={inUse.has(p.name)}
            startUrl={p.ssoSession === null ? null : (startUrls.get(p.ssoSession) ?? null)}
            onUse={setUsed}
          />
        ))}
      </ul>
      {list.more}
      {used && (
        <Sheet
          title={words.t('page:useProfile', { profile: plainText(used.name, 80) })}
          open
          onClose={() => setUsed(null)}
        >
          <EnvironmentForm
            profile={used.name}
            takenProfiles={[]}
            chosen={null}
            region={used.region ?? ''}
            onClose={() => setUsed(null)}
          />
        </Sheet>
      )}
    </section>
  );
}

const ProfileRow = memo(function ProfileRow({
  profile,
  inUse,
  startUrl,
  onUse,
}: {
  profile: ProfileView;
  inUse: boolean;
  startUrl: string | null;
  onUse: (profile: ProfileView) => void;
}): ReactNode {
  const words = useWords();
  const errorText = useErrorText();
  const name = plainText(profile.name);
  const chain = chainWords(profile);
  const detail = [profile.roleName, profile.accountId, profile.region]
    .map((v) => plainText(v ?? ''))
    .filter(Boolean);
  // The console is entered with a permission set, not with a role assumed from it.
  const console = profile.kind.startsWith('sso') ? startUrl : null;
  return (
    <li className="row profile">
      <div className="row-main">
        <p className="profile-head">
          <strong>{name}</strong>
          <span className="badge">{kindWords(profile.kind, words)}</span>
          {profile.partition !== 'aws' && <span className="badge mono">{profile.partition}</span>}
          {inUse && (
            <span className="badge tone-ready">
              <IndicatorSign of="ready" size={13} />
              {words.t('page:inUse')}
            </span>
          )}
        </p>
        {detail.length > 0 && <p className="quiet small">{detail.join(' · ')}</p>}
        {chain && <p className="quiet small">{chain}</p>}
        {profile.problem && (
          <p className="note note-problem small">
            <IndicatorSign of="problem" size={15} />
            <span>{errorText(profile.problem)}</span>
          </p>
        )}
        <Notes notes={profile.notes} />
      </div>
      <div className="row-actions">
        {console !== null && profile.accountId !== null && profile.roleName !== null && (
          <ConsoleLink
            startUrl={console}
            accountId={profile.accountId}
            account={profile.accountId}
            roleName={profile.roleName}
          />
        )}
        {!profile.problem && profile.kind !== 'none' && !inUse && (
          <Button aria-label={words.t('page:useProfile', { profile: name })} onPress={() => onUse(profile)}>
            {words.t('page:use')}
          </Button>
        )}
      </div>
    </li>
  );
});
