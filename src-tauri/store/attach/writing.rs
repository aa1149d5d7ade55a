//! The functions through which actions write a service's tables: canonical names in, live columns out.
//!
//! A canonical view takes no write, since a cast and a typed null stand for no column. So each table that
//! an action may change gets small functions written for the columns it has; actions in
//! `migrations/console` call them by name and ask `console.attached_functions` first what they can write.

pub(super) mod column;
mod insert;
mod key;
mod mirror;
mod secret;

use std::fmt::Write as _;

use crate::store::attach::catalogue::{Catalogue, Relation};
use crate::store::attach::ddl::{Function, literal, quoted};
use crate::store::attach::mapping::{View, accounts, clusters, money};
use crate::store::attach::sources;
use column::{Live, key_among, key_equals};
use key::RowKey;

/// What actions do to one table.
struct Target {
    view: &'static View,
    /// Columns that change, one row at a time.
    updates: &'static [&'static str],
    /// Columns of a new row.
    inserts: &'static [&'static str],
    /// Rows are removed.
    deletes: bool,
    /// Rows are locked before anything is decided.
    locks: bool,
}

const TARGETS: &[Target] = &[
    Target {
        view: &accounts::USERS,
        updates: &[
            "status",
            "account_owner_id",
            "billing_mode",
            "is_admin",
            "spending_cap",
            "feature_flags",
            "deleted_at",
            "deletion_reason",
            "stripe_customer_id",
            "stripe_test_customer_id",
            "stripe_subscription_id",
            "stripe_subscription_status",
            "downgrade_deadline",
            "last_login_at",
            "login_count",
        ],
        inserts: &[],
        deletes: false,
        locks: true,
    },
    Target {
        view: &accounts::TEAM_INVITES,
        updates: &["expires_at", "token", "accepted_at", "accepted_by_user_id"],
        inserts: &[
            "account_owner_id",
            "email",
            "token",
            "project_role",
            "auto_assign_projects",
            "created_at",
            "expires_at",
        ],
        deletes: false,
        locks: true,
    },
    Target {
        view: &clusters::CLUSTERS,
        updates: &[
            "name",
            "api_url",
            "region",
            "status",
            "max_users",
            "current_users",
        ],
        inserts: &["name", "api_url", "region", "status", "max_users"],
        deletes: false,
        locks: true,
    },
    Target {
        view: &clusters::CLUSTER_ASSIGNMENTS,
        updates: &[
            "cluster_id",
            "assigned_at",
            "assigned_by",
            "hopsworks_user_id",
            "hopsworks_username",
        ],
        inserts: &["user_id", "cluster_id", "assigned_at", "assigned_by"],
        deletes: true,
        locks: false,
    },
    Target {
        view: &money::PRICE_OVERRIDES,
        updates: &["override_price", "valid_until"],
        inserts: &[
            "user_id",
            "resource_type",
            "override_price",
            "valid_from",
            "valid_until",
            "created_by",
            "reason",
        ],
        deletes: false,
        locks: false,
    },
    Target {
        view: &money::CREDIT_TRANSACTIONS,
        updates: &[],
        inserts: &[
            "user_id",
            "type",
            "amount",
            "balance_before",
            "balance_after",
            "description",
        ],
        deletes: false,
        locks: false,
    },
];

/// Amounts of an account that actions add to.
const CREDITS: &[&str] = &[
    "total_purchased",
    "total_used",
    "free_credits_granted",
    "free_credits_used",
];

/// A function that could be made, or why it could not.
pub(super) struct Written {
    pub(super) sql: String,
    pub(super) writes: Vec<&'static str>,
}

/// A name, its argument types, and what became of it.
type Made = (String, &'static str, Result<Written, String>);

/// All of them, with the statements that make them.
pub(super) fn functions(catalogue: &Catalogue) -> (Vec<Function>, Vec<String>) {
    let mut made: Vec<Made> = TARGETS
        .iter()
        .flat_map(|target| target.functions(catalogue))
        .collect();
    made.push(credits(catalogue));
    made.extend(mirror::functions(catalogue));
    made.extend(secret::functions(catalogue));
    let mut functions = Vec::new();
    let mut statements = Vec::new();
    for (name, arguments, outcome) in made {
        let (reason, writes) = match outcome {
            Ok(written) => {
                statements.push(written.sql);
                statements.push(format!(
                    "comment on function console.{name}({arguments}) is\n  'Internal: writes the live \
                     table for the actions of staff.';"
                ));
                (None, written.writes)
            }
            Err(reason) => (Some(reason), Vec::new()),
        };
        functions.push(Function {
            name: name.into(),
            arguments,
            reason,
            writes,
        });
    }
    (functions, statements)
}

impl Target {
    fn functions(&self, catalogue: &Catalogue) -> Vec<Made> {
        let name = self.view.name;
        let found = table(self.view, catalogue);
        let with = |make: &dyn Fn(&Relation) -> Result<Written, String>| match &found {
            Ok(table) => make(table),
            Err(reason) => Err(reason.clone()),
        };
        let mut made: Vec<Made> = Vec::new();
        if self.locks {
            made.push((
                format!("lock_{name}"),
                "text[]",
                with(&|table| lock(name, table)),
            ));
        }
        if !self.updates.is_empty() {
            made.push((
                format!("write_{name}"),
                "text, jsonb",
                with(&|table| self.update(table)),
            ));
        }
        if !self.inserts.is_empty() {
            made.push((
                format!("insert_{name}"),
                "jsonb",
                with(&|table| insert::function(self.view, self.inserts, table)),
            ));
        }
        if self.deletes {
            made.push((
                format!("delete_{name}"),
                "text",
                with(&|table| delete(self.view, table)),
            ));
        }
        made
    }

    /// Answers what the row is found by from then on: a column of its key may be one that changes.
    fn update(&self, table: &Relation) -> Result<Written, String> {
        let key = RowKey::of(self.view, table)?;
        let columns = Live::all(self.view, self.updates, table);
        if columns.is_empty() {
            return Err(format!(
                "the table {} has none of the columns that actions change",
                table.name
            ));
        }
        let sets: Vec<String> = columns
            .iter()
            .map(|live| {
                let column = quoted(&live.column.name);
                format!(
                    "{column} = case when p_set ? {} then {} else t.{column} end",
                    literal(live.canonical),
                    live.spelled("p_set", table, Some("t."))
                )
            })
            .collect();
        let body = format!(
            "  update {} as t set\n    {}\n  where {}\n  returning {} into v_id;\n  if not found then\n    \
             perform console.refuse('HD006', 'It is not there any more.');\n  end if;\n  return v_id;",
            qualified(table),
            sets.join(",\n    "),
            key.equals("p_id"),
            key.written("t."),
        );
        Ok(Written {
            sql: function(
                &format!(
                    "write_{}(p_id text, p_set jsonb) returns text",
                    self.view.name
                ),
                table,
                "  v_id text;",
                &body,
            ),
            writes: columns.iter().map(|live| live.canonical).collect(),
        })
    }
}

/// The one table a view is made from.
fn table<'c>(view: &View, catalogue: &'c Catalogue) -> Result<&'c Relation, String> {
    let sources = sources::of(view, catalogue);
    match sources.tables.as_slice() {
        [only] if only.table.kind == "table" => Ok(only.table),
        [only] => Err(format!(
            "{} is a {}; a table was expected",
            only.table.name, only.table.kind
        )),
        [] => Err(sources.missing),
        _ => Err("more than one table holds these".to_owned()),
    }
}

