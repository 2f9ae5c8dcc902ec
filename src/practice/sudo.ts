import type { Script } from '../core/script.ts';
import { raw, sh } from '../shell/sh.ts';
import type { PracticeUser } from './place.ts';

/** How `sudo` on a practice host answers: asks for the user's password, asks for nothing, or is not there. */
export type SudoKind = 'password' | 'nopassword' | 'none';

/**
 * A stand-in for `sudo`, not the real one: a set-user-id program cannot be brought into a user namespace. It speaks the same words
 * where a client listens (prompt, refusals, exit status) and knows -A-less everyday options: -S -n -p -u -g(ignored) -H -E -k -i -s.
 * It protects nothing: its passwords stand in it in the clear.
 *
 * `switcher` is a set-user-id copy of `setpriv`, where users have ids of their own; without it the command runs as who asked.
 */
export function sudoStandIn(
  users: readonly PracticeUser[],
  kind: SudoKind,
  switcher: string | undefined,
): Script {
  const passwords = users.filter((user) => user.password !== undefined);
  const cases = passwords.map((user) => sh`${user.name}) password=${user.password ?? ''} known=yes ;;`.text);
  const homes = users.map((user) => sh`${user.name}) home=${user.home} ;;`.text);
  const become = switcher
    ? sh`set -- ${switcher} --reuid="$(id -u "$target")" --regid="$(id -g "$target")" --clear-groups -- "$@"`
    : sh`:`;
  return sh`
    #!/bin/sh
    # A stand-in for sudo on a practice host. It asks as sudo does, and protects nothing.
    unset prompt
    target=root piped= quiet= keep= shell=
    while getopts 'Sp:nHu:g:kKEis' option; do
      case $option in
        S) piped=yes ;;
        p) prompt=$OPTARG ;;
        n) quiet=yes ;;
        u) target=$OPTARG ;;
        E) keep=yes ;;
        i | s) shell=yes ;;
        H | g | k | K) ;;
        *) echo 'usage: sudo [-EHinkSs] [-p prompt] [-u user] command' >&2; exit 1 ;;
      esac
    done
    shift $((OPTIND - 1))
    id -u "$target" >/dev/null 2>&1 || { echo "sudo: unknown user $target" >&2; exit 1; }
    caller=$USER
    if [ ${kind} = password ] && [ "$caller" != root ]; then
      password= known=
      case $caller in
        ${raw(cases.join('\n    '))}
      esac
      [ -z "$quiet" ] || { echo 'sudo: a password is required' >&2; exit 1; }
      [ -n "$piped" ] || {
        echo 'sudo: a terminal is required to read the password; either use the -S option to read from' \
          'standard input or configure an askpass helper' >&2
        echo 'sudo: a password is required' >&2
        exit 1
      }
      tries=0
      while :; do
        printf %s "\${prompt-[sudo] password for $caller: }" >&2
        IFS= read -r answer || {
          echo >&2
          [ $tries -gt 0 ] || echo 'sudo: no password was provided' >&2
          echo 'sudo: a password is required' >&2
          exit 1
        }
        [ -z "$known" ] || [ "$answer" != "$password" ] || break
        tries=$((tries + 1))
        [ $tries -lt 3 ] || { echo 'sudo: 3 incorrect password attempts' >&2; exit 1; }
        echo 'Sorry, try again.' >&2
      done
    fi
    home=/
    case $target in
      ${raw(homes.join('\n  '))}
    esac
    if [ -n "$shell" ]; then
      if [ $# -gt 0 ]; then set -- /bin/sh -c "$*"; else set -- /bin/sh; fi
    fi
    [ $# -gt 0 ] || { echo 'usage: sudo [-EHinkSs] [-p prompt] [-u user] command' >&2; exit 1; }
    [ -n "$keep" ] || unset LANG LC_ALL
    export HOME="$home" USER="$target" LOGNAME="$target" SUDO_USER="$caller" SUDO_UID="$(id -u)" SUDO_GID="$(id -g)"
    # Assignments in front of the command, as sudo takes them.
    while case $1 in [A-Za-z_]*=*) true ;; *) false ;; esac; do export "$1"; shift; done
    ${become}
    exec "$@"`;
}
