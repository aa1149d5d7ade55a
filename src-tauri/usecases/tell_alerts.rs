//! Tell alerts outside, once for each channel, and that they are over: claimed by one program, tried again with growing
//! pauses, given up after a day. A program that dies between telling and noting it has it told once more, under the same
//! id.

use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::domain::alerts::{Alert, Way};
use crate::domain::clock::Clock;
use crate::domain::random::Random;
use crate::domain::retry;
use crate::messages::MessageError;
use crate::messages::mail::{Mail, Mailer};
use crate::messages::webhook::Webhook;
use crate::store::alerts::{self, Delivery, Ended};
use crate::store::door::Store;
use crate::store::failure::StoreError;

/// Messages that are claimed together: each may take as long as a server is waited for, and their lease is two minutes.
const AT_ONCE: i32 = 4;

/// With the pauses between, about a day.
const MOST_ATTEMPTS: i32 = 36;

/// Ways outside.
#[derive(Debug, Clone, Default)]
pub struct Outside {
    /// Posts them.
    pub webhook: Option<Webhook>,
    /// Mails them.
    pub mailer: Option<Mailer>,
}

impl Outside {
    /// What there is, each recipient of mail by itself.
    #[must_use]
    pub fn ways(&self) -> Vec<Way> {
        let webhook = self.webhook.as_ref().map(|_| Way::Webhook);
        let mailed = self.mailer.iter().flat_map(Mailer::recipients);
        webhook.into_iter().chain(mailed.map(Way::Email)).collect()
    }
}

/// Tells, by whatever ways there are.
pub struct Teller<'a> {
    /// The database.
    pub store: &'a Store,
    /// Ways outside.
    pub outside: &'a Outside,
    /// Which service this is, for whoever has several.
    pub service: &'a str,
    /// The clock.
    pub clock: &'a dyn Clock,
    /// Chance, for the pauses.
    pub random: &'a dyn Random,
}

/// What a round did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ToldRound {
    /// Messages that were taken.
    pub told: usize,
    /// Messages that will be tried again.
    pub put_off: usize,
    /// Messages that were given up.
    pub given_up: usize,
}

impl ToldRound {
    /// How many messages were due.
    #[must_use]
    pub fn messages(self) -> usize {
        self.told + self.put_off + self.given_up
    }
}

/// Tells what is due. Call it until nothing is.
///
/// # Errors
/// When the database fails; what was told by then may be told once more.
pub async fn tell_alerts(teller: &Teller<'_>) -> Result<ToldRound, StoreError> {
    let ways = teller.outside.ways();
    let mut round = ToldRound::default();
    if ways.is_empty() {
        return Ok(round);
    }
    let due = alerts::claim(teller.store, AT_ONCE, teller.clock.now(), &ways).await?;
    for delivery in &due {
        let told = teller.tell(delivery).await;
        let now = teller.clock.now();
        let (channel, attempts) = (delivery.way.word(), delivery.attempts);
        let ended = match told {
            Ok(()) => {
                round.told += 1;
                tracing::info!(
                    alert = delivery.alert.id,
                    channel,
                    tells = delivery.tells(),
                    "told an alert"
                );
                Ended::Told
            }
            Err(error) if attempts >= MOST_ATTEMPTS => {
                round.given_up += 1;
                tracing::error!(alert = delivery.alert.id, channel, attempts, %error, "gave up telling an alert");
                Ended::GivenUp(error.to_string())
            }
            Err(error) => {
                round.put_off += 1;
                tracing::warn!(alert = delivery.alert.id, channel, attempts, %error, "an alert could not be told");
                let pause = retry::pause(attempts, teller.random.bits());
                Ended::Again(error.to_string(), now + pause)
            }
        };
        if !delivery.end(teller.store, now, ended).await? {
            tracing::warn!(
                alert = delivery.alert.id,
                channel,
                "another program told the same alert meanwhile"
            );
        }
    }
    Ok(round)
}

