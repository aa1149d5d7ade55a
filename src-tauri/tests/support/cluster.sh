#!/bin/sh
# A private Postgres, and a PgBouncer in transaction mode before it, for the database tests.
#
#   cluster.sh start   starts both unless they run, and prints what the harness needs to know
#   cluster.sh stop    stops both and removes everything
#
# The first test process starts them, the others share them: a start costs a second or two, and each
# test has a process of its own. Whoever forgets to stop them is helped by a watchdog, which does so
# after three minutes without use. Nothing here is durable (fsync is off), nothing listens beyond
# this machine, and the folder's name is short because a socket's path may not exceed 100 characters.
# The harness calls `start` under a lock of its own.
set -eu

repository=$(cd "$(dirname "$0")/../../.." && pwd)
home=${HOPSDESK_TEST_HOME:-/tmp/hopsdesk-test-$(id -u)-$(printf %s "$repository" | cksum | cut -d' ' -f1)}
idle_minutes=3

case "$home" in
  */hopsdesk-test-*) ;;
  *)
    # It is removed with everything in it: better not be somebody's home.
    echo "cluster.sh: HOPSDESK_TEST_HOME must end in /hopsdesk-test-<something>" >&2
    exit 2
    ;;
esac

# Postgres and PgBouncer refuse to run as root.
as_server() {
  if [ "$(id -u)" = 0 ]; then
    setpriv --reuid=postgres --regid=postgres --clear-groups env -i PATH="$PATH" HOME="$home" LC_ALL=C "$@"
  else
    env LC_ALL=C "$@"
  fi
}

find_postgres() {
  if [ -n "${HOPSDESK_PG_BIN:-}" ]; then
    printf '%s\n' "$HOPSDESK_PG_BIN"
    return
  fi
  for folder in $(ls -d /usr/lib/postgresql/*/bin /opt/homebrew/opt/postgresql@*/bin \
    /usr/local/opt/postgresql@*/bin 2>/dev/null | sort -rV) "$(pg_config --bindir 2>/dev/null || true)"; do
    if [ -x "$folder/initdb" ]; then
      printf '%s\n' "$folder"
      return
    fi
  done
  echo "cluster.sh: no Postgres server found; install one (Debian: apt-get install postgresql)" >&2
  exit 1
}

pid_alive() {
  [ -s "$1" ] && kill -0 "$(head -n 1 "$1")" 2>/dev/null
}

running() {
  [ -s "$home/state" ] && pid_alive "$home/data/postmaster.pid" && pid_alive "$home/pgbouncer.pid"
}

certificate() { # name, subject, issuer
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=$2" \
    -keyout "$home/tls/$1.key" -out "$home/tls/$1.csr" 2>/dev/null
  if [ "$1" = "$3" ]; then
    printf 'basicConstraints=critical,CA:true\nkeyUsage=critical,keyCertSign\n' >"$home/tls/ext"
    openssl x509 -req -in "$home/tls/$1.csr" -signkey "$home/tls/$1.key" -days 2 \
      -extfile "$home/tls/ext" -out "$home/tls/$1.pem" 2>/dev/null
  else
    printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n' >"$home/tls/ext"
    openssl x509 -req -in "$home/tls/$1.csr" -CA "$home/tls/$3.pem" -CAkey "$home/tls/$3.key" \
      -CAcreateserial -days 2 -extfile "$home/tls/ext" -out "$home/tls/$1.pem" 2>/dev/null
  fi
}

