import { type ReactNode, useState } from 'react';
import { Button } from '../../components/button.tsx';
import { Sheet } from '../../components/confirm.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { Check } from '../../components/fields.tsx';
import { ErrorNotice } from '../../components/notice.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { useWords } from '../../model/app-context.tsx';
import { useAsk } from '../../model/ask.ts';
import { download } from '../../model/download.ts';
import { plainLines } from '../../model/plain-text.ts';

/** The last check as text for a ticket, as it will be pasted. `at`: of that check. */
export function ReportSheet({ at, onClose }: { at: number; onClose: () => void }): ReactNode {
  const words = useWords();
  const [maskAccounts, setMaskAccounts] = useState(true);
  const report = useAsk('doctor.report', { maskAccounts }, at);
  const text = report.loading || !report.data ? null : plainLines(report.data.text);
  return (
    <Sheet title={words.t('doctor:page.reportTitle')} open onClose={onClose}>
      <p className="quiet">{words.t('doctor:page.reportMore')}</p>
      <Check label={words.t('doctor:page.reportMask')} isSelected={maskAccounts} onChange={setMaskAccounts}>
        <span>{words.t('doctor:page.reportMask')}</span>
      </Check>
      <ErrorNotice error={report.error} />
      {!report.error && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it.
        <section className="doctor-report" aria-label={words.t('doctor:page.reportText')} tabIndex={0}>
          {text === null ? <Skeleton lines={6} /> : <pre className="mono">{text}</pre>}
        </section>
      )}
      <div className="dialog-buttons">
        <Button onPress={onClose}>{words.t('page:close')}</Button>
        {text !== null && (
          <>
            <Button onPress={() => download('bedrock-tray-doctor.txt', 'text/plain', text)}>
              {words.t('doctor:page.reportSave')}
            </Button>
            <CopyButton text={text} label={words.t('doctor:page.reportCopy')} />
          </>
        )}
      </div>
    </Sheet>
  );
}
