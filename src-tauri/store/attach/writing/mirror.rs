//! The functions that keep a service's own billing tables in step with Stripe: a row for each invoice,
//! charge and subscription, found by Stripe's id.

use crate::store::attach::catalogue::{Catalogue, Relation};
use crate::store::attach::ddl::quoted;
use crate::store::attach::mapping::{View, money};
use crate::store::attach::writing::column::{Live, cast};
use crate::store::attach::writing::insert::{fill, names, values};
use crate::store::attach::writing::{Made, Written, function, qualified, table};

/// One table, and the canonical column with Stripe's id.
struct Mirrored {
    name: &'static str,
    view: &'static View,
    key: &'static str,
    columns: &'static [&'static str],
}

const MIRRORED: &[Mirrored] = &[
    Mirrored {
        name: "mirror_billing_history",
        view: &money::BILLING_HISTORY,
        key: "invoice_id",
        columns: &[
            "invoice_id",
            "user_id",
            "amount",
            "currency",
            "status",
            "description",
            "stripe_payment_intent_id",
            "paid_at",
            "created_at",
        ],
    },
    Mirrored {
        name: "mirror_invoices",
        view: &money::OWN_INVOICES,
        key: "stripe_invoice_id",
        columns: &[
            "stripe_invoice_id",
            "number",
            "user_id",
            "amount",
            "currency",
            "status",
            "period_start",
            "period_end",
            "due_at",
            "paid_at",
            "hosted_url",
            "created_at",
        ],
    },
    Mirrored {
        name: "mirror_subscriptions",
        view: &money::SUBSCRIPTIONS,
        key: "stripe_subscription_id",
        columns: &[
            "stripe_subscription_id",
            "stripe_customer_id",
            "stripe_price_id",
            "user_id",
            "status",
            "current_period_start",
            "current_period_end",
            "cancel_at_period_end",
            "canceled_at",
            "created_at",
        ],
    },
];

/// Said once, with the row: a service's own program may have known better when it was made.
const ONLY_NEW: &[&str] = &["user_id", "created_at"];

pub(super) fn functions(catalogue: &Catalogue) -> Vec<Made> {
    MIRRORED
        .iter()
        .map(|mirrored| {
            let outcome =
                table(mirrored.view, catalogue).and_then(|table| mirrored.function(table));
            (mirrored.name.to_owned(), "text, jsonb", outcome)
        })
        .collect()
}

impl Mirrored {
    /// Answers 1 when something changed. A rule of the table that refuses a row is no reason to lose the
    /// event: the console's own mirror has it.
    fn function(&self, table: &Relation) -> Result<Written, String> {
        let columns = Live::all(self.view, self.columns, table);
        let find = |name: &str| columns.iter().find(|live| live.canonical == name);
        for needed in [self.key, "user_id", "status"] {
            if find(needed).is_none() {
                return Err(format!(
                    "the table {} has no column {needed} that could be written",
                    table.name
                ));
            }
        }
        let Some(key) = find(self.key) else {
            return Err(format!("the table {} has no key", table.name));
        };
        let equals = format!(
            "t.{} = {}",
            quoted(&key.column.name),
            cast(key.column, "p_key")
        );
        let mut sets = Vec::new();
        let mut differs = Vec::new();
        for live in &columns {
            if live.canonical == self.key || ONLY_NEW.contains(&live.canonical) {
                continue;
            }
            let column = quoted(&live.column.name);
            // What Stripe does not say is no reason to forget what was known.
            let value = format!("coalesce({}, t.{column})", live.value("p_values"));
            differs.push(format!("t.{column} is distinct from {value}"));
            sets.push(format!("{column} = {value}"));
        }
        let mut given: Vec<(String, String)> = columns
            .iter()
            .map(|live| (quoted(&live.column.name), live.value("p_values")))
            .collect();
        for (live, (_, value)) in columns.iter().zip(&mut given) {
            if live.column.not_null && live.canonical == "created_at" {
                *value = format!(
                    "coalesce({value}, {})",
                    cast(live.column, "pg_catalog.now()")
                );
            }
        }
        fill(table, &mut given)?;
        let place = qualified(table);
        let body = format!(
            "  update {place} as t set\n    {}\n  where {equals} and (\n    {}\n  );\n  if found then\n    \
             return 1;\n  end if;\n  if exists (select from {place} as t where {equals}) then\n    return 0;\n  \
             end if;\n  insert into {place} ({})\n  values ({});\n  return 1;\nexception\n  when \
             integrity_constraint_violation or data_exception then\n    return 0;",
            sets.join(",\n    "),
            differs.join("\n    or "),
            names(&given),
            values(&given),
        );
        Ok(Written {
            sql: function(
                &format!("{}(p_key text, p_values jsonb) returns integer", self.name),
                table,
                "",
                &body,
            ),
            writes: columns.iter().map(|live| live.canonical).collect(),
        })
    }
}
