import { type ReactNode, useState } from 'react';
import { Form } from 'react-aria-components';
import type { ModelRates } from '../../../../src/contract/bedrock.ts';
import { modelName as nameInId } from '../../../../src/domain/cost/prices.ts';
import { Button } from '../../components/button.tsx';
import { Sheet } from '../../components/confirm.tsx';
import { TextInput } from '../../components/fields.tsx';
import { ErrorNotice } from '../../components/notice.tsx';
import { useAgent, useSnapshot, useWords } from '../../model/app-context.tsx';
import { useAct } from '../../model/ask.ts';
import { plainText } from '../../model/plain-text.ts';
import { modelName } from '../../model/usage-words.ts';

/** Under which name a model's price is kept (`settings.prices`): the model itself, in whatever region or profile. */
export const pricedAs = (model: string): string => nameInId(model)?.base ?? model;

/** USD as typed ("3", "0.30", "0,3"); null where it is no price. */
export function priceOf(text: string): number | null {
  const typed = text.trim().replace(',', '.');
  return /^\d{1,6}(\.\d{1,6})?$/.test(typed) ? Number(typed) : null;
}

/** What is left empty follows from the input price, by the multiples that Anthropic's models have had so far. */
const multiples = { cacheRead: 0.1, cacheWrite5m: 1.25, cacheWrite1h: 2 } as const;
const cacheKinds = ['cacheRead', 'cacheWrite5m', 'cacheWrite1h'] as const;
const fieldWords = {
  cacheRead: 'usage:page.kindCacheRead',
  cacheWrite5m: 'usage:page.kindCacheWrite5m',
  cacheWrite1h: 'usage:page.kindCacheWrite1h',
} as const;

/** Asks what a model costs, for a million tokens of each kind; a price that was set before can be taken away. */
export function PriceDialog({ model, onClose }: { model: string; onClose: () => void }): ReactNode {
  const words = useWords();
  const agent = useAgent();
  const { prices } = useSnapshot().settings;
  const { run, pending, error } = useAct();
  const name = pricedAs(model);
  const known = Object.hasOwn(prices, name) ? prices[name] : undefined;
  const [typed, setTyped] = useState<Partial<Record<keyof ModelRates, string>>>(() =>
    known ? Object.fromEntries(Object.entries(known).map(([kind, usd]) => [kind, String(usd)])) : {},
  );
  const [tried, setTried] = useState(false);
  const input = priceOf(typed.input ?? '');
  const output = priceOf(typed.output ?? '');
  const cache = (kind: (typeof cacheKinds)[number]): number | null => {
    const text = typed[kind]?.trim() ?? '';
    // Money has few digits: 0.1 times 0.3 is not 0.030000000000000002.
    return text === ''
      ? input === null
        ? null
        : Number((input * multiples[kind]).toPrecision(8))
      : priceOf(text);
  };
  const wrong = (value: number | null): string | null =>
    tried && value === null ? words.t('usage:page.priceWrong') : null;
  const keep = (next: Record<string, ModelRates>): void =>
    void run(() => agent.call('settings.set', { prices: next })).then((done) => {
      if (done) onClose();
    });
  const save = (): void => {
    const [cacheRead, cacheWrite5m, cacheWrite1h] = cacheKinds.map(cache);
    setTried(true);
    if (input === null || output === null) return;
    if (cacheRead == null || cacheWrite5m == null || cacheWrite1h == null) return;
    keep({ ...prices, [name]: { input, output, cacheRead, cacheWrite5m, cacheWrite1h } });
  };
  const remove = (): void => keep(Object.fromEntries(Object.entries(prices).filter(([m]) => m !== name)));
  const field = (
    kind: keyof ModelRates,
    label: string,
    value: number | null,
    placeholder = '',
  ): ReactNode => (
    <TextInput
      label={label}
      value={typed[kind] ?? ''}
      onChange={(text) => setTyped({ ...typed, [kind]: text })}
      inputMode="decimal"
      placeholder={placeholder}
      error={wrong(value)}
      maxLength={14}
      autoFocus={kind === 'input'}
    />
  );
  return (
    <Sheet title={words.t('usage:page.priceTitle', { model: modelName(model) })} open onClose={onClose}>
      <Form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <p className="quiet">{words.t('usage:page.priceExplained', { name: plainText(name, 120) })}</p>
        <div className="form-pair">
          {field('input', words.t('usage:page.kindInput'), input)}
          {field('output', words.t('usage:page.kindOutput'), output)}
        </div>
        <div className="form-pair">
          {cacheKinds.map((kind) => (
            <div key={kind}>
              {field(
                kind,
                words.t(fieldWords[kind]),
                cache(kind),
                (typed[kind] ?? '') === '' ? String(cache(kind) ?? '') : '',
              )}
            </div>
          ))}
        </div>
        <p className="quiet small">{words.t('usage:page.priceCacheHint')}</p>
        <ErrorNotice error={error} />
        <div className="dialog-buttons">
          {known && (
            <Button look={['plain', 'danger']} isDisabled={pending} onPress={remove}>
              {words.t('usage:page.priceRemove')}
            </Button>
          )}
          <Button onPress={onClose}>{words.t('page:cancel')}</Button>
          <Button type="submit" look={['primary']} isPending={pending}>
            {words.t('usage:page.priceSave')}
          </Button>
        </div>
      </Form>
    </Sheet>
  );
}
