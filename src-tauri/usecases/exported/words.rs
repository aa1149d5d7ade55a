//! Words and columns that several exported lists share.

use std::collections::HashMap;
use std::slice;

use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};

use crate::domain::account::{Plan, UserStatus};
use crate::domain::directory::Person;
use crate::domain::edge::Edge;
use crate::domain::ids::ClusterId;
use crate::domain::measures::Measures;
use crate::domain::money::Currency;
use crate::reports::column::{Cell, Column, Kind};

/// The plan, by the service's own word where it is none of ours.
pub(in crate::usecases::exported) fn plan_cell(plan: Plan, own: Option<String>) -> Cell {
    Cell::Text(own.unwrap_or_else(|| plan.word().to_owned()))
}

/// Somebody's status, by the service's own word where it is none of ours.
pub(in crate::usecases::exported) fn status_cell(person: &Person) -> Cell {
    let word = person.status_word.as_deref();
    Cell::Text(word.unwrap_or(person.status.word()).to_owned())
}

/// What was looked for.
pub(in crate::usecases::exported) fn text_words(
    where_in: &str,
    text: Option<&str>,
) -> Option<String> {
    text.map(|text| format!("{where_in} contains \u{201C}{text}\u{201D}"))
}

/// The statuses of a filter; none when any will do.
pub(in crate::usecases::exported) fn status_words(statuses: &[UserStatus]) -> Option<String> {
    any_words("Status", statuses, UserStatus::word)
}

/// The plans of a filter; none when any will do.
pub(in crate::usecases::exported) fn plan_words(plans: &[Plan]) -> Option<String> {
    any_words("Plan", plans, Plan::word)
}

/// `Status: active or deleted`; none when any will do.
pub(in crate::usecases::exported) fn any_words<T: Copy>(
    what: &str,
    allowed: &[T],
    word: impl Fn(T) -> &'static str,
) -> Option<String> {
    let words: Vec<_> = allowed.iter().map(|each| word(*each)).collect();
    (!words.is_empty()).then(|| format!("{what}: {}", words.join(" or ")))
}

/// `Cost over 100 USD`, `Cost at most 5 USD`, `Cost exactly 20 USD`.
pub(in crate::usecases::exported) fn amount_words(
    what: &str,
    (over, under): (Option<Edge>, Option<Edge>),
    unit: &str,
) -> Vec<String> {
    let words = |word: &str, edge: Edge| format!("{what} {word} {}{unit}", edge.amount);
    match (over, under) {
        (Some(over), Some(under)) if over < under && over.amount == under.amount => {
            vec![words("exactly", over)]
        }
        _ => {
            let over = over.map(|edge| words(if edge.above { "over" } else { "at least" }, edge));
            let under = under.map(|edge| words(if edge.above { "at most" } else { "under" }, edge));
            over.into_iter().chain(under).collect()
        }
    }
}

/// `Members: 3 or more`, `Members: 10 or fewer`, `Members: 0`.
pub(in crate::usecases::exported) fn count_words(
    what: &str,
    least: Option<u32>,
    most: Option<u32>,
) -> Option<String> {
    let words = match (least, most) {
        (None, None) => return None,
        (Some(least), Some(most)) if least == most => least.to_string(),
        (Some(least), Some(most)) => format!("{least} to {most}"),
        (Some(least), None) => format!("{least} or more"),
        (None, Some(most)) => format!("{most} or fewer"),
    };
    Some(format!("{what}: {words}"))
}

/// `Registered at or after 2026-10-01T00:00:00Z`, `Registered before …`.
pub(in crate::usecases::exported) fn span_words(
    what: &str,
    from: Option<OffsetDateTime>,
    before: Option<OffsetDateTime>,
) -> impl Iterator<Item = String> {
    let bound = |word: &str, at: Option<OffsetDateTime>| {
        at.map(|at| format!("{what} {word} {}", instant(at)))
    };
    [bound("at or after", from), bound("before", before)]
        .into_iter()
        .flatten()
}

/// A moment in UTC, for a sentence.
pub(in crate::usecases::exported) fn instant(at: OffsetDateTime) -> String {
    at.to_offset(UtcOffset::UTC)
        .format(&Rfc3339)
        .unwrap_or_default()
}

/// The cluster of a filter, by its name.
pub(in crate::usecases::exported) fn cluster_words(
    clusters: Vec<(ClusterId, String)>,
    cluster: &ClusterId,
) -> String {
    any_cluster_words(clusters, slice::from_ref(cluster))
}

/// The clusters of a filter, any of which will do, by their names.
pub(in crate::usecases::exported) fn any_cluster_words(
    clusters: Vec<(ClusterId, String)>,
    allowed: &[ClusterId],
) -> String {
    let names: HashMap<ClusterId, String> = clusters.into_iter().collect();
    let words = allowed.iter().map(|id| match names.get(id) {
        Some(name) => format!("{name} ({id})"),
        None => id.to_string(),
    });
    format!("Cluster: {}", words.collect::<Vec<_>>().join(" or "))
}

/// What was used, exact: storage as the GB of each day added up, which is what adds up.
pub(in crate::usecases::exported) fn measure_columns(when: &str) -> Vec<Column> {
    let column = |title: &str, kind| Column::new(format!("{title}{when}"), kind);
    vec![
        column("Cost", Kind::Money(Some(Currency::USD))),
        column("CPU", Kind::Quantity("hours")),
        column("GPU", Kind::Quantity("hours")),
        column("Storage", Kind::Quantity("GB-days")),
        column("Feature store", Kind::Quantity("calls")),
        column("Models", Kind::Quantity("calls")),
    ]
}

/// The cells below [`measure_columns`].
pub(in crate::usecases::exported) fn measure_cells(measures: &Measures) -> [Cell; 6] {
    [
        Cell::usd(measures.cost),
        Cell::quantity(measures.cpu_hours),
        Cell::quantity(measures.gpu_hours),
        Cell::quantity(measures.storage_gb_days),
        Cell::quantity(measures.feature_store_calls),
        Cell::quantity(measures.inference_calls),
    ]
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;

    #[test]
    fn amounts_say_whether_they_are_among_what_they_bound() {
        let (below, above) = (Edge::below, Edge::above);
        let (ten, twenty) = (dec!(10), dec!(20));
        for (over, under, said) in [
            (Some(above(ten)), None, "Cost over 10 USD"),
            (Some(below(ten)), None, "Cost at least 10 USD"),
            (None, Some(above(ten)), "Cost at most 10 USD"),
            (Some(below(ten)), Some(above(ten)), "Cost exactly 10 USD"),
            (
                Some(above(ten)),
                Some(below(twenty)),
                "Cost over 10 USD; Cost under 20 USD",
            ),
        ] {
            let words = amount_words("Cost", (over, under), " USD");
            assert_eq!(words.join("; "), said);
        }
    }

    #[test]
    fn every_cluster_of_a_filter_is_named() {
        let id = |text| ClusterId::parse(text).expect("an id");
        let named = vec![(id("k1"), "eu-north".to_owned())];
        assert_eq!(
            any_cluster_words(named, &[id("k1"), id("k2")]),
            "Cluster: eu-north (k1) or k2"
        );
    }
}
