//! The function through which a registration becomes a user, written for the columns a database has.

use crate::store::attach::canonical::{Canonical, is_text};
use crate::store::attach::catalogue::{Catalogue, Column, Relation, folded};
use crate::store::attach::ddl::{Function, everybody, literal, quoted};
use crate::store::attach::writing::column::spelling;

/// Name of the function.
const NAME: &str = "upsert_registered_user";

/// Its arguments.
const ARGUMENTS: &str = "text, text, text, text, text, timestamp with time zone";

/// What a registration knows about a user, and what it may fill in. The table's other columns are not
/// its business: a login sync writes those, and it may have been faster.
struct Known {
    column: &'static str,
    /// The variable or expression.
    value: &'static str,
    canonical: Canonical,
    /// Instead of a null where the column takes none.
    otherwise: Option<&'static str>,
    merge: Merge,
}

/// What happens to the column of a user who is there already.
enum Merge {
    /// Filled when it is null.
    Fill,
    /// The earlier time wins.
    Earlier,
}

const KNOWN: &[Known] = &[
    Known {
        column: "name",
        value: "p_name",
        canonical: Canonical::Text,
        otherwise: Some("p_email"),
        merge: Merge::Fill,
    },
    Known {
        column: "registration_source",
        value: "p_source",
        canonical: Canonical::Text,
        otherwise: Some("'unknown'"),
        merge: Merge::Fill,
    },
    Known {
        column: "registration_ip",
        value: "address",
        canonical: Canonical::Text,
        otherwise: None,
        merge: Merge::Fill,
    },
    Known {
        column: "created_at",
        value: "p_created_at",
        canonical: Canonical::Time,
        otherwise: Some("pg_catalog.now()"),
        merge: Merge::Earlier,
    },
];

/// What a column that takes no null and has no default is given: what a registration means for it.
const IMPLIED: &[(&str, Canonical, &str)] = &[
    ("status", Canonical::Text, "'active'"),
    ("is_admin", Canonical::YesNo, "false"),
    ("login_count", Canonical::Whole, "0"),
    ("marketing_consent", Canonical::YesNo, "false"),
    ("updated_at", Canonical::Time, "pg_catalog.now()"),
    ("feature_flags", Canonical::Json, "'{}'"),
    ("metadata", Canonical::Json, "'{}'"),
];

/// The function, or why it cannot be.
pub(super) fn function(catalogue: &Catalogue) -> (Function, Vec<String>) {
    let (statements, reason) = match catalogue.relation("users").map(body) {
        Some(Ok(sql)) => {
            let revoke = format!(
                "revoke all on function console.{NAME}({ARGUMENTS})\nfrom {};",
                everybody(catalogue)
            );
            (vec![sql, comment(), revoke], None)
        }
        Some(Err(reason)) => (Vec::new(), Some(reason)),
        None => (
            Vec::new(),
            Some("this database has no table users".to_owned()),
        ),
    };
    let function = Function {
        name: NAME.into(),
        arguments: ARGUMENTS,
        reason,
        writes: Vec::new(),
    };
    (function, statements)
}

fn comment() -> String {
    format!(
        "comment on function console.{NAME}({ARGUMENTS}) is\n  'Internal: makes or completes the user \
         of a registration. Answers inserted, updated, unchanged or email_taken.';"
    )
}

