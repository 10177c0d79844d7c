/** Hands a file that was made in the page to whoever looks at it: the browser asks, or puts it where downloads go. */
export function download(name: string, type: `${'text' | 'application'}/${string}`, text: string): void {
  // U+FEFF: Excel takes a file without it for one in an old code page.
  const parts = type === 'text/csv' ? ['\ufeff', text] : [text];
  const url = URL.createObjectURL(new Blob(parts, { type: `${type};charset=utf-8` }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download has its own hold on it from here on.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
