//! `staff` and `effects`: who works here, and which effects are live.

use std::io::{Write as _, stderr, stdout};

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::cli::failure::CliError;
use crate::cli::settings::DatabaseSettings;
use crate::cli::{Effects, Staff};
use crate::config::Variables;
use crate::store::connect;
use crate::store::door::Store;
use crate::store::failure::StoreError;
use crate::store::staff_list as staff;

/// Adds, lists or revokes members of staff.
///
/// # Errors
/// [`CliError`]; then nothing was changed.
pub async fn staff(
    command: &Staff,
    variables: Variables<'_>,
    reference: &str,
) -> Result<(), CliError> {
    let desk = Desk::open(variables, reference)?;
    let done = match command {
        Staff::Add {
            login,
            sub,
            name,
            group,
        } => desk.add(login, sub, name, group).await,
        Staff::List => desk.list().await,
        Staff::Revoke { login, reason } => desk.revoke(login, reason.as_deref()).await,
    };
    desk.store.close().await;
    done
}

/// Lists the switches of effects, or sets one.
///
/// # Errors
/// [`CliError`]; then nothing was changed.
pub async fn effects(
    command: &Effects,
    variables: Variables<'_>,
    reference: &str,
) -> Result<(), CliError> {
    let desk = Desk::open(variables, reference)?;
    let done = match command {
        Effects::List => desk.switches().await,
        Effects::Set {
            effect,
            mode,
            cluster,
            reason,
        } => desk.switch(effect, mode, cluster.as_deref(), reason).await,
    };
    desk.store.close().await;
    done
}

/// The database, and how its failures are told.
struct Desk<'r> {
    store: Store,
    place: String,
    reference: &'r str,
}

impl<'r> Desk<'r> {
    fn open(variables: Variables<'_>, reference: &'r str) -> Result<Self, CliError> {
        let login = DatabaseSettings::read(variables)?.main();
        let place = login.address.to_string();
        let pool = connect::pool(&login.address, login.password.as_ref(), 1)
            .map_err(|error| CliError::store(&error, &place, reference))?;
        Ok(Self {
            store: Store::new(pool),
            place,
            reference,
        })
    }

    fn failed(&self, error: &StoreError) -> CliError {
        CliError::store(error, &self.place, self.reference)
    }

    async fn add(&self, login: &str, sub: &str, name: &str, group: &str) -> Result<(), CliError> {
        let made = staff::add(&self.store, login, sub, name, group)
            .await
            .map_err(|error| self.failed(&error))?;
        say(&format!(
            "{name} may sign in as {login} ({group}) until {}, with this one-time code. It is shown only \
             now; the console asks for it and sets a password that nobody else knows.",
            shown(made.expires_at)
        ));
        // Alone on stdout, to be handed on.
        writeln!(stdout(), "{}", made.code.expose())?;
        Ok(())
    }

    async fn list(&self) -> Result<(), CliError> {
        let members = staff::list(&self.store)
            .await
            .map_err(|error| self.failed(&error))?;
        let mut out = stdout().lock();
        for member in members {
            let state = match (member.revoked_at, member.enrolled_at) {
                (Some(at), _) => format!("revoked {}", shown(at)),
                (None, Some(at)) => format!("active since {}", shown(at)),
                (None, None) => match member.code_expires_at {
                    Some(at) => format!("code waits until {}", shown(at)),
                    None => "active".to_owned(),
                },
            };
            writeln!(
                out,
                "{}\t{}\t{}\t{}\t{state}",
                member.login, member.staff_group, member.name, member.sub
            )?;
        }
        Ok(out.flush()?)
    }

    async fn revoke(&self, login: &str, reason: Option<&str>) -> Result<(), CliError> {
        let revoked = staff::revoke(&self.store, login, reason)
            .await
            .map_err(|error| self.failed(&error))?;
        say(&format!("{login} is no member of staff any more"));
        if !revoked.login_ended {
            say(&format!(
                "the login itself is not ours to end: `alter role \"{login}\" nologin` as whoever made it"
            ));
        }
        if revoked.sessions == "left" {
            say(
                "sessions that are open could not be ended; no function of the console answers them any more",
            );
        }
        Ok(())
    }

    async fn switches(&self) -> Result<(), CliError> {
        let switches = staff::switches(&self.store)
            .await
            .map_err(|error| self.failed(&error))?;
        let mut out = stdout().lock();
        for switch in switches {
            writeln!(
                out,
                "{}\t{}\t{}\tset by {} {}",
                switch.effect,
                switch.cluster_id.as_deref().unwrap_or("everywhere"),
                switch.mode,
                switch.set_by,
                shown(switch.set_at)
            )?;
        }
        Ok(out.flush()?)
    }

    async fn switch(
        &self,
        effect: &str,
        mode: &str,
        cluster: Option<&str>,
        reason: &str,
    ) -> Result<(), CliError> {
        let before = staff::switch(&self.store, effect, cluster, mode, reason)
            .await
            .map_err(|error| self.failed(&error))?;
        let place = cluster.map_or_else(String::new, |id| format!(" on {id}"));
        say(&format!("{effect}{place}: {mode}, was {before}"));
        if effect == "stripe_events" && mode == "live" && before != "live" {
            say(
                "What Stripe told since the other program was stopped was worked out and not written: `replay --system \
                 stripe --from … --until …` applies it now. Credits that were paid since then are counted by nobody: \
                 \"Taking Stripe over\" in docs/RUNBOOK.md says how to find them.",
            );
        }
        Ok(())
    }
}

fn shown(at: OffsetDateTime) -> String {
    at.format(&Rfc3339).unwrap_or_else(|_| at.to_string())
}

/// A line for the person. Nobody reading is no failure.
fn say(line: &str) {
    let _ = writeln!(stderr(), "{line}");
}