fn body(users: &Relation) -> Result<String, String> {
    if users.kind != "table" {
        return Err(format!("users is a {}; a table was expected", users.kind));
    }
    let key = |key: &str| {
        let column = users
            .column(key)
            .ok_or_else(|| format!("the table users has no column {key}"))?;
        if is_text(column) {
            Ok(column)
        } else {
            Err(format!(
                "users.{key} is {}; text was expected",
                column.declared
            ))
        }
    };
    let (id, email) = (key("id")?, key("email")?);
    if !users.is_unique(&id.name) {
        return Err(
            "users.id has no unique key of its own, so a registration cannot be told from a \
                    copy of itself"
                .to_owned(),
        );
    }
    let known = known(users)?;
    let mut full = Insert::new(id, email);
    for (known, column, value) in &known {
        let value = match known.otherwise {
            // A null would keep the column's default away.
            Some(otherwise) if column.not_null || column.has_default => {
                format!("coalesce({value}, {})", cast(column, otherwise))
            }
            _ => value.clone(),
        };
        full.add(column, value);
    }
    let mut least = Insert::new(id, email);
    for column in &users.columns {
        let covered = column.name == id.name || column.name == email.name;
        if covered || !column.not_null || column.has_default || column.generated {
            continue;
        }
        if let Some(value) = full.value_of(column) {
            least.add(column, value);
            continue;
        }
        let implied = IMPLIED.iter().find(|(name, canonical, _)| {
            folded(&column.name) == folded(name) && fits(*canonical, column)
        });
        let (_, _, value) = implied.ok_or_else(|| {
            format!(
                "users.{} takes no null and has no default, and a registration does not say what to \
                 put there",
                column.name
            )
        })?;
        let spelled = match spelling(column, value.trim_matches('\'')) {
            Some(theirs) => Some(literal(theirs)),
            None if is_text(column) && column.words.is_empty() => {
                Some(as_rows_have_it(users, column, value))
            }
            None => None,
        };
        let value = spelled.as_deref().unwrap_or(value);
        full.add(column, cast(column, value));
        least.add(column, cast(column, value));
    }
    Ok(text(users, &known, &full, &least))
}

/// A word of ours in the capitals that the rows which are there have theirs in: the service may keep its words where no
/// database sees them.
fn as_rows_have_it(users: &Relation, column: &Column, word: &str) -> String {
    let (name, table) = (quoted(&column.name), quoted(&users.name));
    format!(
        "(select case when l.word = pg_catalog.lower(l.word) then {word} \
         when l.word = pg_catalog.upper(l.word) then pg_catalog.upper({word}) \
         when l.word = pg_catalog.initcap(l.word) then pg_catalog.initcap({word}) else {word} end \
         from (select (select s.{name}::text from public.{table} as s where s.{name} is not null limit 1) \
         collate pg_catalog.\"C\") as l (word))"
    )
}

/// What a new row is given.
struct Insert {
    columns: Vec<String>,
    values: Vec<String>,
}

impl Insert {
    fn new(id: &Column, email: &Column) -> Self {
        Self {
            columns: vec![quoted(&id.name), quoted(&email.name)],
            values: vec!["p_id".to_owned(), "p_email".to_owned()],
        }
    }

    fn add(&mut self, column: &Column, value: String) {
        self.columns.push(quoted(&column.name));
        self.values.push(value);
    }

    fn value_of(&self, column: &Column) -> Option<String> {
        let name = quoted(&column.name);
        let place = self.columns.iter().position(|one| *one == name)?;
        self.values.get(place).cloned()
    }

    /// The statement, without what follows `on conflict`.
    fn sql(&self, table: &str, indent: &str) -> String {
        format!(
            "insert into {table} ({})\n{indent}values ({})\n{indent}on conflict ({}) do nothing;",
            self.columns.join(", "),
            self.values.join(", "),
            self.columns[0],
        )
    }
}

/// The columns a registration can fill, each with its value in the live type.
fn known(users: &Relation) -> Result<Vec<(&'static Known, &Column, String)>, String> {
    let mut found = Vec::new();
    for known in KNOWN {
        let Some(column) = users.column(known.column) else {
            continue;
        };
        let fits = match known.column {
            "registration_ip" => column.base == "inet" || is_text(column),
            _ => fits(known.canonical, column),
        };
        if column.generated || !fits {
            continue;
        }
        if column.not_null && known.otherwise.is_none() {
            // Better the column's default than a user who is missing.
            if column.has_default {
                continue;
            }
            return Err(format!(
                "users.{} takes no null, and not every registration says what to put there",
                known.column
            ));
        }
        found.push((known, column, cast(column, known.value)));
    }
    Ok(found)
}

fn fits(canonical: Canonical, column: &Column) -> bool {
    let base = column.base.as_str();
    match canonical {
        Canonical::Text => is_text(column) || column.enumerated,
        Canonical::Number => matches!(base, "numeric" | "real" | "double precision"),
        Canonical::Whole => matches!(base, "smallint" | "integer" | "bigint" | "numeric"),
        Canonical::YesNo => base == "boolean",
        Canonical::Time | Canonical::Deadline => base.starts_with("timestamp"),
        Canonical::Date => base == "date",
        Canonical::Json => matches!(base, "json" | "jsonb"),
        Canonical::Uuid => base == "uuid",
    }
}

