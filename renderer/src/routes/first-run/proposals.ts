import type { SetupFindings, Snapshot } from '../../../../src/contract/state.ts';
import type { Option } from '../../components/fields.tsx';
import type { Words } from '../../model/app-context.tsx';
import { plainText } from '../../model/plain-text.ts';
import { kindWords } from '../../model/profile-words.ts';
import { isSignedIn } from './steps.ts';

/** What can be chosen to begin with: a start URL to be typed, one of many profiles, what other tools left, ... */
export const PORTAL = 'portal';
export const PROFILES = 'profiles';
export const IMPORT = 'import';
/** ... or, with its name behind it, an SSO session or one profile. */
export const SSO = 'sso ';
export const PROFILE = 'profile ';

/** The start URL's host: what tells portals apart at a glance. */
export function hostOf(startUrl: string): string {
  try {
    return plainText(new URL(startUrl).host, 100);
  } catch {
    return plainText(startUrl, 100);
  }
}

/** So many access portals are listed one by one. */
const MOST = 8;

/** What was found, the best first: that is what Enter goes on with. */
export function proposals(
  findings: SetupFindings | null,
  ssoSessions: Snapshot['ssoSessions'],
  words: Words,
): Option[] {
  if (!findings) return [];
  const { profiles, claudeSettings, imports } = findings;
  const usable = (name: string | null | undefined) => profiles.find((p) => p.name === name);
  const inSettings = usable(claudeSettings?.profile);
  const detailOf = (p: SetupFindings['profiles'][number]): string =>
    [p.roleName, p.accountId, kindWords(p.kind, words)]
      .map((v) => plainText(v ?? '', 80))
      .filter(Boolean)
      .join(' · ');
  const settings: Option[] = inSettings
    ? [
        {
          id: PROFILE + inSettings.name,
          label: words.t('firstRun:foundSettings', { profile: plainText(inSettings.name, 80) }),
          detail: detailOf(inSettings),
        },
      ]
    : [];
  const others = profiles.filter((p) => p !== inSettings);
  const [only] = others;
  const ofProfiles: Option[] =
    only === undefined
      ? []
      : others.length === 1
        ? [
            {
              id: PROFILE + only.name,
              label: words.t('firstRun:foundProfile', { profile: plainText(only.name, 80) }),
              detail: detailOf(only),
            },
          ]
        : [
            {
              id: PROFILES,
              label: words.t('firstRun:foundProfiles', { count: profiles.length }),
              detail: words.t('firstRun:foundProfilesDetail'),
            },
          ];
  const portals = findings.ssoSessions.slice(0, MOST).map((s): Option => {
    const known = ssoSessions.find((k) => k.id === s.id);
    return {
      id: SSO + s.id,
      label: words.t('firstRun:foundSsoSession', { ssoSession: plainText(s.id, 80) }),
      detail: [
        hostOf(s.startUrl),
        words.t(known && isSignedIn(known) ? 'firstRun:foundSignedIn' : 'firstRun:foundSignedOut'),
      ].join(' · '),
    };
  });
  const taken = imports.reduce((sum, i) => sum + i.count, 0);
  const take: Option[] =
    taken === 0
      ? []
      : [
          {
            id: IMPORT,
            label: words.t('firstRun:foundImport', { count: taken }),
            detail: imports
              .map((i) => (i.tool === 'legacy' ? words.t('page:toolLegacy') : i.tool))
              .join(' · '),
          },
        ];
  // One profile that works needs no more choosing; among several, the portal is the plainer beginning.
  return others.length === 1
    ? [...settings, ...ofProfiles, ...portals, ...take]
    : [...settings, ...portals, ...ofProfiles, ...take];
}

export function profileOptions(findings: SetupFindings | null, words: Words): Option[] {
  return (findings?.profiles ?? []).map((p) => ({
    id: p.name,
    label: plainText(p.name, 100),
    detail: [p.roleName, p.accountId, kindWords(p.kind, words)]
      .map((v) => plainText(v ?? '', 80))
      .filter(Boolean)
      .join(' · '),
  }));
}
