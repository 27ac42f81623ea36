# What the scripts share that run agents on this machine. Sourced after lib.sh, by bash 4 or newer; DIR is the directory of the run.

readonly MILLRACE="$ROOT/dist/target/millrace/bin/millrace"
readonly START_SECONDS=60 # for an agent to answer
readonly STALL_SECONDS=60 # without a single event more at the end of the way, a run has failed
readonly STOP_SECONDS=30

# ---- what a person sees ----

if [[ -t 1 ]]; then BOLD=$'\e[1m' GREEN=$'\e[32m' RED=$'\e[31m' PLAIN=$'\e[0m'; else BOLD='' GREEN='' RED='' PLAIN=''; fi

say() { printf '%s\n' "$*"; }
done_with() { printf '  %sok%s  %-12s %s\n' "$GREEN" "$PLAIN" "$1" "$2"; }

failed() {
  printf '\n%sfailed:%s %s\n' "$RED" "$PLAIN" "$1" >&2
  [[ -z "${2:-}" ]] || tail -n 15 -- "$2" | sed 's/^/    /' >&2
  [[ ! -d "${DIR:-}" ]] || printf 'Logs, settings and data of this run: %s\n' "$DIR" >&2
  exit 1
}

# 1234567 as 1,234,567
grouped() {
  local digits="$1"
  while [[ "$digits" =~ ^([0-9]+)([0-9]{3}.*)$ ]]; do digits="${BASH_REMATCH[1]},${BASH_REMATCH[2]}"; done
  printf '%s' "$digits"
}

bytes_for_people() {
  awk -v bytes="$1" 'BEGIN {
    split("B KiB MiB GiB TiB", unit, " ")
    for (i = 1; bytes >= 1024 && i < 5; i++) bytes /= 1024
    printf(i == 1 ? "%d %s" : "%.1f %s", bytes, unit[i])
  }'
}

# ---- processes ----

# In the background; its log is NAME.log. Of several files the later ones' values count.
start_agent() { # NAME METRICS-PORT AGENT FILE...
  local name="$1" port="$2" agent="$3" file files=()
  shift 3
  for file in "$@"; do files+=(--conf-file "$file"); done
  "$MILLRACE" agent --name "$agent" "${files[@]}" --no-reload-conf \
    -Xmx256m -Dflume.monitoring.type=http -Dflume.monitoring.port="$port" -Dmillrace.monitoring.bind=127.0.0.1 \
    </dev/null >>"$DIR/$name.log" 2>&1 &
}

await() { # SECONDS PID CONDITION...
  local deadline=$((SECONDS + $1)) pid="$2"
  shift 2
  until "$@"; do
    kill -0 "$pid" 2>/dev/null || return 1
    ((SECONDS < deadline)) || return 1
    sleep 0.1
  done
}

# ---- metrics, without a Java or a curl for each look ----

metrics() { # PORT
  (
    exec 3<>"/dev/tcp/127.0.0.1/$1" || exit 1
    printf 'GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n' >&3
    timeout 5 cat <&3
  ) 2>/dev/null
}

answers() {
  metrics "$1" | grep -q "\"$2\""
}

figure() { # PORT COMPONENT NAME
  local json value
  json="$(metrics "$1" | tr -d '\r\n')" || true
  value="$(sed -n "s/.*\"$2\":{[^}]*\"$3\":\"\([0-9]*\)\".*/\1/p" <<<"$json")"
  printf '%s' "${value:-0}"
}

# ---- the steps ----

# DIR, if it is named, must be empty; otherwise a new one in target/, and those of former runs go.
make_directory() {
  local script="${0##*/}"
  if [[ -n "$DIR" ]]; then
    mkdir -p -- "$DIR" || die "cannot make the directory $DIR"
    DIR="$(cd -- "$DIR" && pwd)"
    [[ -z "$(ls -A -- "$DIR")" ]] || die "$DIR is not empty: each run needs a directory of its own"
  else
    local base="$ROOT/target/$script" old
    # Hadoop keeps no data in a path with blanks.
    [[ "$base" =~ ^[A-Za-z0-9/._+@=,:-]+$ ]] || base="${TMPDIR:-/tmp}/millrace-$script"
    mkdir -p -- "$base"
    for old in "$base"/run-*; do # of former runs, but not of one that goes on beside us
      if [[ -d "$old" ]] && ! runs "$(cat "$old/running" 2>/dev/null)" "$script"; then rm -rf -- "$old"; fi
    done
    DIR="$(mktemp -d "$base/run-XXXXXX")"
  fi
  printf '%s\n' "$$" >"$DIR/running"
}

build() {
  local took=$SECONDS
  if [[ ! -x "$MILLRACE" ]]; then say "  ..  build        the first time takes a few minutes"; fi
  "$ROOT/scripts/build" >"$DIR/build.log" 2>&1 || failed "the build did not succeed" "$DIR/build.log"
  if grep -q '^up to date' "$DIR/build.log"; then
    done_with build 'up to date'
  else
    done_with build "done in $((SECONDS - took)) s"
  fi
}

# For a value in a properties file.
escaped() {
  printf '%s' "${1//\\/\\\\}"
}

# Says whether a claim holds; PROVEN is 1 once one does not.
check() { # CLAIM SHELL-STATUS DETAIL
  if (($2 == 0)); then
    printf '  %sok%s  %s\n' "$GREEN" "$PLAIN" "$1"
  else
    printf '  %sNO%s  %s: %s\n' "$RED" "$PLAIN" "$1" "$3"
    PROVEN=1
  fi
}

# A path as short as it can be said from here.
short() {
  printf '%s' "${1#"$PWD"/}"
}
