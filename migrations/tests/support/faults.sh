# Kills the session, the client and the server between any two statements of an action: change, audit and outbox are all
# there or none. Sourced by run.sh. The steps of each action are counted first, by doing it and taking it back. Session
# and client are killed at each of them; the server, which takes a second to come back, at each of a suspension's and
# at two of each of the others', chosen by a seed that is printed.

# One action of each family: a name, and what staff ask for.
fault_actions=(
  suspend "select console.act('suspend_account', 'f|owner', '{}', null, false, 'faults')"
  reactivate "select console.act('reactivate_account', 'f|back', '{}', null, false, 'faults')"
  delete "select console.act('delete_user', 'f|gone', '{}', null, false, 'faults')"
  restore "select console.act('restore_user', 'f|away', '{}', null, false, 'faults')"
  plan "select console.act('change_plan', 'f|rich', '{\"plan\": \"prepaid\"}', null, false, 'faults')"
  grant "select console.act('grant_credits', 'f|rich', '{\"amount\": \"1.25\"}', null, false, 'faults')"
  refund "select console.act('refund_credits', 'f|rich', '{\"amount\": \"2.5\"}', null, false, 'faults')"
  price "select console.act('set_price_override', 'f|rich', '{\"resource\": \"gpu_hours\", \"price\": \"2\"}', null, false, 'faults')"
  invite "select console.act('invite_member', 'f|rich', '{\"email\": \"new@faults.example\"}', null, false, 'faults')"
  remove "select console.act('remove_member', 'f|leaver', '{}', null, false, 'faults')"
  assign "select console.act('assign_cluster', 'f|seatless', '{\"cluster_id\": \"00000000-0000-4000-8000-0000000000fb\"}', null, false, 'faults')"
  move "select console.act('assign_cluster', 'f|mover', '{\"cluster_id\": \"00000000-0000-4000-8000-0000000000fb\"}', null, false, 'faults')"
  cluster "select console.act('edit_cluster', '00000000-0000-4000-8000-0000000000fb', '{\"max_users\": \"90\"}', null, false, 'faults')"
  note "select console.act('add_note', 'f|rich', '{\"kind\": \"user\", \"note\": \"called in\"}', null, false, 'faults')"
  undo "select console.undo((select e.id from console.audit_entries as e where e.action = 'suspend_account' and e.subject = 'f|undone'), 'faults')"
  many "select console.act_many('suspend_account', '[\"f|one\", \"f|two\"]', '{}', 'faults', false, 'faults-bulk')"
  undo_many "select console.undo_many(array(select e.id from console.audit_entries as e where e.run = 'faults-done'), 'faults', false, 'faults-undo')"
)

