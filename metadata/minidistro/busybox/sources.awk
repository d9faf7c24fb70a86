# Source files of the chosen options: .config first, then every Kbuild file.
NR == FNR { if (/^CONFIG_.*=y$/) chosen[substr($0, 1, length($0) - 2)] = 1; next }
/\\$/ { joined = joined substr($0, 1, length($0) - 1); next }
{ $0 = joined $0; joined = ""; directory = FILENAME; sub(/Kbuild$/, "", directory) }
/^[A-Z_]+ *:=/ { list = $0; sub(/^[^=]*=/, "", list); value[$1] = list; sub(/:=.*/, "", $1); value[$1] = list; next }
$1 ~ /^(lib|obj)-/ {
  option = $1; sub(/^(lib|obj)-/, "", option); sub(/[:+]?=.*/, "", option); gsub(/[$()]/, "", option)
  if (option != "y" && !(option in chosen)) next
  for (i = 2; i <= NF; i++) {
    name = $i; gsub(/[$()]/, "", name)
    n = split(name in value ? value[name] : $i, objects)
    for (j = 1; j <= n; j++) if (sub(/\.o$/, ".c", objects[j])) print directory objects[j]
  }
}
