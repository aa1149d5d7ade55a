//! A database table by table: what is read, what differs, what is missing, what is nobody's we know.

use crate::domain::schema::{CanonicalColumn, Fit, Table};
use crate::store::attach::catalogue::{Catalogue, Relation, folded};
use crate::store::attach::ddl::Plan;
use crate::store::attach::indexes::existing::Existing;
use crate::store::attach::known::{Known, known};
use crate::store::attach::mapping::{From, VIEWS, View};
use crate::store::attach::sources;

/// Tells every table of `public`, and those we know that are not there. What wants a look comes first.
#[must_use]
pub fn tables(catalogue: &Catalogue, plan: &Plan, existing: &Existing) -> Vec<Table> {
    let mut tables: Vec<Table> = catalogue
        .relations
        .iter()
        .map(|relation| {
            let size = existing.size(&relation.name);
            Table {
                rows: size.and_then(|size| size.rows),
                bytes: size.and_then(|size| size.bytes),
                ..describe(relation, catalogue, plan)
            }
        })
        .collect();
    for view in VIEWS {
        let found = plan.tables.iter().any(|(name, _)| *name == view.name);
        let skipped = view.table_names().iter().any(|name| {
            plan.skipped
                .iter()
                .any(|(table, _)| folded(table) == folded(name))
        });
        if !found && !skipped {
            tables.push(missing(view, catalogue));
        }
    }
    tables.sort_by(|one, other| (one.fit, &one.name).cmp(&(other.fit, &other.name)));
    tables
}

fn describe(relation: &Relation, catalogue: &Catalogue, plan: &Plan) -> Table {
    let mut table = Table {
        name: relation.name.clone(),
        kind: Some(relation.kind.clone()),
        fit: Fit::Unknown,
        sentence: None,
        view: None,
        row_security: (relation.kind == "table").then_some(relation.row_security),
        partitioned: relation.partitioned,
        columns: Vec::new(),
        others: Vec::new(),
        rows: None,
        bytes: None,
    };
    let read = plan.tables.iter().find(|(_, name)| *name == relation.name);
    if let Some(view) = read.and_then(|(name, _)| VIEWS.iter().find(|view| view.name == *name)) {
        table.view = Some(view.name);
        table.columns = columns(view, relation, catalogue);
        let partly = table
            .columns
            .iter()
            .any(|column| column.reason.is_some() && !goes_without(view, relation, column));
        table.fit = if partly { Fit::Different } else { Fit::Present };
    } else if let Some((_, why)) = plan.skipped.iter().find(|(name, _)| *name == relation.name) {
        table.fit = Fit::Different;
        table.sentence = Some(format!("Not read: {why}."));
    } else if let Some(known) = known(relation) {
        table.fit = match known {
            Known::Legacy(_) | Known::Tool(_) => Fit::Legacy,
            Known::View(_) => Fit::ServiceView,
        };
        table.sentence = Some(known.sentence().to_owned());
    }
    table.others = relation
        .columns
        .iter()
        .filter(|live| !table.columns.iter().any(|column| reads(column, &live.name)))
        .map(|live| (live.name.clone(), live.declared.clone()))
        .collect();
    table
}

/// Canonical columns that a table may go without and be complete: other generations have them, or the other of
/// two tables that hold parts of one thing. The schema this program makes goes without all of these.
const UNUSUAL: &[(&str, &[&str])] = &[
    (
        "usage_daily",
        &[
            "cpu_cost",
            "gpu_cost",
            "ram_cost",
            "storage_cost",
            "online_storage_cost",
            "offline_storage_cost",
            "network_egress_cost",
            "total_credits",
            "instance_types",
            "resource_efficiency",
        ],
    ),
    (
        "billing_history",
        &["period_start", "period_end", "due_at", "hosted_url"],
    ),
    ("invoices", &["description", "stripe_payment_intent_id"]),
    ("subscriptions", &["plan", "amount", "currency"]),
];

/// Whether that column is simply not there, and need not be.
fn goes_without(view: &View, relation: &Relation, column: &CanonicalColumn) -> bool {
    let unusual = UNUSUAL.iter().any(|(name, columns)| {
        folded(name) == folded(&relation.name) && columns.contains(&column.name)
    });
    // One of the wrong type is there, and odd.
    let is_there = view.column(column.name).is_some_and(|wanted| {
        wanted.from.iter().any(|from| match from {
            From::Column(name) => relation.column(name).is_some(),
            _ => false,
        }) || relation.column(column.name).is_some()
    });
    unusual && column.source.is_none() && !is_there
}

/// Whether a canonical column is made from that live one.
fn reads(column: &CanonicalColumn, live: &str) -> bool {
    column.source.as_ref().is_some_and(|source| {
        source
            .split([' ', ',', '(', ')', '+'])
            .any(|word| word == live)
    })
}

fn columns(view: &View, relation: &Relation, catalogue: &Catalogue) -> Vec<CanonicalColumn> {
    let prefix = format!("{}.", relation.name);
    sources::of(view, catalogue)
        .tables
        .iter()
        .filter(|source| source.table.name == relation.name)
        .flat_map(|source| {
            view.columns.iter().map(|column| {
                let found = source.find(column, "");
                CanonicalColumn {
                    name: column.name,
                    canonical: column.canonical.sql(),
                    source: found
                        .source
                        .map(|source| source.strip_prefix(&prefix).unwrap_or(&source).to_owned()),
                    reason: found.reason,
                }
            })
        })
        .collect()
}

fn missing(view: &'static View, catalogue: &Catalogue) -> Table {
    Table {
        name: view
            .table_names()
            .first()
            .copied()
            .unwrap_or(view.name)
            .to_owned(),
        kind: None,
        fit: Fit::Missing,
        sentence: Some(sources::of(view, catalogue).missing),
        view: Some(view.name),
        row_security: None,
        partitioned: false,
        columns: Vec::new(),
        others: Vec::new(),
        rows: None,
        bytes: None,
    }
}
