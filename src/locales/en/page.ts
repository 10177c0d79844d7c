/** Words of the page, and those of the overview (domain/overview.ts, domain/duration.ts) that every shell shares. */
export const page = {
  // domain/duration.ts
  durationDays: '{{days}} d {{hours}} h',
  durationHours: '{{hours}} h {{minutes}} min',
  durationMinutes: '{{minutes}} min',
  durationSeconds: '{{seconds}} s',
  durationNone: 'no time',

  // domain/overview.ts: one sentence for each state
  stateConfigProblem: 'Your AWS configuration file cannot be read.',
  stateSetup: 'Add your AWS access portal to begin.',
  stateSignedOut: 'You are signed out of {{ssoSession}}.',
  stateExpired: 'Your sign-in to {{ssoSession}} has ended.',
  stateSigningIn: 'Waiting for you to finish signing in, in the browser.',
  stateSigningInDevice: 'Waiting for you to confirm the code in the browser.',
  stateChooseRole: 'You are signed in. Choose the account and role to use.',
  stateProfileProblem: 'Profile {{profile}} cannot be used.',
  statePreparing: 'You are signed in. Getting credentials…',
  stateReady: 'Claude Code is ready to use Amazon Bedrock.',
  stateRenewing: 'Ready. Credentials are being renewed.',
  stateDegraded: 'Ready, but the last renewal failed.',
  stateDenied: 'AWS does not let you use role {{roleName}}.',
  stateFailed: 'You are signed in, but there are no credentials.',
} as const;
