import { type ReactNode, useId } from 'react';
import type { PolicyKind } from '../../../../src/contract/policies.ts';
import { RegionChoice } from '../../components/bedrock-choices.tsx';
import { Check, TextInput, Toggle } from '../../components/fields.tsx';
import { useLimitedList } from '../../components/limited-list.tsx';
import { Segments } from '../../components/segments.tsx';
import { useSnapshot, useWords } from '../../model/app-context.tsx';
import { plainText } from '../../model/plain-text.ts';
import { useOffers } from './use-offers.ts';
import { type PolicyChoice, regionsOf, withItem } from './wish.ts';

type Change = (change: Partial<PolicyChoice>) => void;

/** What the document is made for: environments, and regions and models other than theirs where one likes. */
export function PolicyChoices({ choice, onChange }: { choice: PolicyChoice; onChange: Change }): ReactNode {
  const words = useWords();
  if (choice.kind === 'broad') return null;
  return (
    <section className="panel" aria-labelledby="policy-for">
      <h2 id="policy-for">{words.t('policies:page.for')}</h2>
      <Environments choice={choice} onChange={onChange} />
      <Regions choice={choice} onChange={onChange} />
      <Models choice={choice} onChange={onChange} />
      <Options choice={choice} onChange={onChange} />
    </section>
  );
}

function Group({ label, children }: { label: string; children: ReactNode }): ReactNode {
  const id = useId();
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as this is
    <div role="group" aria-labelledby={id} className="field">
      <span id={id} className="label">
        {label}
      </span>
      {children}
    </div>
  );
}

function Environments({ choice, onChange }: { choice: PolicyChoice; onChange: Change }): ReactNode {
  const words = useWords();
  const { environments } = useSnapshot();
  return (
    <Group label={words.t('policies:page.environments')}>
      <div className="policy-checks">
        {environments.map((e) => {
          const name = plainText(e.name, 80);
          return (
            <Check
              key={e.name}
              label={name}
              isSelected={choice.environments.includes(e.name)}
              onChange={(on) => onChange({ environments: withItem(choice.environments, e.name, on) })}
            >
              <span className="policy-check">
                <span>{name}</span>
                <span className="quiet small">{plainText(e.region, 40)}</span>
              </span>
            </Check>
          );
        })}
      </div>
      {choice.environments.length === 0 && (
        <span className="field-error">
          <span>{words.t('policies:page.noEnvironment')}</span>
        </span>
      )}
    </Group>
  );
}

function Regions({ choice, onChange }: { choice: PolicyChoice; onChange: Change }): ReactNode {
  const words = useWords();
  const { environments } = useSnapshot();
  const chosen = regionsOf(choice, environments);
  const all = [...new Set([...environments.map((e) => e.region), ...chosen])].sort();
  return (
    <Group label={words.t('policies:page.regions')}>
      <Segments
        label={words.t('policies:page.regions')}
        options={[
          { id: 'own', label: words.t('policies:page.ofEnvironments') },
          { id: 'these', label: words.t('policies:page.chosen') },
        ]}
        value={choice.regions === null ? 'own' : 'these'}
        onChange={(id) => onChange({ regions: id === 'own' ? null : chosen })}
      />
      {choice.regions === null ? (
        <p className="quiet small">{chosen.map((r) => plainText(r, 40)).join(', ')}</p>
      ) : (
        <>
          <div className="policy-checks">
            {all.map((region) => (
              <Check
                key={region}
                label={plainText(region, 40)}
                isSelected={chosen.includes(region)}
                onChange={(on) => onChange({ regions: withItem(chosen, region, on) })}
              >
                <span>{plainText(region, 40)}</span>
              </Check>
            ))}
          </div>
          <div className="policy-add">
            <RegionChoice
              key={all.length}
              label={words.t('policies:page.addRegion')}
              value=""
              opens="onRequest"
              onCommit={(region) => onChange({ regions: withItem(chosen, region, true) })}
            />
          </div>
        </>
      )}
    </Group>
  );
}

