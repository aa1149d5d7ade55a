//! The functions that seal a secret where the service keeps it: one says where that is and what stands against it, the
//! other writes, and only over what the caller has seen there.

use crate::store::attach::canonical::is_text;
use crate::store::attach::catalogue::{Catalogue, Relation};
use crate::store::attach::ddl::{literal, quoted};
use crate::store::attach::mapping::clusters::CLUSTERS;
use crate::store::attach::writing::key::RowKey;
use crate::store::attach::writing::{Made, Written, function, qualified, table};

/// The secrets of a cluster, by the columns that hold them.
const KINDS: [&str; 2] = ["api_key", "kubeconfig"];

pub(super) fn functions(catalogue: &Catalogue) -> [Made; 2] {
    let found = table(&CLUSTERS, catalogue);
    let with = |make: fn(&Relation) -> Result<Written, String>| match &found {
        Ok(table) => make(table),
        Err(reason) => Err(reason.clone()),
    };
    [
        (
            "write_cluster_secret".to_owned(),
            "text, text, text, text",
            with(write),
        ),
        ("place_of_cluster_secret".to_owned(), "text", with(place)),
    ]
}

/// The column of such a secret, where it can hold what is sealed, or why it cannot.
fn column<'c>(table: &'c Relation, kind: &str) -> Result<&'c str, String> {
    let Some(column) = table.column(kind) else {
        return Err(format!("the table {} has no column {kind}", table.name));
    };
    let name = format!("{}.{}", table.name, column.name);
    if column.generated {
        return Err(format!("{name} is computed, and takes nothing"));
    }
    if !is_text(column) {
        return Err(format!(
            "{name} is {}, and what is sealed is a text",
            column.declared
        ));
    }
    Ok(&column.name)
}

/// Answers whether the row held what was expected; without a value it is only locked.
fn write(table: &Relation) -> Result<Written, String> {
    let key = RowKey::of(&CLUSTERS, table)?;
    let columns: Vec<(&'static str, &str)> = KINDS
        .into_iter()
        .filter_map(|kind| Some((kind, column(table, kind).ok()?)))
        .collect();
    if columns.is_empty() {
        return Err(format!(
            "the table {} has no column that could hold a sealed secret",
            table.name
        ));
    }
    let place = qualified(table);
    let of = columns.iter().map(|(kind, column)| {
        let column = quoted(column);
        let which = format!(
            "{} and t.{column} = p_there",
            key.equals("p_cluster_id")
        );
        format!(
            "  if p_kind = {} then\n    if p_value is null then\n      perform from {place} as t where {which} for no key \
             update;\n    else\n      update {place} as t set {column} = p_value where {which};\n    end if;\n    return \
             found;\n  end if;",
            literal(kind)
        )
    });
    let body = format!(
        "{}\n  return false;\nexception\n  when insufficient_privilege then\n    perform console.refuse('HD003', \
         pg_catalog.format('%s may not write %s: grant update on it.', current_user, {}));\n  when \
         string_data_right_truncation then\n    perform console.refuse('HD007', 'The service''s own column is too short for \
         what is sealed.');\n  when integrity_constraint_violation or raise_exception then\n    perform \
         console.refuse('HD007', 'A rule of the service''s own table refuses this.');",
        of.collect::<Vec<_>>().join("\n"),
        literal(&place),
    );
    Ok(Written {
        sql: function(
            "write_cluster_secret(p_cluster_id text, p_kind text, p_there text, p_value text) returns boolean",
            table,
            "",
            &body,
        ),
        writes: columns.iter().map(|(kind, _)| *kind).collect(),
    })
}

/// Answers where a secret stands, and why it cannot be written.
fn place(table: &Relation) -> Result<Written, String> {
    RowKey::of(&CLUSTERS, table)?;
    let place = qualified(table);
    let of = KINDS.into_iter().map(|kind| {
        let (name, why) = match column(table, kind) {
            Ok(column) => (
                format!("{}.{column}", table.name),
                format!(
                    "case when not pg_catalog.has_column_privilege({}, {}, 'update') then pg_catalog.format(\n      '%s may \
                     not write it: `grant update (%s) on %s to %s`, as whoever owns the table', current_user, {}, {}, \
                     current_user\n    ) end",
                    literal(&place),
                    literal(column),
                    literal(&quoted(column)),
                    literal(&place),
                ),
            ),
            Err(why) => (format!("{}.{kind}", table.name), literal(&why)),
        };
        format!(
            "  if p_kind = {} then\n    return query select {}, {why};\n  end if;",
            literal(kind),
            literal(&name)
        )
    });
    Ok(Written {
        sql: function(
            "place_of_cluster_secret(p_kind text) returns table (place text, why text)",
            table,
            "",
            &of.collect::<Vec<_>>().join("\n"),
        ),
        writes: Vec::new(),
    })
}
