#!/bin/bash
# A PostgreSQL 15 of its own (Debian's package, no system service), for interop tests.
#   postgres15.sh start [name]   prints the URL of its superuser
#   postgres15.sh status [name]   succeeds when it runs
#   postgres15.sh stop [name]
#   postgres15.sh remove [name]   stops it and removes its data
set -euo pipefail
. "$(dirname "$0")/lib.sh"
need_root

command="${1:-start}"
name="${2:-postgres15}"
bin=/usr/lib/postgresql/15/bin
home="$INTEROP_DIR/$name"

install() {
  [ -x "$bin/initdb" ] && return
  # The package would otherwise create and start a cluster of its own.
  apt_install postgresql-common
  mkdir -p /etc/postgresql-common
  sed -i 's/^#\?create_main_cluster.*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf
  apt_install postgresql-15
}

as_postgres() { (cd / && runuser -u postgres -- "$@" 9>&-); }
running() { [ -d "$home/data" ] && as_postgres "$bin/pg_ctl" -D "$home/data" status >/dev/null 2>&1; }

start() {
  install
  if [ ! -f "$home/prepared" ]; then
    rm -rf "$home"
    mkdir -p "$home"
    (umask 077 && node -e 'console.log(require("node:crypto").randomBytes(18).toString("hex"))' >"$home/password")
    chown -R postgres:postgres "$home"
    as_postgres "$bin/initdb" -D "$home/data" -U postgres -E UTF8 --locale=C.UTF-8 \
      --auth=scram-sha-256 --pwfile="$home/password" >&2
    touch "$home/prepared"
  fi
  if ! running; then
    free_port >"$home/port"
    as_postgres "$bin/pg_ctl" -D "$home/data" -w -t 60 -l "$home/log" \
      -o "-p $(cat "$home/port") -c listen_addresses=127.0.0.1 -c max_connections=200 -c unix_socket_directories=''" start >&2
  fi
  echo "postgresql://postgres:$(cat "$home/password")@127.0.0.1:$(cat "$home/port")/postgres"
}

stop() {
  if running; then as_postgres "$bin/pg_ctl" -D "$home/data" -w -m fast stop >&2; fi
}

lock "$name"
case "$command" in
start) start ;;
status) running ;;
stop) stop ;;
remove)
  stop
  rm -rf "$home"
  ;;
*) fail "usage: $0 start|status|stop|remove [name]" ;;
esac
