import { closeSync, mkdirSync, openSync, utimesSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { SeededRandom } from './simulation/seeded-random.ts';

/** Transcripts in the shape that Claude Code 2.1.330 writes, as a person would have after some months of work. */

export interface GeneratedTranscripts {
  bytes: number;
  conversations: { id: string; path: string; cwd: string }[];
  /** Stands in one conversation only. */
  rare: { word: string; chinese: string; id: string };
}

const hex = (random: SeededRandom, digits: number): string => {
  let text = '';
  while (text.length < digits)
    text += Math.floor(random.next() * 0x1000000)
      .toString(16)
      .padStart(6, '0');
  return text.slice(0, digits);
};
export const generatedId = (random: SeededRandom): string =>
  `${hex(random, 8)}-${hex(random, 4)}-4${hex(random, 3)}-a${hex(random, 3)}-${hex(random, 12)}`;

const syllables = 'ba ce di fo gu ha je ki lo mu na pe ri so tu va we xi yo zu tra ple sto gri'.split(' ');
const characters =
  '的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战先回则任取据处队南给色光门即保治北造百规热领七海口东导器压志世金增争济阶油思术极交受联什认六共权收证改清己美再采转更单风切打白教速花带安场身车例真务具万每目至达走积示议声报斗完类八离华名确才科张信马节话米整空元况今集温传土许步群广石记需段研界拉林律叫且究观越织装影算低持音众书布复容儿须际商非验连断深难近矿千周委素技备半办青省列习响约支般史感劳便团往酸历市克何除消构府称太准精值号率族维划选标写存候毛亲快效斯院查江型眼王按格养易置派层片始却专状育厂京识适属圆包火住调满县局照参红细引听该铁价严';

class Prose {
  readonly #random: SeededRandom;
  readonly #words: string[];
  readonly #names: string[];
  readonly #chinese: string[];

  constructor(random: SeededRandom) {
    this.#random = random;
    const word = (least: number, most: number) =>
      Array.from(
        { length: Math.floor(random.between(least, most + 1)) },
        () => syllables[Math.floor(random.next() * syllables.length)],
      ).join('');
    this.#words = Array.from({ length: 20_000 }, () => word(1, 4));
    this.#chinese = Array.from({ length: 3_000 }, () =>
      [0, 1].map(() => characters[Math.floor(random.next() * characters.length)]).join(''),
    );
    this.#names = Array.from({ length: 8_000 }, (_, i) => {
      const parts = Array.from({ length: 2 + (i % 3) }, () => word(1, 3));
      if (i % 3 === 0) return parts.join('_');
      if (i % 3 === 1) return `src/${parts.join('/')}.ts`;
      return parts.map((part, at) => (at === 0 ? part : part[0]?.toUpperCase() + part.slice(1))).join('');
    });
  }

  /** The few are frequent, as in language. */
  #pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.#random.next() ** 3 * from.length)] as T;
  }

  text(length: number): string {
    let text = '';
    const chinese = this.#random.chance(0.15);
    while (text.length < length) {
      if (chinese && this.#random.chance(0.7)) {
        for (let i = 0; i < 6; i++) text += this.#pick(this.#chinese);
        text += '，';
      } else if (this.#random.chance(0.12))
        text += `${this.#pick(this.#names)}(${Math.floor(this.#random.next() * 500)}) `;
      else text += `${this.#pick(this.#words)}${this.#random.chance(0.1) ? '.\n' : ' '}`;
    }
    return text;
  }
}

/**
 * Writes about `bytes` of transcripts below `projects`, the same ones for the same seed. Half of the bytes are what
 * tools answered (which Claude Code writes twice), a quarter what Claude Code notes for itself.
 */
