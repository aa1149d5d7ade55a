//! Lists that are put together before they are written to a file: in the words the window shows, amounts as exact as
//! they are known.

use rust_decimal::Decimal;
use serde::Deserialize;
use time::OffsetDateTime;
use ts_rs::TS;

use crate::domain::alerts::SeenAlert;
use crate::domain::ids::UserId;
use crate::domain::indexes::{IndexState, Progress, Proposal};
use crate::domain::overview;
use crate::domain::schema::{Fit, RollupState, Table};
use crate::domain::sign_ins::{SignInTry, TryOutcome};
use crate::reports::column::{Cell, Column, Kind};
use crate::usecases::exported::told::Told;
use crate::usecases::watch_alerts::SeenAlerts;
use crate::wire::alerts::severity_of;
use crate::wire::overview::{Attention, AttentionLink};
use crate::wire::schema::{IndexProposal, SchemaTable, TableFit};
use crate::wire::standing::Severity;

/// Such a list, as the core is asked for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ToldList {
    /// The tables of the database.
    Tables(TablesShown),
    /// Indexes: those that are proposed, or everything that statements use.
    Indexes {
        /// Everything.
        everything: bool,
    },
    /// How the sums are kept.
    Rollups,
    /// What needs attention.
    Attention,
    /// What is wrong with the service's own machinery, and what was.
    Alerts,
    /// How somebody tried to sign in.
    SignIns(UserId),
}

/// Which tables of the Schema screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum TablesShown {
    /// Those that want a look.
    Attention,
    Read,
    /// Those that are not read.
    Theirs,
    All,
}

impl TablesShown {
    fn holds(self, fit: Fit) -> bool {
        match self {
            Self::Attention => matches!(fit, Fit::Different | Fit::Missing),
            Self::Read => matches!(fit, Fit::Present | Fit::Different),
            Self::Theirs => matches!(fit, Fit::Legacy | Fit::ServiceView | Fit::Unknown),
            Self::All => true,
        }
    }

    fn words(self) -> Option<&'static str> {
        match self {
            Self::Attention => Some("Standing: different or missing"),
            Self::Read => Some("Standing: present or different"),
            Self::Theirs => Some("Standing: left over, their view or unknown"),
            Self::All => None,
        }
    }
}

/// Tables beside what is known of them, with each column of theirs in one of three cells.
#[must_use]
pub fn tables(tables: Vec<Table>, shown: TablesShown) -> Told {
    let rows = tables
        .into_iter()
        .filter(|table| shown.holds(table.fit))
        .map(|table| {
            let (rows, bytes) = (table.rows, table.bytes);
            let table = SchemaTable::from(table);
            let (read, lacking): (Vec<_>, Vec<_>) = table
                .columns
                .iter()
                .partition(|column| column.source.is_some());
            let read = read.into_iter().map(|column| {
                let source = column.source.as_deref().unwrap_or_default();
                let partly = column.reason.as_deref().map(|why| format!(" ({why})"));
                let partly = partly.unwrap_or_default();
                format!("{} from {source}{partly}", column.name)
            });
            let lacking = lacking.into_iter().map(|column| {
                let why = column.reason.as_deref().unwrap_or_default();
                format!("{}: {why}", column.name)
            });
            vec![
                Cell::Text(table.name),
                Cell::text(table.kind),
                Cell::Text(fit_word(table.fit).to_owned()),
                Cell::text(table.sentence),
                Cell::text(table.view),
                Cell::text(table.row_security.map(|on| if on { "on" } else { "off" })),
                Cell::whole(rows),
                Cell::quantity(bytes.map(Decimal::from)),
                joined(read),
                joined(lacking),
                joined(table.others.into_iter()),
            ]
        })
        .collect();
    Told {
        title: "Tables of the database",
        columns: vec![
            Column::new("Table", Kind::Id),
            Column::new("Kind", Kind::Text),
            Column::new("Standing", Kind::Text),
            Column::new("Note", Kind::Text),
            Column::new("Read through", Kind::Text),
            Column::new("Row level security", Kind::Text),
            Column::new("Rows, as the planner reckons", Kind::Whole),
            Column::new("Size with indexes", Kind::Quantity("bytes")),
            Column::new("Columns read", Kind::Text),
            Column::new("Columns not recorded, and why", Kind::Text),
            Column::new("Columns not read", Kind::Text),
        ],
        filter: shown.words().map(str::to_owned).into_iter().collect(),
        order: "what wants a look first",
        rows,
    }
}

