//! Words and columns that several exported lists share.

use crate::domain::account::Plan;
use crate::domain::ids::ClusterId;
use crate::domain::measures::Measures;
use crate::domain::money::Currency;
use crate::reports::column::{Cell, Column, Kind};

pub(in crate::usecases::exported) fn plan_word(plan: Plan) -> &'static str {
    plan.word().unwrap_or("none")
}

/// What was looked for.
pub(in crate::usecases::exported) fn text_words(
    where_in: &str,
    text: Option<&str>,
) -> Option<String> {
    text.map(|text| format!("{where_in} contains \u{201C}{text}\u{201D}"))
}

/// The cluster of a filter, by its name.
pub(in crate::usecases::exported) fn cluster_words(
    clusters: Vec<(ClusterId, String)>,
    cluster: &ClusterId,
) -> String {
    let named = clusters.into_iter().find(|(id, _)| id == cluster);
    match named {
        Some((id, name)) => format!("Cluster: {name} ({id})"),
        None => format!("Cluster: {cluster}"),
    }
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
