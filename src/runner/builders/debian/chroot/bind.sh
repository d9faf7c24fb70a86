#!/bin/bash
# Runs outside the user namespace when root starts it, so that places which only root can reach can be bound.
# Arguments: mount point, lock, filter in octal, bind count, hosts..., then the command.
set -eu
place=$1 lock=$2 filter=$3; shift 3
for fd in /proc/self/fd/*; do
  if [ "${fd##*/}" -gt 2 ] && [ -e "$fd" ] && ! [ "$fd" -ef "$lock" ]; then eval "exec ${fd##*/}>&-"; fi
done
mount -t tmpfs -o mode=755,size=1m bootplan "$place"
echo 1000 >/proc/self/oom_score_adj
mkdir "$place/own"
count=$1; shift
while [ "$count" -gt 0 ]; do
  if [ -d "$1" ]; then mkdir "$place/$count"; else : >"$place/$count"; fi
  mount --bind "$1" "$place/$count"; shift; count=$((count - 1))
done
# shellcheck disable=SC2059 # The filter is what printf makes of the octal numbers.
if [ -n "$filter" ]; then printf "$filter" >"$place/filter"; exec 9<"$place/filter"; fi
exec "$@"
