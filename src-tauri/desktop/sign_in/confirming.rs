//! Whoever is in shows once more that it is them, before they may write: at the tenant, in a browser, with
//! their password anew.
//!
//! This guards a window that was left open. It is no second lock of the database, which knows the login alone:
//! somebody with the login's password elevates with psql.

use std::sync::Arc;

use time::{Duration, OffsetDateTime};

use crate::desktop::answer::Answer;
use crate::desktop::console::{Console, Keeping};
use crate::desktop::sign_in::failure::SignInError;
use crate::desktop::sign_in::gate::Gate;
use crate::domain::ids::UserId;
use crate::identity::tokens::{IdToken, Nonce};
use crate::wire::failure::{Failure, FailureCode};

/// For so long nobody is asked again.
const HOLDS: Duration = Duration::minutes(5);
/// How far the clocks of the tenant and of this machine may differ.
const LEEWAY: Duration = Duration::minutes(1);

/// A question to whoever is in, until it is answered or dropped.
pub(in crate::desktop) struct Confirming(
    #[expect(dead_code, reason = "ended when dropped")] Keeping,
);

impl Console {
    /// Lets nobody elevate who did not show lately who they are, where the workspace wants that.
    pub(in crate::desktop) fn must_be_confirmed(&self) -> Answer<()> {
        let Some((_, inside, _)) = self.inside() else {
            return Ok(());
        };
        let now = self.clock.now();
        let lately = |at: OffsetDateTime| now - at < HOLDS;
        if !inside.gate.confirms || inside.confirmed_at.is_some_and(lately) {
            return Ok(());
        }
        Err(Failure {
            code: FailureCode::Reauthenticate,
            message: format!(
                "Confirm at {} that it is you: this workspace asks before anything is changed.",
                inside.gate.application().tenant
            ),
            reference: None,
            argument: None,
        })
    }

    /// Asks in the browser, and waits for the answer. Asking again gives up the question before.
    pub(in crate::desktop) async fn confirm(self: &Arc<Self>) -> Answer<()> {
        let Some((turn, inside, _)) = self.inside() else {
            return Ok(());
        };
        let (answer, answered) = tokio::sync::oneshot::channel();
        let console = Arc::clone(self);
        let task = tauri::async_runtime::spawn(async move {
            let confirmed = console.ask_anew(&inside.gate, &inside.subject).await;
            let _ = answer.send(confirmed);
        });
        *self.confirming.lock().await = Some(Confirming(Keeping::of(task)));
        let confirmed = answered.await.map_err(|_| Failure {
            code: FailureCode::SignIn,
            message: "It was not confirmed.".to_owned(),
            reference: None,
            argument: None,
        })?;
        let at = confirmed.map_err(|error| {
            tracing::warn!(error = %crate::desktop::answer::chain(&error), "nobody confirmed");
            Failure::from(error)
        })?;
        let mut open = self.lock();
        if open.turn == turn
            && let Some(inside) = &mut open.inside
        {
            inside.confirmed_at = Some(at);
        }
        Ok(())
    }

    /// Gives up the question.
    pub(in crate::desktop) async fn stop_confirming(&self) {
        *self.confirming.lock().await = None;
    }

    /// When they typed their password, by the ID token.
    async fn ask_anew(&self, gate: &Gate, who: &UserId) -> Result<OffsetDateTime, SignInError> {
        let begun = self.clock.now();
        let flow = gate.oauth.code_flow(self.random.as_ref(), true).await?;
        let nonce = flow.nonce().to_owned();
        open::that_detached(flow.address()).map_err(SignInError::NoBrowser)?;
        let grant = flow.wait().await?;
        let token = gate
            .verified(&grant, Nonce::Is(&nonce), self.clock.now())
            .await?;
        // Nothing is kept of it: it was not asked for, and a tenant that gave one takes it back.
        gate.drop_token(grant.refresh_token).await;
        accepted(&token, who, begun)
    }
}

/// Whether that is the same person, who was asked just now.
fn accepted(
    token: &IdToken,
    who: &UserId,
    begun: OffsetDateTime,
) -> Result<OffsetDateTime, SignInError> {
    if token.subject != *who {
        return Err(SignInError::SomebodyElse);
    }
    token
        .authenticated_at
        .filter(|at| *at >= begun - LEEWAY)
        .ok_or(SignInError::NotAnew)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_person_asked_just_now_confirms_anything() {
        let begun = OffsetDateTime::UNIX_EPOCH + Duration::days(20_000);
        let ada = UserId::parse("auth0|ada").expect("an id");
        let token = |subject: &str, authenticated_at| IdToken {
            subject: UserId::parse(subject).expect("an id"),
            name: None,
            verified_email: None,
            issued_at: begun,
            expires_at: begun + Duration::hours(1),
            authenticated_at,
        };
        let ok = |token: IdToken| accepted(&token, &ada, begun).is_ok();
        assert!(ok(token("auth0|ada", Some(begun + Duration::seconds(20)))));
        assert!(ok(token("auth0|ada", Some(begun - Duration::seconds(20)))));
        assert!(!ok(token("auth0|ada", Some(begun - Duration::minutes(2)))));
        assert!(!ok(token("auth0|ada", None)), "it was not said when");
        assert!(!ok(token("auth0|eve", Some(begun))));
    }
}
