#!/bin/bash
# A real OpenSSH server (Debian's openssh-server, no system service) with one account that is locked into a folder and
# may use SFTP alone, for interop tests. Needs root: sshd changes users, and a locked folder belongs to root.
#   openssh.sh install         the package alone
#   openssh.sh start [name]    prints {"port","username","password","privateKey","hostKey","folder"}; privateKey is a path
#   openssh.sh rekey [name]    the same server with a new host key; prints the same
#   openssh.sh cut [name]      kills the processes of every session, as a crash does; the server stays
#   openssh.sh stop [name]     ends the server and its sessions, removes the account and the folder
set -euo pipefail
. "$(dirname "$0")/lib.sh"
need_root

command="${1:-start}"
name="${2:-openssh}"
home="$INTEROP_DIR/$name"
account="dovetail-${name:0:22}"
# Every folder above a locked one must be root's alone, so it cannot stand below /var/tmp.
locked="/srv/dovetail-interop/$name"
folder="$locked/exchange"

install() {
  [ -x /usr/sbin/sshd ] && return
  # The package would otherwise start a server on port 22.
  local policy=/usr/sbin/policy-rc.d
  if [ -e "$policy" ]; then
    apt_install openssh-server openssh-client
  else
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
    apt_install openssh-server openssh-client || { rm -f "$policy"; fail "openssh-server cannot be installed"; }
    rm -f "$policy"
  fi
}

ours() { tr '\0' ' ' <"/proc/$1/cmdline" 2>/dev/null | grep -q -- "$home/sshd_config"; }
pid() { cat "$home/pid" 2>/dev/null || true; }
running() { [ -n "$(pid)" ] && ours "$(pid)"; }
children() { grep -ls "^PPid:[[:space:]]*$1\$" /proc/[0-9]*/status 2>/dev/null | cut -d/ -f3 || true; }

# The process that does the work first, then the one that watches over it.
kill_below() {
  local child
  for child in $(children "$1"); do
    kill_below "$child"
    kill -9 "$child" 2>/dev/null || true
  done
}

new_host_key() {
  rm -f "$home/host_key" "$home/host_key.pub"
  ssh-keygen -q -t ed25519 -N '' -C 'interop host key' -f "$home/host_key"
}

prepare() {
  install
  mkdir -p "$home" "$folder" /run/sshd
  chmod 700 "$home"
  chmod 755 "$(dirname "$locked")" "$locked"
  getent passwd "$account" >/dev/null || useradd --system --no-create-home --home-dir / --shell /usr/sbin/nologin "$account"
  (umask 077 && node -e 'console.log(require("node:crypto").randomBytes(18).toString("hex"))' >"$home/password")
  echo "$account:$(cat "$home/password")" | chpasswd -c SHA512
  chown "$account" "$folder"
  [ -f "$home/user_key" ] || ssh-keygen -q -t ed25519 -N '' -C 'interop user' -f "$home/user_key"
  [ -f "$home/host_key" ] || new_host_key
  free_port >"$home/port"
  mkdir -p "/etc/ssh/dovetail-interop"
  chmod 755 "/etc/ssh/dovetail-interop"
  install_keys
  configure
}

# Read by the account itself, so in a place that it may enter.
install_keys() { env install -m 644 "$home/user_key.pub" "/etc/ssh/dovetail-interop/$name.pub"; }

configure() {
  cat >"$home/sshd_config" <<CONFIG
ListenAddress 127.0.0.1
Port $(cat "$home/port")
PidFile $home/pid
HostKey $home/host_key
AllowUsers $account
AuthorizedKeysFile /etc/ssh/dovetail-interop/$name.pub
PasswordAuthentication yes
KbdInteractiveAuthentication no
PubkeyAuthentication yes
PermitRootLogin no
UsePAM no
UseDNS no
MaxStartups 200
Subsystem sftp internal-sftp
ChrootDirectory $locked
ForceCommand internal-sftp
AllowTcpForwarding no
X11Forwarding no
LogLevel VERBOSE
CONFIG
}

launch() {
  # sshd wants its absolute path: it starts itself again for every connection.
  /usr/sbin/sshd -t -f "$home/sshd_config" >&2
  (cd / && exec setsid /usr/sbin/sshd -D -f "$home/sshd_config" -E "$home/log") </dev/null >/dev/null 2>&1 9>&- &
  disown
  for _ in $(seq 100); do
    if running && (: >"/dev/tcp/127.0.0.1/$(cat "$home/port")") 2>/dev/null; then return; fi
    sleep 0.05
  done
  fail "sshd does not answer, see $home/log"
}

end() {
  local server
  server="$(pid)"
  if [ -n "$server" ] && ours "$server"; then
    kill_below "$server"
    kill "$server"
    for _ in $(seq 100); do ours "$server" || break; sleep 0.05; done
  fi
  rm -f "$home/pid"
}

print_answer() {
  local fingerprint
  fingerprint="$(ssh-keygen -lf "$home/host_key.pub" | cut -d' ' -f2)"
  printf '{"port":%s,"username":"%s","password":"%s","privateKey":"%s","hostKey":"%s","folder":"%s","version":"%s"}\n' \
    "$(cat "$home/port")" "$account" "$(cat "$home/password")" "$home/user_key" "$fingerprint" "$folder" \
    "$(dpkg-query -W -f '${Version}' openssh-server)"
}

remove() {
  end
  # What a test has mounted below.
  grep -o " $locked/[^ ]*" /proc/mounts | xargs -r umount || true
  rm -rf "$home" "$locked" "/etc/ssh/dovetail-interop/$name.pub"
  ! getent passwd "$account" >/dev/null || userdel "$account" 2>/dev/null || true
}

lock "$name"
case "$command" in
install) install ;;
start)
  running || { prepare; launch; }
  print_answer
  ;;
rekey)
  end
  new_host_key
  launch
  print_answer
  ;;
cut) if running; then kill_below "$(pid)"; fi ;;
stop) remove ;;
*) fail "usage: $0 install|start|rekey|cut|stop [name]" ;;
esac
