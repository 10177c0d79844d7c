/** Objects and lists in one line: those of Claude Code have some hundred. Each costs up to 150 bytes of memory. */
const MOST_PARTS = 250_000;
const LIST = 0x5b;
const OBJECT = 0x7b;

/**
 * Whether a line (UTF-8) may be parsed as JSON. Eight megabytes of brackets, which a hostile server's answer may leave in
 * a transcript, become so large in memory that V8 ends the whole process, whatever a worker's limit is.
 */
export function isBearable(line: Uint8Array): boolean {
  if (line.length <= MOST_PARTS) return true;
  let parts = 0;
  for (let at = 0; at < line.length; at++) {
    const byte = line[at];
    if ((byte === LIST || byte === OBJECT) && ++parts > MOST_PARTS) return false;
  }
  return true;
}
