#!/usr/bin/env bash
# Measures, as ratios against references taken in the same run, on a million users of ten days each:
# that takes a while and some 10 GB. BENCH_USERS=20000 is a quick look; BENCH_FOLDER names a folder
# where the million stays for the next run.
set -e
"$(dirname "$0")/setup.sh" build
. "$(dirname "$0")/common.sh"
cargo bench --no-default-features --bench store
