import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { type Lan, openLan } from './lan.ts';
import { labScript, run, runNow } from './process.ts';

/** Where the runs of this machine keep their state; `names.sh` says the same to the scripts. */
const stateDirectory = '/run/hostwright-lab';

/** One run of the lab: owned by this process, taken down when it ends in whatever way. */
export interface LabRun {
  /** 1 to 250; every name and the subnet of the run carry it. */
  number: number;
  directory: string;
  /** The base tree: root/ and guest/. */
  base: string;
  /** The private key that opens root, operator and nopasswd on every host of this run. */
  key: string;
  lan: Lan;
  down: () => Promise<void>;
}

/** Opens a run: base tree (built when it is missing: a minute), state directory, key, office network. */
export function openRun(): LabRun {
  if (process.getuid?.() !== 0)
    throw new Error('The lab needs root: it makes namespaces, bridges and mounts.');
  const base = runNow(['bash', labScript('base/ensure')]).trim();
  const token = randomUUID();
  const number = claimNumber(token);
  const directory = `${stateDirectory}/${number}`;
  // Whoever kills this process, its end of this pipe closes, and the run is taken down.
  const warden = spawn('bash', [labScript('down'), '--when-closed', String(number), token], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  warden.unref();
  const { stdin } = warden;
  if ('unref' in stdin && typeof stdin.unref === 'function') stdin.unref();
  const takeDown = ['bash', labScript('down'), '--run', String(number)];
  const down = async () => {
    const { rc, stderr } = await run(takeDown);
    stdin.end();
    if (rc !== 0 || stderr !== '') throw new Error(`Run ${number} of the lab was not taken down: ${stderr}`);
  };
  try {
    runNow(['mount', '-t', 'tmpfs', '-o', 'mode=755,size=80%', `hwl${number}`, directory]);
    writeOwner(directory, token);
    const key = `${directory}/key`;
    runNow(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', 'lab', '-f', key]);
    return { number, directory, base, key, lan: openLan(number, directory), down };
  } catch (error) {
    runNow(takeDown);
    throw error;
  }
}

/**
 * Takes the first free number whose subnet no route of this machine uses. The directory appears together with its
 * owner file, by a rename that fails where a directory is: nobody sees a run without an owner, nobody shares one.
 */
function claimNumber(token: string): number {
  mkdirSync(stateDirectory, { recursive: true, mode: 0o755 });
  const routes = runNow(['ip', '-oneline', 'route', 'show', 'table', 'all']);
  const taken = new Set(readdirSync(stateDirectory));
  const opening = mkdtempSync(`${stateDirectory}/opening-`);
  writeOwner(opening, token);
  for (let number = 1; number <= 250; number++) {
    if (taken.has(String(number)) || routes.includes(` 10.87.${number}.`)) continue;
    try {
      renameSync(opening, `${stateDirectory}/${number}`);
      return number;
    } catch (error) {
      if (!['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
  }
  throw new Error('All 250 numbers of the lab are taken; bash test/lab/down removes what dead runs left.');
}

/**
 * Process id and start time: together they name a process for ever, the id alone is given again. The token names
 * this run among the runs that have the same number one after another.
 */
function writeOwner(directory: string, token: string): void {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const started = stat.slice(stat.lastIndexOf(') ') + 2).split(' ')[19];
  writeFileSync(`${directory}/owner`, `${process.pid} ${started} ${token}\n`);
}
