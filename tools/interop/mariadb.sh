#!/bin/bash
# A MariaDB of its own (Debian's server binaries, no system service), for interop tests. mariadb-server-core and
# mariadb-client-core are installed: neither makes a service or a data folder.
#   mariadb.sh install         the binaries alone; specs then start servers of their own
#   mariadb.sh start [name]    prints the URL of a user who owns the database `erp`
#   mariadb.sh stop [name]
set -euo pipefail
. "$(dirname "$0")/lib.sh"
need_root

command="${1:-start}"
name="${2:-mariadb}"
home="$INTEROP_DIR/$name"

install() { [ -x /usr/sbin/mariadbd ] && command -v my_print_defaults >/dev/null || apt_install mariadb-server-core mariadb-client-core; }
pid() { cat "$home/data/pid" 2>/dev/null || true; }
running() { [ -n "$(pid)" ] && kill -0 "$(pid)" 2>/dev/null; }
client() { mariadb --no-defaults --socket="$home/data/socket" --user=root "$@"; }

start() {
  install
  if [ ! -f "$home/prepared" ]; then
    rm -rf "$home"
    mkdir -p "$home/data"
    (umask 077 && node -e 'console.log(require("node:crypto").randomBytes(18).toString("hex"))' >"$home/password")
    chown nobody "$home/data"
    mariadb-install-db --no-defaults --datadir="$home/data" --user=nobody \
      --auth-root-authentication-method=normal --skip-test-db >&2 9>&-
    touch "$home/prepared"
  fi
  if ! running; then
    free_port >"$home/port"
    (cd / && exec setsid mariadbd --no-defaults --datadir="$home/data" --user=nobody --bind-address=127.0.0.1 \
      --port="$(cat "$home/port")" --socket="$home/data/socket" --pid-file="$home/data/pid" --skip-name-resolve \
      --log-error="$home/data/log") >/dev/null 2>&1 </dev/null 9>&- &
    disown
    for _ in $(seq 300); do client -e 'select 1' >/dev/null 2>&1 && break || sleep 0.1; done
    client -e "create database if not exists erp character set utf8mb4 collate utf8mb4_bin;
      create or replace user erp identified by '$(cat "$home/password")'; grant all on erp.* to erp" >&2
  fi
  echo "mysql://erp:$(cat "$home/password")@127.0.0.1:$(cat "$home/port")/erp"
}

stop() {
  local server
  server="$(pid)"
  if running; then kill "$server"; fi
  # Whoever starts next must not find the old one.
  for _ in $(seq 300); do [ -n "$server" ] && kill -0 "$server" 2>/dev/null || return 0; sleep 0.1; done
  fail "MariaDB does not end"
}

lock "$name"
case "$command" in
install) install ;;
start) start ;;
stop) stop ;;
*) fail "usage: $0 install|start|stop [name]" ;;
esac
