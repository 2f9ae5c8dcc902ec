import type { Script } from '../core/script.ts';
import { sh } from '../shell/sh.ts';

/** What a task wants of a user's key pair, with Ansible's names. */
export interface KeyWish {
  readonly name: string;
  readonly state: 'present' | 'absent';
  readonly generate_ssh_key: boolean;
  readonly ssh_key_type: 'rsa' | 'ed25519' | 'ecdsa';
  readonly ssh_key_bits?: number | undefined;
  readonly ssh_key_file?: string | undefined;
  readonly ssh_key_comment?: string | undefined;
}

/** The private key that is wanted; undefined where none is. */
export function keyFileOf(wish: KeyWish): string | undefined {
  return wish.state === 'present' && wish.generate_ssh_key
    ? (wish.ssh_key_file ?? `.ssh/id_${wish.ssh_key_type}`)
    : undefined;
}

/** Where the key lies: below the home directory of the user as the host has it now. */
function placeOf(wish: KeyWish): Script {
  return sh`
    entry=$(getent passwd ${wish.name} 2>/dev/null || grep ${`^${wish.name}:`} /etc/passwd)
    home=\${entry%:*} home=\${home##*:} gid=\${entry#*:*:*:} gid=\${gid%%:*}
    key=${keyFileOf(wish) ?? ''}
    case $key in /*) ;; *) key=$home/$key;; esac`;
}

/** Makes the pair, without a passphrase, and its directory where that is missing; all of it the user's. */
export function makeKey(wish: KeyWish): Script {
  const bits = wish.ssh_key_bits === undefined ? [] : ['-b', wish.ssh_key_bits];
  const comment =
    wish.ssh_key_comment === undefined
      ? sh`comment=${wish.name}@$(uname -n)`
      : sh`comment=${wish.ssh_key_comment}`;
  return sh`
    ${placeOf(wish)}
    ${comment}
    directory=\${key%/*} owner=${wish.name}:$gid
    if [ ! -d "$directory" ]; then mkdir -p -m 0700 "$directory" && chown "$owner" "$directory"; fi &&
    ssh-keygen -q -t ${wish.ssh_key_type} ${bits} -C "$comment" -N '' -f "$key" < /dev/null &&
    chown "$owner" "$key" "$key.pub" && printf 'ssh_public_key=%s\0' "$(cat "$key.pub")"`;
}

/** Takes the pair away again; its directory stays. */
export function removeKey(wish: KeyWish): Script {
  return sh`
    ${placeOf(wish)}
    rm -f "$key" "$key.pub"`;
}
