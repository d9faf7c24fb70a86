#!/bin/bash
# Makes a user namespace with 65536 ids in it and runs the command there as its root. The ids have to be written from
# outside, once the namespace exists. Arguments: first user id, first group id, then the command.
set -eu
users=$1 groups=$2; shift 2
[ "$(id -u)" = 0 ] && root=yes || root=no
dropped=
if [ "$root" = yes ]; then dropped="setpriv --reuid=$users --regid=$groups --clear-groups"; fi
exec 7<&0 8>&1
coproc inside {
  exec $dropped unshare --user bash -c 'read -r _ || exit; exec setpriv --pdeathsig KILL "$@" <&7 >&8 7<&- 8>&-' bash "$@"
}
# shellcheck disable=SC2154 # bash sets it for the coprocess.
pid=$inside_PID go=${inside[1]}
mine=$(readlink /proc/self/ns/user)
until theirs=$(readlink "/proc/$pid/ns/user") && [ "$theirs" != "$mine" ]; do kill -0 "$pid"; sleep 0.01; done
if [ "$root" = yes ]; then
  echo "0 $users 65536" >"/proc/$pid/uid_map"
  echo "0 $groups 65536" >"/proc/$pid/gid_map"
else
  newuidmap "$pid" 0 "$(id -u)" 1 1 "$users" 65535
  newgidmap "$pid" 0 "$(id -g)" 1 1 "$groups" 65535
fi
echo go >&"$go"
code=0; wait "$pid" || code=$?
exit "$code"
