#!/usr/bin/env bash
# The fast loop: format, lints, types, architecture, generated files.
set -e
"$(dirname "$0")/setup.sh" build
. "$(dirname "$0")/common.sh"

step "Format"
cargo fmt --check
step "Window: types"
npm_packages ui
(cd ui && npm run --silent check)
[ -f ui/dist/index.html ] || build_ui
step "Rust: lints"
cargo clippy --quiet --all-targets -- -D warnings
cargo clippy --quiet --no-default-features --lib --bin hopsdesk-webhook -- -D warnings
step "Architecture and generated types"
cargo test --quiet --test architecture
cargo test --quiet --lib export_bindings >/dev/null
if [ -n "$(git status --porcelain -- ui/src/ipc/generated)" ]; then
  git status --short -- ui/src/ipc/generated
  echo "The window's types were out of date and have been written anew: commit them." >&2
  exit 1
fi
if command -v cargo-deny >/dev/null; then
  step "Licences and advisories"
  cargo deny --offline check bans licenses sources
fi
echo "All well."
