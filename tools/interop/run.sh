#!/bin/bash
# `npm run test:interop`: the product and the adapters against real systems that Debian packages bring.
#   Odoo 14 (its demo data, put back first), PostgreSQL 15, MariaDB, OpenSSH, promtool: installed when missing, kept for the
#   next run.
# Stops exactly what it started. Last line: `N passed, N failed, N skipped`; exit code 0 when nothing failed.
# What cannot be installed is skipped with a word, and with CI set a failure. Whole outputs: tmp/interop/
set -uo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
root="$(cd "$here/../.." && pwd)"
logs="$root/tmp/interop"
mkdir -p "$logs"
cd "$root"
. "$here/lib.sh"
export NX_DAEMON=false FORCE_COLOR=0
# Children get process groups of their own, so that a step can be ended with all that it began.
set -m

passed=0 failed=0 skipped=0
started_odoo= started_postgres=
declare -A running began

stop_started() {
  trap '' INT TERM HUP
  local pid name
  for pid in "${running[@]}"; do kill -- "-$pid" 2>/dev/null && wait "$pid" 2>/dev/null; done
  # The specs end what they start; this is for those that were killed.
  for name in openssh adventureworks; do bash "$here/openssh.sh" stop $name >>"$logs/stop.log" 2>&1; done
  bash "$here/mariadb.sh" stop adventureworks >>"$logs/stop.log" 2>&1
  [ -z "$started_odoo" ] || bash "$here/odoo14.sh" stop >>"$logs/stop.log" 2>&1
  # Only Odoo's data are worth keeping.
  [ -z "$started_postgres" ] || bash "$here/postgres15.sh" remove interop >>"$logs/stop.log" 2>&1
}
trap stop_started EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# begin <name> <command …>: in the background, so that the shell hears a signal at once.
begin() {
  local name=$1
  shift
  began[$name]=$SECONDS
  "$@" &
  running[$name]=$!
}

# The exit code of what was begun.
end() {
  local status=0
  wait "${running[$1]}" || status=$?
  unset "running[$1]"
  return $status
}

verdict() {
  printf '%-18s %-6s %5s s  %s\n' "$1" "$2" "$3" "$4"
}

# Prepares something that Debian offers: prepare <name> <file for its output> <script> …
prepare() {
  local name=$1 out=$2 status=0
  shift 2
  begin "$name" bash "$@" >"$out" 2>"$logs/$name.log"
  end "$name" || status=$?
  local took=$((SECONDS - began[$name]))
  if [ "$status" = 0 ]; then
    verdict "$name" ready "$took" ""
    return
  fi
  if [ -n "${CI:-}" ]; then
    failed=$((failed + 1))
    verdict "$name" FAILED "$took" "see $logs/$name.log"
  else
    skipped=$((skipped + 1))
    verdict "$name" "-" "$took" "cannot be had here, what needs it is skipped: $logs/$name.log"
  fi
  tail -n 5 "$logs/$name.log" | sed 's/^/    /'
  return 1
}

# suite <name> <seconds at most> <jest arguments …>: runs jest until `judge <name>`.
suite() {
  local name=$1 longest=$2
  shift 2
  rm -f "$logs/$name.json"
  begin "$name" timeout --kill-after=10 "$longest" node node_modules/jest/bin/jest.js "$@" --runInBand --json \
    --outputFile="$logs/$name.json" >"$logs/$name.log" 2>&1
}

# Waits for a suite and adds its counts up. A suite that was not begun lacked something, which is counted already.
judge() {
  local name=$1 status=0 counts p f s
  [ -n "${running[$name]:-}" ] || return
  end "$name" || status=$?
  counts="$(node "$here/counts.mjs" "$logs/$name.json" "$status")"
  read -r p f s <<<"$(head -n 1 <<<"$counts")"
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
  verdict "$name" "$([ "$f" = 0 ] && echo ok || echo FAILED)" $((SECONDS - began[$name])) "$p passed, $f failed, $s skipped"
  tail -n +2 <<<"$counts" | sed '/^$/d; s/^/    /'
}

bash "$here/odoo14.sh" status >/dev/null 2>&1 || started_odoo=1
bash "$here/postgres15.sh" status interop >/dev/null 2>&1 || started_postgres=1
prepare postgres15 "$logs/postgres15.url" "$here/postgres15.sh" start interop && postgres=1 || postgres=
prepare odoo14 "$logs/odoo14.json" "$here/odoo14.sh" reset && odoo=1 || odoo=
prepare promtool "$logs/promtool.path" "$here/promtool.sh" && promtool=1 || promtool=
# Specs start and end servers of their own.
prepare mariadb-server /dev/null "$here/mariadb.sh" install && mariadb=1 || mariadb=
prepare openssh-server /dev/null "$here/openssh.sh" install && openssh=1 || openssh=
[ -z "$postgres" ] || DOVETAIL_TEST_POSTGRES_URL="$(cat "$logs/postgres15.url")"
rm -f "$logs/postgres15.url"
export DOVETAIL_TEST_POSTGRES_URL="${DOVETAIL_TEST_POSTGRES_URL:-}"

interop=(--config tools/interop/jest.config.cjs)
# What counts Odoo's rows runs alone.
[ "$postgres$odoo" != 11 ] || suite platform-odoo14 240 "${interop[@]}" tools/interop/platform-odoo14
judge platform-odoo14
[ -z "$odoo" ] || suite adapter-odoo14 120 "${interop[@]}" odoo/test/odoo14.interop
judge adapter-odoo14
# The adapter's contract is mostly waiting for whole seconds of Odoo's stamps: the rest runs meanwhile.
[ -z "$odoo" ] || suite conformance-odoo14 540 "${interop[@]}" odoo/test/odoo14-conformance.interop
[ "$postgres$odoo$promtool" != 111 ] || suite metrics 120 "${interop[@]}" tools/interop/metrics
judge metrics
[ -z "$postgres" ] || suite postgres15-specs 180 --config jest.config.cjs \
  libs/database/.*int-spec libs/messaging/.*int-spec apps/sync-engine/test/main-job.int-spec
judge postgres15-specs
[ -z "$mariadb" ] || suite mariadb 300 "${interop[@]}" tools/interop/mariadb
judge mariadb
[ -z "$openssh" ] || suite openssh 300 "${interop[@]}" file-exchange/test/openssh.interop
judge openssh
[ "$postgres$mariadb$openssh" != 111 ] || suite adventureworks 300 "${interop[@]}" apps/e2e/src/adventureworks.interop
judge adventureworks
judge conformance-odoo14

echo "outputs: $logs"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
