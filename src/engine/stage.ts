import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { HostwrightError } from '../core/error.ts';
import type { HostRead } from '../core/read.ts';
import type { JobOutput, LocalFile, Script, Staged } from '../core/script.ts';
import { PART_PREFIX } from '../modules/write-file.ts';
import { raw, sh } from '../shell/sh.ts';
import type { HostAccess, Route } from './host-access.ts';
import { problems } from './problems.ts';
import { isLarge, type Reached, type Transfer } from './transfer.ts';

/** Where files are sent. */
export interface StageGround {
  /** The host itself: what was read ahead is of no use here. */
  readonly access: HostAccess;
  readonly route: Route;
  /** Seconds for each file; undefined: no limit. */
  readonly timeoutSeconds: number | undefined;
  /** Told how many bytes the host has already. */
  readonly held: (bytes: number) => void;
}

/** What large files are sent with. */
export interface LargeGround {
  /** The host itself, whatever is known of it ahead. */
  readonly access: Reached['access'];
  /** Told of what may take longer than the link lasts. */
  readonly transfer: Transfer;
}

/** Sends what is large in a change that is about to be made: after this, the change itself is on its way. */
export async function sendLarge(
  script: Script,
  {
    large,
    route,
    timeoutSeconds,
  }: Pick<StageGround, 'route' | 'timeoutSeconds'> & { readonly large: LargeGround },
): Promise<void> {
  if (!isLarge(script)) return;
  const { access, transfer } = large;
  transfer.begins({ access, route });
  await stageFiles(script.staged ?? [], { access, route, timeoutSeconds, held: transfer.held });
  transfer.applies();
}

/** Exit status of an upload that found something else than what it was to go on with. */
const CHANGED = 75;

/** How often a file is begun anew where somebody changed what had arrived of it. */
const MOST_BEGINNINGS = 3;

/**
 * Sends files to where a script will take them from. What arrived of one before (the link broke, an earlier run was ended) is not sent again
 * once its checksum has shown that it is the beginning of the file. Rejects with a HostwrightError: `unreachable` where the link breaks; what
 * arrived stays, readable by nobody else.
 */
export async function stageFiles(staged: readonly Staged[], ground: StageGround): Promise<void> {
  if (staged.length === 0) return;
  for (let beginnings = 1; ; beginnings += 1) {
    const outputs = await sendRest(staged, ground);
    const failed = outputs.find(({ rc }) => rc !== 0);
    if (!failed) return;
    const { name } = ground.route.target;
    if (failed.timedOut) throw problems.notSentInTime(name, ground.timeoutSeconds ?? 0);
    if (failed.rc === CHANGED && beginnings < MOST_BEGINNINGS) continue;
    throw problems.notSent(name, new TextDecoder().decode(failed.stderr.bytes).trim());
  }
}

async function sendRest(staged: readonly Staged[], ground: StageGround): Promise<readonly JobOutput[]> {
  const { access, route, timeoutSeconds, held } = ground;
  const [there] = (await access.read(route, [heldParts(staged)])) as [readonly (Part | undefined)[]];
  const offsets = await Promise.all(staged.map(({ file }, index) => beginningOf(file, there[index])));
  held(offsets.reduce((sum, offset) => sum + offset, 0));
  const uploads = staged.flatMap((one, index) => {
    const offset = offsets[index] as number;
    return offset === one.file.size ? [] : [uploadOf(one, offset)];
  });
  const limit = timeoutSeconds ? { timeoutSeconds } : {};
  const done = await Promise.all(
    uploads.map((script) => access.runThenRead(route, { script, outputLimit: 4096, ...limit }, [])),
  );
  return done.map(({ output }) => output);
}

/** What a host has of a file. */
interface Part {
  readonly size: number;
  readonly sha256: string;
}

/** Undefined for a file that is not there, or not as we made it. */
function heldParts(staged: readonly Staged[]): HostRead<readonly (Part | undefined)[]> {
  return {
    kind: 'host',
    name: 'files on their way',
    script: sh`
      LC_ALL=C; export LC_ALL
      me=$(id -u)
      state() { stat -c %u:%a:%h:%F:%s -- "$1" 2>/dev/null; }
      # Before the directory was made it went to one above it.
      find_above() {
        d=\${1%/*}
        while [ -n "$d" ]; do
          d=\${d%/*}
          case $(state "$d/\${1##*/}") in "$me:600:1:regular file:"*) mv -f -- "$d/\${1##*/}" "$1"; return ;; esac
        done
      }
      held() {
        [ -e "$1" ] || find_above "$1"
        s=$(state "$1")
        case $s in
          "$me:600:1:regular file:"*) sum=$(sha256sum < "$1"); printf '%s %s\n' "\${s##*:}" "\${sum%% *}" ;;
          *) echo - ;;
        esac
      }
      ${raw(staged.map(({ at }) => sh`held ${at}`.text).join('\n'))}
    `,
    parse: ({ stdout }) =>
      new TextDecoder()
        .decode(stdout)
        .trim()
        .split('\n')
        .map((line) => {
          const [, size, sha256] = /^(\d{1,15}) ([0-9a-f]{64})$/.exec(line) ?? [];
          return sha256 === undefined ? undefined : { size: Number(size), sha256 };
        }),
  };
}

/** Bytes at the beginning of a file that the host has. */
async function beginningOf(file: LocalFile, part: Part | undefined): Promise<number> {
  if (!part || part.size === 0 || part.size > file.size) return 0;
  if (part.size === file.size) return part.sha256 === file.sha256 ? part.size : 0;
  return (await digestOfBeginning(file, part.size)) === part.sha256 ? part.size : 0;
}

async function digestOfBeginning({ path }: LocalFile, size: number): Promise<string | undefined> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path, { end: size - 1, highWaterMark: 1024 * 1024 }))
      hash.update(chunk as Buffer);
  } catch (thrown) {
    if (thrown instanceof HostwrightError) throw thrown;
    // Whoever sends it says what is wrong with it.
    return undefined;
  }
  return hash.digest('hex');
}

/**
 * Takes the rest of a file. A program of a broken connection may still have the file open and write what was under way: therefore the
 * whole is summed up where it came in several goes.
 */
export function uploadOf({ file, at }: Staged, offset: number): Script {
  const mine = raw('"$(stat -c %u:%a:%h:%F:%s -- "$part" 2>/dev/null)" = "$(id -u):600:1:regular file:');
  const begin = sh`
    find "\${part%/*}/" -maxdepth 1 -name ${`${PART_PREFIX}*`} -type f -user "$(id -u)" -mtime +7 -exec rm -f -- {} + 2>/dev/null
    rm -f -- "$part"
    message=$( (set -C; : > "$part") 2>&1) || fail "The file $part cannot be made: $message"
  `;
  const goOn = sh`[ ${mine}${raw(String(offset))}" ] || exit ${CHANGED}`;
  const sum = sh`sum=$(sha256sum < "$part"); [ "\${sum%% *}" = ${file.sha256} ] || { rm -f -- "$part"; exit ${CHANGED}; }`;
  const script = sh`
    LC_ALL=C; export LC_ALL
    fail() { printf '%s\n' "$1" >&2; exit 1; }
    umask 077
    part=${at}
    ${offset === 0 ? begin : goOn}
    message=$(cat 2>&1 >> "$part") || { rm -f -- "$part"; fail "The file $part could not be written: $message"; }
    [ ${mine}${raw(String(file.size))}" ] || { rm -f -- "$part"; fail "The file $part did not arrive whole."; }
    ${offset === 0 ? raw(':') : sum}
  `;
  return { ...script, input: { ...file, from: offset } };
}
