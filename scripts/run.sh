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
if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] || [ "$(uname)" != Linux ]; then
  exec target/debug/hopsdesk "$@"
fi
step "No display: a tour on a private screen"
scripts/setup.sh test
cargo build --example tour
on_private_screen target/debug/examples/tour target/tour