/// Indexes that statements use: those that are proposed, or everything.
#[must_use]
pub fn indexes(proposals: Vec<Proposal>, builds: &[Progress], everything: bool) -> Told {
    let rows = proposals
        .into_iter()
        .filter(|proposal| everything || (proposal.worthwhile && proposal.can_be_made()))
        .map(|proposal| {
            let (rows, bytes, worthwhile) = (proposal.rows, proposal.bytes, proposal.worthwhile);
            let state = match &proposal.state {
                IndexState::Present(_) => "there",
                IndexState::Missing => "missing",
                IndexState::Broken => "broken off",
                IndexState::Impossible(_) => "not possible",
            };
            let name = Some(proposal.name.as_str());
            let build = builds.iter().find(|build| build.index.as_deref() == name);
            let build = build.map(|build| match build.percent() {
                Some(percent) => format!("{percent} %, {}", build.words()),
                None => build.words().to_owned(),
            });
            let index = IndexProposal::from(proposal);
            vec![
                Cell::Text(index.name),
                Cell::Text(index.table),
                Cell::Text(index.reason),
                Cell::Text(state.to_owned()),
                Cell::text(index.note),
                Cell::text(build),
                Cell::Text(if worthwhile { "yes" } else { "no" }.to_owned()),
                Cell::whole(rows),
                Cell::quantity(bytes.map(Decimal::from)),
                Cell::Text(index.script),
            ]
        })
        .collect();
    Told {
        title: "Indexes",
        columns: vec![
            Column::new("Index", Kind::Id),
            Column::new("Table", Kind::Text),
            Column::new("For", Kind::Text),
            Column::new("State", Kind::Text),
            Column::new("The one that does the same, or why not", Kind::Text),
            Column::new("Being made", Kind::Text),
            Column::new("Large enough a table, or may be", Kind::Text),
            Column::new("Rows of the table, as the planner reckons", Kind::Whole),
            Column::new(
                "Size; reckoned where it is not there",
                Kind::Quantity("bytes"),
            ),
            Column::new("Statements", Kind::Text),
        ],
        filter: if everything {
            Vec::new()
        } else {
            vec!["Those that are proposed".to_owned()]
        },
        order: "by table, as they are proposed",
        rows,
    }
}

/// How the sums that screens read are kept.
#[must_use]
pub fn rollups(states: Vec<RollupState>) -> Told {
    let rows = states
        .into_iter()
        .map(|state| {
            vec![
                Cell::Text(state.rollup),
                Cell::time(state.refreshed_at),
                Cell::whole(state.refresh_ms),
                Cell::whole(state.changed),
                Cell::time(state.checked_at),
                Cell::whole(state.check_ms),
                Cell::whole(state.checked_rows),
                Cell::whole(state.differences),
                Cell::text(state.note),
            ]
        })
        .collect();
    Told {
        title: "Sums kept",
        columns: vec![
            Column::new("Sum", Kind::Id),
            Column::new("Refreshed", Kind::Time),
            Column::new("Refreshing took, milliseconds", Kind::Whole),
            Column::new("Changed", Kind::Whole),
            Column::new("Checked whole", Kind::Time),
            Column::new("Checking took, milliseconds", Kind::Whole),
            Column::new("Compared", Kind::Whole),
            Column::new("Found wrong, and mended", Kind::Whole),
            Column::new("Note", Kind::Text),
        ],
        filter: Vec::new(),
        order: "by name",
        rows,
    }
}

/// What somebody should look at.
#[must_use]
pub fn attention(lines: &[overview::Attention], now: OffsetDateTime) -> Told {
    let rows = lines
        .iter()
        .map(|line| {
            let line = Attention::describe(line, now);
            let (screen, about) = place(line.leads_to);
            vec![
                Cell::Text(line.sentence),
                Cell::Text(grave(line.severity).to_owned()),
                Cell::Text(screen),
                Cell::text(about),
            ]
        })
        .collect();
    Told {
        title: "Needs attention",
        columns: vec![
            Column::new("What", Kind::Text),
            Column::new("How bad", Kind::Text),
            Column::new("Where to look", Kind::Text),
            Column::new("Id or address there", Kind::Id),
        ],
        filter: Vec::new(),
        order: "the gravest first",
        rows,
    }
}

fn grave(severity: Severity) -> &'static str {
    match severity {
        Severity::Bad => "serious",
        Severity::Warn => "warning",
        Severity::Ok | Severity::Muted => "note",
    }
}

