// `play-recording.mjs FILE`: writes each part of a recording once the terminal has the size that it was made in.
import { readFileSync } from 'node:fs';

const parts = JSON.parse(readFileSync(process.argv[2], 'utf8'));
let next = 0;
const play = () => {
  const part = parts[next];
  if (!part || process.stdout.columns !== part.size.cols || process.stdout.rows !== part.size.rows) return;
  next++;
  process.stdout.write(Buffer.from(part.bytes, 'base64'), play);
};
process.stdout.on('resize', play);
process.stdin.resume();
play();
