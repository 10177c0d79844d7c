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
} as const;
