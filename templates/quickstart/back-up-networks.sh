#!/bin/sh
# back-up-networks SOURCE TARGET: copies a directory of network descriptions; never over an earlier copy.
set -eu
[ ! -e "$2" ] || { echo "$2 is there already" >&2; exit 1; }
cp -R "$1" "$2.new"
mv "$2.new" "$2"
