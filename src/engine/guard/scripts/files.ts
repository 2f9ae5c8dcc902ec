import { sh } from '../../../shell/sh.ts';

/** Functions that put the kept files back byte for byte; what is as it was is not touched. */
export const RESTORE_FILES = sh`
  attributes() { stat -c '%a %u %g' "$1" 2>/dev/null; }

  restore_entry() {
    hw_copy=files$1
    if [ -L "$hw_copy" ]; then
      [ -L "$1" ] && [ "$(readlink "$1")" = "$(readlink "$hw_copy")" ] && return
      rm -rf -- "$1"
      cp -a "$hw_copy" "$1"
    elif [ -d "$hw_copy" ]; then
      if [ ! -d "$1" ] || [ -L "$1" ]; then rm -rf -- "$1"; mkdir -p "$1"; fi
      [ "$(attributes "$1")" = "$(attributes "$hw_copy")" ] || {
        chmod "$(stat -c %a "$hw_copy")" "$1"
        chown "$(stat -c %u:%g "$hw_copy")" "$1"
      }
    elif [ -f "$hw_copy" ]; then
      [ -f "$1" ] && [ ! -L "$1" ] && cmp -s "$hw_copy" "$1" && [ "$(attributes "$1")" = "$(attributes "$hw_copy")" ] && return
      hw_new=\${1%/*}/.hostwright-$$.new
      note "puts $1 back"
      # A file that is a mount cannot be replaced, but written.
      { cp -a "$hw_copy" "$hw_new" && mv -f "$hw_new" "$1"; } 2>/dev/null || { rm -f "$hw_new"; cat "$hw_copy" >"$1"; }
    fi
  }

  restore_files() {
    while read -r hw_kind hw_path; do
      if [ "$hw_kind" = absent ]; then
        if [ -e "$hw_path" ] || [ -L "$hw_path" ]; then note "removes $hw_path"; rm -rf -- "$hw_path"; fi
        continue
      fi
      if [ -d "$hw_path" ] && [ ! -L "$hw_path" ]; then
        find "$hw_path" -depth ! -path "$hw_path" | while IFS= read -r hw_entry; do
          [ -e "files$hw_entry" ] || [ -L "files$hw_entry" ] || { note "removes $hw_entry"; rm -rf -- "$hw_entry"; }
        done
      fi
      find "files$hw_path" | while IFS= read -r hw_entry; do restore_entry "\${hw_entry#files}"; done
      if have restorecon; then restorecon -R "$hw_path"; fi
    done <files.list
    flush
  } 2>>log

  # 0 where every kept file is as it was, and nothing is there that was not.
  files_as_before() {
    while read -r hw_kind hw_path; do
      if [ "$hw_kind" = absent ]; then [ ! -e "$hw_path" ] && [ ! -L "$hw_path" ] || return 1; continue; fi
      [ "$(cd files && find ".$hw_path" | sort)" = "$(cd / && find ".$hw_path" 2>/dev/null | sort)" ] || return 1
    done <files.list
    [ ! -s files.sum ] || sha256sum -c files.sum >/dev/null 2>&1
  }
`.text;
