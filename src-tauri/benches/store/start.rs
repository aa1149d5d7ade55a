//! Opening the sandbox of the usual size: the very first time, and later on.

use std::time::Duration;

use hopsdesk::sandbox::{Sandbox, SandboxOptions};

use crate::Measured;
use crate::store::service::{Chance, NOW};
use crate::store::table::{Bar, Table};
use crate::store::timing::{Timing, stopwatch};

const LATER_STARTS: u32 = 5;

pub(crate) async fn measure(table: &mut Table) -> Measured<()> {
    let folder = tempfile::tempdir()?;
    let options = |keep| SandboxOptions {
        folder: Some(folder.path().join("sandbox")),
        keep,
        ..SandboxOptions::new(NOW)
    };
    let size = format!(
        "{} users × {} days",
        options(true).users,
        options(true).days
    );
    let first = open(options(true)).await?;
    let mut later = Vec::new();
    for start in 1..=LATER_STARTS {
        // The last one out takes the data away.
        later.push(open(options(start < LATER_STARTS)).await?);
    }
    table.alone(
        &format!("sandbox of {size}: first start"),
        &Timing::of(vec![first])?,
        Bar::P95(Duration::from_secs(15)),
    );
    table.alone(
        &format!("sandbox of {size}: later start"),
        &Timing::of(later)?,
        Bar::P95(Duration::from_secs(2)),
    );
    Ok(())
}

async fn open(options: SandboxOptions) -> Measured<Duration> {
    let begun = stopwatch();
    let sandbox = Sandbox::open(options, &Chance, |_| {}).await?;
    let taken = begun.elapsed();
    sandbox.stop().await?;
    Ok(taken)
}
