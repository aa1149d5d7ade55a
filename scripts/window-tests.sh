#!/usr/bin/env bash
# The tests of the real window, two at a time, each on a screen of its own where one window is open at a time: they wait
# more than they compute. Whoever is done takes the next one.
. "$(dirname "$0")/common.sh"

# `take PROGRAM FOLDER`: takes tests off the list of this folder until none is left.
if [ "${1:-}" = take ]; then
  program=$2 folder=$3 code=0
  while name=$(flock "$folder/list" sed -i -e '1w /dev/stdout' -e 1d "$folder/list") && [ -n "$name" ]; do
    "$program" --exact "$name" >"$folder/$name.log" 2>&1 || code=1
    # What one test says is not cut by what another says meanwhile.
    flock "$folder/said" cat "$folder/$name.log"
  done
  exit "$code"
fi

cargo test --quiet --test end_to_end --no-run
program=$(cargo test --test end_to_end --no-run --message-format short 2>&1 | sed -n 's/^ *Executable .*(\(.*\))$/\1/p')
folder=$(mktemp -d /tmp/hopsdesk-windows.XXXXXX)
trap 'rm -rf "$folder"' EXIT
"$program" --list | sed -n 's/: test$//p' >"$folder/list"
touch "$folder/said"
count=$(wc -l <"$folder/list")
[ "$count" -gt 0 ] || { echo "There are no tests of the window." >&2; exit 1; }
# The sandbox is filled once; each test begins with a copy of it.
chmod 755 "$folder" # for the server's user
export HOPSDESK_TEST_SANDBOX=$folder/sandbox
mkfifo "$folder/ready"
"$(dirname "$program")/../hopsdesk-webhook" sandbox --keep "$HOPSDESK_TEST_SANDBOX" >"$folder/ready" &
sandbox=$!
trap 'kill "$sandbox" 2>/dev/null && wait "$sandbox"; rm -rf "$folder"' EXIT
{ read -r _ && kill "$sandbox"; } <"$folder/ready"
wait "$sandbox"
trap 'rm -rf "$folder"' EXIT
code=0
on_private_screen scripts/window-tests.sh take "$program" "$folder" &
sleep 3 # so that each finds a display that is free
on_private_screen scripts/window-tests.sh take "$program" "$folder" || code=$?
wait $! || code=$?
passed=$(grep -l '^test result: ok\. 1 passed' "$folder"/*.log | wc -l)
printf '\n%s of %s tests of the window passed.\n' "$passed" "$count"
[ "$code" = 0 ] && [ "$passed" = "$count" ]
