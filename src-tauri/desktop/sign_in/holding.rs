//! Which of both a workspace is: kept back until somebody signs in, or open to whoever did.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use time::OffsetDateTime;

use crate::desktop::answer::{Answer, invalid};
use crate::desktop::console::{Console, Keeping, is_sandbox};
use crate::desktop::opening::Entered;
use crate::desktop::sign_in::gate::Gate;
use crate::desktop::sign_in::{Held, Inside};
use crate::sandbox::auth0::{Person, Serving, SimulatedAuth0};
use crate::usecases::propose_indexes::stop_making;
use crate::wire::session::SessionState;
use crate::wire::sign_in::SignedIn;

/// The sandbox's stand-in for Auth0, once somebody wanted to try the sign-in.
pub(in crate::desktop) struct StandIn(#[expect(dead_code, reason = "served while kept")] Serving);

impl Console {
    /// Keeps a workspace back: its desk answers nobody, and nothing works in the background.
    pub(in crate::desktop) fn hold(&self, turn: u64, held: Held) {
        let mut open = self.lock();
        if open.turn != turn {
            return;
        }
        open.keeping.clear();
        self.ahead.forget();
        // What was begun for whoever was in does not go on for nobody.
        self.exports.cancel_all();
        if let (Some(desk), Some(process)) = (open.desk.take(), self.process_of_index()) {
            tauri::async_runtime::spawn(async move {
                if let Err(error) = stop_making(&desk, process).await {
                    tracing::warn!(%error, "an index goes on being made");
                }
            });
        }
        open.inside = None;
        open.workspace = held.entered.workspace.clone();
        open.held = Some(held);
    }

    /// Opens a workspace.
    pub(in crate::desktop) fn let_in(
        self: &Arc<Self>,
        turn: u64,
        mut entered: Entered,
        signed_in: Option<SignedIn>,
        inside: Option<Inside>,
        staying: Option<Keeping>,
    ) {
        if let SessionState::Ready {
            signed_in: shown, ..
        } = &mut entered.ready
        {
            *shown = signed_in;
        }
        self.is_present();
        self.finish(turn, Ok(entered));
        let mut open = self.lock();
        if open.turn == turn {
            open.inside = inside;
            open.keeping.extend(staying);
        }
    }

    /// Somebody is at the window.
    pub(in crate::desktop) fn is_present(&self) {
        let now = self.clock.now().unix_timestamp();
        self.present.store(now, Ordering::Relaxed);
    }

    /// When somebody was at the window last.
    pub(in crate::desktop) fn present_at(&self) -> OffsetDateTime {
        let at = self.present.load(Ordering::Relaxed);
        OffsetDateTime::from_unix_timestamp(at).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }

    /// Shuts a workspace whose sign-in has ended.
    pub(in crate::desktop) fn put_out(&self, turn: u64, why: &str) {
        if let Some((current, inside, entered)) = self.inside()
            && current == turn
        {
            let held = Held::new(inside.gate, entered, Some(why.to_owned()));
            self.hold(turn, held);
        }
    }

    /// Changes what is kept back.
    pub(in crate::desktop) fn with_held<T>(
        &self,
        change: impl FnOnce(u64, &mut Held) -> T,
    ) -> Answer<T> {
        let mut open = self.lock();
        let turn = open.turn;
        match &mut open.held {
            Some(held) => Ok(change(turn, held)),
            None => Err(invalid("Sign-in", "nobody has to sign in now")),
        }
    }

    /// Changes what is kept back, for an attempt that is still the last one.
    pub(in crate::desktop) fn at<T>(
        &self,
        attempt: u64,
        change: impl FnOnce(&mut Held) -> T,
    ) -> Option<T> {
        let mut open = self.lock();
        let held = open.held.as_mut().filter(|held| held.attempt == attempt)?;
        Some(change(held))
    }

    /// Whoever is in, and where.
    pub(in crate::desktop) fn inside(&self) -> Option<(u64, Inside, Entered)> {
        let open = self.lock();
        let inside = open.inside.clone()?;
        Some((open.turn, inside, entered(&open)?))
    }

    /// The open workspace of that turn.
    pub(in crate::desktop) fn entered(&self, turn: u64) -> Option<Entered> {
        let open = self.lock();
        entered(&open).filter(|_| open.turn == turn)
    }

    /// A number for an attempt to sign in, which no other has.
    pub(in crate::desktop) fn next_attempt() -> u64 {
        static ATTEMPTS: AtomicU64 = AtomicU64::new(1);
        ATTEMPTS.fetch_add(1, Ordering::Relaxed)
    }

    /// Keeps the sandbox back, so that somebody can try to sign in: as its owner, or as somebody else.
    pub(in crate::desktop) async fn try_sign_in(self: &Arc<Self>) -> Answer<()> {
        let (turn, entered) = {
            let open = self.lock();
            let sandbox = is_sandbox(&open.workspace.id);
            (open.turn, entered(&open).filter(|_| sandbox))
        };
        let entered =
            entered.ok_or_else(|| invalid("Sign-in", "only the sandbox has one to try"))?;
        let who = crate::usecases::elevate::who_is_there(&entered.desk)
            .await
            .map_err(|error| self.desk_failure(&error))?;
        let person = |subject: &str, name: &str, email: &str| Person {
            subject: subject.to_owned(),
            name: name.to_owned(),
            email: email.to_owned(),
        };
        let people = vec![
            person(
                who.sub.as_deref().unwrap_or("auth0|nobody"),
                who.name.as_deref().unwrap_or("Nobody"),
                "you@hopsdesk.example",
            ),
            person(
                "auth0|somebody-else",
                "Somebody Else",
                "else@hopsdesk.example",
            ),
        ];
        let failed = |error: std::io::Error| self.unexpected(&error);
        let tenant = SimulatedAuth0::new(people, Arc::clone(&self.clock), Arc::clone(&self.random))
            .map_err(failed)?;
        let serving = tenant.serve(0).await.map_err(failed)?;
        let gate = Gate::of_sandbox(&serving.domain())?;
        *self.stand_in.lock().await = Some(StandIn(serving));
        self.hold(turn, Held::new(Arc::new(gate), entered, None));
        Ok(())
    }
}

fn entered(open: &crate::desktop::console::Open) -> Option<Entered> {
    Some(Entered {
        desk: open.desk.clone()?,
        workspace: open.workspace.clone(),
        ready: open.state.clone(),
        management: open.management.borrow().clone(),
        identities: open.identities.borrow().clone(),
    })
}