/// Where a line leads: the screen, and what of it.
fn place(link: AttentionLink) -> (String, Option<String>) {
    let screen = |word: &str| (word.to_owned(), None);
    match link {
        AttentionLink::Users { .. } => screen("Users"),
        AttentionLink::User { id } => ("User".to_owned(), Some(id)),
        AttentionLink::Invoices { .. } => screen("Invoices"),
        AttentionLink::Teams { .. } => screen("Teams"),
        AttentionLink::Cluster { id } => ("Cluster".to_owned(), Some(id)),
        AttentionLink::Clusters => screen("Clusters"),
        AttentionLink::Events { .. } => screen("Events"),
        AttentionLink::Place(place) => (place.word, Some(place.address)),
    }
}

/// Alerts that are open, and those that were over lately.
#[must_use]
pub fn alerts(seen: SeenAlerts) -> Told {
    let rows = seen
        .alerts
        .into_iter()
        .map(
            |SeenAlert {
                 alert,
                 acknowledged,
                 ..
             }| {
                let (by, at, note) = acknowledged.map_or((None, None, None), |seen| {
                    (Some(seen.by), Some(seen.at), seen.note)
                });
                vec![
                    Cell::Text(alert.id.to_string()),
                    Cell::Text(alert.sentence()),
                    Cell::Text(grave(severity_of(alert.grade)).to_owned()),
                    Cell::Time(alert.since),
                    Cell::Time(alert.opened_at),
                    Cell::time(alert.resolved_at),
                    Cell::text(by),
                    Cell::time(at),
                    Cell::text(note),
                ]
            },
        )
        .collect();
    Told {
        title: "Alerts",
        columns: vec![
            Column::new("Number", Kind::Id),
            Column::new("What", Kind::Text),
            Column::new("How bad", Kind::Text),
            Column::new("Since", Kind::Time),
            Column::new("Noticed", Kind::Time),
            Column::new("Over", Kind::Time),
            Column::new("Who sees to it", Kind::Text),
            Column::new("Acknowledged", Kind::Time),
            Column::new("Note", Kind::Text),
        ],
        filter: vec![
            "All that are open, and the latest 50 of those that were over within a week".to_owned(),
        ],
        order: "those that are open first, the gravest and newest first",
        rows,
    }
}

/// How somebody tried to sign in: `tenant` told it, by at most so many `entries` of its log about them.
#[must_use]
pub fn sign_ins(
    user: &UserId,
    tries: Vec<SignInTry>,
    addresses_hidden: bool,
    tenant: &str,
    entries: usize,
) -> Told {
    let mut filter = vec![
        format!("User: {user}"),
        format!(
            "As Auth0 tells it ({tenant}), by the newest {entries} entries of its log about them"
        ),
    ];
    if addresses_hidden {
        filter.push("Addresses left out: they are not visible to the login's group".to_owned());
    }
    let rows = tries
        .into_iter()
        .map(|each| {
            let outcome = match each.outcome {
                TryOutcome::SignedIn => "signed in",
                TryOutcome::WrongPassword => "wrong password",
                TryOutcome::Throttled => "turned away for trying too often",
                TryOutcome::Failed => "failed",
            };
            vec![
                Cell::Time(each.at),
                Cell::Text(outcome.to_owned()),
                Cell::text(each.city),
                Cell::text(each.country),
                Cell::text(each.connection),
                Cell::text(each.client),
                Cell::text(each.ip),
            ]
        })
        .collect();
    Told {
        title: "Tries to sign in",
        columns: vec![
            Column::new("At", Kind::Time),
            Column::new("Outcome", Kind::Text),
            Column::new("City", Kind::Text),
            Column::new("Country", Kind::Text),
            Column::new("Connection", Kind::Text),
            Column::new("Application", Kind::Text),
            Column::new("Address", Kind::Text),
        ],
        filter,
        order: "newest first",
        rows,
    }
}

fn joined(parts: impl Iterator<Item = String>) -> Cell {
    let parts: Vec<_> = parts.collect();
    Cell::text((!parts.is_empty()).then(|| parts.join("; ")))
}

fn fit_word(fit: TableFit) -> &'static str {
    match fit {
        TableFit::Present => "present",
        TableFit::Different => "different",
        TableFit::Missing => "missing",
        TableFit::Legacy => "left over",
        TableFit::ServiceView => "their view",
        TableFit::Unknown => "unknown",
    }
}
