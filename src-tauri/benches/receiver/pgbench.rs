//! What Postgres itself can do: pgbench, one row and one commit at a time.

use std::fs;
use std::time::Duration;

use crate::receiver::table::Figures;
use crate::{CONNECTIONS, Database, Measured};

/// A row as the receivers make them.
const INSERT: &str = "insert into bench.events (provider, event_id, body)
values ('pgbench', gen_random_uuid()::text, repeat('A body of the same length as the others have it. ', 25));
";

pub(crate) fn pgbench(database: &Database, during: Duration) -> Measured<Figures> {
    let folder = tempfile::tempdir()?;
    fs::write(folder.path().join("insert.sql"), INSERT)?;
    let run = |rate: Option<u64>| -> Measured<String> {
        let mut command = database.tool("pgbench");
        command
            .current_dir(folder.path())
            .args(["-n", "-j", "2", "-M", "prepared", "-f", "insert.sql"])
            .args([
                "-c",
                &CONNECTIONS.to_string(),
                "-T",
                &during.as_secs().to_string(),
            ]);
        if let Some(rate) = rate {
            command.args(["-l", "-R", &rate.to_string()]);
        }
        let ran = command.output()?;
        if !ran.status.success() {
            return Err(String::from_utf8_lossy(&ran.stderr).into_owned().into());
        }
        Ok(String::from_utf8(ran.stdout)?)
    };
    let said = run(None)?;
    let per_second = said
        .lines()
        .find_map(|line| line.strip_prefix("tps = "))
        .and_then(|rest| rest.split('.').next()?.parse().ok())
        .ok_or("pgbench says no tps")?;
    run(Some(per_second / 2))?;
    let p99_at_half = p99(folder.path())?;
    Ok(Figures {
        per_second,
        p99_at_half,
    })
}

/// From its logs: the third field of a line is the time in microseconds, waiting for its turn included.
fn p99(folder: &std::path::Path) -> Measured<Duration> {
    let mut micros: Vec<u64> = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with("pgbench_log"))
        {
            let log = fs::read_to_string(path)?;
            micros.extend(
                log.lines()
                    .filter_map(|line| line.split(' ').nth(2)?.parse::<u64>().ok()),
            );
        }
    }
    micros.sort_unstable();
    let place = (micros.len() * 99).div_ceil(100).saturating_sub(1);
    let at = micros.get(place).copied().ok_or("pgbench logged nothing")?;
    Ok(Duration::from_micros(at))
}
