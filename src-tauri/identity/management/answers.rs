//! What the Management API answers, read as what a stranger wrote: fields of the wrong type are missing ones,
//! texts are cut and cleaned, and an entry without what makes it one is left out.

use serde_json::Value;
use time::OffsetDateTime;

use crate::domain::ids::UserId;
use crate::domain::registration::parse_time;
use crate::domain::sign_ins::{SignInTry, TenantIdentity, TenantUser, TryOutcome};

/// The longest text that is kept of an answer, in characters; Auth0 allows 300 for a name.
const LONGEST: usize = 300;

/// More identities or factors than anybody has.
const MOST: usize = 50;

/// Somebody; `None` when it is nobody.
pub(super) fn user(said: &Value) -> Option<TenantUser> {
    let list = |field: &str| said[field].as_array().cloned().unwrap_or_default();
    Some(TenantUser {
        id: UserId::parse(said["user_id"].as_str()?).ok()?,
        email: text(said, "email"),
        email_verified: said["email_verified"].as_bool(),
        name: text(said, "name"),
        // Absent means that nobody ever blocked them.
        blocked: said["blocked"] == true,
        logins: said["logins_count"].as_i64().filter(|count| *count >= 0),
        last_login: moment(said, "last_login"),
        last_ip: text(said, "last_ip"),
        created_at: moment(said, "created_at"),
        identities: list("identities")
            .iter()
            .take(MOST)
            .filter_map(identity)
            .collect(),
        multifactor: list("multifactor")
            .iter()
            .take(MOST)
            .filter_map(|factor| clean(factor.as_str()?))
            .collect(),
    })
}

fn identity(said: &Value) -> Option<TenantIdentity> {
    let provider = text(said, "provider")?;
    Some(TenantIdentity {
        connection: text(said, "connection").unwrap_or_else(|| provider.clone()),
        provider,
    })
}

/// A try to sign in; `None` when the entry of the log is something else.
pub(super) fn sign_in(said: &Value) -> Option<SignInTry> {
    let place = &said["location_info"];
    Some(SignInTry {
        at: moment(said, "date")?,
        outcome: TryOutcome::of_code(said["type"].as_str()?)?,
        connection: text(said, "connection"),
        client: text(said, "client_name"),
        city: text(place, "city_name"),
        country: text(place, "country_name").or_else(|| text(place, "country_code")),
        ip: text(said, "ip"),
    })
}

fn text(said: &Value, field: &str) -> Option<String> {
    clean(said.get(field)?.as_str()?)
}

fn clean(text: &str) -> Option<String> {
    let clean: String = text
        .chars()
        .filter(|c| !c.is_control())
        .take(LONGEST)
        .collect();
    let clean = clean.trim();
    (!clean.is_empty()).then(|| clean.to_owned())
}

fn moment(said: &Value, field: &str) -> Option<OffsetDateTime> {
    parse_time(said.get(field)?.as_str()?)
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use time::macros::datetime;

    use super::*;

    #[test]
    fn somebody_is_read_as_far_as_they_are_there() {
        let whole = user(&json!({
            "user_id": "auth0|1", "email": "ada@firm.example", "email_verified": true, "name": "Ada\u{202e}\0",
            "blocked": true, "logins_count": 7, "last_login": "2026-02-28T09:00:00.123Z", "last_ip": "203.0.113.7",
            "created_at": "2025-01-01T00:00:00.000Z", "multifactor": ["guardian", 7],
            "identities": [{"connection": "google-oauth2", "provider": "google-oauth2", "user_id": "1"}, {}, "x"],
        }));
        let whole = whole.expect("somebody");
        assert!(whole.blocked);
        assert_eq!((whole.logins, whole.email_verified), (Some(7), Some(true)));
        assert_eq!(whole.created_at, Some(datetime!(2025-01-01 0:00 UTC)));
        assert_eq!(whole.identities.len(), 1);
        assert_eq!(whole.multifactor, ["guardian"]);
        assert_eq!(
            whole.name.as_deref(),
            Some("Ada\u{202e}"),
            "no control characters"
        );
        let bare = user(&json!({
            "user_id": "auth0|1", "email": 5, "blocked": "true", "logins_count": -1, "last_login": {}, "identities": 3,
        }));
        let bare = bare.expect("somebody");
        assert_eq!((bare.email, bare.blocked, bare.logins), (None, false, None));
        assert_eq!(bare.last_login, None);
        for nobody in [
            json!(null),
            json!([]),
            json!({"user_id": 5}),
            json!({"user_id": ""}),
        ] {
            assert_eq!(user(&nobody), None, "{nobody}");
        }
        let long =
            user(&json!({"user_id": "auth0|1", "name": "x".repeat(5000)})).expect("somebody");
        assert_eq!(long.name.expect("a name").len(), LONGEST);
    }

    #[test]
    fn a_log_is_read_for_its_tries_to_sign_in() {
        let entry = json!({
            "date": "2026-02-28T09:00:00.123Z", "type": "s", "connection": "google-oauth2", "ip": "203.0.113.7",
            "client_name": "Console", "location_info": {"country_name": "Sweden", "city_name": "Stockholm"},
        });
        let read = sign_in(&entry).expect("a try");
        assert_eq!(
            (read.city.as_deref(), read.country.as_deref()),
            (Some("Stockholm"), Some("Sweden"))
        );
        let mut other = entry.clone();
        other["type"] = json!("sapi");
        assert_eq!(sign_in(&other), None, "something else that is logged");
        let mut undated = entry;
        undated["date"] = json!("yesterday");
        assert_eq!(sign_in(&undated), None);
    }
}
