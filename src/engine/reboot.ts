import type { EngineRequest } from '../core/action.ts';
import { HostwrightError } from '../core/error.ts';
import type { ResultFields } from '../core/module.ts';
import type { Script } from '../core/script.ts';
import { raw, sh } from '../shell/sh.ts';
import type { ActionLog } from './action-log.ts';
import type { HostAccess, Route } from './host-access.ts';

export type RebootRequest = Extract<EngineRequest, { do: 'reboot' }>;

export interface RebootGround {
  readonly access: HostAccess & { readonly close: () => Promise<void> };
  readonly route: Route;
  readonly host: string;
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly log: ActionLog;
}

/** Seconds between two tries to log in: quicker ones look like an attack to sshd. */
const PAUSE = 3;

/** Seconds after which a host that still answers, and never agreed to its restart, was not told of it. */
const GRACE = 10;

/** Under which name the journal knows which start of the host it was. */
const MARK = 'start of the host';

/** Restarts the host, waits until it has started anew (and not merely answers), and until the test command succeeds. */
export async function reboot(request: RebootRequest, ground: RebootGround): Promise<ResultFields> {
  const { access, route, host, sleep } = ground;
  if (route.target.transport === 'local') throw ownMachine(host);
  const started = performance.now();
  const target = { ...route.target, connectTimeoutSeconds: request.connectTimeoutSeconds };
  const patient = { ...route, target };
  if (!(await hasRestarted(request, ground, patient))) {
    const before = await bootMark(request, ground, route);
    if (before === undefined) throw noMark(host, request.bootCommand);
    await order(request, ground, before);
    await sleep((request.delaySeconds + request.settleSeconds) * 1000);
    await untilTrue(request, ground, async () => {
      const now = await bootMark(request, ground, patient);
      return now !== undefined && now !== before;
    });
  }
  await untilTrue(request, ground, async () => {
    const test = await access.runThenRead(patient, { script: { text: request.testCommand } }, []);
    return test.output.rc === 0;
  });
  return { changed: true, rebooted: true, elapsed: Math.round((performance.now() - started) / 1000) };
}

/** Tells the host to restart, after it was written down. */
async function order(request: RebootRequest, { access, route, host, log }: RebootGround, before: string) {
  const script = restart(request);
  const differences = [{ label: MARK, before: 'the present one', after: 'the next one' }];
  const ended = await log.announce({ apply: script, differences, seen: { [MARK]: before } });
  const told = await access.runThenRead(route, { script }, []).catch((thrown: unknown) => {
    ended(undefined);
    throw thrown;
  });
  ended(told.output.rc);
  if (told.output.rc !== 0) throw refused(host, new TextDecoder().decode(told.output.stderr.bytes).trim());
}

/**
 * Where the run was interrupted while the host restarted: waits until it has, and does not restart it once more. A host that goes on
 * answering as it did was never told.
 */
async function hasRestarted(request: RebootRequest, ground: RebootGround, route: Route): Promise<boolean> {
  const { interrupted } = ground.log;
  if (!interrupted) return false;
  const begun = performance.now();
  const seconds = () => (performance.now() - begun) / 1000;
  const patience = interrupted.accepted ? request.timeoutSeconds : request.delaySeconds + GRACE;
  for (;;) {
    let because: unknown;
    let now: string | undefined;
    try {
      await ground.access.close();
      now = await bootMark(request, ground, route);
    } catch (thrown) {
      because = thrown;
    }
    if (now !== undefined && !interrupted.saw(MARK, now)) return true;
    if (now !== undefined && seconds() >= patience) return false;
    if (seconds() >= request.timeoutSeconds) throw notBack(ground.host, request.timeoutSeconds, because);
    await ground.sleep(PAUSE * 1000);
  }
}

/** Tries until it holds; a host that does not answer has not come back yet. The connection is made anew each time. */
async function untilTrue(
  request: RebootRequest,
  ground: RebootGround,
  holds: () => Promise<boolean>,
): Promise<void> {
  const deadline = performance.now() + request.timeoutSeconds * 1000;
  for (;;) {
    let because: unknown;
    try {
      await ground.access.close();
      if (await holds()) return;
    } catch (thrown) {
      because = thrown;
    }
    if (performance.now() >= deadline) throw notBack(ground.host, request.timeoutSeconds, because);
    await ground.sleep(PAUSE * 1000);
  }
}

async function bootMark(
  request: RebootRequest,
  { access }: RebootGround,
  route: Route,
): Promise<string | undefined> {
  const { output } = await access.runThenRead(route, { script: { text: request.bootCommand } }, []);
  const text = new TextDecoder().decode(output.stdout.bytes).trim();
  return output.rc === 0 && text !== '' ? text : undefined;
}

/** In the background and after a moment, so that this very command can still report back. */
function restart({ delaySeconds, message, rebootCommand }: RebootRequest): Script {
  const command = rebootCommand === undefined ? sh`shutdown -r now ${message} || reboot` : raw(rebootCommand);
  return sh`
    PATH=$PATH:/usr/sbin:/sbin
    ${rebootCommand === undefined ? raw('command -v shutdown >/dev/null || command -v reboot >/dev/null || { echo "The host has neither shutdown nor reboot." >&2; exit 1; }') : raw(':')}
    if [ "$(id -u)" -ne 0 ]; then echo 'Only root can restart the host; run the task with become: true.' >&2; exit 1; fi
    (
      trap '' HUP
      sleep ${Math.max(1, delaySeconds)}
      ${command}
    ) </dev/null >/dev/null 2>&1 &
    :`;
}

function ownMachine(host: string): HostwrightError {
  return new HostwrightError(
    'own-machine',
    `The host ${host} is reached without a connection: it is this machine, which would end the run.`,
    {
      hint: 'Restart this machine by hand.',
    },
  );
}

function noMark(host: string, command: string): HostwrightError {
  return new HostwrightError(
    'no-boot-mark',
    `On ${host} nothing tells one start from the next: ${JSON.stringify(command)} failed or printed nothing.`,
    {
      hint: 'Give boot_time_command: a command whose output differs after each start, such as who -b.',
    },
  );
}

function refused(host: string, said: string): HostwrightError {
  return new HostwrightError(
    'reboot-refused',
    `The host ${host} was not restarted: ${said.replace(/\.$/, '') || 'the command failed and said nothing'}.`,
    {
      hint: 'Give reboot_command where the host is restarted in another way.',
    },
  );
}

function notBack(host: string, seconds: number, cause: unknown): HostwrightError {
  const why = cause instanceof HostwrightError ? ` ${cause.message}` : '';
  return new HostwrightError(
    'not-back',
    `The host ${host} was not back ${seconds} seconds after its restart.${why}`,
    {
      hint: 'Look at its console; where it is only slow, raise reboot_timeout.',
      cause,
    },
  );
}
