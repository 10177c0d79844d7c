import { memo, type ReactNode, useId } from 'react';
import {
  Button as AriaButton,
  Cell,
  Column,
  type Key,
  Menu,
  MenuItem,
  MenuTrigger,
  Popover,
  Row,
  Table,
  TableBody,
  TableHeader,
} from 'react-aria-components';
import type { Geography, ModelOffer, ModelView, ResolvedModel } from '../../../../src/contract/bedrock.ts';
import { Icon } from '../../components/icons.tsx';
import { IndicatorSign } from '../../components/indicator.tsx';
import { useWords } from '../../model/app-context.tsx';
import { type Chosen, chosenFor, type Slot, slotsFor } from '../../model/model-slots.ts';
import {
  contextWords,
  kindWords,
  lifeWords,
  pricePair,
  routeWords,
  slotKeys,
  statusWords,
  useKeys,
} from '../../model/model-words.ts';
import { plainText } from '../../model/plain-text.ts';
import { CopyId } from './copy-id.tsx';
import { type ModelRow, usesOf } from './model-rows.ts';

/** One line for each model with the id to use here, opened to all of its ids and why the others would fail. */
export const ModelTable = memo(function ModelTable({
  label,
  rows,
  region,
  geography,
  source,
  resolved,
  chosen,
  onChoose,
  expanded,
  onExpanded,
}: {
  label: string;
  rows: readonly ModelRow[];
  region: string;
  geography: Geography | null;
  source: ModelOffer['source'];
  resolved: readonly ResolvedModel[];
  chosen: Chosen;
  /** Null: nothing can be chosen from here (another region is looked at, or the agent is away). */
  onChoose: ((slot: Slot, id: string | null) => void) | null;
  expanded: ReadonlySet<Key>;
  onExpanded: (keys: Set<Key>) => void;
}): ReactNode {
  const words = useWords();
  return (
    <Table
      aria-label={label}
      className="table models"
      treeColumn="model"
      expandedKeys={expanded}
      onExpandedChange={onExpanded}
    >
      <TableHeader>
        <Column id="model" isRowHeader>
          {words.t('models:page.model')}
        </Column>
        <Column>{words.t('models:page.answersIn')}</Column>
        <Column className="cell-number">{words.t('models:page.context')}</Column>
        <Column className="cell-number">{words.t('models:page.price')}</Column>
        <Column>{words.t('models:page.status')}</Column>
        <Column>
          <span className="unseen">{words.t('models:page.actions')}</span>
        </Column>
      </TableHeader>
      <TableBody>
        {rows.map((row) => {
          const shared = { region, geography, source, chosen, onChoose, row };
          const chips = row.ids.flatMap((v) => usesOf(v.id, resolved));
          return (
            <Row
              key={row.key}
              id={row.key}
              textValue={row.name}
              className="model-row"
              data-unusable={!row.usable || undefined}
            >
              <Cell className="cell-model">
                <div className="model-head">
                  <Chevron model={row.name} />
                  <div className="model-words">
                    <p className="model-title">
                      <strong>{row.name}</strong> <Chips uses={chips} />
                    </p>
                    <CopyId id={row.best.id} />
                  </div>
                </div>
              </Cell>
              {facts(row.best, shared, words)}
              {row.ids.map((v) => (
                <Row key={v.id} id={`${row.key} ${v.id}`} textValue={v.id} className="id-row">
                  <Cell className="cell-model">
                    <div className="model-words">
                      <p className="small">
                        {kindWords(v.kind, words)}
                        {v.name !== '' && <span className="quiet"> · {plainText(v.name, 80)}</span>}
                      </p>
                      <CopyId id={v.id} />
                      <Why view={v} geography={geography} source={source} />
                      {v.regions.length > 1 && (
                        <p className="quiet small">{v.regions.map((r) => plainText(r, 40)).join(', ')}</p>
                      )}
                    </div>
                  </Cell>
                  {facts(v, shared, words)}
                </Row>
              ))}
            </Row>
          );
        })}
      </TableBody>
    </Table>
  );
});

