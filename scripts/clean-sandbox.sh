#!/usr/bin/env bash
# Removes the sandbox. It holds invented data only; close the console first.
. "$(dirname "$0")/common.sh"
for folder in "${XDG_DATA_HOME:-$HOME/.local/share}"/console/sandbox "$HOME/Library/Application Support/ai.hopsdesk.console/sandbox"; do
  if [ -d "$folder" ]; then rm -rf "$folder" && echo "Removed $folder"; fi
done
