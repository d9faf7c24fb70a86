#!/bin/bash
# Process 1 of the namespace: mounts what only its root may. Arguments: mount point, size of the memory to work in,
# 'overlay' when bind 1 is a base to lay a writable layer over, then the command.
set -eu
place=$1 size=$2 kind=$3; shift 3
mount -t proc proc /proc
mount -t tmpfs -o "mode=755,size=$size" bootplan "$place/own"
mkdir "$place/own/upper" "$place/own/work" "$place/own/root" "$place/own/build"
chown 1000:1000 "$place/own/build"
if [ "$kind" = overlay ]; then
  layers="lowerdir=$place/1,upperdir=$place/own/upper,workdir=$place/own/work"
  LIBMOUNT_FORCE_MOUNT2=always mount -t overlay -o "$layers,userxattr" bootplan "$place/own/root"
fi
exec 6>&2 2>/dev/null
code=0; "$@" 2>&6 6>&- || code=$?
exit "$code"
