#!/usr/bin/env bash
# The headless program links neither GTK nor WebKit, and there is one TLS stack.
. "$(dirname "$0")/common.sh"
tree=$(cargo tree --no-default-features --edges normal --prefix none --format '{p}')
for crate in gtk wry tauri webkit2gtk openssl-sys native-tls aws-lc-sys aws-lc-rs; do
  if grep -q "^$crate v" <<<"$tree"; then
    echo "The headless program depends on $crate." >&2
    exit 1
  fi
done
if cargo tree --edges normal --prefix none --format '{p}' | grep -E '^(openssl-sys|native-tls|aws-lc-sys) v'; then
  echo "A second TLS stack came in." >&2
  exit 1
fi
echo "Neither GTK nor WebKit, and rustls with ring alone."