/// The value in the type of the column. A longer text is cut to the column's length.
fn cast(column: &Column, value: &str) -> String {
    match (column.base.as_str(), value) {
        ("inet", "address") => value.to_owned(),
        // As text an address would carry its mask.
        (_, "address") if column.declared == "text" => format!("pg_catalog.host({value})"),
        (_, "address") => format!("pg_catalog.host({value})::{}", column.declared),
        ("timestamp without time zone", _) => format!("({value} at time zone 'UTC')"),
        ("timestamp with time zone", _) => value.to_owned(),
        ("text", _) if column.declared == "text" => value.to_owned(),
        _ => format!("{value}::{}", column.declared),
    }
}

/// What a column of the service's may say to a value of ours: such a value is left out rather than the user.
const REFUSALS: &str =
    "check_violation or invalid_text_representation or string_data_right_truncation";

fn text(
    users: &Relation,
    known: &[(&Known, &Column, String)],
    full: &Insert,
    least: &Insert,
) -> String {
    let table = format!("public.{}", quoted(&users.name));
    let (id, email) = (&full.columns[0], &full.columns[1]);
    let complete = complete(known, &table, id);
    let (declare, address) = if known.iter().any(|(known, ..)| known.value == "address") {
        (
            "  address inet;\n",
            "  begin\n    address := p_ip::inet;\n  exception\n    -- An address nobody can read is no \
             reason to lose the user.\n    when invalid_text_representation then null;\n  end;\n\n",
        )
    } else {
        ("", "")
    };
    // Triggers of the service run inside: those that look names up need the path they are used to.
    let path = if users.triggers_need_path {
        "pg_catalog, public, pg_temp"
    } else {
        "''"
    };
    format!(
        "create function console.{NAME}(
  p_id text, p_email text, p_name text, p_ip text, p_source text, p_created_at timestamp with time zone
) returns text
language plpgsql
security definer
set search_path = {path}
as $function$
declare
{declare}begin
{address}  -- One address at a time: of two identities with the same one, the second must see the first.
  perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended(pg_catalog.lower(p_email), 0));

  if not exists (select from {table} as u where u.{id} = p_id) then
    if exists (
      select from {table} as u
      -- Not this very user, whom a login sync may have made since the question above.
      where pg_catalog.lower(u.{email}::text) = pg_catalog.lower(p_email) and u.{id} <> p_id
    ) then
      return 'email_taken';
    end if;
    begin
      begin
        {insert}
      exception
        when {REFUSALS} then
          -- A rule of the table refuses what a registration knows: the user matters more.
          {least}
      end;
      if found then
        return 'inserted';
      end if;
    exception
      when unique_violation then
        -- The service's own programs take no lock of ours: one of them was faster.
        if exists (
          select from {table} as u
          where pg_catalog.lower(u.{email}::text) = pg_catalog.lower(p_email) and u.{id} <> p_id
        ) then
          return 'email_taken';
        end if;
        raise;
    end;
  end if;

{complete}  return 'unchanged';
end
$function$;",
        insert = full.sql(&table, "        "),
        least = least.sql(&table, "          "),
    )
}

/// Fills in what a user who is there already lacks.
fn complete(known: &[(&Known, &Column, String)], table: &str, id: &str) -> String {
    let mut sets = Vec::new();
    let mut news = Vec::new();
    for (known, column, value) in known {
        let column = quoted(&column.name);
        match known.merge {
            Merge::Fill => {
                sets.push(format!("{column} = coalesce(u.{column}, {value})"));
                news.push(format!("(u.{column} is null and {value} is not null)"));
            }
            Merge::Earlier => {
                // `least` passes over nulls.
                sets.push(format!("{column} = least(u.{column}, {value})"));
                news.push(format!(
                    "({value} is not null and (u.{column} is null or u.{column} > {value}))"
                ));
            }
        }
    }
    if sets.is_empty() {
        return "  -- The table has no column that a registration could complete.\n".to_owned();
    }
    format!(
        "  begin
    update {table} as u
    set
      {}
    where
      u.{id} = p_id
      and (
        {}
      );
    if found then
      return 'updated';
    end if;
  exception
    -- As above: a rule of the table refuses it, and the user is there.
    when {REFUSALS} then null;
  end;
",
        sets.join(",\n      "),
        news.join("\n        or ")
    )
}