start() {
  postgres=$(find_postgres)
  stop
  mkdir -p "$home/tls"
  # An authority that signed the server's certificate, and one that did not.
  certificate ca "Hopsdesk test CA" ca
  certificate other-ca "Another CA" other-ca
  certificate server localhost ca
  chmod 755 "$home" "$home/tls"
  chmod 600 "$home"/tls/*.key
  if [ "$(id -u)" = 0 ]; then chown -R postgres:postgres "$home"; fi

  locale=C.UTF-8
  if [ "$(uname)" = Darwin ]; then locale=C; fi
  as_server "$postgres/initdb" -D "$home/data" -U postgres --auth=trust --no-sync \
    --locale="$locale" -E UTF8 >"$home/initdb.log" 2>&1 || { cat "$home/initdb.log" >&2; exit 1; }

  cat >>"$home/data/postgresql.conf" <<CONF
listen_addresses = '127.0.0.1'
unix_socket_directories = '$home'
max_connections = 400
shared_buffers = 128MB
fsync = off
synchronous_commit = off
full_page_writes = off
max_wal_size = 4GB
jit = off
ssl = on
ssl_cert_file = '$home/tls/server.pem'
ssl_key_file = '$home/tls/server.key'
CONF
  # Logins are free but for members of password_logins, who show what a refused one looks like.
  cat >"$home/data/pg_hba.conf" <<HBA
local all all trust
host all +password_logins 127.0.0.1/32 scram-sha-256
host all all 127.0.0.1/32 trust
HBA
  # Other logins are looked up in the database they ask for.
  printf '"postgres" ""\n"hopsdesk_owner" ""\n' >"$home/pgbouncer.users"

  attempt=0
  while :; do
    attempt=$((attempt + 1))
    port=$((20000 + ($$ + attempt * 97) % 6000 * 2))
    pooler_port=$((port + 1))
    cat >"$home/pgbouncer.ini" <<INI
[databases]
* = host=$home port=$port
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = $pooler_port
unix_socket_dir = $home
auth_type = trust
auth_file = $home/pgbouncer.users
auth_user = postgres
pool_mode = transaction
default_pool_size = 4
max_client_conn = 500
ignore_startup_parameters = extra_float_digits,options
server_idle_timeout = 10
server_login_retry = 1
logfile = $home/pgbouncer.log
pidfile = $home/pgbouncer.pid
INI
    if as_server "$postgres/pg_ctl" -D "$home/data" -l "$home/postgres.log" -o "-p $port" -w -t 30 \
      start >/dev/null 2>&1; then
      # Debian keeps it in sbin, which an ordinary user's PATH lacks.
      if PATH="$PATH:/usr/sbin:/usr/local/sbin" as_server pgbouncer -d "$home/pgbouncer.ini" \
        >/dev/null 2>"$home/pgbouncer.err"; then
        break
      fi
      as_server "$postgres/pg_ctl" -D "$home/data" -m immediate -w stop >/dev/null 2>&1
    fi
    if [ "$attempt" -ge 10 ]; then
      echo "cluster.sh: Postgres or PgBouncer does not start" >&2
      tail -n 20 "$home/postgres.log" "$home/pgbouncer.err" >&2 || true
      exit 1
    fi
  done
  until [ -s "$home/pgbouncer.pid" ] && [ -S "$home/.s.PGSQL.$pooler_port" ]; do sleep 0.05; done

  "$postgres/psql" -X -q -h "$home" -p "$port" -U postgres -d postgres -v ON_ERROR_STOP=1 \
    -c "create role password_logins nologin" >/dev/null
  printf 'home=%s\nport=%s\npooler_port=%s\nbin=%s\n' "$home" "$port" "$pooler_port" "$postgres" \
    >"$home/state.new"
  mv "$home/state.new" "$home/state"
  : >"$home/used"
  if command -v setsid >/dev/null 2>&1; then
    setsid "$0" watch </dev/null >/dev/null 2>&1 &
  else
    nohup "$0" watch </dev/null >/dev/null 2>&1 &
  fi
}

idle() {
  [ -n "$(find "$home/used" -mmin "+$idle_minutes" 2>/dev/null)" ] || return 1
  clients=$("$bin/psql" -X -A -t -h "$home" -p "$port" -U postgres -d postgres -c "select count(*)
    from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()" 2>/dev/null) || return 0
  [ "$clients" = 0 ]
}

watch() {
  . "$home/state"
  birth=$(head -n 1 "$home/data/postmaster.pid")
  while sleep 20; do
    # Somebody stopped the cluster, or another one took its place.
    [ "$(head -n 1 "$home/data/postmaster.pid" 2>/dev/null)" = "$birth" ] || exit 0
    idle || continue
    # A test may be starting at this very moment: take the sign down first, then look again.
    mv "$home/state" "$home/state.closing"
    sleep 1
    if idle; then
      stop
      exit 0
    fi
    mv "$home/state.closing" "$home/state"
  done
}

stop() {
  if pid_alive "$home/pgbouncer.pid"; then kill "$(cat "$home/pgbouncer.pid")" 2>/dev/null || true; fi
  if pid_alive "$home/data/postmaster.pid"; then
    postmaster=$(head -n 1 "$home/data/postmaster.pid")
    # Immediate: there is nothing to keep.
    kill -QUIT "$postmaster" 2>/dev/null || true
    waited=0
    while kill -0 "$postmaster" 2>/dev/null && [ "$waited" -lt 100 ]; do
      sleep 0.1
      waited=$((waited + 1))
    done
  fi
  rm -rf "$home"
}

case "${1:-}" in
  start)
    running || start
    : >"$home/used"
    cat "$home/state"
    ;;
  stop) stop ;;
  watch) watch ;;
  *)
    echo "usage: cluster.sh start | stop" >&2
    exit 2
    ;;
esac
