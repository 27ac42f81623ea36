# What the examples share: agents from the files in conf/, with ports and directories of the run's own; numbered lines to feed; a count of
# what arrived. Sourced after lib.sh and lib-agents.sh. Collectors write plain files with the HDFS sink, so that no HDFS is needed; classic has one.

declare -A AGENT_OF FILE_OF PID_OF METRICS_OF FED
NAMES=() # of the processes, senders last: they are stopped first
PROVEN=0

# ---- options and the frame of a run ----

# An example defines `about` (a paragraph) and `run_example`, and calls this with its options.
example() {
  local build=build
  DIR='' LINES_FED=20000
  while (($# > 0)); do
    case "$1" in
      --dir | --lines)
        (($# > 1)) && [[ -n "$2" ]] || wrong "$1 needs a value"
        if [[ "$1" == --dir ]]; then DIR="$2"; else LINES_FED="$2"; fi
        shift
        ;;
      --no-build) build=: ;;
      -h | --help) usage && exit ;;
      *) wrong "unknown option $1" ;;
    esac
    shift
  done
  [[ "$LINES_FED" =~ ^[1-9][0-9]{2,6}$ ]] || wrong "--lines $LINES_FED: expected a whole number, 100 to 9999999"
  find_java >/dev/null
  unset FLUME_HOME MILLRACE_HOME FLUME_CLASSPATH HADOOP_CONF_DIR HADOOP_HOME HADOOP_PREFIX # another install is not of this run
  trap stop_all EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  make_directory
  mkdir "$DIR/spool" "$DIR/sent" "$DIR/arrived"
  say "${BOLD}${0##*/}${PLAIN}"
  say
  about | sed 's/^/  /'
  printf '\n  In %s\n\n' "$(short "$DIR")"
  "$build"
  local took=$SECONDS
  run_example
  ((PROVEN == 0)) || failed 'not everything arrived'
  stop_all
  printf '\n%sNothing is missing%s, in %s s. All is stopped.\n' "$GREEN$BOLD" "$PLAIN" "$((SECONDS - took))"
}

usage() {
  printf 'usage: scripts/%s [--lines N] [--dir DIR] [--no-build]\n\n' "${0##*/}"
  about
  cat <<'TEXT'

Builds first if needed. Everything runs on free ports of this machine and is stopped at the end. Exit status 0: nothing is missing.

  --lines N   lines to feed (20000)
  --dir DIR   where logs, settings and data of the run go (a new directory in target/)
  --no-build  take the install in dist/target as it is
TEXT
}

wrong() {
  printf '%s: %s\n' "${0##*/}" "$1" >&2
  usage >&2
  exit 2
}

# The senders first, so that what they still hold arrives.
stop_all() {
  trap - EXIT
  trap '' INT TERM
  stop_agents
  if [[ -e "${DIR:-}/hdfs/pid" ]]; then "$ROOT/scripts/hdfs" stop --dir "$DIR/hdfs" >/dev/null || true; fi
  rm -f -- "${DIR:-}/running"
}

