import type { ReactNode } from 'react';
import { Cell, Column, Row, Table, TableBody, TableHeader } from 'react-aria-components';
import type { ResolvedModel } from '../../../../src/contract/bedrock.ts';
import { modelFamily } from '../../../../src/domain/bedrock/model-family.ts';
import { IconButton } from '../../components/button.tsx';
import { IndicatorSign } from '../../components/indicator.tsx';
import { useWords } from '../../model/app-context.tsx';
import { type Chosen, chosenFor, type Slot, slotOf } from '../../model/model-slots.ts';
import { fromKeys, refusalWord, useKeys } from '../../model/model-words.ts';
import { plainText } from '../../model/plain-text.ts';
import { plainId } from './model-rows.ts';

const uses = ['primary', 'background', 'opus', 'sonnet', 'haiku', 'fable'] as const;

/**
 * What Claude Code will ask Bedrock for: use, id, who decided, and whether that is there. Its lines stand there before
 * the answer does. `onClear` takes back what the environment chose.
 */
export function ResolvedModels({
  label,
  resolved,
  chosen,
  onClear,
}: {
  label: string;
  resolved: readonly ResolvedModel[] | null;
  chosen: Chosen;
  onClear: ((slot: Slot) => void) | null;
}): ReactNode {
  const words = useWords();
  const rows = resolved ? uses.filter((use) => resolved.some((r) => r.use === use)) : uses;
  return (
    <Table aria-label={label} className="table resolved" aria-busy={resolved === null}>
      <TableHeader>
        <Column isRowHeader>{words.t('models:page.use')}</Column>
        <Column>{words.t('models:page.model')}</Column>
        <Column>{words.t('models:page.decidedBy')}</Column>
        <Column>{words.t('models:page.here')}</Column>
      </TableHeader>
      <TableBody>
        {rows.map((use) => {
          const found = resolved?.find((r) => r.use === use);
          return (
            <Row key={use} id={use} textValue={words.t(useKeys[use])}>
              <Cell className="cell-use">{words.t(useKeys[use])}</Cell>
              <Cell className="cell-model">{found ? <Model id={found.id} /> : <WaitingModel />}</Cell>
              <Cell className="cell-from">
                {found ? <Decided found={found} chosen={chosen} onClear={onClear} /> : <Waiting />}
              </Cell>
              <Cell className="cell-here">{found ? <Here found={found} /> : <Waiting />}</Cell>
            </Row>
          );
        })}
      </TableBody>
    </Table>
  );
}

/** As high as what comes in its place. */
const Waiting = (): ReactNode => <span className="skeleton skeleton-word">{'\u00a0'}</span>;

const WaitingModel = (): ReactNode => (
  <>
    <span className="skeleton skeleton-word model-name">{'\u00a0'}</span>
    <code className="model-id">{'\u00a0'}</code>
  </>
);

function Model({ id }: { id: string }): ReactNode {
  const name = modelFamily(plainId(id));
  return (
    <>
      {name && <span className="model-name">{name}</span>}
      <code className="model-id">{plainText(id, 300)}</code>
    </>
  );
}

function Decided({
  found,
  chosen,
  onClear,
}: {
  found: ResolvedModel;
  chosen: Chosen;
  onClear: ((slot: Slot) => void) | null;
}): ReactNode {
  const words = useWords();
  const slot = slotOf[found.use];
  const ours = found.from === 'environment';
  const beaten = !ours && found.from !== 'default' && chosenFor(chosen, slot) !== null;
  const use = words.t(useKeys[found.use]);
  return (
    <div className="decided">
      <div>
        <span className={ours ? undefined : 'quiet'}>{words.t(fromKeys[found.from])}</span>
        {beaten && (
          <span className="small tone-attention beaten">
            <IndicatorSign of="attention" size={13} />
            {words.t('models:page.winsOver')}
          </span>
        )}
        {found.where !== null && <code className="where">{plainText(found.where, 300)}</code>}
      </div>
      {ours && onClear && chosenFor(chosen, slot) !== null && (
        <IconButton
          icon="close"
          label={words.t('models:page.leaveToClaudeNamed', { use })}
          onPress={() => onClear(slot)}
        />
      )}
    </div>
  );
}

function Here({ found }: { found: ResolvedModel }): ReactNode {
  const words = useWords();
  const problem = found.offered === false || found.refusal !== null;
  const tone = problem ? 'problem' : found.offered === null ? 'off' : 'ready';
  const word =
    refusalWord(found.refusal, words) ??
    words.t(
      problem
        ? 'models:page.notOffered'
        : found.offered === null
          ? 'models:page.offeredUnknown'
          : 'models:page.offered',
    );
  return (
    <span className="state-sign">
      <IndicatorSign of={tone} size={15} />
      {word}
    </span>
  );
}
