//! How much a tenant lets one ask: `x-ratelimit-remaining`, `x-ratelimit-reset` and `Retry-After`.

use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use time::{Duration, OffsetDateTime};

/// Where a tenant refuses without saying until when.
const PAUSE: Duration = Duration::seconds(10);

/// No header makes one wait longer: clocks differ, and limits are by the second and the minute.
const LONGEST: Duration = Duration::minutes(5);

/// Until when nothing may be asked, after an answer with these headers; none when asking may go on.
pub(super) fn pause(
    status: StatusCode,
    headers: &HeaderMap,
    now: OffsetDateTime,
) -> Option<OffsetDateTime> {
    let number =
        |name: &str| -> Option<i64> { headers.get(name)?.to_str().ok()?.trim().parse().ok() };
    let refused = status == StatusCode::TOO_MANY_REQUESTS;
    let spent = number("x-ratelimit-remaining").is_some_and(|left| left <= 0);
    if !refused && !spent {
        return None;
    }
    // Seconds since 1970; the other header is seconds from now, and is there on refusals only.
    let reset =
        number("x-ratelimit-reset").and_then(|at| OffsetDateTime::from_unix_timestamp(at).ok());
    let after = number("retry-after")
        .filter(|seconds| refused && (0..=86_400).contains(seconds))
        .map(|seconds| now + Duration::seconds(seconds));
    let until = after.into_iter().chain(reset).max();
    let until = match until {
        Some(until) => until.min(now + LONGEST),
        None if refused => now + PAUSE,
        None => return None,
    };
    // A reset that has passed refuses nobody; but whoever was refused waits a moment.
    match (until > now, refused) {
        (true, _) => Some(until),
        (false, true) => Some(now + Duration::SECOND),
        (false, false) => None,
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-03-01 12:00 UTC);

    fn seconds(status: u16, headers: &[(&'static str, &str)]) -> Option<i64> {
        let map = headers
            .iter()
            .map(|(name, value)| {
                (
                    name.parse().expect("a name"),
                    value.parse().expect("a value"),
                )
            })
            .collect();
        let status = StatusCode::from_u16(status).expect("a status");
        pause(status, &map, NOW).map(|until| (until - NOW).whole_seconds())
    }

    #[test]
    fn a_tenant_is_left_alone_for_as_long_as_it_says() {
        let at = |offset: i64| (NOW.unix_timestamp() + offset).to_string();
        assert_eq!(seconds(200, &[("x-ratelimit-remaining", "3")]), None);
        assert_eq!(seconds(200, &[]), None);
        let spent = |reset: &str| {
            seconds(
                200,
                &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", reset)],
            )
        };
        assert_eq!(spent(&at(7)), Some(7));
        assert_eq!(spent(&at(-7)), None, "over already");
        assert_eq!(spent("soon"), None);
        assert_eq!(seconds(429, &[]), Some(10));
        assert_eq!(seconds(429, &[("retry-after", "30")]), Some(30));
        assert_eq!(seconds(429, &[("retry-after", "-1")]), Some(10), "nonsense");
        assert_eq!(seconds(429, &[("x-ratelimit-reset", &at(-7))]), Some(1));
        assert_eq!(
            seconds(429, &[("retry-after", "2"), ("x-ratelimit-reset", &at(4))]),
            Some(4),
            "the later of the two"
        );
        assert_eq!(
            seconds(429, &[("x-ratelimit-reset", "99999999999")]),
            Some(300)
        );
        assert_eq!(
            seconds(429, &[("x-ratelimit-reset", "9223372036854775807")]),
            Some(10)
        );
        assert_eq!(seconds(200, &[("retry-after", "30")]), None, "not refused");
    }
}
