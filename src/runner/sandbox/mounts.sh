#!/bin/bash
# Mounts what a build sees, and runs it. Paths of this machine do not show inside: places are mounted by names relative
# to where they lie, since /proc/self/mountinfo tells a build how. Arguments: mount point, lock, filter in octal, layer
# count, layers..., --binds, their count, for each whether it is written to (w, r) and its host path, then the command.
set -eu
place=$1 lock=$2 filter=$3; shift 3
# What whoever started bootplan had open, and the file of measurements, is nothing for a build. The lock stays with this
# process alone: it ends after all others here.
held=
for fd in /proc/self/fd/*; do
  n=${fd##*/}
  if [ "$n" -gt 2 ] && [ -e "$fd" ]; then
    if [ "$fd" -ef "$lock" ]; then held="$held $n>&-"; else eval "exec $n>&-"; fi
  fi
done
mount -t tmpfs -o mode=755,size=1m bootplan "$place"
: >"$place/none"
directories=("$place/root")
for ((i = 1; i <= $#; i++)); do if [ "${!i}" = --binds ]; then break; fi; done
for ((at = i + 2, left = ${@:i+1:1}; left > 0; at += 2, left--)); do
  host=${*:at+1:1}
  if [ -d "$host" ]; then directories+=("$place/$left"); else : >"$place/$left"; fi
done
mkdir "${directories[@]}"
# The processes of the new namespace: bwrap looks at its children there, and the build sees its own, not those around
# it.
mount -t proc -o hidepid=2 proc /proc 2>/dev/null || mount -t proc proc /proc
# When memory is short, builds go first.
echo 1000 >/proc/self/oom_score_adj
count=$1; shift
# The newer call takes less at once.
export LIBMOUNT_FORCE_MOUNT2=always
if [ "$count" = 1 ]; then
  # With what is mounted in it: in a user namespace a part of a tree cannot be had without.
  mount --rbind "$1" "$place/root"; shift
else
  stack=$1; shift
  while [ "$count" -gt 1 ]; do stack=$stack:$1; shift; count=$((count - 1)); done
  mount -t overlay -o "ro,lowerdir=$stack" bootplan "$place/root"
fi
here=$PWD
count=$2; shift 2
while [ "$count" -gt 0 ]; do
  at=$place/$count name=${2##*/}
  if [ -d "$2" ]; then
    cd "${2%/*}"
    if [ "$1" = w ]; then how="lowerdir=.none,upperdir=$name,workdir=.$name"; else how="ro,lowerdir=$name:.none"; fi
    mount -t overlay -o "$how" bootplan "$at" 2>/dev/null || mount --bind "$2" "$at"
    cd "$here"
  else
    mount --bind "$2" "$at"
  fi
  shift 2; count=$((count - 1))
done
unset LIBMOUNT_FORCE_MOUNT2
# shellcheck disable=SC2059 # The filter is what printf makes of the octal numbers.
if [ -n "$filter" ]; then printf "$filter" >"$place/filter"; exec 9<"$place/filter"; fi
# This shell alone says nothing from here on: that it saw somebody killed is no line of the build's log.
exec 8>&2 2>/dev/null
code=0; eval '"$@" 2>&8 8>&-'"$held" '|| code=$?'
exit "$code"
