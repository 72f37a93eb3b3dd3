#!/bin/bash
# A real Odoo 14 with its demo data: Debian bullseye's package in a chroot, a PostgreSQL 15 of its own.
#   odoo14.sh start   reuses what is prepared (first run: some minutes); prints {url, database, username, …}
#   odoo14.sh reset   puts the demo data back as they were after the first start, then as start
#   odoo14.sh status  succeeds when the server runs
#   odoo14.sh stop    ends the server and its database, nothing else
# DOVETAIL_DEBIAN_MIRROR overrides the mirror, which is otherwise taken from this machine's apt.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
. "$here/lib.sh"
need_root

command="${1:-start}"
home="$INTEROP_DIR/odoo14"
root="$home/root"
db=o14
modules=base,contacts,sale_management,purchase,stock,account

fetchable() { /usr/lib/apt/apt-helper download-file "$1" "$home/probe" >/dev/null 2>&1 9>&-; }

# The Debian mirror that this machine uses; an old release may have moved to the archive beside it.
find_mirror() {
  local uri candidate
  for uri in ${DOVETAIL_DEBIAN_MIRROR:-} \
    $(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Component: main' | sort -u); do
    uri="${uri%/}"
    for candidate in "$uri" "${uri%/debian}/debian-archive/debian" "${uri%/debian}/debian-archive"; do
      if fetchable "$candidate/dists/bullseye/InRelease"; then
        echo "$candidate"
        return
      fi
    done
  done
  fail "no Debian mirror with bullseye found; set DOVETAIL_DEBIAN_MIRROR"
}

mount_proc() {
  # Odoo watches its own memory through /proc; a container that may not mount runs without.
  mountpoint -q "$root/proc" || mount -t proc proc "$root/proc" || say "warning: no /proc in the chroot"
}

prepare_chroot() {
  [ -f "$home/chroot-ready" ] && return
  apt_install debootstrap ca-certificates
  local mirror proxy
  mirror="$(find_mirror)"
  proxy="$(apt-config dump --format '%v' Acquire::http::Proxy)"
  [ -z "$proxy" ] || export http_proxy="$proxy"
  mountpoint -q "$root/proc" && umount "$root/proc"
  rm -rf "$root"
  debootstrap --variant=minbase --include=ca-certificates bullseye "$root" "$mirror" >&2 9>&-
  [ -z "$proxy" ] || echo "Acquire::http::Proxy \"$proxy\";" >"$root/etc/apt/apt.conf.d/00proxy"
  cp -L /etc/resolv.conf "$root/etc/resolv.conf"
  printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
  chmod 755 "$root/usr/sbin/policy-rc.d"
  mount_proc
  chroot "$root" apt-get update >&2 9>&-
  chroot "$root" apt-get install -y --no-install-recommends odoo-14 >&2 9>&-
  touch "$home/chroot-ready"
}

sql() { psql -v ON_ERROR_STOP=1 -qAtX -d "$1" -c "$2" 9>&-; }

odoo() {
  # -c /dev/null: the package's own settings name a socket that is not ours.
  exec chroot --userspec=odoo:odoo "$root" env HOME=/var/lib/odoo LC_ALL=C.UTF-8 TZ=UTC odoo -c /dev/null \
    --data-dir=/var/lib/odoo --db_host=127.0.0.1 --db_port="$PGPORT" --db_user=odoo --db_password="$(cat "$home/password")" \
    --workers=0 --max-cron-threads=0 -d "$db" "$@"
}

start_database() {
  local url
  url="$("$here/postgres15.sh" start odoo14-postgres 9>&-)"
  export PGHOST=127.0.0.1 PGUSER=postgres PGPASSWORD PGPORT
  PGPASSWORD="$(echo "$url" | sed -E 's#.*://postgres:([^@]*)@.*#\1#')"
  PGPORT="$(echo "$url" | sed -E 's#.*:([0-9]+)/.*#\1#')"
  [ -f "$home/password" ] || (umask 077 && node -e 'console.log(require("node:crypto").randomBytes(18).toString("hex"))' >"$home/password")
  [ -n "$(sql postgres "select 1 from pg_roles where rolname='odoo'")" ] || sql postgres "create role odoo login createdb"
  sql postgres "alter role odoo password '$(cat "$home/password")'"
}

create_demo() {
  sql postgres "drop database if exists $db"
  (odoo -i "$1" --stop-after-init --no-http) >>"$home/init.log" 2>&1 9>&-
  [ -n "$(sql "$db" "select 1 from ir_module_module where name='account' and state='installed'")" ]
}

prepare_demo() {
  [ -n "$(sql postgres "select 1 from pg_database where datname='${db}_demo'")" ] && return
  say "creating the demo database (a minute or two)"
  create_demo "$modules,mrp" || create_demo "$modules" || fail "Odoo did not install, see $home/init.log"
  sql postgres "alter database $db rename to ${db}_demo"
}

restore_demo() {
  sql postgres "drop database if exists $db"
  sql postgres "create database $db template ${db}_demo owner odoo"
}

ours() { [ -f "$home/odoo.pid" ] && tr '\0' ' ' <"/proc/$(cat "$home/odoo.pid")/cmdline" 2>/dev/null | grep -q -- "--http-port=$(cat "$home/port")"; }

stop_server() {
  if ours; then
    local pid
    pid="$(cat "$home/odoo.pid")"
    kill "$pid"
    for _ in $(seq 100); do ours || break; sleep 0.1; done
    if ours; then kill -9 "$pid"; fi
  fi
  rm -f "$home/odoo.pid"
}

start_server() {
  if ! ours; then
    free_port >"$home/port"
    (odoo --http-interface=127.0.0.1 --http-port="$(cat "$home/port")") >>"$home/odoo.log" 2>&1 </dev/null 9>&- &
    echo $! >"$home/odoo.pid"
    disown
  fi
  node -e '
    const url = process.argv[1];
    const ask = () => fetch(url + "/web/login", { signal: AbortSignal.timeout(20000) }).then((r) => r.status === 200, () => false);
    (async () => { for (let i = 0; i < 240; i++) { if (await ask()) return; await new Promise((r) => setTimeout(r, 500)); } process.exit(1); })();
  ' "http://127.0.0.1:$(cat "$home/port")" || fail "Odoo does not answer, see $home/odoo.log"
}

print_answer() {
  printf '{"url":"http://127.0.0.1:%s","database":"%s","username":"admin","password":"admin","pidFiles":["%s","%s"]}\n' \
    "$(cat "$home/port")" "$db" "$home/odoo.pid" "$INTEROP_DIR/odoo14-postgres/data/postmaster.pid"
}

mkdir -p "$home"
chmod 755 "$home"
lock odoo14
case "$command" in
start | reset)
  prepare_chroot
  mount_proc
  start_database
  prepare_demo
  if [ "$command" = reset ]; then stop_server; fi
  if [ "$command" = reset ] || [ -z "$(sql postgres "select 1 from pg_database where datname='$db'")" ]; then restore_demo; fi
  start_server
  print_answer
  ;;
stop)
  stop_server
  "$here/postgres15.sh" stop odoo14-postgres 9>&-
  if mountpoint -q "$root/proc"; then umount "$root/proc"; fi
  ;;
status) ours ;;
*) fail "usage: $0 start|reset|status|stop" ;;
esac