impl Teller<'_> {
    async fn tell(&self, delivery: &Delivery) -> Result<(), MessageError> {
        let now = self.clock.now();
        let (webhook, mailer) = (&self.outside.webhook, &self.outside.mailer);
        match (&delivery.way, webhook, mailer) {
            (Way::Webhook, Some(webhook), _) => {
                let key = key(&delivery.alert, delivery.tells());
                let message = posted(&delivery.alert, delivery.resolved, self.service, now);
                webhook.post(&key, now, &message).await
            }
            (Way::Email(recipient), _, Some(mailer)) => {
                let mail = mailed(&delivery.alert, delivery.resolved, self.service);
                mailer.send(&mail, recipient, now).await
            }
            // Only what there is was claimed.
            _ => Err(MessageError::Unwritten(
                "there is no such channel".to_owned(),
            )),
        }
    }
}

/// The same each time this is told, and another for another alert, also on a database that begins to count anew.
fn key(alert: &Alert, tells: &str) -> String {
    let opened = alert.opened_at.unix_timestamp();
    format!("alert-{}-{opened}-{tells}", alert.id)
}

/// As a program reads it; `text` is what chat programs show.
fn posted(alert: &Alert, resolved: bool, service: &str, now: OffsetDateTime) -> Value {
    let written = |at: OffsetDateTime| at.format(&Rfc3339).unwrap_or_default();
    json!({
        "type": if resolved { "alert.resolved" } else { "alert.opened" },
        "timestamp": written(now),
        "text": format!("{}\n{}", headline(alert, resolved), alert.link()),
        "data": {
            "id": alert.id,
            "kind": alert.kind,
            "subject": alert.subject,
            "severity": alert.grade.word(),
            "sentence": alert.sentence(),
            "since": written(alert.since),
            "opened_at": written(alert.opened_at),
            "resolved_at": alert.resolved_at.filter(|_| resolved).map(written),
            "link": alert.link(),
            "service": service,
        },
    })
}

fn mailed(alert: &Alert, resolved: bool, service: &str) -> Mail {
    let said = |at: OffsetDateTime| {
        let at = at.to_offset(time::UtcOffset::UTC);
        format!("{} {:02}:{:02} UTC", at.date(), at.hour(), at.minute())
    };
    let over = match alert.resolved_at.filter(|_| resolved) {
        Some(at) => format!("It ended {}.\n\n", said(at)),
        None => String::new(),
    };
    let advice = if resolved {
        "Nothing is left to do."
    } else {
        "A mail says when it is over. Whoever sees to it acknowledges it in Hopsdesk."
    };
    Mail {
        id: key(alert, if resolved { "resolved" } else { "opened" }),
        answers: resolved.then(|| key(alert, "opened")),
        subject: format!("[Hopsdesk] {}", headline(alert, resolved)),
        text: format!(
            "{over}{}.\n\nSince: {}\nNoticed: {}\nService: {service}\nWhere to look: {}\n\n{advice}\n",
            alert.sentence(),
            said(alert.since),
            said(alert.opened_at),
            alert.link(),
        ),
    }
}

fn headline(alert: &Alert, resolved: bool) -> String {
    let sentence = alert.sentence();
    if resolved {
        format!("Resolved: {sentence}")
    } else {
        sentence
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use time::macros::datetime;

    use super::*;
    use crate::domain::alerts::{Condition, Grade};

    fn alert() -> Alert {
        Alert {
            id: 12,
            kind: "events_dead".to_owned(),
            subject: "stripe".to_owned(),
            condition: Condition::read("events_dead", "stripe", &json!({"count": 2})),
            grade: Grade::Bad,
            since: datetime!(2026-11-20 09:58 UTC),
            opened_at: datetime!(2026-11-20 10:00 UTC),
            resolved_at: Some(datetime!(2026-11-20 11:30 UTC)),
        }
    }

    #[test]
    fn a_post_says_what_where_and_since_when() {
        let now = datetime!(2026-11-20 11:31 UTC);
        insta::assert_json_snapshot!([
            posted(&alert(), false, "db.example:6543/postgres", now),
            posted(&alert(), true, "db.example:6543/postgres", now),
        ]);
    }

    #[test]
    fn a_mail_says_it_in_plain_words_and_its_end_answers_it() {
        let (opened, resolved) = (mailed(&alert(), false, "db"), mailed(&alert(), true, "db"));
        assert_eq!(resolved.answers.as_deref(), Some(opened.id.as_str()));
        insta::assert_snapshot!(format!(
            "{}\n\n{}\n---\n{}\n\n{}",
            opened.subject, opened.text, resolved.subject, resolved.text
        ));
    }
}
