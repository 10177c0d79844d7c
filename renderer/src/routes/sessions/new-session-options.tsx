import type { ReactNode } from 'react';
import { type Environment, PermissionMode } from '../../../../src/contract/state.ts';
import { ModelChoice, RegionChoice } from '../../components/bedrock-choices.tsx';
import { Button, IconButton } from '../../components/button.tsx';
import { Choice, TextInput, Toggle } from '../../components/fields.tsx';
import { useWords } from '../../model/app-context.tsx';
import { MOST_PANES } from '../../model/layout.ts';
import { folderProblem } from '../../model/names.ts';
import { CapFields, type useCapText } from './cap-dialog.tsx';

export interface SessionOptions {
  region: string | null;
  model: string | null;
  permissionMode: PermissionMode | null;
  name: string;
  addDirs: readonly string[];
  args: string;
  /** Sessions in each folder. */
  count: number;
  sideBySide: boolean;
}

const modeWords = {
  default: ['sessions:modeDefault', 'sessions:modeDefaultDetail'],
  acceptEdits: ['sessions:modeAcceptEdits', 'sessions:modeAcceptEditsDetail'],
  plan: ['sessions:modePlan', 'sessions:modePlanDetail'],
  auto: ['sessions:modeAuto', 'sessions:modeAutoDetail'],
  dontAsk: ['sessions:modeDontAsk', 'sessions:modeDontAskDetail'],
} as const satisfies Record<Exclude<PermissionMode, 'bypassPermissions'>, readonly [string, string]>;

/** What a page may choose: the agent refuses it the mode that asks for nothing. */
const modes = PermissionMode.exclude(['bypassPermissions']).options;

const OWN = 'own';

/** All that a new session can have and most do not need. */
export function NewSessionOptions({
  environment,
  options,
  onChange,
  cap,
  total,
  argsWrong,
  nameWrong,
}: {
  environment: Environment;
  options: SessionOptions;
  onChange: (patch: Partial<SessionOptions>) => void;
  cap: ReturnType<typeof useCapText>;
  /** Sessions that will be opened. */
  total: number;
  argsWrong: boolean;
  nameWrong: boolean;
}): ReactNode {
  const words = useWords();
  const region = options.region ?? environment.region;
  const setDir = (at: number, dir: string): void =>
    onChange({ addDirs: options.addDirs.map((d, n) => (n === at ? dir : d)) });
  return (
    <div className="form more-fields">
      <div className="form-pair">
        <RegionChoice
          label={words.t('page:bedrockRegion')}
          value={region}
          onCommit={(next) => onChange({ region: next })}
          opens="onRequest"
        />
        <ModelChoice
          label={words.t('page:model')}
          environment={environment.name}
          region={region}
          ask
          value={options.model ?? environment.model}
          onCommit={(model) => onChange({ model })}
          opens="onRequest"
        />
        <Choice
          label={words.t('sessions:permissionMode')}
          value={options.permissionMode ?? OWN}
          options={[
            { id: OWN, label: words.t('sessions:modeOwn'), detail: words.t('sessions:modeOwnDetail') },
            ...modes.map((mode) => ({
              id: mode,
              label: words.t(modeWords[mode][0]),
              detail: words.t(modeWords[mode][1]),
            })),
          ]}
          onChange={(mode) => onChange({ permissionMode: mode === OWN ? null : (mode as PermissionMode) })}
        />
        <TextInput
          label={words.t('sessions:name')}
          hint={words.t('sessions:nameHint')}
          value={options.name}
          onChange={(name) => onChange({ name })}
          maxLength={90}
          error={nameWrong ? words.t('sessions:nameWrong') : null}
        />
      </div>
      {options.addDirs.map((dir, n) => {
        const wrong = dir.trim() === '' ? null : folderProblem(dir);
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a field has no other name.
          <div className="folder-field" key={n}>
            <TextInput
              label={words.t('sessions:addDir')}
              value={dir}
              onChange={(next) => setDir(n, next)}
              placeholder="/home/me/library"
              error={wrong ? words.t(`page:${wrong}`) : null}
            />
            <IconButton
              icon="close"
              label={words.t('sessions:removeDir', { number: n + 1 })}
              onPress={() => onChange({ addDirs: options.addDirs.filter((_, m) => m !== n) })}
            />
          </div>
        );
      })}
      <div>
        <Button look={['plain']} icon="plus" onPress={() => onChange({ addDirs: [...options.addDirs, ''] })}>
          {words.t('sessions:addDirAnother')}
        </Button>
      </div>
      <TextInput
        label={words.t('sessions:arguments')}
        hint={words.t('sessions:argumentsHint')}
        value={options.args}
        onChange={(args) => onChange({ args })}
        placeholder="--effort high"
        mono
        error={argsWrong ? words.t('sessions:argumentsWrong') : null}
      />
      <div className="form-pair">
        <CapFields cap={cap} />
      </div>
      <div className="form-pair">
        <Choice
          label={words.t('sessions:count')}
          value={String(options.count)}
          options={[1, 2, 3, 4, 6, 8].map((n) => ({ id: String(n), label: String(n) }))}
          onChange={(count) => onChange({ count: Number(count) })}
        />
        {total > 1 && total <= MOST_PANES && (
          <Toggle
            label={words.t('sessions:sideBySide')}
            isSelected={options.sideBySide}
            onChange={(sideBySide) => onChange({ sideBySide })}
          />
        )}
      </div>
    </div>
  );
}
