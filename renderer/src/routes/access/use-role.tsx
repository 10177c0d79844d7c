import { type FormEvent, type ReactNode, useState } from 'react';
import { Form } from 'react-aria-components';
import { Region } from '../../../../src/contract/names.ts';
import type { AccountView, ProfileView } from '../../../../src/contract/state.ts';
import { RegionChoice } from '../../components/bedrock-choices.tsx';
import { Button } from '../../components/button.tsx';
import { Sheet } from '../../components/confirm.tsx';
import { TextInput } from '../../components/fields.tsx';
import { ErrorNotice } from '../../components/notice.tsx';
import { useAgent, useSnapshot, useWords } from '../../model/app-context.tsx';
import { useAct, useAsk } from '../../model/ask.ts';
import { nameProblem, suggestProfileName } from '../../model/names.ts';
import { plainText } from '../../model/plain-text.ts';
import { navigate } from '../../model/route.ts';

/** A role found in the portal, to become profile and environment. */
export interface ChosenRole {
  ssoSession: string;
  account: AccountView;
  roleName: string;
}

/** The profile in ~/.aws/config that already stands for this role, if any. */
function existingProfile(profiles: readonly ProfileView[], chosen: ChosenRole): ProfileView | undefined {
  return profiles.find(
    (p) =>
      p.problem === null &&
      p.ssoSession === chosen.ssoSession &&
      p.accountId === chosen.account.accountId &&
      p.roleName === chosen.roleName,
  );
}

/** Asks for what a role lacks to become an environment: a name and Bedrock's region. */
export function UseRole({
  chosen,
  ssoRegion,
  onClose,
}: {
  chosen: ChosenRole;
  ssoRegion: string;
  onClose: () => void;
}): ReactNode {
  const { profilesRevision } = useSnapshot();
  const profiles = useAsk('profiles.list', {}, profilesRevision);
  const words = useWords();
  const title = words.t('page:useRoleTitle', {
    role: plainText(chosen.roleName, 64),
    account: plainText(chosen.account.name, 60) || chosen.account.accountId,
  });
  return (
    <Sheet title={title} open onClose={onClose}>
      {profiles.data ? (
        <EnvironmentForm
          profile={existingProfile(profiles.data.profiles, chosen)?.name ?? null}
          takenProfiles={profiles.data.profiles.map((p) => p.name)}
          chosen={chosen}
          region={existingProfile(profiles.data.profiles, chosen)?.region ?? ssoRegion}
          onClose={onClose}
        />
      ) : (
        <ErrorNotice error={profiles.error} />
      )}
    </Sheet>
  );
}

/** `profile` is one that exists; with null, one is created for `chosen`. */
export function EnvironmentForm({
  profile,
  takenProfiles,
  chosen,
  region: suggestedRegion,
  onClose,
}: {
  profile: string | null;
  takenProfiles: readonly string[];
  chosen: ChosenRole | null;
  region: string;
  onClose: () => void;
}): ReactNode {
  const words = useWords();
  const agent = useAgent();
  const { environments, settings } = useSnapshot();
  const { run, pending, error } = useAct();
  const taken = environments.map((e) => e.name);
  const [name, setName] = useState(() =>
    chosen
      ? suggestProfileName(chosen.account.name || chosen.account.accountId, chosen.roleName, [
          ...taken,
          ...(profile === null ? takenProfiles : []),
        ])
      : suggestProfileName(profile ?? '', '', taken),
  );
  const [region, setRegion] = useState(suggestedRegion || 'us-east-1');
  const [shown, setShown] = useState(false);
  const nameWrong = nameProblem(name, profile === null ? [...taken, ...takenProfiles] : taken);
  const regionWrong = !Region.safeParse(region.trim().toLowerCase()).success;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setShown(true);
    if (nameWrong || regionWrong) return;
    const environment = name.trim();
    const bedrockRegion = region.trim().toLowerCase();
    void run(async () => {
      if (profile === null && chosen) {
        await agent.call('profiles.create', {
          name: environment,
          ssoSession: chosen.ssoSession,
          accountId: chosen.account.accountId,
          roleName: chosen.roleName,
          region: bedrockRegion,
        });
      }
      await agent.call('environments.create', {
        name: environment,
        profile: profile ?? environment,
        region: bedrockRegion,
        model: null,
        smallFastModel: null,
        identityMode: settings.identityMode,
        endpointUrl: null,
      });
      await agent.call('environments.use', { name: environment });
      onClose();
      navigate('overview');
    });
  };
  return (
    <Form className="form" onSubmit={submit} validationBehavior="aria">
      <p className="quiet">
        {profile === null
          ? words.t('page:useRoleCreates')
          : words.t('page:useProfileExplained', { profile: plainText(profile) })}
      </p>
      <RegionChoice
        label={words.t('page:bedrockRegion')}
        hint={words.t('page:bedrockRegionHint')}
        value={region}
        onCommit={setRegion}
        onInput={setRegion}
        opens="onRequest"
        error={shown && regionWrong ? words.t('page:regionWrong', { region: plainText(region, 40) }) : null}
      />
      <TextInput
        label={words.t('page:environmentName')}
        value={name}
        onChange={setName}
        error={nameWrong ? words.t(`page:${nameWrong}`, { name: plainText(name, 60) }) : null}
      />
      <ErrorNotice error={error} />
      <div className="dialog-buttons">
        <Button onPress={onClose}>{words.t('page:cancel')}</Button>
        <Button type="submit" look={['primary']} isPending={pending}>
          {words.t('page:useRole')}
        </Button>
      </div>
    </Form>
  );
}
