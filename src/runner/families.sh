#!/bin/sh
# Ends what is still running of the process groups that it was told of, when whoever tells it is gone.
# Standard input: `+ GROUP` when a group begins, `- GROUP` when it has ended, each on a line of its own.
# ^C and its like are for those who tell it: it goes when they are gone, and not before.
trap '' HUP INT QUIT TERM
groups=' '
while read -r what group; do
  case $what in
  +) groups="$groups$group " ;;
  -) case $groups in *" $group "*) groups="${groups%%" $group "*} ${groups#*" $group "}" ;; esac ;;
  esac
done
for group in $groups; do kill -s KILL -- "-$group" 2>/dev/null; done
exit 0
