import { type FormEvent, type ReactNode, useState } from 'react';
import { Form } from 'react-aria-components';
import { Region } from '../../../../src/contract/names.ts';
import { RegionChoice } from '../../components/bedrock-choices.tsx';
import { Button } from '../../components/button.tsx';
import { TextInput } from '../../components/fields.tsx';
import { ErrorNotice } from '../../components/notice.tsx';
import { useAgent, useSnapshot, useWords } from '../../model/app-context.tsx';
import { useAct } from '../../model/ask.ts';
import { nameProblem, startUrlProblem, suggestSsoSessionName } from '../../model/names.ts';
import { plainText } from '../../model/plain-text.ts';

/** Adds an access portal by its start URL and region and goes on to the sign-in. */
export function AddSsoSession({
  onDone,
  onCancel,
}: {
  onDone: () => void;
  onCancel: (() => void) | null;
}): ReactNode {
  const words = useWords();
  const agent = useAgent();
  const { ssoSessions } = useSnapshot();
  const { run, pending, error } = useAct();
  const [startUrl, setStartUrl] = useState('');
  const [region, setRegion] = useState('us-east-1');
  const [ownName, setOwnName] = useState<string | null>(null);
  const [shown, setShown] = useState(false);

  const taken = ssoSessions.map((s) => s.id);
  const name = ownName ?? suggestSsoSessionName(startUrl.trim(), taken);
  const urlWrong = startUrlProblem(startUrl);
  const nameWrong = nameProblem(name, taken);
  const regionWrong = !Region.safeParse(region.trim().toLowerCase()).success;

  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setShown(true);
    if (urlWrong || nameWrong || regionWrong) return;
    void run(async () => {
      await agent.call('ssoSessions.create', {
        name: name.trim(),
        startUrl: startUrl.trim(),
        region: region.trim().toLowerCase(),
      });
      await agent.call('signIn.start', { ssoSession: name.trim(), openBrowser: true });
      onDone();
    });
  };
  return (
    <section className="panel" aria-labelledby="add-portal">
      <div>
        <h2 id="add-portal">{words.t('page:addPortal')}</h2>
        <p className="quiet">{words.t('page:addPortalExplained')}</p>
      </div>
      <Form className="form" onSubmit={submit} validationBehavior="aria">
        <TextInput
          label={words.t('page:startUrl')}
          hint={words.t('page:startUrlHint')}
          placeholder="https://d-1234567890.awsapps.com/start"
          value={startUrl}
          onChange={setStartUrl}
          error={shown && urlWrong ? words.t(`page:${urlWrong}`) : null}
          isRequired
          autoFocus
          type="url"
        />
        <div className="form-pair">
          <RegionChoice
            label={words.t('page:ssoRegion')}
            hint={words.t('page:ssoRegionHint')}
            value={region}
            onCommit={setRegion}
            onInput={setRegion}
            opens="onRequest"
            error={
              shown && regionWrong ? words.t('page:regionWrong', { region: plainText(region, 40) }) : null
            }
          />
          <TextInput
            label={words.t('page:portalName')}
            hint={words.t('page:portalNameHint')}
            value={name}
            onChange={setOwnName}
            error={
              nameWrong && (shown || ownName !== null)
                ? words.t(`page:${nameWrong}`, { name: plainText(name, 60) })
                : null
            }
          />
        </div>
        <ErrorNotice error={error} />
        <div className="form-buttons">
          <Button type="submit" look={['primary']} isPending={pending}>
            {words.t('page:addAndSignIn')}
          </Button>
          {onCancel && <Button onPress={onCancel}>{words.t('page:cancel')}</Button>}
        </div>
      </Form>
    </section>
  );
}
