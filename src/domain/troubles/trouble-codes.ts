/**
 * What Claude Code and Bedrock complain of, by name. Words: `<code>.what`, `<code>.why` and `<code>.do` of the namespace
 * `troubles`. `remedies`: what a person can press, the best one first; nothing is done before it is pressed.
 */
export type TroubleRemedy = 'signIn' | 'doctor' | 'models' | 'policy' | 'environment';

const remedies = {
  // Credentials
  credentialsExpired: ['signIn', 'doctor'],
  ssoEnded: ['signIn', 'doctor'],
  credentialsInvalid: ['doctor', 'signIn'],
  credentialsMissing: ['signIn', 'doctor'],
  exportFailed: ['doctor', 'signIn'],
  refreshFailed: ['signIn', 'doctor'],
  profileMissing: ['environment', 'doctor'],
  regionMissing: ['environment', 'doctor'],
  signatureWrong: ['doctor'],
  clockWrong: ['doctor'],
  apiKeyInvalid: ['doctor'],
  credentialsRefused: ['doctor', 'signIn'],
  // What the identity may do
  deniedByOrganization: ['models', 'policy'],
  deniedExplicitly: ['policy', 'doctor'],
  actionDenied: ['policy', 'doctor'],
  marketplace: ['policy', 'models'],
  paymentMissing: ['models'],
  useCaseMissing: ['models'],
  accountNotAllowed: ['environment', 'doctor'],
  countryNotAllowed: ['doctor'],
  // Models
  modelNotGranted: ['models', 'policy'],
  onDemand: ['models'],
  modelInvalid: ['models'],
  modelEnded: ['models'],
  modelLegacy: ['models'],
  modelUnavailable: ['models', 'doctor'],
  retentionRefused: ['models'],
  betaRefused: ['models'],
  // How much
  tokensPerDay: ['doctor', 'models'],
  tokensPerMinute: ['doctor', 'models'],
  tooManyRequests: ['doctor', 'models'],
  quotaExceeded: ['doctor', 'models'],
  promptTooLong: ['models'],
  outputCut: [],
  outputTooLarge: ['models'],
  // The other side
  modelBusy: ['models'],
  modelTimedOut: ['models'],
  modelFailed: ['models'],
  serverFailed: ['doctor'],
  refused: [],
  // The way there
  hostUnknown: ['doctor'],
  connectionRefused: ['doctor'],
  connectionLost: ['doctor'],
  noAnswer: ['doctor'],
  certificate: ['doctor'],
  proxyPassword: ['doctor'],
  captivePortal: ['doctor'],
  streamChanged: ['doctor'],
} as const satisfies Record<string, readonly TroubleRemedy[]>;

export type TroubleCode = keyof typeof remedies;
export const troubleCodes = Object.keys(remedies) as readonly TroubleCode[];

/** What a person can do about a trouble here, the best first. */
export const remediesOf = (code: TroubleCode): readonly TroubleRemedy[] => remedies[code];

export interface Trouble {
  readonly code: TroubleCode;
  /** Ids, numbers and names of actions as they stand in the text: one line each, of a narrow set of characters. */
  readonly params: Readonly<Record<string, string>>;
}
