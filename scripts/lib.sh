# What the scripts share. Sourced, with ROOT set to the repository, by bash 4 or newer.

unset CDPATH # with it, cd looks elsewhere, and prints where it went
INSTALL=    # where build_soaks has put it

die() {
  printf '%s: %s\n' "${0##*/}" "$1" >&2
  exit "${2:-1}"
}

# Prints the java to use; ends with a clear line where there is none, or one older than 17.
find_java() {
  local java
  if [[ -n "${JAVA_HOME:-}" ]]; then
    java="$JAVA_HOME/bin/java"
    [[ -x "$java" ]] || die "JAVA_HOME is $JAVA_HOME, but there is no bin/java in it"
  else
    java="$(command -v java)" || die "no Java found: install a JDK, 17 or newer, or set JAVA_HOME"
  fi
  local major
  major="$(java_major "$java")"
  ((major >= 17)) || die "$java is Java $major: 17 or newer is needed (set JAVA_HOME)"
  printf '%s\n' "$java"
}

# The major version of a java, from the `release` file beside it, which is much faster than asking it.
java_major() {
  local real home version=
  real="$(readlink -f -- "$1")"
  home="${real%/bin/java}"
  if [[ -r "$home/release" ]]; then
    version="$(sed -n 's/^JAVA_VERSION="\(.*\)"/\1/p' "$home/release")"
  fi
  if [[ -z "$version" ]]; then
    version="$("$1" -version 2>&1 | sed -n 's/.*version "\([^"]*\)".*/\1/p' | head -n 1)"
  fi
  version="${version#1.}"
  printf '%s\n' "${version%%[!0-9]*}"
}

# Runs Maven in the repository: the installed one where it is new enough, else the wrapper, which fetches its own.
maven() {
  local java
  java="$(find_java)"
  if [[ -z "${JAVA_HOME:-}" ]]; then
    java="$(readlink -f -- "$java")"
    export JAVA_HOME="${java%/bin/java}"
  fi
  [[ -x "$JAVA_HOME/bin/javac" ]] || die "$JAVA_HOME has no compiler: a JDK is needed, not only a Java runtime (set JAVA_HOME)"
  if command -v mvn >/dev/null && maven_is_new_enough; then
    (cd "$ROOT" && mvn -B -Dstyle.color=never "$@")
  else
    (cd "$ROOT" && ./mvnw -B -Dstyle.color=never "$@")
  fi
}

maven_is_new_enough() {
  local version
  version="$(mvn -v 2>/dev/null | sed -n 's/.*Apache Maven \([0-9.]*\).*/\1/p' | head -n 1)"
  [[ -n "$version" && "$(printf '%s\n3.8.6\n' "$version" | sort -V | head -n 1)" == 3.8.6 ]]
}

# True while a process of ours runs: the id alone may belong to another one by now.
#   runs PID WORD-OF-ITS-COMMAND-LINE
runs() {
  [[ "$1" =~ ^[0-9]+$ ]] && kill -0 "$1" 2>/dev/null && command_line "$1" | grep -qF -- "$2"
}

# Of a process; small systems have no ps, and others no /proc.
command_line() {
  if [[ -r "/proc/$1/cmdline" ]]; then
    tr '\0' ' ' <"/proc/$1/cmdline"
  else
    ps -ww -o args= -p "$1"
  fi 2>/dev/null
}

# Asks a process of ours to stop, waits, and ends it by force when it does not: end_process PID SECONDS
end_process() {
  kill "$1" 2>/dev/null || return 0
  local deadline=$((SECONDS + $2))
  while kill -0 "$1" 2>/dev/null; do
    if ((SECONDS >= deadline)); then
      kill -9 "$1" 2>/dev/null || true
      return 1
    fi
    sleep 0.1
  done
}

# True where something listens on a loopback port.
port_is_taken() {
  (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# A port that nobody listens on, below those the system hands out.
free_port() {
  local port
  for _ in {1..100}; do
    port=$((20000 + RANDOM % 10000))
    if ! port_is_taken "$port"; then
      printf '%s\n' "$port"
      return
    fi
  done
  die "no free port found on 127.0.0.1"
}

# Builds the soaks, and the install: its launcher starts their agents, as people do.
build_soaks() {
  "$ROOT/scripts/build" >/dev/null
  maven -q -pl benchmarks -am package -DskipTests
  INSTALL="$ROOT/dist/target/millrace"
}

# Becomes the Java that runs a class of the benchmarks module, as built: run_benchmark CLASS ARGUMENTS...
# Hadoop's mini cluster is on its class path with an epoll of its own; with two Netty would use neither.
run_benchmark() {
  exec "$(find_java)" -Xmx1g -Dio.netty.native.detectNativeLibraryDuplicates=false -Dflume.peer="$ROOT/flume-peer/target" \
    ${INSTALL:+-Dmillrace.install="$INSTALL"} -cp "$ROOT/benchmarks/target/classes:$(<"$ROOT/benchmarks/target/classpath.txt")" "$@"
}
