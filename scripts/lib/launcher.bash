# What the scripts of this folder share: the Java runtime, and a class path that is built when it is missing or outdated.
# Sourced with $root set to the checkout. Written for bash 3.2, which macOS ships.
#
# Each build is moved to .weighbridge/NAME/builds/STAMP and is never written to again, so neither the next build nor
# 'mvn clean' takes the jars from under a study that runs, or from under the engine processes that inherit its class path.

launcher_state=$root/.weighbridge
launcher_lock=$launcher_state/lock
launcher_host=$(uname -n)
launcher_holds_lock=false
launcher_maven=

launcher_fail() {
  echo "weighbridge: $*" >&2
  exit 2
}

# Sets java to a runtime of version 17 or newer.
find_java() {
  local answer version
  if [ -n "${JAVA_HOME:-}" ]; then
    java=$JAVA_HOME/bin/java
    [ -x "$java" ] || launcher_fail "JAVA_HOME is '$JAVA_HOME', which has no bin/java. Set it to a JDK, 17 or newer, or unset it."
  else
    java=$(command -v java) || launcher_fail "no 'java' on the PATH and no JAVA_HOME. Install a JDK, 17 or newer."
  fi
  answer=$("$java" -version 2>&1) || launcher_fail "'$java -version' fails: $answer"
  # 1.8.0_292 is Java 8. Other lines, such as the one about JAVA_TOOL_OPTIONS, may come first.
  version=$(printf '%s\n' "$answer" | sed -n 's/.* version "\(1\.\)\{0,1\}\([0-9][0-9]*\).*/\2/p' | head -n 1)
  [ -n "$version" ] || launcher_fail "'$java -version' tells no version: $answer"
  [ "$version" -ge 17 ] \
    || launcher_fail "'$java' is Java $version, and 17 or newer is needed. Set JAVA_HOME to such a JDK."
}

# Options of a JVM that measures. It shares the cores with what it measures, and its code runs for seconds, so that the
# optimizing compiler takes more from them than it gives back (scripts/cpu-per-request shows it). Under a load that is too much
# for a server, thousands of requests are under way, and the serial collector stops the client for 30 to 90 ms at a time
# (scripts/known-capacity 800 shows it): it sends and stamps late.
measuring_options=(-XX:TieredStopAtLevel=1 -XX:+UseG1GC -XX:MaxGCPauseMillis=5)
# Options of a JVM that only reads files: the optimizing compiler pays there.
reading_options=(-XX:TieredStopAtLevel=4 -XX:+UseSerialGC)
# Options of every JVM that runs our command line.
command_options=(-Xmx1g
  --add-opens=java.base/java.lang=ALL-UNNAMED --enable-native-access=ALL-UNNAMED
  -Dai.djl.offline=true -Djava.awt.headless=true -Dfile.encoding=UTF-8)

# Sets java_options to the given ones, then the user's, which win. The JVM refuses two collectors, so a user's replaces ours.
set_java_options() {
  local option
  local -a own
  # Words are split at blanks on purpose; a '*' among them is no pattern.
  set -f
  # shellcheck disable=SC2206
  own=(${WEIGHBRIDGE_JAVA_OPTS:-})
  set +f
  java_options=()
  for option in "$@"; do
    case " ${WEIGHBRIDGE_JAVA_OPTS:-} $option " in
      *-XX:+Use*GC\ *-XX:+Use*GC\ ) ;;
      *) java_options+=("$option") ;;
    esac
  done
  # Before bash 4.4 an empty array counts as unset.
  java_options+=(${own[@]+"${own[@]}"})
}

# Prints pom.xml and src/main of each module, relative to the checkout: what lies above it must not count.
source_roots() {
  find . \( -name '.?*' -o -name src -o -name target -o -path ./results -o -path ./site \) -prune -o -name pom.xml -print \
    | while IFS= read -r pom; do
      printf '%s\n' "$pom"
      if [ -d "${pom%/*}/src/main" ]; then
        printf '%s\n' "${pom%/*}/src/main"
      fi
    done
}

