import type { Script } from '../../core/script.ts';
import { VIRSH } from '../../facts/libvirt/virsh.ts';
import { sh } from '../../shell/sh.ts';
import { OPEN_STATE } from '../backup-area.ts';

/**
 * Shell functions of every script that changes libvirt. `define KIND` defines the XML on its standard input: checked against libvirt's schema by
 * virsh itself, or where that is too old by virt-xml-validate. `back_up KIND NAME` keeps the XML on its standard input under the time of
 * now and prints the place as a record.
 */
export const LIBVIRT: Script = sh`
  ${VIRSH}
  umask 077
  ${OPEN_STATE}
  fail() { printf '%s\n' "$*" >&2; exit 1; }
  define() {
    case $1 in network) command=net-define;; *) command=define;; esac
    if virsh help "$command" | grep -q -e --validate; then v "$command" /dev/stdin --validate >/dev/null; return; fi
    mkdir -p "$hostwright/libvirt" && xml=$(mktemp "$hostwright/libvirt/.define.XXXXXXXXXX") || return 1
    cat > "$xml"
    if ! command -v virt-xml-validate >/dev/null || virt-xml-validate "$xml" "$1" >&2; then v "$command" "$xml" >/dev/null; else false; fi
    defined=$?
    rm -f "$xml"
    return "$defined"
  }
  back_up() {
    mkdir -p "$hostwright/libvirt/$1s" || return 1
    backup=$hostwright/libvirt/$1s/$2.$(date -u +%Y-%m-%dT%H%M%SZ)
    n=
    while [ -e "$backup$n.xml" ]; do n=.$((\${n#.} + 1)); done
    backup=$backup$n.xml
    cat > "$backup" && [ -s "$backup" ] || { rm -f "$backup"; return 1; }
    printf 'backup_file=%s\0' "$backup"
  }
`;
