//! Links into the console from outside, `hopsdesk://…`: this start's and those of later ones. They are
//! parsed here, and wait here until the window takes them.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::domain::finding::link::{DeepLink, SCHEME};

/// The last link that nobody has taken yet.
#[derive(Default)]
pub(in crate::desktop) struct Links {
    waiting: Mutex<Waiting>,
    changed: Notify,
}

#[derive(Default)]
struct Waiting {
    link: Option<DeepLink>,
    /// Counts who asked: only the last one is answered, since a page that was left takes nothing.
    asked: u64,
}

impl Links {
    /// Looks for a link among the arguments of a start. One that is not ours to follow does nothing.
    pub(in crate::desktop) fn hear<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) {
        let begins = format!("{SCHEME}:");
        let Some(text) = arguments
            .into_iter()
            .find(|argument| argument.starts_with(&begins))
        else {
            return;
        };
        match DeepLink::parse(text) {
            Ok(link) => {
                self.lock().link = Some(link);
                self.changed.notify_waiters();
            }
            // Not what it says: whoever wrote it may have meant the log.
            Err(error) => tracing::warn!(%error, "a link was not followed"),
        }
    }

    /// The next link, as soon as there is one; `None` when somebody else asks after this.
    pub(in crate::desktop) async fn next(&self) -> Option<DeepLink> {
        let turn = {
            let mut waiting = self.lock();
            waiting.asked += 1;
            waiting.asked
        };
        self.changed.notify_waiters();
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            // From here on nothing is missed.
            changed.as_mut().enable();
            {
                let mut waiting = self.lock();
                if waiting.asked != turn {
                    return None;
                }
                if let Some(link) = waiting.link.take() {
                    return Some(link);
                }
            }
            changed.await;
        }
    }

    /// The page that asked last is gone: a link waits for the next one.
    #[cfg(target_os = "linux")]
    pub(in crate::desktop) fn nobody_asks(&self) {
        self.lock().asked += 1;
        self.changed.notify_waiters();
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[tokio::test]
    async fn a_link_waits_until_it_is_taken_and_a_hostile_one_is_dropped() {
        let links = Arc::new(Links::default());
        links.hear(["hopsdesk", "--settings", "hopsdesk://users/1"]);
        links.hear(["hopsdesk://users/1/delete"]);
        let link = links.next().await.expect("the one that could be followed");
        assert_eq!(link.address, "#/users/1");
        let left = tokio::spawn({
            let links = Arc::clone(&links);
            async move { links.next().await }
        });
        tokio::task::yield_now().await;
        let asking = tokio::spawn({
            let links = Arc::clone(&links);
            async move { links.next().await }
        });
        tokio::task::yield_now().await;
        links.hear(["hopsdesk://overview"]);
        assert_eq!(
            left.await.expect("an end"),
            None,
            "a page that was left takes nothing"
        );
        assert!(asking.await.expect("an end").is_some());
    }
}
