//! Why somebody is on their cluster, or on none, in words.

use serde::Serialize;
use ts_rs::TS;

use crate::domain::money::count_shown;
use crate::domain::seats::{
    Cause, Choice, Given, Giving, NextSeat, SeatOf, SeatRequest, Standing, Why,
};
use crate::wire::seats::{SeatCluster, SeatReason, named, reasons};
use crate::wire::standing::Severity;
use crate::wire::time::rfc3339;

/// Why somebody is on their cluster, or on none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct UserSeat {
    /// Where they are.
    pub cluster: Option<SeatCluster>,
    pub severity: Severity,
    /// `"Placed here by itself: the least filled cluster with room."`
    pub sentence: String,
    /// More: what was asked for, and what another program did.
    pub detail: Option<String>,
    /// Since when; of whoever waits, since when they do.
    pub at: Option<String>,
    /// What the reasons are of: `"When it was chosen"`, `"Now"`.
    pub heading: Option<String>,
    pub reasons: Vec<SeatReason>,
}

impl UserSeat {
    /// As it is on record and, for whoever has no seat, as it would be now.
    #[must_use]
    pub fn new(seat: SeatOf, next: Option<NextSeat>) -> Self {
        match (seat.given, seat.request) {
            (Some(given), request) => Self::placed(given, request),
            (None, request) => Self::without(request, next),
        }
    }

    fn placed(given: Given, request: Option<SeatRequest>) -> Self {
        let at = given.at.map(rfc3339);
        let by = match given.by.as_deref() {
            Some("admin") => "Placed here by staff.",
            Some("system") => "Placed here by the service.",
            Some("team_member_auto") => "Placed here together with the team.",
            _ => "Has a seat here; by whom is not on record.",
        };
        let cluster = named(Some(given.cluster.as_str().to_owned()), given.name);
        let plain = |detail: Option<String>| Self {
            cluster: cluster.clone(),
            severity: Severity::Ok,
            sentence: by.to_owned(),
            detail,
            at: at.clone(),
            heading: None,
            reasons: Vec::new(),
        };
        let Some(request) = request else {
            return plain(None);
        };
        let same = request
            .cluster
            .as_ref()
            .is_some_and(|(id, _)| *id == given.cluster);
        let chosen = request
            .cluster
            .as_ref()
            .map(|(id, name)| name.clone().unwrap_or_else(|| id.as_str().to_owned()));
        match request.standing {
            Standing::Placed if same => Self {
                sentence: match request.why {
                    Some(Why::OwnersCluster) => {
                        "Placed here by itself: the owner of the team is here.".to_owned()
                    }
                    _ => "Placed here by itself: the least filled cluster with room.".to_owned(),
                },
                detail: request
                    .cause
                    .map(|cause| format!("After {}.", after(cause))),
                heading: Some("When it was chosen".to_owned()),
                reasons: reasons_of(request.choice),
                ..plain(None)
            },
            Standing::Placed => plain(
                chosen
                    .map(|name| format!("Was placed on {name} by itself first, and moved since.")),
            ),
            Standing::Shadow => Self {
                severity: if same { Severity::Ok } else { Severity::Muted },
                heading: Some("When it was compared".to_owned()),
                reasons: reasons_of(request.choice),
                ..plain(Some(match chosen {
                    Some(_) if same => {
                        "Assignment is in shadow: it would have chosen the same cluster.".to_owned()
                    }
                    Some(name) => format!("Assignment is in shadow: it would have chosen {name}."),
                    None => "Assignment is in shadow: it would have found no seat.".to_owned(),
                }))
            },
            Standing::Waiting(_) | Standing::Withdrawn => plain(None),
        }
    }

    fn without(request: Option<SeatRequest>, next: Option<NextSeat>) -> Self {
        let detail = next.as_ref().map(would);
        let (severity, sentence, at) = match request {
            Some(request) => {
                let at = rfc3339(request.ended_at.unwrap_or(request.requested_at));
                let (severity, sentence) = told(request);
                (severity, sentence, Some(at))
            }
            None => (
                Severity::Warn,
                never_asked(next.as_ref().map(|next| next.mode)).to_owned(),
                None,
            ),
        };
        Self {
            cluster: None,
            severity,
            sentence,
            detail,
            at,
            heading: next.as_ref().map(|_| "Now".to_owned()),
            reasons: next.map_or_else(Vec::new, |next| reasons(next.choice.clusters)),
        }
    }
}

