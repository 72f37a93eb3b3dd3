# Sourced by the scripts beside it: places, logging and the small steps that each of them needs.
# Everything they make lives under one folder outside the repository, so a second run reuses it.
INTEROP_DIR="${DOVETAIL_INTEROP_DIR:-/var/tmp/dovetail-interop}"
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8

say() { echo "$*" >&2; }
fail() { say "error: $*"; exit 1; }

need_root() { [ "$(id -u)" = 0 ] || fail "this needs root (it installs packages and changes users)"; }

# One run at a time: two starts at once would build the same folder twice.
# The descriptor is closed again for every child that outlives the script (9>&-), or the lock would stay taken.
lock() {
  mkdir -p "$INTEROP_DIR"
  chmod 755 "$INTEROP_DIR"
  exec 9>"$INTEROP_DIR/$1.lock"
  flock -w 1800 9 || fail "another run of $1 does not end"
}

apt_updated=
apt_update() {
  [ -n "$apt_updated" ] || apt-get -o DPkg::Lock::Timeout=300 update >&2 9>&-
  apt_updated=1
}

apt_install() {
  apt_update
  apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "$@" >&2 9>&-
}

free_port() {
  node -e 'const s=require("node:net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})'
}