test_faults() { # database
  local database=$1 name action inside steps expected before step first second kills=0 crashes=0 at=0
  RANDOM=${FAULTS_SEED:=$$}
  echo "# faults: FAULTS_SEED=$FAULTS_SEED"
  run_sql "$database" app -f "$tests_dir/support/faults.sql" >/dev/null
  for ((at = 0; at < ${#fault_actions[@]}; at += 2)); do
    name=${fault_actions[at]} action=${fault_actions[at + 1]}
    run_sql "$database" faults_admin -c "select console.elevate('faults', 15)" >/dev/null
    choose "$database" 0 count
    before=$(settled "$database")
    # Inside the statement, and with the commit's own triggers; and how many rows each table has then.
    inside=$(done_dry "$database" "$action" 'select last_value from faults.steps')
    choose "$database" 0 count
    expected=$(done_dry "$database" "$action" 'set constraints all immediate' "select last_value || ' ' || faults.counts() from faults.steps")
    steps=${expected%% *} expected=${expected#* }
    if [[ ! $steps =~ ^[0-9]+$ ]] || ((steps < 10)); then
      echo "not ok - $name does nothing that could be cut off"
      failed=1
      return 0
    fi
    # Two of them, told apart: a second one after the first, around the end.
    first=$((RANDOM % steps)) second=$(((first + 1 + RANDOM % (steps - 1)) % steps))
    for ((step = 1; step <= steps; step++)); do
      ends "$database" "$name" "$action" "$step" end "$before" || return 0
      # What a client that died during the commit asked for is done: see below.
      ((step > inside)) || ends "$database" "$name" "$action" "$step" client "$before" || return 0
      kills=$((kills + 1 + (step <= inside)))
      if [[ $name == suspend ]] || ((step == first + 1 || step == second + 1)); then
        ends "$database" "$name" "$action" "$step" server "$before" || return 0
        crashes=$((crashes + 1))
      fi
    done
    # A client that dies in the middle of the commit: then all of it is there.
    choose "$database" "$steps" client
    begin_action "$database" "$action"
    run_sql "$database" app -c 'select faults.asleep()' >/dev/null
    end_client "$database"
    settled "$database" >/dev/null
    if [[ $(run_sql "$database" app -c 'select faults.counts()') != "$expected" ]]; then
      echo "not ok - $name is not all there although its commit was asked for"
      failed=1
      return 0
    fi
  done
  as_server "$server_bin/pg_ctl" -D "$scratch/data" -w -s -m immediate stop
  serve_cluster
  before=$(run_sql "$database" faults_admin -c "select (console.verify_audit('staff') ->> 'ok') || (console.verify_audit('system') ->> 'ok')")
  if [[ $before == truetrue && $kills -gt 600 && $crashes -gt 40 ]]; then
    echo "ok - $((at / 2)) actions ended at each of their steps, $kills times by session and client and $crashes times by the server, are all there or not at all"
  else
    echo "not ok - after $kills kills and $crashes crashes the chains say $before"
    failed=1
  fi
}

# Ends an action at one step; whether nothing is left of it.
ends() { # database, name, action, step, how, the state before
  local pid after
  choose "$1" "$4" "$5"
  begin_action "$1" "$3"
  if [[ $5 != end ]]; then
    pid=$(run_sql "$1" app -c 'select faults.asleep()')
    if [[ ! $pid ]]; then
      echo "not ok - $2 never came to step $4"
      failed=1
      return 1
    fi
    if [[ $5 == client ]]; then
      end_client "$1"
    # Postgres ends with the session, or as it does when the machine is switched off.
    elif ((RANDOM % 2)); then
      kill -9 "$pid"
    else
      as_server "$server_bin/pg_ctl" -D "$scratch/data" -w -s -m immediate stop
      serve_cluster
    fi
  fi
  wait "$client" 2>/dev/null || true
  after=$(settled "$1")
  [[ $after != "$6" ]] || return 0
  echo "not ok - $2, ended by $5 at step $4, left a part"
  failed=1
  return 1
}

# As the console does it: three statements. $client is the process to kill.
begin_action() { # database, action
  psql -XqAt -v ON_ERROR_STOP=1 -d "$1" -U faults_admin -c 'begin' -c "$2" -c 'commit' >/dev/null 2>&1 &
  client=$!
}

# The server notices when its statement is over; until then it would wait at the step.
end_client() { # database
  kill -9 "$client"
  wait "$client" 2>/dev/null || true
  run_sql "$1" app -c "update faults.chosen set how = 'go on'"
}

# The last answer of an action and what follows it, all of it taken back.
done_dry() { # database, action and what follows it
  local database=$1 statement statements=()
  shift
  for statement in "$@"; do statements+=(-c "$statement"); done
  run_sql "$database" faults_admin -c 'begin' "${statements[@]}" -c 'rollback' | tail -n 1
}

choose() { # database, step, how
  run_sql "$1" app -c "update faults.chosen set step = $2, how = '$3'" -c "select setval('faults.steps', 1, false)" >/dev/null
}

# What is there once the session that was ended is gone.
settled() { # database
  local tries
  for ((tries = 0; tries < 400; tries++)); do
    run_sql "$1" app -c "select faults.settled()" 2>/dev/null && return 0
    sleep 0.05
  done
  fail 'the server did not come back'
}
