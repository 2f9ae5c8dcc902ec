import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Privilege } from '../../src/core/connection.ts';
import { formatError, type HostwrightError } from '../../src/core/error.ts';
import { Secret } from '../../src/core/secret.ts';
import { openSession } from '../../src/shell/open-session.ts';
import { local } from '../../src/transports/local.ts';
import { recording } from './recording.ts';
import { enterShell, scratchDirectory, summary } from './shells.ts';

const PASSWORD = 'correct horse';

/** How `sudo` behaves on one host or another, as far as a caller can see; the real one is tried in the lab. */
const SUDO = `#!/bin/sh
echo "$@" >>"$SUDO_LOG"; env >>"$SUDO_LOG"
prompt='Password: '
while [ "$1" != -- ]; do
  case $1 in -p) prompt=$2; shift;; -n) quiet=1;; -u) user=$2; shift;; esac
  shift
done
shift
ask() { [ "$quiet" ] && { echo 'sudo: a password is required' >&2; exit 1; }; printf %s "$1" >&2; IFS= read -r answer || exit 1; }
case $SUDO_KIND in
  nopasswd) ;;
  password) for try in 1 2 3; do ask "$prompt"; [ "$answer" = '${PASSWORD}' ] && break; echo attempt >>"$SUDO_LOG"; echo 'Sorry, try again.' >&2; done
    [ "$answer" = '${PASSWORD}' ] || exit 1;;
  foreign) ask 'Einmalkennwort für operator: '; exit 1;;
  lecture) echo 'We trust you have received the usual lecture. Password: ' >&2; ask "$prompt"; [ "$answer" = '${PASSWORD}' ] || exit 1;;
  onlytty) (: >/dev/tty) 2>/dev/null || { echo 'sudo: sorry, you must have a tty to run sudo' >&2; exit 1; }; ask "$prompt"; [ "$answer" = '${PASSWORD}' ] || exit 1;;
  requiretty) echo 'sudo: sorry, you must have a tty to run sudo' >&2; exit 1;;
  stranger) ask "$prompt"; echo 'operator is not in the sudoers file.' >&2; exit 1;;
  nosuchuser) echo "sudo: unknown user $user" >&2; exit 1;;
esac
echo noise from a profile; echo noise >&2
AS="\${AS:+$AS > }$user"; export AS; exec "$@"
`;

/** The same for `su`, which words its question in the language of the host. */
const SU = `#!/bin/sh
while [ "$1" != -c ]; do [ "$1" = -s ] && shift; user=$1; shift; done
case $SU_KIND in
  chinese) printf '密码：' >&2; IFS= read -r answer;;
  pieces) printf 'su: ' >&2; sleep 0.1; echo 'user nobody does not exist' >&2; exit 1;;
  root) ;;
  *) printf 'Password: ' >&2; IFS= read -r answer;;
esac
[ "$SU_KIND" = root ] || [ "$answer" = '${PASSWORD}' ] || { echo 'su: Authentication failure' >&2; exit 1; }
AS="\${AS:+$AS > }$user"; export AS; exec sh -c "$2"
`;

/** And for `doas`, which asks on the terminal alone. */
const DOAS = `#!/bin/sh
echo "$@" >>"$SUDO_LOG"; env >>"$SUDO_LOG"
while [ "$1" != sh ]; do case $1 in -n) quiet=1;; -u) user=$2; shift;; esac; shift; done
case $DOAS_KIND in
  nopass) ;;
  password)
    [ "$quiet" ] && { echo 'doas: Authentication required' >&2; exit 1; }
    (: </dev/tty) 2>/dev/null && exec 3<>/dev/tty || { echo 'doas: a tty is required' >&2; exit 1; }
    stty -echo <&3; printf '\\rdoas (operator@host) password: ' >&3; IFS= read -r answer <&3; stty echo <&3
    echo attempt >>"$SUDO_LOG"
    [ "$answer" = '${PASSWORD}' ] || { echo 'doas: Authentication failed' >&2; exit 1; };;
  *) echo 'doas: Operation not permitted' >&2; exit 1;;
esac
exec 3<&-
AS="\${AS:+$AS > }$user"; export AS; exec "$@"
`;

const scratch = scratchDirectory();
const log = join(scratch.path, 'log');
let leave: () => void = () => {};
afterEach(() => leave());
beforeAll(() => () => scratch.remove());

const privilege = (method: Privilege['method'], user: string, password?: string): Privilege => ({
  method,
  user,
  ...(password === undefined ? {} : { password: new Secret(password) }),
});

