import { type FormEvent, type ReactNode, useState } from 'react';
import { Form } from 'react-aria-components';
import { isBedrockTrayError } from '../../../../src/contract/errors.ts';
import { Region } from '../../../../src/contract/names.ts';
import type { ProfileView } from '../../../../src/contract/state.ts';
import {
  defaultTemplate,
  type NamedRole,
  profileNames,
  takenBy,
} from '../../../../src/domain/profiles/profile-name-template.ts';
import { RegionChoice } from '../../components/bedrock-choices.tsx';
import { Button } from '../../components/button.tsx';
import { Sheet } from '../../components/confirm.tsx';
import { TextInput } from '../../components/fields.tsx';
import { ErrorNotice } from '../../components/notice.tsx';
import { useAgent, useSnapshot, useWords, type Words } from '../../model/app-context.tsx';
import { useAct, useAsk } from '../../model/ask.ts';
import { plainText } from '../../model/plain-text.ts';

interface Preview {
  names: { name: string; isThere: boolean }[];
  problem: string | null;
}

/** The names that the agent will give, and which of them stand for the same role already. */
function previewOf(
  template: string,
  wish: { ssoSession: string; region: string | undefined },
  roles: readonly NamedRole[],
  profiles: readonly ProfileView[],
  words: Words,
): Preview {
  const known = new Set(profiles.map((p) => p.name));
  try {
    const names = profileNames(template, roles, takenBy(profiles, wish));
    return { names: names.map((name) => ({ name, isThere: known.has(name) })), problem: null };
  } catch (error) {
    if (!isBedrockTrayError(error)) throw error;
    const { reason } = error.view().params;
    return {
      names: [],
      problem: reason
        ? words.t('page:templateFieldWrong', { field: plainText(String(reason), 40) })
        : words.t('page:templateEmpty'),
    };
  }
}

/** Adds a profile for each chosen role in one write, under names made from a template and shown before. */
export function CreateProfiles({
  ssoSession,
  region: suggestedRegion,
  roles,
  onClose,
  onCreated,
}: {
  ssoSession: string;
  region: string;
  roles: readonly NamedRole[];
  onClose: () => void;
  onCreated: (count: number) => void;
}): ReactNode {
  const words = useWords();
  const agent = useAgent();
  const { profilesRevision } = useSnapshot();
  const profiles = useAsk('profiles.list', {}, profilesRevision);
  const { run, pending, error } = useAct();
  const [template, setTemplate] = useState<string>(defaultTemplate);
  const [region, setRegion] = useState(suggestedRegion);
  const [shown, setShown] = useState(false);
  const wantedRegion = region.trim().toLowerCase();
  const wish = { ssoSession, region: wantedRegion === '' ? undefined : wantedRegion };
  const preview = previewOf(template, wish, roles, profiles.data?.profiles ?? [], words);
  const added = preview.names.filter((n) => !n.isThere).length;
  const regionWrong = wantedRegion !== '' && !Region.safeParse(wantedRegion).success;

  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setShown(true);
    if (preview.problem !== null || regionWrong || added === 0 || profiles.data === null) return;
    void run(() =>
      agent.call('profiles.createMany', {
        ssoSession,
        template,
        ...(wantedRegion === '' ? {} : { region: wantedRegion }),
        roles: roles.map(({ accountId, accountName, roleName }) => ({
          accountId,
          roleName,
          ...(accountName ? { accountName: accountName.slice(0, 200) } : {}),
        })),
      }),
    ).then((answer) => {
      if (answer) onCreated(added);
    });
  };
  return (
    <Sheet title={words.t('page:createTitle', { count: roles.length })} open onClose={onClose}>
      <Form className="form" onSubmit={submit} validationBehavior="aria">
        <TextInput
          label={words.t('page:template')}
          hint={words.t('page:templateHint')}
          value={template}
          onChange={(text) => setTemplate(text.slice(0, 200))}
          error={preview.problem}
          mono
          autoFocus
        />
        <RegionChoice
          label={words.t('page:profileRegion')}
          hint={words.t('page:profileRegionHint')}
          value={region}
          onCommit={setRegion}
          onInput={setRegion}
          opens="onRequest"
          error={shown && regionWrong ? words.t('page:regionWrong', { region: plainText(region, 40) }) : null}
        />
        <section className="field" aria-labelledby="preview">
          <h3 id="preview" className="label">
            {words.t('page:preview')}
          </h3>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached with the keyboard. */}
          <ul className="preview" aria-labelledby="preview" tabIndex={0}>
            {preview.names.map(({ name, isThere }) => (
              <li key={name}>
                <span className={isThere ? 'mono quiet' : 'mono'}>{plainText(name, 130)}</span>
                {isThere && <span className="quiet small">{words.t('page:previewSame')}</span>}
              </li>
            ))}
          </ul>
        </section>
        <ErrorNotice error={profiles.error} />
        {error && <p className="quiet small">{words.t('page:createFailed')}</p>}
        <ErrorNotice error={error} />
        <div className="dialog-buttons">
          <span className="quiet small dialog-status" role="status">
            {pending
              ? words.t('page:creating')
              : preview.problem === null && added === 0
                ? words.t('page:createNothing')
                : ''}
          </span>
          <Button onPress={onClose}>{words.t('page:cancel')}</Button>
          <Button
            type="submit"
            look={['primary']}
            isPending={pending}
            isDisabled={preview.problem !== null || added === 0}
          >
            {words.t('page:create', { count: added })}
          </Button>
        </div>
      </Form>
    </Sheet>
  );
}