function Models({ choice, onChange }: { choice: PolicyChoice; onChange: Change }): ReactNode {
  const words = useWords();
  const { environments } = useSnapshot();
  const own = choice.models === null;
  const offers = useOffers(
    choice.environments[0] ?? null,
    own || choice.environments.length === 0 ? null : regionsOf(choice, environments),
  );
  const list = useLimitedList({
    all: offers.models,
    page: 12,
    searchedFrom: 13,
    textOf: (m) => `${m.name} ${m.id}`,
    label: words.t('policies:page.searchModels'),
    hint: words.t('policies:page.searchModelsHint'),
  });
  return (
    <Group label={words.t('policies:page.models')}>
      <Segments
        label={words.t('policies:page.models')}
        options={[
          { id: 'own', label: words.t('policies:page.ofEnvironments') },
          { id: 'these', label: words.t('policies:page.chosen') },
        ]}
        value={own ? 'own' : 'these'}
        onChange={(id) => onChange({ models: id === 'own' ? null : [] })}
      />
      {own ? (
        <p className="quiet small">{words.t('policies:page.ownModels')}</p>
      ) : (
        <>
          {list.search}
          {offers.loading && offers.models.length === 0 && <span className="skeleton skeleton-line" />}
          {!offers.loading && offers.models.length === 0 && (
            <p className="quiet">{words.t('policies:page.noModels')}</p>
          )}
          <div className="policy-checks models">
            {list.drawn.map((m) => (
              <Check
                key={m.id}
                label={`${plainText(m.name, 80)}, ${plainText(m.id, 120)}`}
                isSelected={choice.models?.includes(m.id) ?? false}
                onChange={(on) => onChange({ models: withItem(choice.models ?? [], m.id, on) })}
              >
                <span className="policy-check">
                  <span>{plainText(m.name, 80)}</span>
                  <code className="quiet small">{plainText(m.id, 120)}</code>
                </span>
              </Check>
            ))}
          </div>
          {list.more}
        </>
      )}
    </Group>
  );
}

const minimal: readonly PolicyKind[] = ['policy', 'permission-set', 'stackset'];

function Options({ choice, onChange }: { choice: PolicyChoice; onChange: Change }): ReactNode {
  const words = useWords();
  const { kind } = choice;
  return (
    <div className="policy-options">
      {minimal.includes(kind) && (
        <>
          <Toggle
            label={words.t('policies:page.marketplace')}
            hint={words.t('policies:page.marketplaceHint')}
            isSelected={choice.marketplace}
            onChange={(marketplace) => onChange({ marketplace })}
          />
          <Toggle
            label={words.t('policies:page.listing')}
            hint={words.t('policies:page.listingHint')}
            isSelected={choice.listing}
            onChange={(listing) => onChange({ listing })}
          />
        </>
      )}
      {(kind === 'policy' || kind === 'vpc-endpoint') && (
        <Toggle
          label={words.t('policies:page.anyAccount')}
          hint={words.t('policies:page.anyAccountHint')}
          isSelected={choice.anyAccount}
          onChange={(anyAccount) => onChange({ anyAccount })}
        />
      )}
      {kind === 'scp' && (
        <Toggle
          label={words.t('policies:page.denyKeys')}
          hint={words.t('policies:page.denyKeysHint')}
          isSelected={choice.denyLongLivedKeys}
          onChange={(denyLongLivedKeys) => onChange({ denyLongLivedKeys })}
        />
      )}
      {kind === 'vpc-endpoint' && <Organization choice={choice} onChange={onChange} />}
    </div>
  );
}

function Organization({ choice, onChange }: { choice: PolicyChoice; onChange: Change }): ReactNode {
  const words = useWords();
  const { organization } = choice;
  const wrong = organization !== '' && !/^o-[a-z0-9]{10,32}$/.test(organization);
  return (
    <TextInput
      label={words.t('policies:page.organization')}
      hint={words.t('policies:page.organizationHint')}
      placeholder="o-a1b2c3d4e5"
      value={organization}
      onChange={(text) => onChange({ organization: text.trim() })}
      error={wrong ? words.t('policies:page.organizationWrong') : null}
      mono
    />
  );
}
