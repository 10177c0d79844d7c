/**
 * What the doctor finds beside errors (contract/errors.ts): a sentence for each in the namespace `doctor`, by its code.
 * Parameters are plain text or numbers; never a secret.
 */
export const findingCodes = [
  // files
  'fileOpen',
  'fileUnreadable',
  'fileMalformed',
  'stateNotWritable',
  'diskFull',
  'diskNearlyFull',
  'leftovers',
  // clock
  'clockAhead',
  'clockBehind',
  // dns
  'hostUnknown',
  // proxy
  'proxyUnreachable',
  'proxyAsksPassword',
  'proxyRefuses',
  'proxyUnsupported',
  'proxyOfShell',
  // certificates
  'caBundleUnreadable',
  'nodeCaUnreadable',
  'caNotForClaude',
  // signIn
  'notRefreshable',
  'registrationEnds',
  // identity
  'otherAccount',
  'otherRole',
  // region
  'regionWithoutBedrock',
  'regionUnknown',
  'regionIsSsoRegion',
  // models
  'modelNotOffered',
  'modelNeedsProfile',
  'modelNotGranted',
  'modelEnded',
  'modelLegacy',
  'modelsFromTable',
  // endpoint
  'endpointUnreachable',
  'endpointNotBedrock',
  // answer, streaming
  'notAsked',
  'streamBuffered',
  // claude
  'claudeSilent',
  // claudeSettings
  'managedWins',
  'managedDiffers',
  'settingsRival',
  'settingsDecide',
  // variables
  'keysInShell',
  'providerInShell',
  'profileInShell',
  'regionInShell',
  // hooks
  'hooksBroken',
  'hooksSlow',
  'hooksDisabled',
  // defaultProfile
  'defaultShadows',
  // integration
  'integrationOutdated',
  // keys
  'longLivedKey',
  'oldKey',
  // trail
  'trailNotAllowed',
  'trailMissing',
  'trailEmpty',
  // quota
  'quotaNotAllowed',
  'quotaNotListed',
  'quotaZero',
  'quotaLow',
] as const;
export type FindingCode = (typeof findingCodes)[number];

/** Those of which a second sentence (`<code>Remedy`) says what to do. */
export const advised = [
  'fileOpen',
  'fileUnreadable',
  'fileMalformed',
  'stateNotWritable',
  'diskFull',
  'diskNearlyFull',
  'leftovers',
  'clockAhead',
  'clockBehind',
  'hostUnknown',
  'proxyUnreachable',
  'proxyAsksPassword',
  'proxyRefuses',
  'proxyUnsupported',
  'proxyOfShell',
  'caBundleUnreadable',
  'nodeCaUnreadable',
  'caNotForClaude',
  'notRefreshable',
  'registrationEnds',
  'otherAccount',
  'otherRole',
  'regionWithoutBedrock',
  'regionUnknown',
  'regionIsSsoRegion',
  'modelNotOffered',
  'modelNeedsProfile',
  'modelNotGranted',
  'modelEnded',
  'modelLegacy',
  'endpointUnreachable',
  'endpointNotBedrock',
  'notAsked',
  'streamBuffered',
  'claudeSilent',
  'managedWins',
  'managedDiffers',
  'settingsRival',
  'keysInShell',
  'providerInShell',
  'profileInShell',
  'hooksBroken',
  'hooksSlow',
  'hooksDisabled',
  'defaultShadows',
  'integrationOutdated',
  'longLivedKey',
  'oldKey',
  'trailNotAllowed',
  'trailMissing',
  'quotaNotAllowed',
  'quotaZero',
  'quotaLow',
] as const satisfies readonly FindingCode[];
