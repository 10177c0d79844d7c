/** Words of the agent: the page that the browser shows when a sign-in comes back. */
export const agent = {
  callbackDoneTitle: 'You are signed in',
  callbackDone: 'Bedrock Tray keeps “{{ssoSession}}” signed in from now on. You can close this page.',
  callbackDeniedTitle: 'The sign-in was denied',
  callbackDenied:
    'Nothing was changed for “{{ssoSession}}”. You can close this page. To sign in after all, press Sign in again and then Allow.',
  callbackFailedTitle: 'The sign-in failed',
  callbackStrayTitle: 'This page does not belong to a sign-in',
  callbackStray:
    'Bedrock Tray did not ask for this answer, so it was ignored. Close this page and press Sign in again.',
  /** Said by the page's server to a browser that came without a ticket. */
  pageNoTicket:
    'This page opens only from Bedrock Tray itself. Run “bedrock-tray open --page” or use the tray to open it.',
  /** Shown by an AWS SDK whose program outlived the command that it was started with. */
  endpointRevoked:
    'The command that these credentials were opened for has ended. Start the program again with “bedrock-tray exec”.',
  /** Shown by an AWS SDK when AWS takes long. */
  endpointNotYet: 'The credentials are still being fetched from AWS. Try again in a moment.',
  /** Claude Code shows it to its person when it is stopped. */
  capReached:
    'This session has cost about {{cost}}, and its cap is {{cap}}. Raise or remove the cap in Bedrock Tray, then go on.',
  importRole: 'Profile “{{profile}}” for {{roleName}} in {{accountId}}, signed in with “{{ssoSession}}”.',
  importConvert:
    'Profile “{{profile}}” itself is signed in with “{{ssoSession}}” from then on, and stays signed in; you sign in once more.',
  importAssumeRole: 'Profile “{{profile}}” with everything that AWS’s own tools need to assume its role.',
  importSession: 'SSO session “{{ssoSession}}”.',
  importNothing: 'This cannot be taken over.',
  /** Why an input cannot be used (errors:BadInput). */
  inputAccount: 'an account number has 12 digits',
  inputRegion: 'it is not a region such as us-east-1',
  inputRole: 'a role’s name has letters, digits and +=,.@-_',
  inputPath: 'it is not a whole path',
  inputUrl: 'it is not an http or https address',
  inputOneOf: 'it is none of {{values}}',
  inputUnknown: 'nothing of that name is known here',
  inputForm: 'it has an unexpected form',
} as const;