fn qualified(table: &Relation) -> String {
    format!("public.{}", quoted(&table.name))
}

/// A function around a body. It runs with the rights of whoever calls it, which are the owner's inside
/// an action and nobody else's.
fn function(head: &str, table: &Relation, declare: &str, body: &str) -> String {
    // Triggers of the service run inside: those that look names up need the path they are used to.
    let path = if table.triggers_need_path {
        "pg_catalog, public, pg_temp"
    } else {
        "''"
    };
    let mut sql = format!(
        "create function console.{head}\nlanguage plpgsql\nset search_path = {path}\nas $function$\n"
    );
    if !declare.is_empty() {
        // Writing to a String cannot fail.
        let _ = writeln!(sql, "declare\n{declare}");
    }
    let _ = write!(sql, "begin\n{body}\nend\n$function$;");
    sql
}

/// Locks in the order of keys, so that two who want the same rows never wait in a circle.
fn lock(name: &str, table: &Relation) -> Result<Written, String> {
    let id = Live::key(table, "id")?;
    let key = quoted(&id.name);
    let body = format!(
        "  perform from {} as t where p_ids is null or {}\n  order by t.{key} for no key update;",
        qualified(table),
        key_among(id, "p_ids"),
    );
    Ok(Written {
        sql: function(
            &format!("lock_{name}(p_ids text[]) returns void"),
            table,
            "",
            &body,
        ),
        writes: Vec::new(),
    })
}

fn delete(view: &View, table: &Relation) -> Result<Written, String> {
    let key = RowKey::of(view, table)?;
    let body = format!(
        "  delete from {} as t where {};\n  if not found then\n    perform console.refuse('HD006', 'It is \
         not there any more.');\n  end if;",
        qualified(table),
        key.equals("p_id"),
    );
    Ok(Written {
        sql: function(
            &format!("delete_{}(p_id text) returns void", view.name),
            table,
            "",
            &body,
        ),
        writes: Vec::new(),
    })
}

/// Adds to an account's credits, and opens its row when there is none.
fn credits(catalogue: &Catalogue) -> Made {
    let outcome = table(&money::USER_CREDITS, catalogue).and_then(|table| {
        let id = Live::key(table, "user_id")?;
        let columns = Live::all(&money::USER_CREDITS, CREDITS, table);
        if columns.is_empty() {
            return Err(format!("the table {} has no amount that can be added to", table.name));
        }
        let added = |live: &Live| format!("coalesce({}, 0)", live.value("p_add"));
        let sets: Vec<String> = columns
            .iter()
            .map(|live| {
                let column = quoted(&live.column.name);
                format!("{column} = coalesce(t.{column}, 0) + {}", added(live))
            })
            .collect();
        let mut given: Vec<(String, String)> =
            vec![(quoted(&id.name), column::cast(id, "p_user_id"))];
        given.extend(
            columns
                .iter()
                .map(|live| (quoted(&live.column.name), added(live))),
        );
        insert::fill(table, &mut given)?;
        let body = format!(
            "  update {table} as t set\n    {}\n  where {};\n  if not found then\n    insert into {table} \
             ({})\n    values ({});\n  end if;",
            sets.join(",\n    "),
            key_equals(id, "p_user_id"),
            insert::names(&given),
            insert::values(&given),
            table = qualified(table),
        );
        Ok(Written {
            sql: function(
                "add_user_credits(p_user_id text, p_add jsonb) returns void",
                table,
                "",
                &body,
            ),
            writes: columns.iter().map(|live| live.canonical).collect(),
        })
    });
    ("add_user_credits".to_owned(), "text, jsonb", outcome)
}
