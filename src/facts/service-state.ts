import { NOT_KNOWN } from '../core/not-known.ts';
import type { Foresight, HostRead, ReadOutput } from '../core/read.ts';
import { sh } from '../shell/sh.ts';
import { unexpectedOutput } from './problems.ts';
import { parseSystemdUnit, type SystemdUnit, systemdUnitScript } from './systemd-unit.ts';
import { certainUnit, unitHolds } from './unit-foresight.ts';

/** A service of SysV init or OpenRC: a script, and links that say at which runlevels it starts. */
export interface InitService {
  readonly found: boolean;
  readonly running: boolean;
  readonly enabled: boolean;
}

export type ServiceState =
  | { readonly kind: 'systemd'; readonly unit: SystemdUnit }
  | { readonly kind: 'openrc' | 'sysv'; readonly service: InitService }
  | { readonly kind: 'none' };

/** What a read of a service is about. */
export function serviceSubject(name: string): string {
  return `service:${name.replace(/\.service$/, '')}`;
}

/**
 * A service under whatever starts services on the host. `pattern` is looked for in the process list where a SysV script has no
 * `status`; `runlevel` is OpenRC's.
 */
export function serviceState(
  name: string,
  options: { readonly pattern?: string | undefined; readonly runlevel: string },
): HostRead<ServiceState> {
  const bare = name.replace(/\.service$/, '');
  const running =
    options.pattern === undefined
      ? sh`"/etc/init.d/"${bare} status >/dev/null 2>&1`
      : sh`cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\0' '\n' | grep -qF -e ${options.pattern}`;
  return {
    kind: 'host',
    name: `state of the service ${name}`,
    subject: serviceSubject(name),
    foresight: serviceForesight(name),
    // What a SysV script prints is prose; its exit status is what LSB promises (0: running).
    script: sh`
      LC_ALL=C; export LC_ALL
      if [ -d /run/systemd/system ]; then
        echo kind=systemd
        ${systemdUnitScript(name, 'system')}
        exit
      fi
      found=no running=no enabled=no
      if [ -d /run/openrc ] && command -v rc-service >/dev/null; then
        echo kind=openrc
        if rc-service -e ${bare}; then found=yes; fi
        if rc-service ${bare} status >/dev/null 2>&1; then running=yes; fi
        if [ -e ${`/etc/runlevels/${options.runlevel}/${bare}`} ]; then enabled=yes; fi
      elif [ -d /etc/init.d ] && { command -v update-rc.d || command -v chkconfig || command -v service; } >/dev/null; then
        echo kind=sysv
        if [ -x "/etc/init.d/"${bare} ]; then
          found=yes
          if { ${running}; }; then running=yes; fi
          for link in /etc/rc[2345].d/S[0-9][0-9]${bare} /etc/rc.d/rc[2345].d/S[0-9][0-9]${bare}; do
            if [ -e "$link" ]; then enabled=yes; fi
          done
        fi
      else
        echo kind=none
      fi
      echo "found=$found"; echo "running=$running"; echo "enabled=$enabled"
    `,
    parse: (output) => parseServiceState(name, output),
  };
}

/** Of services that systemd starts; what other tools say of theirs is compared as it is. */
function serviceForesight(name: string): Foresight<ServiceState> {
  return {
    foresee: (_, predicted) => {
      const own = predicted.get(serviceSubject(name));
      if (own === undefined || own === NOT_KNOWN) return undefined;
      const state = own as ServiceState;
      return state.kind === 'systemd' && !state.unit.moved ? state : undefined;
    },
    certain: (state) =>
      state.kind === 'systemd' ? { kind: 'systemd', unit: certainUnit(state.unit) } : state,
    holds: (state) => (state.kind === 'systemd' ? unitHolds(name, 'system', state.unit) : { text: 'exit 1' }),
  };
}

function parseServiceState(name: string, output: ReadOutput): ServiceState {
  const text = new TextDecoder().decode(output.stdout);
  const says = (line: string) => text.split('\n').includes(line);
  if (text.startsWith('kind=systemd\n')) return { kind: 'systemd', unit: parseSystemdUnit(name, output) };
  if (text.startsWith('kind=none\n')) return { kind: 'none' };
  const kind = (['openrc', 'sysv'] as const).find((candidate) => text.startsWith(`kind=${candidate}\n`));
  if (!kind) throw unexpectedOutput(`the service ${name}`, output);
  return {
    kind,
    service: { found: says('found=yes'), running: says('running=yes'), enabled: says('enabled=yes') },
  };
}
