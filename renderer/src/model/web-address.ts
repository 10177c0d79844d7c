const loopback = ['127.0.0.1', 'localhost', '[::1]'];

/** Whether an address may become a link: https, or http on this machine (the loopback AWS of the demo). */
export function isWebAddress(text: string): boolean {
  try {
    const url = new URL(text);
    return url.protocol === 'https:' || (url.protocol === 'http:' && loopback.includes(url.hostname));
  } catch {
    return false;
  }
}

/** Whether an address that a program printed in a terminal may be opened: https only, without a user name in it. */
export function isFollowable(text: string): boolean {
  try {
    const url = new URL(text);
    return url.protocol === 'https:' && url.username === '' && url.password === '';
  } catch {
    return false;
  }
}