/// What came of the request of somebody who has no seat.
fn told(request: SeatRequest) -> (Severity, String) {
    match request.standing {
        Standing::Waiting(place) => {
            let severity = match request.why {
                Some(Why::NoRoom | Why::OwnerNoRoom | Why::OwnerNoSeat | Why::Refused) => {
                    Severity::Bad
                }
                _ => Severity::Warn,
            };
            (severity, waits(request.why, place))
        }
        Standing::Placed => (
            Severity::Warn,
            "Had a seat by itself, which was taken away since. It is not given again by itself."
                .to_owned(),
        ),
        Standing::Shadow => (
            Severity::Warn,
            match request.cluster {
                Some((id, name)) => format!(
                    "Has no seat. Assignment is in shadow: it would have chosen {}.",
                    name.unwrap_or_else(|| id.as_str().to_owned())
                ),
                None => "Has no seat. Assignment is in shadow: it would have found none, either."
                    .to_owned(),
            },
        ),
        Standing::Withdrawn => (
            Severity::Warn,
            match request.why {
                Some(Why::TakenAway) => {
                    "Staff took the seat away. None is given again by itself.".to_owned()
                }
                Some(Why::TakenOut) => {
                    "Staff took them out of the line for a seat. None is given by itself until they are put back."
                        .to_owned()
                }
                _ => "Has no seat, and waits for none.".to_owned(),
            },
        ),
    }
}

fn never_asked(mode: Option<Giving>) -> &'static str {
    match mode {
        Some(Giving::Live) => {
            "Has no seat, and none was asked for: they registered before seats were given by themselves, or staff took them off."
        }
        _ => "Has no seat. Nobody is placed by themselves here.",
    }
}

fn reasons_of(choice: Option<Choice>) -> Vec<SeatReason> {
    reasons(choice.map(|choice| choice.clusters).unwrap_or_default())
}

fn after(cause: Cause) -> &'static str {
    match cause {
        Cause::Registration => "the registration",
        Cause::SignIn => "the first sign-in",
        Cause::Team => "joining the team",
        Cause::Payment => "the first payment",
        Cause::Staff => "staff put them in line",
    }
}

/// Why somebody waits, and where in the line.
fn waits(why: Option<Why>, place: Option<u64>) -> String {
    let line = match place {
        Some(1) => " First in line.".to_owned(),
        Some(place) => format!(" Number {} in line.", count_shown(place)),
        None => String::new(),
    };
    match why {
        None => "Is about to be placed.".to_owned(),
        Some(Why::NoRoom) => format!("Waits for a seat: no active cluster has room.{line}"),
        Some(Why::OwnerNoRoom) => {
            format!("Waits for a seat where the owner of the team is: that cluster takes nobody.{line}")
        }
        Some(Why::OwnerNoSeat) => "Waits for a seat: the owner of the team has none.".to_owned(),
        Some(Why::NoPayment) => "Waits for the first payment: then a seat is due.".to_owned(),
        Some(Why::Invited) => {
            "Is invited to a team: is placed where its owner is, once they have signed in.".to_owned()
        }
        Some(Why::Suspended) => "Waits for a seat, and is suspended.".to_owned(),
        Some(Why::OwnerSuspended) => {
            "Waits for a seat: the owner of the team is suspended or deleted.".to_owned()
        }
        Some(Why::Blocked) => "Waits for a seat, and is blocked at Auth0.".to_owned(),
        Some(Why::InShadow) => {
            "Waits for a seat where the owner of the team is: assignment is in shadow there.".to_owned()
        }
        Some(Why::Refused) => {
            "Waits for a seat: a rule of the service’s own tables refuses it. It is tried every ten minutes.".to_owned()
        }
        Some(_) => format!("Waits for a seat.{line}"),
    }
}

