#!/usr/bin/env bash
# Measures, as ratios against references taken in the same run, on a million users of ten days each:
# that takes a while and some 10 GB. BENCH_USERS=20000 is a quick look; BENCH_FOLDER names a folder
# where the million stays for the next run.
set -e
"$(dirname "$0")/setup.sh" test
. "$(dirname "$0")/common.sh"
cargo bench --no-default-features --bench store

step "Looking at clusters"
cargo bench --no-default-features --bench clusters

step "The receiver against others"
(cd src-tauri/benches/receiver/peers && npm ci --no-audit --no-fund --loglevel=error)
cargo bench --no-default-features --bench receiver

step "Fuzzing what strangers send"
# Each target for a minute, from a seed that it prints; FUZZ_SEED=… starts where another run did.
FUZZ_SECONDS=${FUZZ_SECONDS:-60} FUZZ_SEED=${FUZZ_SEED:-random} \
  cargo test --release --no-default-features --test fuzz -- --nocapture --test-threads=1

step "The window against a blank one"
# BENCH_PROFILE=dev takes what is built already; what is measured is said by its name.
profile=${BENCH_PROFILE:-release}
folder=$profile
if [ "$profile" = dev ]; then folder=debug; fi
build_ui
cargo build --profile "$profile" --bin hopsdesk --bin hopsdesk-webhook --example blank --example weigh
printf 'Profile: %s\n' "$profile"
on_private_screen "${CARGO_TARGET_DIR:-target}/$folder/examples/weigh" "${BENCH_RUNS:-5}" "${BENCH_NAVIGATIONS:-2000}"
