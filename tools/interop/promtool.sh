#!/bin/bash
# Prints the path of Debian's promtool, unpacked without being installed.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

home="$INTEROP_DIR/prometheus"
lock prometheus
if [ ! -x "$home/usr/bin/promtool" ]; then
  apt_update
  rm -rf "$home"
  mkdir -p "$home/deb"
  # apt fetches as its own user, which must be able to write there.
  chmod 777 "$home/deb"
  (cd "$home/deb" && apt-get download prometheus >&2 9>&-)
  dpkg -x "$home"/deb/prometheus_*.deb "$home" 9>&-
fi
"$home/usr/bin/promtool" --version >&2 9>&-
echo "$home/usr/bin/promtool"
