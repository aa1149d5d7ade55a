#!/usr/bin/env bash
# Lints the managed schema; any finding fails.
#
#   squawk         reads the migration files (npm squawk-cli)
#   dblint         Supabase's database lints on the installed schema, under both kinds of default
#                  grants (npm @postgres-language-server/cli)
#   plpgsql_check  compiles every function against the tables it touches
#                  (Debian postgresql-15-plpgsql-check, or your version of it)
#
# LINT_NODE_MODULES: where the two npm packages are installed; default ui/node_modules.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/support/cluster.sh"

tools=${LINT_NODE_MODULES:-$repo_dir/ui/node_modules}/.bin
for tool in squawk postgres-language-server; do
  [[ -x $tools/$tool ]] || fail "$tool is missing in $tools: npm install, or set LINT_NODE_MODULES"
done
failed=0

echo '# squawk'
# Left out: the two timeouts, which belong to the role that migrates and not to each file; and the
# preference for bigint, because seats, counts of logins and Hopsworks' own ids are published as
# 32-bit integers.
"$tools/squawk" --pg-version 15 --assume-in-transaction \
  --exclude require-lock-timeout,require-statement-timeout,prefer-bigint-over-int \
  "$repo_dir"/migrations/managed/*.sql || failed=1

start_cluster "$(find_postgres)"

# Left out: unused_index, since nobody has asked a minute-old database anything.
cat >"$scratch/postgres-language-server.jsonc" <<'CONFIG'
{ "splinter": { "enabled": true, "rules": { "performance": { "unusedIndex": "off" } } } }
CONFIG
for grants in new old; do
  echo "# dblint, $grants default grants"
  make_service "$grants" "$grants"
  # How PostgREST is told which schemas it exposes; without it the lints about exposure see nothing.
  run_sql "$grants" app -c "alter database $grants set pgrst.db_schemas to 'public, graphql_public'"
  findings=$("$tools/postgres-language-server" dblint --config-path="$scratch" --max-diagnostics=none \
    --colors=off --error-on-warnings \
    --connection-string="postgres://$PGUSER@localhost/$grants?host=$PGHOST" 2>&1) || failed=1
  # Lints at level info end with success: look at the text.
  if grep -q '^splinter/' <<<"$findings"; then
    failed=1
  fi
  [[ $findings == *'Command completed'* || $findings == *splinter/* ]] || failed=1
  echo "$findings"
done

echo '# plpgsql_check'
run_sql new app -c 'create schema lint' -c 'create extension plpgsql_check schema lint'
findings=$(run_sql new app -F ' | ' -c "
  select f.oid::regprocedure, f.relid::regclass, c.level, c.lineno, c.message, c.detail, c.hint
  from (
    select p.oid, coalesce(t.tgrelid, 0) as relid
    from pg_proc as p
    join pg_language as l on l.oid = p.prolang and l.lanname = 'plpgsql'
    left join pg_trigger as t on t.tgfoid = p.oid and not t.tgisinternal
    where p.pronamespace = 'public'::regnamespace
  ) as f
  cross join lateral lint.plpgsql_check_function_tb(
    f.oid::regprocedure, f.relid::regclass, fatal_errors => false,
    other_warnings => true, extra_warnings => true, performance_warnings => true, security_warnings => true
  ) as c")
checked=$(run_sql new app -c "select count(*) from pg_proc where pronamespace = 'public'::regnamespace")
if [[ $findings ]]; then
  failed=1
  echo "$findings"
else
  echo "$checked functions checked, no findings"
fi

if ((failed)); then
  echo '# FAILED'
else
  echo '# no findings'
fi
exit "$failed"
