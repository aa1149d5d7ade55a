#!/usr/bin/env bash
# Measures, as ratios against references taken in the same run. BENCH_USERS=20000 makes it quick.
set -e
"$(dirname "$0")/setup.sh" build
. "$(dirname "$0")/common.sh"
cargo bench --no-default-features --bench store