/** Opens a line to its ids. Named by itself: react-aria would add the whole cell, with all that is in it. */
function Chevron({ model }: { model: string }): ReactNode {
  const words = useWords();
  const id = useId();
  return (
    <AriaButton
      slot="chevron"
      id={id}
      className="chevron"
      aria-label={words.t('models:page.allIds', { model })}
      aria-labelledby={id}
    >
      <Icon name="down" size={16} />
    </AriaButton>
  );
}

interface Shared {
  region: string;
  geography: Geography | null;
  source: ModelOffer['source'];
  chosen: Chosen;
  onChoose: ((slot: Slot, id: string | null) => void) | null;
  row: ModelRow;
}

/** The cells behind the first one; the collection wants them as direct children of their row. */
function facts(
  view: ModelView,
  { region, geography, source, chosen, onChoose, row }: Shared,
  words: ReturnType<typeof useWords>,
): ReactNode[] {
  const route = routeWords(view, region, words);
  const context = contextWords(view.contextTokens, words);
  const price = pricePair(view.rates, words);
  const status = statusWords(view, { geography, source }, words);
  const life = lifeWords(view, words);
  return [
    <Cell key="route" className="cell-route">
      <span>{route.place}</span>
      {route.detail && <span className="quiet small">{route.detail}</span>}
    </Cell>,
    <Cell key="context" className="cell-number cell-context">
      {context ?? <Unknown spoken={words.t('models:page.contextUnknown')} />}
    </Cell>,
    <Cell key="price" className="cell-number cell-price">
      {price ? (
        <>
          <span aria-hidden="true">
            {price.input} <span className="quiet">/</span> {price.output}
          </span>
          <span className="unseen">{words.t('models:page.priceSpoken', price)}</span>
        </>
      ) : (
        <Unknown spoken={words.t('models:page.priceUnknown')} />
      )}
    </Cell>,
    <Cell key="status" className="cell-status">
      <span className="state-sign">
        <IndicatorSign of={status.tone} size={15} />
        {status.label}
      </span>
      {life && (
        <span className={view.lifecycle === 'legacy' ? 'small life tone-attention' : 'small life quiet'}>
          {life}
        </span>
      )}
    </Cell>,
    <Cell key="act" className="cell-act">
      {view.refusal === null && onChoose && (
        <ChooseMenu view={view} row={row} chosen={chosen} onChoose={onChoose} />
      )}
    </Cell>,
  ];
}

function Unknown({ spoken }: { spoken: string }): ReactNode {
  return (
    <>
      <span className="quiet" aria-hidden="true">
        –
      </span>
      <span className="unseen">{spoken}</span>
    </>
  );
}

/** What Claude Code uses the model for; what it decides by itself quietly. */
function Chips({ uses }: { uses: readonly ResolvedModel[] }): ReactNode {
  const words = useWords();
  return uses.map((r) => (
    <span key={r.use} className={r.from === 'default' ? 'badge chip' : 'badge chip tone-busy'}>
      {words.t(useKeys[r.use])}
    </span>
  ));
}

function Why({ view, ...given }: { view: ModelView } & Pick<Shared, 'geography' | 'source'>): ReactNode {
  const words = useWords();
  const { why } = statusWords(view, given, words);
  return why && <p className="small why">{why}</p>;
}

/** What an id can be chosen for; choosing what is chosen leaves it to Claude Code again. */
function ChooseMenu({
  view,
  row,
  chosen,
  onChoose,
}: {
  view: ModelView;
  row: ModelRow;
  chosen: Chosen;
  onChoose: (slot: Slot, id: string | null) => void;
}): ReactNode {
  const words = useWords();
  const label = words.t('models:page.useForNamed', { model: row.name });
  const offered = slotsFor(row.family);
  return (
    <MenuTrigger>
      <AriaButton aria-label={label} className="button choose">
        {words.t('models:page.useFor')}
      </AriaButton>
      <Popover className="popover" placement="bottom end">
        <Menu
          className="listbox"
          aria-label={label}
          selectionMode="multiple"
          selectedKeys={offered.filter((slot) => chosenFor(chosen, slot) === view.id)}
          onAction={(key) => {
            const slot = offered.find((s) => s === key);
            if (slot) onChoose(slot, chosenFor(chosen, slot) === view.id ? null : view.id);
          }}
        >
          {offered.map((slot) => (
            <MenuItem key={slot} id={slot} className="option" shouldCloseOnSelect>
              {words.t(slotKeys[slot])}
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