/** What a session with these user changes gives: its job's output, or the error as a person sees it; and all that was written. */
async function attempt(
  environment: Readonly<Record<string, string>>,
  privileges: readonly Privilege[],
  without?: string,
) {
  const programs = Object.entries({ sudo: SUDO, su: SU, doas: DOAS }).filter(([name]) => name !== without);
  const writes: string[] = [];
  leave = enterShell({
    name: 'host',
    shell: 'dash',
    without: [without ?? ''],
    programs: Object.fromEntries(programs),
  });
  for (const [name, value] of Object.entries({ SUDO_LOG: log, AS: '', ...environment }))
    vi.stubEnv(name, value);
  const connection = recording(await local.open({} as never), writes);
  try {
    const session = await openSession(connection, { privilege: privileges, helloTimeoutSeconds: 1 });
    const outcome = await session.run({ script: { text: 'echo "$AS"; cat', input: Buffer.from('input') } });
    return { outcome: summary(outcome), writes };
  } catch (thrown) {
    return { error: formatError(thrown as HostwrightError), writes };
  } finally {
    await connection.close();
  }
}

const writtenPassword = ({ writes }: { readonly writes: readonly string[] }) =>
  writes.filter((line) => line.includes(PASSWORD));

describe('becoming another user', () => {
  const good: readonly (readonly [string, Readonly<Record<string, string>>, readonly Privilege[], string])[] =
    [
      ['sudo with a password', { SUDO_KIND: 'password' }, [privilege('sudo', 'root', PASSWORD)], 'root'],
      ['sudo that needs none', { SUDO_KIND: 'nopasswd' }, [privilege('sudo', 'root')], 'root'],
      [
        'sudo with a lecture that asks like a prompt',
        { SUDO_KIND: 'lecture' },
        [privilege('sudo', 'root', PASSWORD)],
        'root',
      ],
      [
        'sudo that insists on a terminal',
        { SUDO_KIND: 'onlytty' },
        [privilege('sudo', 'root', PASSWORD)],
        'root',
      ],
      ['doas that asks', { DOAS_KIND: 'password' }, [privilege('doas', 'root', PASSWORD)], 'root'],
      [
        'doas that asks, behind su, and sudo behind it',
        { DOAS_KIND: 'password', SUDO_KIND: 'nopasswd' },
        [privilege('su', 'a', PASSWORD), privilege('doas', 'b', PASSWORD), privilege('sudo', 'c')],
        'a > b > c',
      ],
      ['doas that needs no password', { DOAS_KIND: 'nopass' }, [privilege('doas', 'root')], 'root'],
      ['su with a password', {}, [privilege('su', 'postgres', PASSWORD)], 'postgres'],
      ['su in another language', { SU_KIND: 'chinese' }, [privilege('su', 'postgres', PASSWORD)], 'postgres'],
      [
        'sudo, then su',
        { SUDO_KIND: 'password', SU_KIND: 'root' },
        [privilege('sudo', 'root', PASSWORD), privilege('su', 'postgres')],
        'root > postgres',
      ],
      [
        'su, then sudo',
        { SUDO_KIND: 'password' },
        [privilege('su', 'admin', PASSWORD), privilege('sudo', 'root', PASSWORD)],
        'admin > root',
      ],
      [
        'sudo twice',
        { SUDO_KIND: 'password' },
        [privilege('sudo', 'a', PASSWORD), privilege('sudo', 'b', PASSWORD)],
        'a > b',
      ],
    ];
  test.each(good)('%s', async (_, environment, privileges, as) => {
    const result = await attempt(environment, privileges);
    expect(result).toMatchObject({ outcome: { rc: 0, stdout: `${as}\ninput`, stderr: '' } });
    expect(writtenPassword(result)).toHaveLength(privileges.filter(({ password }) => password).length);
  });

  test.each(['sudo', 'doas'] as const)(
    'a password that %s does not ask for is not written: a command would read it',
    async (method) => {
      const result = await attempt({ SUDO_KIND: 'nopasswd', DOAS_KIND: 'nopass' }, [
        privilege(method, 'root', PASSWORD),
      ]);
      expect(result).toMatchObject({ outcome: { rc: 0, stdout: 'root\ninput' } });
      expect(writtenPassword(result)).toEqual([]);
    },
  );

  test.each(['sudo', 'doas'] as const)(
    'the password for %s is in no argument list, environment or script',
    async (method) => {
      const { writes } = await attempt({ SUDO_KIND: 'password', DOAS_KIND: 'password' }, [
        privilege(method, 'root', PASSWORD),
      ]);
      expect(readFileSync(log, 'utf8')).not.toContain(PASSWORD);
      expect(writes.filter((line) => line.includes(PASSWORD))).toEqual([`${PASSWORD}\n`]);
    },
  );

  const bad: readonly (readonly [string, Readonly<Record<string, string>>, readonly Privilege[], string])[] =
    [
      [
        'a wrong password',
        { SUDO_KIND: 'password' },
        [privilege('sudo', 'root', 'wrong')],
        'Cannot become root with sudo: the password was refused.',
      ],
      [
        'no password',
        { SUDO_KIND: 'password' },
        [privilege('sudo', 'root')],
        'Cannot become root with sudo: a password is needed and none was given. It said: "sudo: a password is required".',
      ],
      [
        'a host that insists on a terminal',
        { SUDO_KIND: 'requiretty' },
        [privilege('sudo', 'root', PASSWORD)],
        'Cannot become root with sudo: it insists on a terminal. It said: "sudo: sorry, you must have a tty to run sudo".',
      ],
      [
        'a user without the right',
        { SUDO_KIND: 'stranger' },
        [privilege('sudo', 'root', PASSWORD)],
        'Cannot become root with sudo: the user has no right to. It said: "operator is not in the sudoers file.".',
      ],
      [
        'a user who does not exist',
        { SUDO_KIND: 'nosuchuser' },
        [privilege('sudo', 'ghost')],
        'Cannot become ghost with sudo: there is no such user on the host. It said: "sudo: unknown user ghost".',
      ],
      [
        'a question that is not ours',
        { SUDO_KIND: 'foreign' },
        [privilege('sudo', 'root', PASSWORD)],
        'Becoming root with sudo did not end within 1 seconds. It said: "Einmalkennwort für operator:".',
      ],
      [
        'su with a wrong password',
        {},
        [privilege('su', 'postgres', 'wrong')],
        'Cannot become postgres with su: the password was refused. It said: "su: Authentication failure".',
      ],
      [
        'su without a password',
        {},
        [privilege('su', 'postgres')],
        'Cannot become postgres with su: a password is needed and none was given.',
      ],
      [
        'a complaint of su that comes in pieces',
        { SU_KIND: 'pieces' },
        [privilege('su', 'nobody')],
        'Cannot become nobody with su: there is no such user on the host. It said: "su: user nobody does not exist".',
      ],
      [
        'the second of two',
        { SUDO_KIND: 'nopasswd' },
        [privilege('sudo', 'root'), privilege('su', 'postgres', 'wrong')],
        'Cannot become postgres with su: the password was refused. It said: "su: Authentication failure".',
      ],
      [
        'doas with a wrong password',
        { DOAS_KIND: 'password' },
        [privilege('doas', 'root', 'wrong')],
        'Cannot become root with doas: the password was refused. It said: "doas: Authentication failed".',
      ],
      [
        'doas that asks, without a password',
        { DOAS_KIND: 'password' },
        [privilege('doas', 'root')],
        'Cannot become root with doas: a password is needed and none was given. It said: "doas: Authentication required".',
      ],
      [
        'doas without the right, with a password',
        {},
        [privilege('doas', 'root', PASSWORD)],
        'Cannot become root with doas: the user has no right to. It said: "doas: Operation not permitted".',
      ],
      [
        'doas without the right',
        {},
        [privilege('doas', 'root')],
        'Cannot become root with doas: the user has no right to. It said: "doas: Operation not permitted".',
      ],
    ];
  test.each(bad)('%s is one clear error', async (_, environment, privileges, expected) => {
    expect((await attempt(environment, privileges)).error?.split('\n')[0]).toBe(expected);
  });

  test.each(['sudo', 'doas'] as const)('a wrong password for %s is tried once', async (method) => {
    const before = readFileSync(log, 'utf8').split('attempt\n').length;
    const { writes } = await attempt({ SUDO_KIND: 'password', DOAS_KIND: 'password' }, [
      privilege(method, 'root', 'wrong'),
    ]);
    expect(readFileSync(log, 'utf8').split('attempt\n').length - before).toBe(1);
    expect(writes.filter((line) => line === 'wrong\n')).toHaveLength(1);
  });

  test('who has no right is told what to allow', async () => {
    const { error } = await attempt({ SUDO_KIND: 'stranger' }, [privilege('sudo', 'app', PASSWORD)]);
    expect(error?.split('\n')[1]).toBe(
      '  Allow it there: "LOGIN ALL=(app) /bin/sh" (NOPASSWD: /bin/sh without a password), in a file that "visudo -f /etc/sudoers.d/hostwright" makes; or connect as a user who may.',
    );
    const doas = await attempt({}, [privilege('doas', 'app')]);
    expect(doas.error?.split('\n')[1]).toContain('"permit LOGIN as app cmd sh"');
  });

  test('a host without sudo', async () => {
    const { error } = await attempt({}, [privilege('sudo', 'root')], 'sudo');
    expect(error?.split('\n')[0]).toBe('Cannot become root with sudo: there is no sudo on the host.');
  });
});
