import type { ReactNode } from 'react';
import { Collection, Header, ListBox, ListBoxItem, ListBoxSection } from 'react-aria-components';
import type { DoctorCheck } from '../../../../src/contract/doctor.ts';
import { DoctorLink } from '../../../../src/contract/doctor.ts';
import { CheckLine } from '../../components/check-line.tsx';
import { useWords } from '../../model/app-context.tsx';
import { groups } from './groups.ts';

/** Collections know their items by `id`, and draw again only those that are other objects than before. */
const items = new WeakMap<DoctorCheck, DoctorCheck & { id: DoctorLink }>();
function asItem(check: DoctorCheck): DoctorCheck & { id: DoctorLink } {
  const item = items.get(check) ?? { ...check, id: check.link };
  items.set(check, item);
  return item;
}

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
  const sections = groups.map(({ name, links }) => ({
    id: `group ${name}`,
    name,
    checks: checks.filter((c) => (links as readonly DoctorLink[]).includes(c.link)).map(asItem),
  }));
  return (
    <ListBox
      className="doctor-links"
      aria-label={words.t('doctor:page.links')}
      items={sections}
      dependencies={[words]}
      selectionMode="single"
      selectionBehavior="replace"
      selectedKeys={chosen === null ? [] : [chosen]}
      onSelectionChange={(keys) => {
        const [key] = keys === 'all' ? [] : [...keys];
        const link = DoctorLink.safeParse(key);
        onChoose(link.success ? link.data : null);
      }}
    >
      {(group) => (
        <ListBoxSection id={group.id} className="doctor-group">
          <Header className="doctor-group-name">{words.t(`doctor:page.group.${group.name}`)}</Header>
          <Collection items={group.checks} dependencies={[words]}>
            {(check) => (
              <ListBoxItem
                id={check.link}
                className="doctor-link"
                textValue={words.t('doctor:page.told', {
                  link: words.t(`doctor:link.${check.link}`),
                  state: words.t(`doctor:state.${check.state}`),
                })}
              >
                <CheckLine check={check} />
              </ListBoxItem>
            )}
          </Collection>
        </ListBoxSection>
      )}
    </ListBox>
  );
}
