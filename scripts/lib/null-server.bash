# A server without a model, for scripts that measure the load client itself. Sourced after launcher.bash with $root set; needs $work, a
# folder of the script's own, which is removed with the server when the script ends.

# Builds what the server runs from.
build_null_server() {
  # Building has a trap of its own, so that ours comes after it.
  find_java
  use_build microbench harness/microbench weighbridge-microbench.jar lib
  set_java_options --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
  null_server=
  trap '[ -z "$null_server" ] || kill "$null_server"; rm -rf "$work"' EXIT
}

# Starts a server whose answers have so many tokens, so many milliseconds apart, in place of the one before, and sets url.
serve_null() {
  [ -z "$null_server" ] || kill "$null_server"
  : >"$work/server"
  "$java" "${java_options[@]}" -cp "$class_path" dev.weighbridge.microbench.NullServer "$1" "$2" >"$work/server" &
  null_server=$!
  while [ ! -s "$work/server" ]; do sleep 0.1; done
  url=$(cat "$work/server")
}