/// Where somebody without a seat would be placed now, by hand or by themselves.
fn would(next: &NextSeat) -> String {
    let choice = &next.choice;
    match (
        choice.why,
        choice.cluster_name.as_ref().or(choice.cluster_id.as_ref()),
    ) {
        (Why::OwnersCluster, Some(name)) => {
            format!("Would be placed on {name}, where the owner is.")
        }
        (_, Some(name)) => format!("Would be placed on {name}, the least filled with room."),
        (Why::OwnerNoSeat, None) => "Place the owner of the team first.".to_owned(),
        (Why::OwnerNoRoom, None) => {
            "Raise the limit of the owner’s cluster or open it; or move the team.".to_owned()
        }
        (_, None) => "Add a cluster, or raise a limit.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::domain::ids::ClusterId;
    use crate::wire::seats::tests::next;

    fn given() -> Given {
        Given {
            cluster: ClusterId::recorded("k1"),
            name: Some("north".to_owned()),
            at: Some(datetime!(2026-11-20 10:00:01 UTC)),
            by: Some("system".to_owned()),
        }
    }

    fn request(standing: Standing, why: Why, cluster: Option<&str>) -> SeatRequest {
        SeatRequest {
            cause: Some(Cause::Registration),
            requested_at: datetime!(2026-11-20 10:00 UTC),
            standing,
            why: Some(why),
            cluster: cluster.map(|id| (ClusterId::recorded(id), None)),
            choice: Some(next(Giving::Live, Why::LeastFilled, Some("north"), 0).choice),
            ended_at: None,
        }
    }

    #[test]
    fn why_somebody_is_where_they_are_is_told_as_it_was() {
        let told = |request| {
            let given = Some(given());
            let shown = UserSeat::new(SeatOf { given, request }, None);
            format!("{} {}", shown.sentence, shown.detail.unwrap_or_default())
        };
        assert_eq!(
            told(Some(request(
                Standing::Placed,
                Why::LeastFilled,
                Some("k1")
            ))),
            "Placed here by itself: the least filled cluster with room. After the registration."
        );
        assert_eq!(
            told(Some(request(
                Standing::Placed,
                Why::LeastFilled,
                Some("k2")
            ))),
            "Placed here by the service. Was placed on k2 by itself first, and moved since."
        );
        assert_eq!(
            told(Some(request(
                Standing::Shadow,
                Why::LeastFilled,
                Some("k2")
            ))),
            "Placed here by the service. Assignment is in shadow: it would have chosen k2."
        );
        assert_eq!(told(None), "Placed here by the service. ");
    }

    #[test]
    fn why_somebody_has_no_seat_is_told_with_what_would_be_done_now() {
        let told = |request, next| {
            let shown = UserSeat::new(
                SeatOf {
                    given: None,
                    request,
                },
                Some(next),
            );
            (
                shown.severity,
                format!("{} {}", shown.sentence, shown.detail.unwrap_or_default()),
            )
        };
        assert_eq!(
            told(
                Some(request(Standing::Waiting(Some(3)), Why::NoRoom, None)),
                next(Giving::Live, Why::NoRoom, None, 3)
            ),
            (
                Severity::Bad,
                "Waits for a seat: no active cluster has room. Number 3 in line. Add a cluster, or raise a limit.".to_owned()
            )
        );
        assert_eq!(
            told(
                Some(request(Standing::Withdrawn, Why::TakenOut, None)),
                next(Giving::Live, Why::NoRoom, None, 3)
            )
            .1,
            "Staff took them out of the line for a seat. None is given by itself until they are put back. Add a cluster, or raise a limit."
        );
        assert_eq!(
            told(None, next(Giving::Shadow, Why::LeastFilled, Some("north"), 0)),
            (
                Severity::Warn,
                "Has no seat. Nobody is placed by themselves here. Would be placed on north, the least filled with room.".to_owned()
            )
        );
        assert_eq!(
            told(
                Some(request(Standing::Placed, Why::LeastFilled, Some("k1"))),
                next(Giving::Live, Why::OwnerNoSeat, None, 0)
            )
            .1,
            "Had a seat by itself, which was taken away since. It is not given again by itself. Place the owner of the team first."
        );
    }
}