export function generateTranscripts(
  projects: string,
  {
    bytes,
    conversations,
    seed = 1,
    now = Date.now(),
  }: { bytes: number; conversations: number; seed?: number; now?: number },
): GeneratedTranscripts {
  const random = new SeededRandom(seed);
  const prose = new Prose(random);
  // Few texts are enough for few bytes.
  const share = Math.min(1, bytes / 50_000_000);
  const pool = (count: number, least: number, most: number) =>
    Array.from({ length: Math.ceil(count * share) }, () =>
      prose.text(least * (most / least) ** random.next()),
    );
  const prompts = pool(600, 20, 600);
  const answers = pool(900, 60, 3_000);
  const results = pool(500, 200, 30_000);
  const overhead = pool(12, 8_000, 60_000);
  const pick = (from: readonly string[]) => from[Math.floor(random.next() * from.length)] as string;

  const made: GeneratedTranscripts = {
    bytes: 0,
    conversations: [],
    rare: { word: 'quixoticZephyrGate', chinese: '鹦鹉', id: '' },
  };
  for (let i = 0; i < conversations; i++) {
    const id = generatedId(random);
    const cwd = `/home/someone/projects/${syllables[i % syllables.length]}-${i % 17}`;
    const folder = join(projects, cwd.replace(/[^A-Za-z0-9]/g, '-'));
    mkdirSync(folder, { recursive: true });
    const path = join(folder, `${id}.jsonl`);
    made.conversations.push({ id, path, cwd });
    const descriptor = openSync(path, 'w', 0o600);
    const last = now - (i * 29 * 86_400_000) / conversations;
    let at = last - 3_600_000;
    let written = 0;
    let lines = '';
    const stamp = () => {
      at = Math.min(last, at + 700);
      return new Date(at).toISOString();
    };
    const common = `"userType":"external","entrypoint":"cli","cwd":"${cwd}","sessionId":"${id}","version":"2.1.330","gitBranch":"main"}\n`;
    const flush = () => {
      written += writeSync(descriptor, lines);
      lines = '';
    };
    if (i === Math.floor(conversations / 2)) {
      made.rare.id = id;
      lines += `{"parentUuid":null,"isSidechain":false,"type":"user","message":{"role":"user","content":"where is ${made.rare.word} 和${made.rare.chinese}在哪里"},"uuid":"${generatedId(random)}","timestamp":"${stamp()}","origin":{"kind":"human"},${common}`;
    }
    while (written < bytes / conversations) {
      lines += `{"type":"file-history-snapshot","messageId":"${generatedId(random)}","snapshot":{"trackedFileBackups":{}},"isSnapshotUpdate":false}\n`;
      lines += `{"parentUuid":"${generatedId(random)}","isSidechain":false,"type":"user","message":{"role":"user","content":${JSON.stringify(pick(prompts))}},"uuid":"${generatedId(random)}","timestamp":"${stamp()}","origin":{"kind":"human"},${common}`;
      if (random.chance(0.12))
        lines += `{"parentUuid":"${generatedId(random)}","isSidechain":false,"attachment":{"type":"prompt_snapshot","systemPrompt":[${JSON.stringify(pick(overhead))}]},"type":"attachment","uuid":"${generatedId(random)}","timestamp":"${stamp()}",${common}`;
      const turns = 1 + Math.floor(random.next() * 6);
      for (let turn = 0; turn < turns; turn++) {
        const message = hex(random, 24);
        const shell = `"id":"msg_bdrk_${message}","type":"message","role":"assistant","model":"claude-opus-5-5"`;
        const usage = `"stop_reason":null,"usage":{"input_tokens":${Math.floor(random.next() * 9000)},"cache_creation_input_tokens":0,"cache_read_input_tokens":52341,"output_tokens":${Math.floor(random.next() * 900)},"service_tier":"standard"}},"requestId":"${generatedId(random)}","requestedModel":"us.anthropic.claude-opus-5-5","type":"assistant","uuid":"${generatedId(random)}","timestamp":"${stamp()}",${common}`;
        lines += `{"parentUuid":"${generatedId(random)}","isSidechain":false,"message":{${shell},"content":[{"type":"text","text":${JSON.stringify(pick(answers))}}],${usage}`;
        const command = JSON.stringify(`${pick(prompts)} ${hex(random, 12)}`);
        lines += `{"parentUuid":"${generatedId(random)}","isSidechain":false,"message":{${shell},"content":[{"type":"tool_use","id":"toolu_${message}","name":"Bash","input":{"command":${command},"description":"Runs it"}}],${usage}`;
        const result = JSON.stringify(pick(results));
        lines += `{"parentUuid":"${generatedId(random)}","isSidechain":false,"type":"user","message":{"role":"user","content":[{"tool_use_id":"toolu_${message}","type":"tool_result","content":${result},"is_error":false}]},"uuid":"${generatedId(random)}","timestamp":"${stamp()}","toolUseResult":{"stdout":${result},"stderr":"","interrupted":false},${common}`;
      }
      if (lines.length > 200_000) flush();
    }
    flush();
    closeSync(descriptor);
    utimesSync(path, last / 1000, last / 1000);
    made.bytes += written;
  }
  return made;
}

/** A line that a person adds to a conversation. */
export function promptLine(conversation: { id: string; cwd: string }, text: string, at = Date.now()): string {
  return `${JSON.stringify({
    parentUuid: null,
    isSidechain: false,
    type: 'user',
    message: { role: 'user', content: text },
    uuid: crypto.randomUUID(),
    timestamp: new Date(at).toISOString(),
    origin: { kind: 'human' },
    cwd: conversation.cwd,
    sessionId: conversation.id,
    version: '2.1.330',
  })}\n`;
}
