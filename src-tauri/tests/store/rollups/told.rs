//! Whatever table of the mirror Stripe wrote to: the lists are counted again.

use std::time::Duration;

use hopsdesk::usecases::keep_rollups::refresh_rollups;

use super::{At, NOW, filled};
use crate::support::database::Kind;

/// Tables of the mirror that lists are counted from. None of these rows belongs to another, so that each change is of one
/// table alone.
const TABLES: [&str; 7] = [
    "invoices",
    "invoice_payments",
    "payments",
    "refunds",
    "disputes",
    "credit_notes",
    "subscriptions",
];

#[tokio::test]
async fn a_change_of_any_table_of_the_mirror_has_the_lists_counted_anew() {
    let (database, store) = filled(Kind::G2).await;
    database.psql(
        "insert into console.stripe_invoices (id, status, currency, total, livemode, as_of, rank, event_id)
         values ('in_1', 'paid', 'USD', 9, true, now(), 1, 'e')",
    );
    let mut now = NOW;
    let mut refresh = async || {
        now += Duration::from_secs(60);
        refresh_rollups(&store, &At(now)).await.expect("a refresh");
    };
    let spoil = "update console.lists_counted set entries = entries + 1000 where list = 'invoices'";
    let spoilt = "select count(*) > 0 from console.lists_counted where list = 'invoices' and entries >= 1000";
    let mode = "update console.stripe_mode set livemode = not livemode".to_owned();
    let changes = TABLES.iter().flat_map(|table| {
        [
            format!(
                "insert into console.stripe_{table} (id, livemode, as_of, rank, event_id)
                 values ('{table}_1', true, now(), 1, 'e')"
            ),
            format!("update console.stripe_{table} set event_id = 'f'"),
        ]
    });
    refresh().await;
    for change in changes.chain([mode]) {
        database.psql(spoil);
        refresh().await;
        assert_eq!(
            database.psql(spoilt),
            "t",
            "nothing was told before: {change}"
        );
        database.psql(&change);
        refresh().await;
        assert_eq!(database.psql(spoilt), "f", "{change}");
    }
    let marked = "select string_agg(distinct event_object_table::text, ' ' order by event_object_table::text)
                  from information_schema.triggers
                  where trigger_name in ('marked_made', 'marked_said') and trigger_schema = 'console'";
    let mut tables: Vec<_> = TABLES
        .iter()
        .map(|table| format!("stripe_{table}"))
        .collect();
    tables.push("stripe_mode".to_owned());
    tables.sort();
    assert_eq!(
        database.psql(marked),
        tables.join(" "),
        "and there are no others"
    );
}
