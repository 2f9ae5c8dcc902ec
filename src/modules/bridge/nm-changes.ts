import { sha256 } from '../../core/digest.ts';
import type { Script } from '../../core/script.ts';
import { sh } from '../../shell/sh.ts';
import { BACK_UP_TARGET, findUndoPlace, makeUndoPlace } from '../backup-area.ts';
import { formatKeyfile } from './nm-profile.ts';
import { steps } from './runtime-scripts.ts';
import type { ProfileEdit } from './wish.ts';

const DIRECTORY = '/etc/NetworkManager/system-connections';

/** Where NetworkManager keeps profiles: those for good, and those that it made up or that last until the next boot. */
export const PROFILE_DIRECTORIES = [DIRECTORY, '/run/NetworkManager/system-connections'];

/**
 * New profiles are placed whole, closed to others, and loaded; old ones are changed property by property. Of what is changed or removed
 * the file is kept before, since NetworkManager writes it anew in its own words.
 */
export function changeProfiles(profiles: readonly ProfileEdit[]): Script {
  return steps(
    profiles.map((edit) => {
      const { uuid, id, before, after } = edit;
      if (after === null) {
        return sh`
          ${keep(edit)}
          nmcli connection delete uuid ${uuid} >/dev/null
        `;
      }
      if (before !== null) {
        const words = Object.entries(after).flatMap(([key, value]) =>
          before[key] === value ? [] : [key, value],
        );
        return sh`
          ${keep(edit)}
          nmcli connection modify uuid ${uuid} ${words}
        `;
      }
      return place(id, after);
    }),
  );
}

/** What was changed or removed is as it was: byte for byte where its file was kept, else by its properties. */
export function putProfilesBack(profiles: readonly ProfileEdit[]): Script {
  return steps(
    profiles
      .filter(({ before }) => before !== null)
      .toReversed()
      .map((edit) => {
        const { uuid, id, before, after } = edit;
        const byProperties =
          after === null
            ? place(id, before ?? {})
            : sh`nmcli connection modify uuid ${uuid} ${Object.entries(before ?? {}).flat()}`;
        return sh`
          ${findUndoPlace(placeName(edit))}
          if [ -f "$kept/file" ] && IFS= read -r file < "$kept/path"; then
            cp -p -- "$kept/file" "$file" && nmcli connection load "$file" || exit 1
          else
          ${byProperties}
          fi
        `;
      }),
  );
}

function place(id: string, properties: Readonly<Record<string, string>>): Script {
  const path = `${DIRECTORY}/hostwright-${id.replaceAll('/', '-')}.nmconnection`;
  return sh`
    mkdir -p ${DIRECTORY}
    temporary=$(mktemp ${`${DIRECTORY}/.hostwright.XXXXXXXXXX`}) || exit 1
    chmod 0600 "$temporary" && printf %s ${formatKeyfile(properties)} > "$temporary" && mv -f "$temporary" ${path} || exit 1
    nmcli connection load ${path} || exit 1
  `;
}

/** Where the file of a profile is, is asked of NetworkManager: not every file holds its UUID. */
function keep(edit: ProfileEdit): Script {
  return sh`
    file=$(LC_ALL=C CHARSET=UTF-8 nmcli -t -e no -f UUID,FILENAME connection show 2>/dev/null | sed -n ${`s/^${edit.uuid}://p`} | head -n 1)
    if [ -f "$file" ]; then
      ${makeUndoPlace(placeName(edit))}
      rm -rf -- "$kept" && (umask 077; mkdir -p -- "$kept") && cp -p -- "$file" "$kept/file" && printf '%s\n' "$file" > "$kept/path" || exit 1
      target=$file
      ( ${BACK_UP_TARGET} ) >/dev/null || exit 1
    fi
  `;
}

/** Named by the profile and what becomes of it, so that undo knows it beforehand. */
function placeName({ uuid, before, after }: ProfileEdit): string {
  const what = sha256(new TextEncoder().encode(JSON.stringify([before, after]))).slice(0, 12);
  return `profile-${uuid}-${what}`;
}
