//! Measures the store on a service of a million users, each figure beside a reference of the same run.
//!
//! `BENCH_USERS` and `BENCH_DAYS` set the size (1,000,000 and 10 unless said otherwise); `BENCH_FOLDER`
//! names a folder where the service is kept for the next run, and `BENCH_ONLY=search,lists` takes only these
//! parts. `BENCH_DOOR=direct` leaves out the pooler that stands before the database otherwise. Everything goes the product's own way: its sample generator, its use cases, its door. A missed bar is said in the
//! table and is no failure; an answer that is empty where there must be one is.

mod store {
    pub(crate) mod charts;
    pub(crate) mod exporter;
    pub(crate) mod exports;
    pub(crate) mod lists;
    pub(crate) mod pooler;
    pub(crate) mod rollups;
    pub(crate) mod screens;
    pub(crate) mod search;
    pub(crate) mod service;
    pub(crate) mod start;
    pub(crate) mod table;
    pub(crate) mod timing;
    pub(crate) mod trail;
    pub(crate) mod userpage;
}

use std::error::Error;

use crate::store::service::{Service, Size};
use crate::store::table::Table;
use crate::store::{
    charts, exporter, exports, lists, rollups, screens, search, start, trail, userpage,
};

/// What a measurement gives, or what kept it from being one.
pub(crate) type Measured<T> = Result<T, Box<dyn Error + Send + Sync>>;

#[tokio::main]
async fn main() -> Measured<()> {
    if exporter::run_errand().await? {
        return Ok(());
    }
    let size = Size::from_environment()?;
    // Interrupted, the bench still takes its server down and its gigabytes away.
    let (service, loaded) = Service::open(size).await?;
    let mut table = Table::default();
    table.note(&loaded);
    let result = tokio::select! {
        result = measure(&service, &mut table) => result,
        interrupted = tokio::signal::ctrl_c() => match interrupted {
            Ok(()) => Err("interrupted".into()),
            Err(error) => Err(error.into()),
        },
    };
    service.close().await?;
    result?;
    start::measure(&mut table).await?;
    println!("{table}");
    Ok(())
}

async fn measure(service: &Service, table: &mut Table) -> Measured<()> {
    let only = std::env::var("BENCH_ONLY").ok();
    let wanted = |part: &str| {
        only.as_ref()
            .is_none_or(|only| only.split(',').any(|one| one.trim() == part))
    };
    if wanted("exports") {
        exports::measure(service, table).await?;
    }
    if wanted("search") {
        search::measure(service, table).await?;
    }
    if wanted("lists") {
        lists::measure(service, table).await?;
    }
    if wanted("user") {
        userpage::measure(service, table).await?;
    }
    if wanted("screens") {
        screens::measure(service, table).await?;
    }
    if wanted("rollups") {
        rollups::measure(service, table).await?;
    }
    if wanted("trail") {
        trail::measure(service, table).await?;
    }
    if wanted("charts") {
        charts::measure(service.runs, table).await?;
    }
    Ok(())
}
