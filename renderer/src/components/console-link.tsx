import type { ReactNode } from 'react';
import { consoleLink } from '../../../src/domain/profiles/console-link.ts';
import { useWords } from '../model/app-context.tsx';
import { plainText } from '../model/plain-text.ts';
import { isWebAddress } from '../model/web-address.ts';
import { Icon } from './icons.tsx';

/** Opens the AWS console as a role, through the access portal. */
export function ConsoleLink({
  startUrl,
  accountId,
  account,
  roleName,
}: {
  startUrl: string;
  accountId: string;
  /** How the account is called. */
  account: string;
  roleName: string;
}): ReactNode {
  const words = useWords();
  const link = consoleLink(startUrl, accountId, roleName);
  if (link === null || !isWebAddress(link)) return null;
  return (
    <a
      className="button plain"
      href={link}
      target="_blank"
      rel="noopener noreferrer"
      aria-label={words.t('page:consoleOf', { role: plainText(roleName), account: plainText(account) })}
    >
      <Icon name="external" size={15} />
      {words.t('page:console')}
    </a>
  );
}
