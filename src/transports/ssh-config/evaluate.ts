import { userInfo } from 'node:os';
import { kept } from '../../core/kept.ts';
import type { SourcePosition } from '../../core/position.ts';
import { matchesPatternList } from '../patterns.ts';
import { startProcess } from '../process.ts';
import type { ConfigLine } from './lines.ts';
import { badConfigLine } from './problems.ts';
import { expandCommand, expandTokens, type HostNames } from './tokens.ts';

/** A value of an option and where it stands. */
export interface ConfigValue {
  readonly words: readonly string[];
  readonly position: SourcePosition;
}

/** Values by the lower-case name of their option; several only for options that add up. */
export type ConfigValues = ReadonlyMap<string, readonly ConfigValue[]>;

/** What is settled before any file is read. */
export interface Asked {
  readonly host: string;
  /** Undefined where nobody named one. */
  readonly user: string | undefined;
  readonly port: number | undefined;
}

/** Options of which every value counts. */
const ADDING = new Set(['identityfile', 'certificatefile']);

interface Evaluation {
  readonly asked: Asked;
  readonly values: Map<string, ConfigValue[]>;
  /** The second pass, which `Match final` asks for. */
  readonly final: boolean;
  wantsFinal: boolean;
}

/** What the files say of a host: as with ssh, the first value of an option counts. Rejects with a HostwrightError. */
export async function evaluateConfig(
  files: readonly (readonly ConfigLine[])[],
  asked: Asked,
): Promise<ConfigValues> {
  const values = new Map<string, ConfigValue[]>();
  const first: Evaluation = { asked, values, final: false, wantsFinal: false };
  for (const lines of files) await walk(lines, true, first);
  if (!first.wantsFinal) return values;
  const second: Evaluation = { asked, values, final: true, wantsFinal: false };
  for (const lines of files) await walk(lines, true, second);
  return values;
}

async function walk(lines: readonly ConfigLine[], around: boolean, state: Evaluation): Promise<void> {
  let active = around;
  for (const line of lines) {
    if (line.keyword === 'host') active = around && matchesPatternList(line.words, state.asked.host);
    else if (line.keyword === 'match') active = (await matches(line, around, state)) && around;
    else if (line.included) for (const more of line.included) await walk(more, active, state);
    else if (active) keep(line, state);
  }
}

function keep({ keyword, words, position }: ConfigLine, { values, final }: Evaluation): void {
  const before = values.get(keyword) ?? [];
  if (before.length > 0 && !ADDING.has(keyword)) return;
  // The second pass meets the lines of the first again.
  if (final && before.some((value) => samePlace(value.position, position))) return;
  values.set(keyword, [...before, { words, position }]);
}

function samePlace(a: SourcePosition, b: SourcePosition): boolean {
  return a.file === b.file && a.line === b.line;
}

/** Whether all criteria of a `Match` line hold. `exec` is asked last of those before it, and only where they hold, as ssh does. */
async function matches(line: ConfigLine, around: boolean, state: Evaluation): Promise<boolean> {
  const words = [...line.words];
  let holds = true;
  while (words.length > 0) {
    const [, negation, name] = /^(!?)(.*)$/.exec(words.shift() as string) as unknown as [
      string,
      string,
      string,
    ];
    const found = await criterion(name.toLowerCase(), words, line, state, holds && around);
    if (found === (negation === '!')) holds = false;
  }
  return holds;
}

async function criterion(
  name: string,
  words: string[],
  { position }: ConfigLine,
  state: Evaluation,
  matters: boolean,
): Promise<boolean> {
  if (name === 'all') return true;
  if (name === 'final') state.wantsFinal = true;
  if (name === 'final' || name === 'canonical') return state.final;
  const value = words.shift();
  if (value === undefined) throw badConfigLine(position, `gives ${name} no value`);
  const names = namesSoFar(state);
  const patterns = value.split(',');
  switch (name) {
    case 'host':
      return matchesPatternList(patterns, names.host);
    case 'originalhost':
      return matchesPatternList(patterns, names.originalHost);
    case 'user':
      return matchesPatternList(patterns, names.user);
    case 'localuser':
      return matchesPatternList(patterns, userInfo().username);
    case 'exec':
      return matters && succeeds(expandCommand(value, names));
    default:
      throw badConfigLine(
        position,
        `matches on ${JSON.stringify(name)}, which cannot be honoured`,
        'Known are all, host, originalhost, user, localuser, exec, final and canonical; connection openssh leaves it to the ssh of this machine.',
      );
  }
}

function namesSoFar({ asked, values }: Evaluation): HostNames {
  const word = (name: string) => values.get(name)?.[0]?.words[0];
  const names: HostNames = {
    originalHost: asked.host,
    host: asked.host,
    port: asked.port ?? Number(word('port') ?? 22),
    user: asked.user ?? word('user') ?? userInfo().username,
    hostKeyAlias: word('hostkeyalias'),
    proxyJump: word('proxyjump') ?? '',
  };
  const hostName = word('hostname');
  return hostName === undefined ? names : { ...names, host: expandTokens(hostName, names) };
}

const ran = new Map<string, Promise<boolean>>();

/** Whether a command of the user's own configuration succeeds; asked once in a run. */
function succeeds(command: string): Promise<boolean> {
  return kept(ran, command, async () => {
    const stream = await startProcess(['sh', '-c', command]);
    stream.stdin.end();
    stream.stdout.resume();
    stream.stderr.resume();
    const timer = setTimeout(stream.destroy, EXEC_SECONDS * 1000);
    const { code } = await stream.ended;
    clearTimeout(timer);
    return code === 0;
  });
}

const EXEC_SECONDS = 10;