# Prints every source file that is newer than a file, or every source file when none is given.
source_files() {
  (
    cd "$root"
    roots=()
    while IFS= read -r line; do
      roots+=("$line")
    done < <(source_roots)
    if [ ${#roots[@]} -eq 0 ]; then
      launcher_fail "'$root' holds no pom.xml; is the checkout complete?"
    fi
    if [ $# -gt 0 ]; then
      find "${roots[@]}" -type f -newer "$1" -print
    else
      find "${roots[@]}" -type f -print | LC_ALL=C sort
    fi
  )
}

# Prints a checksum of the names of all source files: a file that was removed is newer than nothing.
source_names() {
  source_files | cksum
}

# Sets build to the folder of the current build; fails when there is none that fits the sources.
find_build() {
  local name
  { IFS= read -r name <"$launcher_module/current"; } 2>/dev/null || return 1
  build=$builds/$name
  [ -f "$build/built" ] || return 1
  [ -z "$(source_files "$build/built" | head -n 1)" ] || return 1
  [ "$(source_names)" = "$(cat "$build/sources")" ]
}

# Whether the process of an owner, written PID@HOST, lives. Of another host nothing is known.
lives() {
  [ "${1#*@}" != "$launcher_host" ] || kill -0 "${1%%@*}" 2>/dev/null
}

# Takes the lock of this checkout if it is free.
try_lock() {
  mkdir "$launcher_lock" 2>/dev/null || return 1
  launcher_holds_lock=true
  echo "$$@$launcher_host" >"$launcher_lock/owner"
}

# Removes a lock whose owner is gone. One process at a time does so, or a second would remove the lock that a third has taken.
break_stale_lock() {
  local owner=
  mkdir "$launcher_lock.breaking" 2>/dev/null || {
    # Held for a moment only; what is older was left by a process that was killed.
    [ -z "$(find "$launcher_lock.breaking" -prune -mmin +1 2>/dev/null)" ] || rmdir "$launcher_lock.breaking" 2>/dev/null
    return 0
  }
  { IFS= read -r owner <"$launcher_lock/owner"; } 2>/dev/null || owner=
  # No owner: it was killed, or is about to write its name.
  if { [ -n "$owner" ] && ! lives "$owner"; } \
    || { [ -z "$owner" ] && [ -n "$(find "$launcher_lock" -prune -mmin +1 2>/dev/null)" ]; }; then
    rm -rf "$launcher_lock"
  fi
  rmdir "$launcher_lock.breaking"
}

take_lock() {
  local told=false owner
  while ! try_lock; do
    [ -d "$launcher_lock" ] || [ -w "$launcher_state" ] || launcher_fail "'$launcher_state' cannot be written to."
    break_stale_lock
    if [ -d "$launcher_lock" ]; then
      if ! $told; then
        owner=$(cat "$launcher_lock/owner" 2>/dev/null || true)
        echo "weighbridge: waiting for the build of process ${owner:-unknown}; should it be gone, remove $launcher_lock" >&2
        told=true
      fi
      sleep 0.2 2>/dev/null || sleep 1
    fi
  done
}

release_lock() {
  if $launcher_holds_lock; then
    launcher_holds_lock=false
    rm -rf "$launcher_lock"
  fi
}

# An interrupt ends the build, too: a Maven that goes on without the lock would spoil the next one.
stop_building() {
  if [ -n "$launcher_maven" ]; then
    kill "$launcher_maven" 2>/dev/null || true
    wait "$launcher_maven" 2>/dev/null || true
  fi
  release_lock
  exit "$1"
}

# Builds MODULE, whose jars are TARGET/JAR and TARGET/LIBRARIES/*.jar, and makes it the current build. Needs the lock.
build_class_path() {
  local module=$1 target=$root/$1/target jar=$2 libraries=$3 log=$launcher_module/build.log name partial previous
  command -v mvn >/dev/null || launcher_fail "no 'mvn' on the PATH, and this checkout is not built. Install Maven 3.8.7 or newer."
  echo "weighbridge: building (the first time downloads the libraries; log: $log)" >&2
  rm -rf "$builds"/partial.*
  name=$(date -u +%Y%m%d-%H%M%S)-$$
  partial=$builds/partial.$name
  mkdir -p "$partial"
  # Both before the build: a file that is changed while it runs is newer.
  touch "$partial/built"
  source_names >"$partial/sources"
  # A library that is not needed any more would stay on the class path.
  rm -rf "${target:?}/$libraries" "$target/$jar"
  (cd "$root" && exec mvn -B -q -Dmaven.test.skip=true -Djacoco.skip -Dspotless.check.skip package -pl "$module" -am) >"$log" 2>&1 &
  launcher_maven=$!
  if ! wait "$launcher_maven"; then
    launcher_maven=
    grep -m 20 ERROR "$log" >&2 || tail -n 20 "$log" >&2
    launcher_fail "the build failed; see $log"
  fi
  launcher_maven=
  mv "$target/$libraries" "$partial/lib"
  cp "$target/$jar" "$partial/lib/"
  mkdir "$partial/users"
  mv "$partial" "$builds/$name"
  { IFS= read -r previous <"$launcher_module/current"; } 2>/dev/null || previous=
  if [ -d "$builds/$previous/lib" ] && [ -n "$previous" ]; then
    touch "$builds/$previous/superseded"
  fi
  echo "$name" >"$launcher_module/current.new"
  mv -f "$launcher_module/current.new" "$launcher_module/current"
  build=$builds/$name
}

# Whether a process that was started from a build lives, or any process holds one of its files open.
in_use() {
  local user
  for user in "$1"/users/*; do
    [ -f "$user" ] || continue
    if [ -n "$(find "$user" -mtime +7)" ] && [ "${user##*@}" != "$launcher_host" ]; then
      continue
    fi
    ! lives "${user##*/}" || return 0
  done
  # An engine process may outlive the one that started it.
  if [ -d /proc/self/fd ]; then
    [ -n "$(ls -l /proc/[0-9]*/fd 2>/dev/null | grep -F " $1/")" ]
  elif command -v lsof >/dev/null; then
    [ -n "$(lsof +D "$1" 2>/dev/null)" ]
  else
    return 1
  fi
}

# Removes builds that were replaced and that nobody uses. The minute is for a process that has read 'current' and not signed in.
remove_old_builds() {
  local old current
  IFS= read -r current <"$launcher_module/current"
  for old in "$builds"/*; do
    if [ "$old" != "$builds/$current" ] && [ -n "$(find "$old/superseded" -mmin +1 2>/dev/null)" ] && ! in_use "$old"; then
      rm -rf "$old"
    fi
  done
}

# Sets class_path to the jars of a module, built if need be, that stay as they are while this process lives.
# Usage: use_build NAME MODULE JAR LIBRARIES
use_build() {
  local -a all
  local user
  case $root in
    *:*) launcher_fail "the checkout's path '$root' has a ':', which a Java class path cannot hold. Move the checkout." ;;
  esac
  launcher_module=$launcher_state/$1
  builds=$launcher_module/builds
  if ! find_build; then
    mkdir -p "$builds" || launcher_fail "'$builds' cannot be made."
    trap release_lock EXIT
    trap 'stop_building 130' INT
    trap 'stop_building 143' TERM HUP
    take_lock
    # Another process may have built while this one waited.
    find_build || build_class_path "$2" "$3" "$4"
    release_lock
    trap - EXIT INT TERM HUP
  fi
  # exec keeps the process id. A checkout of somebody else may be read-only, and then is not cleaned up by us either.
  { : >"$build/users/$$@$launcher_host"; } 2>/dev/null || true
  class_path=$build/lib/*
  for user in "$build"/users/*; do
    lives "${user##*/}" || rm -f "$user" 2>/dev/null || true
  done
  all=("$builds"/*)
  if [ ${#all[@]} -gt 1 ] && [ -w "$launcher_state" ] && try_lock; then
    trap release_lock EXIT
    remove_old_builds
    release_lock
    trap - EXIT
  fi
}
