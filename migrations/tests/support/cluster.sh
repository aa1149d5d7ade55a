# A private, throw-away Postgres cluster for the tests and linters beside this folder. Sourced, not
# run. It listens on a socket in a short temporary folder and nowhere else, so no Postgres that is
# already on this machine is touched.

tests_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
repo_dir=$(cd "$tests_dir/../.." && pwd)
scratch=
server_bin=

fail() {
  echo "$*" >&2
  exit 1
}

# The bin folder of the newest Postgres this machine has, 15 or later.
find_postgres() {
  local folder version best='' best_version=14
  for folder in \
    "$(pg_config --bindir 2>/dev/null || true)" \
    "$(dirname "$(command -v postgres || echo /nowhere/x)")" \
    /usr/lib/postgresql/*/bin /usr/pgsql-*/bin \
    /opt/homebrew/opt/postgresql@*/bin /usr/local/opt/postgresql@*/bin; do
    [[ -x $folder/initdb && -x $folder/postgres ]] || continue
    version=$("$folder/postgres" --version | grep -oE '[0-9]+' | head -n 1)
    if ((version > best_version)); then
      best=$folder best_version=$version
    fi
  done
  [[ $best ]] || fail 'no Postgres 15 or later found: apt-get install postgresql'
  echo "$best"
}

# Postgres refuses to run as root: there it runs as the user Debian's package made for it.
as_server() {
  if ((EUID == 0)); then
    setpriv --reuid=postgres --regid=postgres --clear-groups -- "$@"
  else
    "$@"
  fi
}

start_cluster() { # bin folder
  server_bin=$1
  scratch=$(mktemp -d /tmp/hdpg.XXXXXX)
  ((EUID != 0)) || chown postgres "$scratch"
  # The folder is private, so everybody who can reach the socket may be anybody.
  as_server "$server_bin/initdb" -D "$scratch/data" -U app --auth=trust --locale=C.UTF-8 -E UTF8 --no-sync \
    >"$scratch/initdb.log" 2>&1 || { cat "$scratch/initdb.log" >&2; fail 'initdb failed'; }
  serve_cluster
  export PGHOST=$scratch PGPORT=5432 PGUSER=app PGOPTIONS='-c client_min_messages=warning'
  unset PGDATABASE PGPASSWORD PGSERVICE
}

# Starts the server on the data that is there.
serve_cluster() {
  as_server "$server_bin/pg_ctl" -D "$scratch/data" -w -s -l "$scratch/data/server.log" start -o \
    "-c listen_addresses='' -c unix_socket_directories=$scratch -c fsync=off -c timezone=America/New_York" ||
    { cat "$scratch/data/server.log" >&2; fail 'the server did not start'; }
}

stop_cluster() {
  [[ $scratch ]] || return 0
  as_server "$server_bin/pg_ctl" -D "$scratch/data" -w -s -m immediate stop || true
  rm -rf "$scratch"
  scratch=
}
trap stop_cluster EXIT

run_sql() { # database, role, psql arguments
  local database=$1 role=$2
  shift 2
  psql -XqAt -v ON_ERROR_STOP=1 -d "$database" -U "$role" "$@"
}

# A database with the managed schema, as a project with the given default grants has it: `old` gives
# the API roles everything the owner makes, `new` gives them nothing.
make_service() { # database, old or new
  local database=$1 grants=$2 kind migration
  run_sql postgres app -c "create database $database"
  run_sql "$database" app -f "$repo_dir/src-tauri/sandbox/supabase.sql"
  if [[ $grants == old ]]; then
    for kind in tables sequences functions; do
      run_sql "$database" app -c "alter default privileges for role hopsdesk_owner in schema public
        grant all on $kind to anon, authenticated, service_role"
    done
  fi
  for migration in "$repo_dir"/migrations/managed/*.sql; do
    run_sql "$database" hopsdesk_owner --single-transaction -f "$migration"
  done
}

# The console on top of it: its migrations, and what attach generates for a fresh service, which is the
# text that the snapshot tests of attach hold the generator to.
make_console() { # database
  local database=$1 migration
  for migration in "$repo_dir"/migrations/console/*.sql; do
    run_sql "$database" hopsdesk_owner --single-transaction -f "$migration" >/dev/null
  done
  sed -e '1,4{/^---$/,/^---$/d}' -e '/^-- Lacking/,$d' "$repo_dir/src-tauri/tests/store/snapshots/attach_fresh.snap" >"$scratch/attach.sql"
  run_sql "$database" hopsdesk_owner --single-transaction -f "$scratch/attach.sql" -f "$tests_dir/support/attached.sql" >/dev/null
}

# pgTAP from its plain SQL file, the same way on every server: Debian packages it for its own version
# only, and it is nothing but SQL.
add_pgtap() { # database
  local file
  file=$(find /usr/share/postgresql/*/extension "$("$server_bin/pg_config" --sharedir 2>/dev/null || echo /nowhere)/extension" \
    -name 'pgtap--[0-9]*.sql' ! -name 'pgtap--*--*.sql' 2>/dev/null | sort -V | tail -n 1 || true)
  [[ $file ]] || fail 'pgTAP is missing: apt-get install postgresql-15-pgtap (or your version of it)'
  run_sql "$1" app -c 'create schema tap' -c 'grant usage on schema tap to public' \
    -c 'set search_path = tap' -f "$file" >/dev/null
  run_sql "$1" app -f "$tests_dir/support/helpers.sql"
}
