//! Indexes being made for the open workspace: one at a time, over a session of its own, while the window
//! goes on.

use std::sync::{Arc, PoisonError};

use crate::config::database::DatabaseAddress;
use crate::desktop::answer::Answer;
use crate::desktop::console::Console;
use crate::secrets::Secret;
use crate::store::attach::indexes::make::IndexError;
use crate::store::direct::Direct;
use crate::usecases::propose_indexes::{make_index, stop_making};
use crate::wire::failure::{Failure, FailureCode};

/// The way into a database.
pub(in crate::desktop) type Way = (DatabaseAddress, Option<Secret<String>>);

/// The index that is being made, or the last one that was to be.
#[derive(Debug, Clone)]
pub(in crate::desktop) struct Job {
    /// The workspace it is made in.
    pub(in crate::desktop) workspace: String,
    /// Its name.
    pub(in crate::desktop) index: String,
    /// The server process that makes it, once it has begun.
    pub(in crate::desktop) process: Option<i32>,
    /// It goes on.
    pub(in crate::desktop) running: bool,
    /// Why it was not made.
    pub(in crate::desktop) failure: Option<Failure>,
}

impl Console {
    /// Why no index can be made from here, as a sentence; `None` when it can.
    pub(in crate::desktop) fn cannot_index(&self) -> Option<String> {
        let (address, _) = self.way()?;
        (!address.pool_mode.keeps_session()).then(|| {
            "This workspace is reached through a pooler that keeps no session, and Postgres makes no \
             index concurrently there. Copy the statements and run them one after the other over a \
             direct or session connection (at Supabase port 5432), or run `hopsdesk-webhook attach \
             --indexes` with DATABASE_DIRECT_URL."
                .to_owned()
        })
    }

    /// The job of the open workspace.
    pub(in crate::desktop) fn index_job(&self) -> Option<Job> {
        let jobs = self.indexing.lock().unwrap_or_else(PoisonError::into_inner);
        jobs.clone()
            .filter(|job| job.workspace == self.session().workspace.id)
    }

    /// The server process that makes an index now.
    pub(in crate::desktop) fn process_of_index(&self) -> Option<i32> {
        let job = self.indexing.lock().unwrap_or_else(PoisonError::into_inner);
        let running = job.as_ref().filter(|job| job.running);
        running.and_then(|job| job.process)
    }

    /// Begins to make an index.
    pub(in crate::desktop) fn start_index(self: &Arc<Self>, index: String) -> Answer<()> {
        let refused = |message: String| Failure {
            code: FailureCode::Invalid,
            message,
            reference: None,
            argument: None,
        };
        self.desk()?;
        if let Some(sentence) = self.cannot_index() {
            return Err(refused(sentence));
        }
        let Some((address, password)) = self.way() else {
            return Err(refused("No database is open.".to_owned()));
        };
        {
            let mut job = self.indexing.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(running) = job.as_ref().filter(|job| job.running) {
                return Err(refused(format!(
                    "{} is being made. One index at a time keeps the load on the database bearable.",
                    running.index
                )));
            }
            *job = Some(Job {
                workspace: self.session().workspace.id,
                index: index.clone(),
                process: None,
                running: true,
                failure: None,
            });
        }
        let console = Arc::clone(self);
        tauri::async_runtime::spawn(async move {
            let made = console.make(&address, password.as_ref(), &index).await;
            let failure = made.err().map(|error| console.index_failure(&error));
            console.change_job(|job| {
                job.running = false;
                job.failure = failure;
            });
        });
        Ok(())
    }

    async fn make(
        &self,
        address: &DatabaseAddress,
        password: Option<&Secret<String>>,
        index: &str,
    ) -> Result<(), IndexError> {
        let mut session = Direct::open(address, password).await?;
        make_index(&mut session, index, |process| {
            self.change_job(|job| job.process = Some(process));
        })
        .await?;
        // Its work is done; a goodbye that does not arrive changes nothing.
        let _ = session.close().await;
        Ok(())
    }

    /// Stops making an index; what is there of it is removed.
    pub(in crate::desktop) async fn stop_index(&self) -> Answer<()> {
        let desk = self.desk()?;
        let job = self.index_job().filter(|job| job.running);
        if let Some(process) = job.and_then(|job| job.process) {
            stop_making(&desk, process)
                .await
                .map_err(|error| self.desk_failure(&error))?;
        }
        Ok(())
    }

    fn change_job(&self, change: impl FnOnce(&mut Job)) {
        let mut job = self.indexing.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(job) = job.as_mut() {
            change(job);
        }
    }

    fn index_failure(&self, error: &IndexError) -> Failure {
        match error {
            IndexError::Store(error) => {
                self.store_failure(error, &self.session().workspace.address)
            }
            other => Failure {
                code: FailureCode::Invalid,
                message: format!("{other}."),
                reference: None,
                argument: None,
            },
        }
    }
}
