# Sourced by the other scripts: the folder, the tools, and the window when there is no display.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
if [ -f "$HOME/.cargo/env" ]; then . "$HOME/.cargo/env"; fi
if [ -d target/node/bin ]; then export PATH="$PWD/target/node/bin:$PATH"; fi

step() { printf '\n\033[1m== %s\033[0m\n' "$*"; }

# The packages of a folder, as its lock file says; again only when that has changed. A folder without
# one names exact versions of tools only.
npm_packages() {
  local folder=$1 stamp="$1/node_modules/.package-lock.json" wanted=package-lock.json install=ci
  if [ ! -f "$folder/$wanted" ]; then
    wanted=package.json install="install --no-package-lock"
  fi
  if [ ! -f "$stamp" ] || [ "$folder/$wanted" -nt "$stamp" ]; then
    # shellcheck disable=SC2086 # two words
    (cd "$folder" && npm $install --no-audit --no-fund --loglevel=error)
    touch "$stamp"
  fi
}

build_ui() {
  npm_packages ui
  (cd ui && npm run --silent build)
}

# Runs a command on a screen of its own, with a session bus and an unlocked keychain of its own and an
# empty home: nothing of the person's is read or written.
on_private_screen() {
  local home code=0
  home=$(mktemp -d /tmp/hopsdesk-screen.XXXXXX)
  # The toolchain stays where it is; everything else in the new home is empty. What the session bus has
  # to say goes nowhere, what the command says goes where ours goes.
  env HOME="$home" CARGO_HOME="${CARGO_HOME:-$HOME/.cargo}" RUSTUP_HOME="${RUSTUP_HOME:-$HOME/.rustup}" \
    XDG_CONFIG_HOME="$home/.config" XDG_DATA_HOME="$home/.local/share" XDG_CACHE_HOME="$home/.cache" \
    NO_AT_BRIDGE=1 \
    xvfb-run -a -s "-screen 0 1920x1200x24 -nolisten tcp" dbus-run-session -- bash -c '
      printf "\n" | gnome-keyring-daemon --unlock --components=secrets --daemonize
      "$@" >&8 2>&9' on_private_screen "$@" 8>&1 9>&2 >/dev/null 2>&1 || code=$?
  rm -rf "$home"
  return $code
}
