#!/usr/bin/env bash
# Builds the console and opens it on the sandbox. Without a display it walks through the screens on a
# private one and saves what they look like.
set -e
"$(dirname "$0")/setup.sh" build
. "$(dirname "$0")/common.sh"

step "Building the window"
build_ui
step "Building the console"
cargo build --bin hopsdesk
built=${CARGO_TARGET_DIR:-target}/debug
if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] || [ "$(uname)" != Linux ]; then
  exec "$built/hopsdesk" "$@"
fi
step "No display: a tour on a private screen"
scripts/setup.sh test
cargo build --example tour
on_private_screen "$built/examples/tour" target/tour
