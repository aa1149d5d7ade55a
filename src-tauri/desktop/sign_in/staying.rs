//! Staying signed in: the sign-in is renewed before it ends, and whoever is not accepted any more is out.

use std::sync::Arc;
use std::time::Duration as Pause;

use time::{Duration, OffsetDateTime};

use crate::desktop::console::{Console, Keeping};
use crate::desktop::sign_in::gate::Gate;
use crate::desktop::sign_in::give_back;
use crate::desktop::sign_in::member::{Standing, standing};
use crate::identity::tokens::IdToken;

/// How often the clock is looked at: a laptop that slept wakes up long after a timer was due.
const LOOK: Pause = Pause::from_secs(15);
/// A sign-in is renewed so long before it ends, or at half its time if that is shorter.
const BEFORE: Duration = Duration::minutes(5);

/// Renews the sign-in of that turn for as long as this is kept.
pub(in crate::desktop) fn stay(
    console: Arc<Console>,
    turn: u64,
    gate: Arc<Gate>,
    token: IdToken,
) -> Keeping {
    Keeping::of(tauri::async_runtime::spawn(async move {
        let mut until = token.expires_at;
        let mut renew_at = renewal(&token);
        loop {
            tokio::time::sleep(LOOK).await;
            let now = console.clock.now();
            if let Some(idle) = gate.idle
                && now - console.present_at() >= idle
            {
                return leave(&console, turn, gate, idle);
            }
            if now < renew_at {
                continue;
            }
            match gate.silently(now).await {
                Ok(Some(renewed)) => {
                    let Some(entered) = console.entered(turn) else {
                        return;
                    };
                    match standing(&entered.desk, &renewed).await {
                        Ok(Standing::Nobody { why, .. }) => return console.put_out(turn, &why),
                        // A database that is away is no reason to shut what is on screen.
                        Ok(Standing::Member) | Err(_) => {}
                    }
                    until = renewed.expires_at;
                    renew_at = renewal(&renewed);
                }
                Err(error) if !error.is_ended() && now < until => {
                    tracing::warn!(%error, "the sign-in is not renewed yet");
                }
                Err(error) => return console.put_out(turn, &error.to_string()),
                Ok(None) if now < until => {}
                Ok(None) => return console.put_out(turn, "The sign-in has ended. Sign in again."),
            }
        }
    }))
}

/// Signs out whoever is away: a start after that asks again, too.
fn leave(console: &Console, turn: u64, gate: Arc<Gate>, idle: Duration) {
    if let Some(entered) = console.entered(turn) {
        // In a task of its own: this one ends as the workspace is shut, which waits for nothing.
        tauri::async_runtime::spawn(async move {
            if let Err(error) = give_back(&gate, &entered.desk).await {
                tracing::warn!(%error, "shut for nobody being there, and not signed out");
            }
        });
    }
    let how_long = match idle.whole_minutes() {
        1 => "a minute".to_owned(),
        minutes => format!("{minutes} minutes"),
    };
    console.put_out(
        turn,
        &format!("Nobody was here for {how_long}, so you were signed out."),
    );
}

fn renewal(token: &IdToken) -> OffsetDateTime {
    let life = token.expires_at - token.issued_at;
    token.expires_at - BEFORE.min(life / 2)
}
