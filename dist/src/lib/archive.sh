# `millrace archive`, sourced by bin/millrace: makes an archive of classes as Java knows it (class data sharing) for this Java and
# this install. Java maps it in place of reading, checking and laying out thousands of classes at each start.
# An agent of the parts that most people have runs for a moment, on a port of 127.0.0.1 and in a directory of its own, to learn which
# classes those are. Hadoop's are not among them: whatever is in the archive takes up memory in each agent.

readonly TRAINING_SECONDS=60
readonly TRAINING_TRIES=5 # with other ports

make_archive() {
  ((${#ARGS[@]} == 1)) || die "archive takes no arguments, but there is: ${ARGS[*]:1}" 2
  local lib="$HOME_DIR/lib"
  [[ -w "$lib" ]] || die "cannot write to $lib: only the owner of the install can make its archive"
  ARCHIVE="$lib/classes-$JAVA_VERSION.jsa"
  WORK="$(mktemp -d "${TMPDIR:-/tmp}/millrace-archive.XXXXXX")"
  NEW="$ARCHIVE.$$"
  AGENT=
  trap clean_up EXIT
  trap 'exit 1' INT TERM HUP
  train
  # All of it must be there before it has its name: what is cut short makes Java crash.
  "$JAVA" -Xshare:dump -XX:SharedClassListFile="$WORK/classes" -XX:SharedArchiveFile="$NEW" -XX:+UseParallelGC \
    -cp "$lib/*" >"$WORK/log" 2>&1 || fail "$JAVA made no archive"
  sync -- "$NEW" 2>/dev/null || sync
  mv -f -- "$NEW" "$ARCHIVE"
  printf 'made: %s\n' "$ARCHIVE"
}

clean_up() {
  if [[ -n "$AGENT" ]] && kill "$AGENT" 2>/dev/null; then wait "$AGENT" || true; fi
  rm -rf -- "$WORK" "$NEW"
}

# Writes the names of the classes to $WORK/classes.
train() {
  local try half status
  for ((try = 1; try <= TRAINING_TRIES; try++)); do
    write_training_files $((20000 + RANDOM % 10000))
    "$JAVA" -XX:DumpLoadedClassList="$WORK/classes" -XX:+UseParallelGC -cp "$lib/*:$HOME_DIR/conf" "$MAIN" \
      agent -n t -f "$WORK/t.properties" >"$WORK/log" 2>&1 &
    AGENT=$!
    # until an event has come through, or it has ended, such as for a port that is in use
    for ((half = 0; half < 2 * TRAINING_SECONDS; half++)); do
      if has_events "$WORK/out"; then break; fi
      kill -0 "$AGENT" 2>/dev/null || break
      sleep 0.5
    done
    kill "$AGENT" 2>/dev/null || true
    status=0
    wait "$AGENT" || status=$?
    AGENT=
    if ((status == 0 || status == 143)) && has_events "$WORK/out"; then return; fi
  done
  fail "the agent that was to show which classes are used did not run"
}

has_events() { # DIRECTORY
  [[ -n "$(find "$1" -type f -size +0 2>/dev/null | head -n 1)" ]]
}

fail() { # MESSAGE
  tail -n 20 "$WORK/log" >&2
  die "$1; what it said stands above"
}

write_training_files() { # PORT
  mkdir -p "$WORK/out"
  cat >"$WORK/t.properties" <<TEXT
t.sources = s r
t.channels = first second
t.sinks = next out
t.sources.s.type = seq
t.sources.s.totalEvents = 1000
t.sources.s.channels = first
t.sources.s.interceptors = i
t.sources.s.interceptors.i.type = timestamp
t.sources.r.type = avro
t.sources.r.bind = 127.0.0.1
t.sources.r.port = $1
t.sources.r.channels = second
t.channels.first.type = file
t.channels.first.dataDirs = $WORK/channel
t.channels.second.type = memory
t.sinks.next.type = avro
t.sinks.next.hostname = 127.0.0.1
t.sinks.next.port = $1
t.sinks.next.channel = first
t.sinks.out.type = file_roll
t.sinks.out.sink.directory = $WORK/out
t.sinks.out.channel = second
TEXT
}