stop_agents() {
  local i pid
  for ((i = ${#NAMES[@]} - 1; i >= 0; i--)); do
    pid="${PID_OF[${NAMES[i]}]}"
    end_process "$pid" "$STOP_SECONDS" || printf '%s: process %s did not stop and was killed\n' "${0##*/}" "$pid" >&2
  done
}

# ---- agents: one of conf/, with what is the run's own in DIR/NAME.properties ----

# launch NAME AGENT CONF-FILE, and on standard input the lines that differ
launch() {
  cat >"$DIR/$1.properties"
  NAMES+=("$1")
  AGENT_OF[$1]="$2" FILE_OF[$1]="$ROOT/conf/$3"
  METRICS_OF[$1]="$(free_port)"
  start "$1"
}

start() { # NAME
  start_agent "$1" "${METRICS_OF[$1]}" "${AGENT_OF[$1]}" "${FILE_OF[$1]}" "$DIR/$1.properties"
  PID_OF[$1]=$!
}

await_agents() {
  local name
  for name in "${NAMES[@]}"; do await_agent "$name"; done
}

await_agent() { # NAME
  await "$START_SECONDS" "${PID_OF[$1]}" answers "${METRICS_OF[$1]}" CHANNEL || failed "$1 did not start" "$DIR/$1.log"
  done_with "$1" "$(grep -v '^#' "$DIR/$1.properties" | sed -n 's/.*\.port = \(.*\)/port \1/p' | paste -sd ' ')  metrics http://127.0.0.1:${METRICS_OF[$1]}/metrics"
}

kill_agent() { # NAME
  kill -9 "${PID_OF[$1]}"
  wait "${PID_OF[$1]}" 2>/dev/null || true
  printf '  %s!!%s  %-12s killed (SIGKILL)\n' "$RED" "$PLAIN" "$1"
}

# A small log in small channels of the run's own: AGENT CHANNEL NAME
own_channel() {
  printf '%s.channels.%s.dataDirs = %s\n' "$1" "$2" "$(escaped "$DIR/channels/$3")"
  printf '%s.channels.%s.segmentSize = 4MiB\n' "$1" "$2"
  printf '%s.channels.%s.minimumRequiredSpace = 10000000\n' "$1" "$2"
}

# A collector that writes files into DIR/arrived/NAME: NAME PORT
launch_collector() {
  launch "$1" collector collector.properties <<TEXT
collector.sources.agents.bind = 127.0.0.1
collector.sources.agents.port = $2
$(own_channel collector disk "$1")
collector.sinks.hdfs.hdfs.path = file://$(escaped "$DIR/arrived/$1")
TEXT
}

# The keys of an edge agent that are the run's own: NAME
own_edge() {
  mkdir "$DIR/spool/$1"
  printf 'agent.sources.logs.spoolDir = %s\n' "$(escaped "$DIR/spool/$1")"
}

# ---- what is fed, and what arrives ----

# Drops a file with so many further lines into an agent's directory: NAME COUNT
feed() {
  local first=$((${FED[$1]:-0} + 1)) last=$((${FED[$1]:-0} + $2))
  awk -v name="$1" -v first="$first" -v last="$last" 'BEGIN {
    for (i = first; i <= last; i++) printf("%s line %d of a log that was fed to this agent, ends here.\n", name, i)
  }' >"$DIR/arriving"
  cat -- "$DIR/arriving" >>"$DIR/sent/$1"
  mv -- "$DIR/arriving" "$DIR/spool/$1/$first.log" # whole, by a rename: the source takes a file to be complete
  FED[$1]=$last
}

# All lines that are in the files of some collectors, also in those that are still in use: COLLECTOR...
arrived() {
  local collector
  for collector in "$@"; do
    if [[ -d "$DIR/arrived/$collector" ]]; then
      find "$DIR/arrived/$collector" -type f ! -name '.*' -exec cat -- {} +
    fi
  done
}

# Writes the counts of an agent's lines at some collectors into SENT, ARRIVED, MISSING and TWICE: AGENT COLLECTOR...
count() {
  local agent="$1"
  shift
  arrived "$@" | { grep "^$agent line .* ends here\.$" || true; } | LC_ALL=C sort >"$DIR/counted"
  SENT="$(wc -l <"$DIR/sent/$agent")"
  ARRIVED="$(wc -l <"$DIR/counted")"
  LC_ALL=C sort -u -o "$DIR/counted" -- "$DIR/counted"
  MISSING="$(LC_ALL=C sort -- "$DIR/sent/$agent" | LC_ALL=C comm -23 - "$DIR/counted" | wc -l)"
  TWICE=$((ARRIVED - $(wc -l <"$DIR/counted")))
}

nothing_is_missing() {
  count "$@"
  ((MISSING == 0))
}

some_arrived() { # AT-LEAST AGENT COLLECTOR...
  local least="$1"
  shift
  count "$@"
  ((SENT - MISSING >= least))
}

# Waits until all that an agent was fed is at some collectors, and says what came of it: AGENT COLLECTOR...
prove() {
  local all=0
  await "$STALL_SECONDS" "${PID_OF[$1]}" nothing_is_missing "$@" || true
  count "$@"
  ((MISSING == 0)) || all=1
  printf '      %-12s sent %s, arrived %s, missing %s, twice %s\n' "$1" "$(grouped "$SENT")" "$(grouped "$ARRIVED")" \
    "$(grouped "$MISSING")" "$(grouped "$TWICE")"
  local at="$2"
  (($# < 3)) || at="$2 and $3 together"
  check "every line of $1 is at $at" "$all" "$MISSING missing"
}

# True once so many events wait in a channel: NAME CHANNEL COUNT
holds() {
  (($(figure "${METRICS_OF[$1]}" "CHANNEL.$2" ChannelSize) >= $3))
}

# What an agent's log says of its sink groups, without the times: NAME
switches() {
  { grep -o 'sink group .*' "$DIR/$1.log" | grep -E 'takes over|fails, and|delivers again' | cut -c 1-150 | sed 's/^/      /'; } || true
}
