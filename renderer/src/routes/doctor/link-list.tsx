import type { ReactNode } from 'react';
import { Header, ListBox, ListBoxItem, ListBoxSection } from 'react-aria-components';
import type { DoctorCheck } from '../../../../src/contract/doctor.ts';
import { DoctorLink } from '../../../../src/contract/doctor.ts';
import { CheckLine } from '../../components/check-line.tsx';
import { useWords } from '../../model/app-context.tsx';
import { groups } from './groups.ts';

/** All links in order. One is chosen with a press or the arrow keys; Escape shows everything found again. */
export function LinkList({
  checks,
  chosen,
  onChoose,
}: {
  checks: readonly DoctorCheck[];
  chosen: DoctorLink | null;
  onChoose: (link: DoctorLink | null) => void;
}): ReactNode {
  const words = useWords();
  const of = new Map(checks.map((c) => [c.link, c]));
  return (
    <ListBox
      className="doctor-links"
      aria-label={words.t('doctor:page.links')}
      selectionMode="single"
      selectionBehavior="replace"
      selectedKeys={chosen === null ? [] : [chosen]}
      onSelectionChange={(keys) => {
        const [key] = keys === 'all' ? [] : [...keys];
        const link = DoctorLink.safeParse(key);
        onChoose(link.success ? link.data : null);
      }}
    >
      {groups.map((group) => (
        <ListBoxSection key={group.name} id={`group ${group.name}`} className="doctor-group">
          <Header className="doctor-group-name">{words.t(`doctor:page.group.${group.name}`)}</Header>
          {group.links.map((link) => {
            const check = of.get(link);
            return (
              check && (
                <ListBoxItem
                  key={link}
                  id={link}
                  className="doctor-link"
                  textValue={words.t('doctor:page.told', {
                    link: words.t(`doctor:link.${link}`),
                    state: words.t(`doctor:state.${check.state}`),
                  })}
                >
                  <CheckLine check={check} />
                </ListBoxItem>
              )
            );
          })}
        </ListBoxSection>
      ))}
    </ListBox>
  );
}
