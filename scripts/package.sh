#!/usr/bin/env bash
# Builds the installable package (on Linux a .deb) with thin link-time optimisation.
"$(dirname "$0")/setup.sh" build
. "$(dirname "$0")/common.sh"
npm_packages ui
ui/node_modules/.bin/tauri build --bundles deb --config '{"build":{}}' -- --profile dist
