//! The service's customers as the stand-in has them, and what its log says of their tries to sign in.

use ring::digest::{SHA256, digest};
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

/// A customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Customer {
    /// `provider|id`.
    pub subject: String,
    /// Their address.
    pub email: String,
    /// Whether they proved it.
    pub verified: bool,
    /// Their name.
    pub name: String,
    /// When they registered.
    pub created_at: OffsetDateTime,
    /// When they, or somebody for them, changed last.
    pub updated_at: OffsetDateTime,
    /// When they signed in last; `None`: never.
    pub last_login: Option<OffsetDateTime>,
    /// How often they signed in.
    pub logins: i64,
    /// Where they come from.
    pub ip: String,
    /// Whether they are barred.
    pub blocked: bool,
    /// How often they were asked to prove their address.
    pub verifications: u32,
}

/// Where people sign in from: city, country, code.
const PLACES: [(&str, &str, &str); 10] = [
    ("Stockholm", "Sweden", "SE"),
    ("Berlin", "Germany", "DE"),
    ("London", "United Kingdom", "GB"),
    ("New York", "United States", "US"),
    ("São Paulo", "Brazil", "BR"),
    ("Paris", "France", "FR"),
    ("Bengaluru", "India", "IN"),
    ("Singapore", "Singapore", "SG"),
    ("Amsterdam", "Netherlands", "NL"),
    ("Tokyo", "Japan", "JP"),
];

/// How far back a log reaches, and how long it may be.
const KEPT: Duration = Duration::days(30);
const MOST_LOGINS: u8 = 14;

pub(super) fn written(at: OffsetDateTime) -> String {
    at.replace_millisecond(at.millisecond())
        .unwrap_or(at)
        .format(&Rfc3339)
        .unwrap_or_default()
}

impl Customer {
    fn provider(&self) -> &str {
        self.subject.split('|').next().unwrap_or_default()
    }

    fn connection(&self) -> &str {
        match self.provider() {
            "auth0" => "Username-Password-Authentication",
            provider => provider,
        }
    }

    /// As Auth0 writes a user: what never happened is absent.
    pub(super) fn shown(&self) -> Value {
        let id = self.subject.split_once('|').map_or("", |(_, id)| id);
        let mut user = json!({
            "user_id": self.subject, "email": self.email, "email_verified": self.verified,
            "name": self.name, "nickname": self.email.split('@').next(),
            "created_at": written(self.created_at), "updated_at": written(self.updated_at),
            "identities": [{
                "connection": self.connection(), "provider": self.provider(), "user_id": id,
                "isSocial": self.provider() != "auth0",
            }],
            "user_metadata": {}, "app_metadata": {},
        });
        if let Some(last) = self.last_login {
            user["last_login"] = json!(written(last));
            user["last_ip"] = json!(self.ip);
            user["logins_count"] = json!(self.logins);
        }
        if self.dice(0).is_multiple_of(5) {
            user["multifactor"] = json!(["guardian"]);
        }
        if self.blocked {
            user["blocked"] = json!(true);
        }
        user
    }

    /// What the log has of them, newest first: made up, and the same whenever it is asked for.
    pub(super) fn log(&self, now: OffsetDateTime) -> Vec<Value> {
        let Some(last) = self.last_login else {
            return Vec::new();
        };
        let mut entries = Vec::new();
        let mut at = last;
        let home = usize::from(self.dice(1)) % PLACES.len();
        for number in 0..MOST_LOGINS {
            if i64::from(number) >= self.logins || now - at > KEPT {
                break;
            }
            let chance = self.dice(number.saturating_add(2));
            // Now and then somebody travels, and now and then mistypes.
            let place = if chance.is_multiple_of(9) {
                usize::from(chance) % PLACES.len()
            } else {
                home
            };
            entries.push(self.entry(number, "s", at, place));
            if chance.is_multiple_of(6) {
                let before = at - Duration::seconds(i64::from(chance) / 4 + 5);
                entries.push(self.entry(number.wrapping_add(100), "fp", before, place));
            }
            at -= Duration::minutes(i64::from(chance) * 11 + 37);
        }
        entries
    }

    fn entry(&self, number: u8, kind: &str, at: OffsetDateTime, place: usize) -> Value {
        let (city, country, code) = PLACES[place % PLACES.len()];
        json!({
            "_id": format!("log-{number}"), "log_id": format!("log-{number}"), "date": written(at), "type": kind,
            "connection": self.connection(), "client_id": "service", "client_name": "Acme ML",
            "ip": self.ip, "user_id": self.subject, "user_name": self.email,
            "user_agent": "Firefox 140.0.0 / Linux 0.0.0",
            "location_info": { "country_code": code, "country_name": country, "city_name": city },
        })
    }

    /// A number between 0 and 255 that is theirs.
    fn dice(&self, about: u8) -> u8 {
        let mut text = self.subject.clone().into_bytes();
        text.push(about);
        digest(&SHA256, &text).as_ref()[0]
    }
}
