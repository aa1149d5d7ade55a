//! The nine types of the canonical views, and how a live column becomes one of them.
//!
//! No expression here can fail, whatever a row holds: one row with an infinite date or a `NaN` must not
//! take a whole list away. What no program of ours could hold is shown as unknown.

use crate::store::attach::catalogue::Column;

/// The type of a canonical column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Canonical {
    /// `text`: names, states, and every id.
    Text,
    /// `uuid`: a row's own id a second time, where it is one. As text it would find no index.
    Uuid,
    /// `numeric` without a scale.
    Number,
    /// `bigint`.
    Whole,
    /// `boolean`.
    YesNo,
    /// `timestamptz`.
    Time,
    /// `timestamptz` that something is to be done until: a day without a time of day holds to its end.
    Deadline,
    /// `date`.
    Date,
    /// `jsonb`.
    Json,
}

/// A live column as a canonical one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversion {
    /// The expression.
    pub sql: String,
    /// What it leaves out, as the end of a sentence about the column.
    pub but: Option<&'static str>,
}

/// Quantities and amounts lie below this, or they are none: what `rust_decimal` holds with room for the
/// sum of a hundred million of them.
const LIMIT: &str = "1000000000000000";

/// Digits behind the point that are kept; only numbers declared without a scale have more.
const SCALE: u32 = 18;

impl Canonical {
    /// Its name in SQL.
    #[must_use]
    pub fn sql(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Uuid => "uuid",
            Self::Number => "numeric",
            Self::Whole => "bigint",
            Self::YesNo => "boolean",
            Self::Time | Self::Deadline => "timestamp with time zone",
            Self::Date => "date",
            Self::Json => "jsonb",
        }
    }

    /// What a column of this type should hold, in words.
    #[must_use]
    pub fn expected(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Uuid => "a uuid",
            Self::Number => "a number",
            Self::Whole => "a whole number",
            Self::YesNo => "yes or no",
            Self::Time | Self::Deadline => "a time",
            Self::Date => "a date",
            Self::Json => "JSON",
        }
    }

    /// The live column as this type; `None` where no conversion is right for every value.
    ///
    /// `sorted`: lists are read in the order of this column. It stays bare where it has the type already,
    /// since anything around it would keep the planner from its indexes.
    #[must_use]
    pub fn convert(self, column: &Column, live: &str, sorted: bool) -> Option<Conversion> {
        match self {
            Self::Text => text(column, live),
            Self::Uuid => uuid(column, live),
            Self::Number => number(column, live),
            Self::Whole => whole(column, live),
            Self::YesNo => yes_no(column, live),
            Self::Time => time(column, live, sorted),
            Self::Deadline => deadline(column, live, sorted),
            Self::Date => date(column, live),
            Self::Json => json(column, live),
        }
    }
}

impl From<String> for Conversion {
    fn from(sql: String) -> Self {
        Self { sql, but: None }
    }
}

fn partly(sql: String, but: &'static str) -> Conversion {
    Conversion {
        sql,
        but: Some(but),
    }
}

/// Text of any length, with or without capitals that count.
pub(super) fn is_text(column: &Column) -> bool {
    matches!(column.base.as_str(), "text" | "character varying") || is_citext(column)
}

fn is_citext(column: &Column) -> bool {
    column.base == "citext" || column.base.ends_with(".citext")
}

fn is_integer(column: &Column) -> bool {
    matches!(column.base.as_str(), "smallint" | "integer" | "bigint")
}

fn text(column: &Column, live: &str) -> Option<Conversion> {
    let sql = match column.base.as_str() {
        "text" if column.declared == "text" => live.to_owned(),
        // Indexes on varchar compare as text: this cast alone does no harm.
        "text" | "character varying" | "character" | "name" | "\"char\"" | "uuid" | "cidr" => {
            format!("{live}::text")
        }
        "inet" => format!("pg_catalog.host({live})"),
        "numeric" => format!("pg_catalog.trim_scale({live})::text"),
        _ if is_integer(column) || column.enumerated || is_citext(column) => {
            format!("{live}::text")
        }
        _ => return None,
    };
    if column.recollated {
        return Some(format!("({sql} collate pg_catalog.\"default\")").into());
    }
    Some(sql.into())
}

fn uuid(column: &Column, live: &str) -> Option<Conversion> {
    let sql = match column.base.as_str() {
        "uuid" if column.declared == "uuid" => live.to_owned(),
        "uuid" => format!("{live}::uuid"),
        _ => return None,
    };
    Some(sql.into())
}

/// Digits before and behind the point, of `numeric(10,2)`.
fn digits(declared: &str) -> Option<(i32, i32)> {
    let inside = declared.strip_prefix("numeric(")?.strip_suffix(')')?;
    let (precision, scale) = inside.split_once(',')?;
    let (precision, scale): (i32, i32) = (precision.parse().ok()?, scale.parse().ok()?);
    Some((precision - scale, scale))
}

/// A text that a pattern can be held against.
fn words(column: &Column, live: &str) -> String {
    if column.recollated {
        format!("({live}::text collate pg_catalog.\"C\")")
    } else {
        format!("{live}::text")
    }
}

fn within_limit(live: &str) -> String {
    format!("{live} > -{LIMIT} and {live} < {LIMIT}")
}

fn number(column: &Column, live: &str) -> Option<Conversion> {
    let sql = match column.base.as_str() {
        "numeric" => match digits(&column.declared) {
            // Only `NaN` is no number here: an infinite one does not fit.
            Some((before, 0..=18)) if before <= 15 => format!("nullif({live}, 'NaN')"),
            _ => format!(
                "case when {} then case when pg_catalog.scale({live}) <= {SCALE} then {live} \
                 else pg_catalog.round({live}, {SCALE}) end end",
                within_limit(live)
            ),
        },
        // `NaN` is greater than everything, so it is not below the limit.
        "real" | "double precision" => {
            // Trailing zeros that rounding adds say nothing of a float.
            format!(
                "case when {} then pg_catalog.trim_scale(pg_catalog.round({live}::numeric, {SCALE})) end",
                within_limit(live)
            )
        }
        "money" => format!("{live}::numeric"),
        "bigint" => format!("case when {} then {live}::numeric end", within_limit(live)),
        _ if is_integer(column) => format!("{live}::numeric"),
        _ if is_text(column) => {
            let words = words(column, live);
            let sql = format!(
                "case when {words} ~ '^ *-?[0-9]{{1,15}}([.][0-9]{{1,18}})? *$' \
                 then {live}::text::numeric end"
            );
            return Some(partly(
                sql,
                "what is not plainly a number counts as unknown",
            ));
        }
        _ => return None,
    };
    Some(sql.into())
}

fn whole(column: &Column, live: &str) -> Option<Conversion> {
    const FRACTIONS: &str = "what is not a whole number counts as unknown";
    let guarded = |value: String| {
        partly(
            format!(
                "case when {} and {value} = pg_catalog.trunc({value}) then {value}::bigint end",
                within_limit(live)
            ),
            FRACTIONS,
        )
    };
    match column.base.as_str() {
        "bigint" if column.declared == "bigint" => Some(live.to_owned().into()),
        _ if is_integer(column) => Some(format!("{live}::bigint").into()),
        "numeric" => Some(match digits(&column.declared) {
            Some((before, 0)) if before <= 18 => format!("nullif({live}, 'NaN')::bigint").into(),
            _ => guarded(live.to_owned()),
        }),
        "real" | "double precision" => Some(guarded(live.to_owned())),
        _ if is_text(column) => Some(partly(
            format!(
                "case when {words} ~ '^ *-?[0-9]{{1,18}} *$' then {live}::text::bigint end",
                words = words(column, live)
            ),
            FRACTIONS,
        )),
        _ => None,
    }
}

fn yes_no(column: &Column, live: &str) -> Option<Conversion> {
    match column.base.as_str() {
        "boolean" if column.declared == "boolean" => Some(live.to_owned().into()),
        "boolean" => Some(format!("{live}::boolean").into()),
        _ if is_integer(column) => Some(format!("({live} <> 0)").into()),
        _ if is_text(column) || column.enumerated => Some(partly(
            format!(
                "case when pg_catalog.lower({live}::text) in ('true', 't', 'yes', 'y', '1') then true \
                 when pg_catalog.lower({live}::text) in ('false', 'f', 'no', 'n', '0') then false end"
            ),
            "what is neither yes nor no counts as unknown",
        )),
        _ => None,
    }
}

/// Moments that people live in. Postgres knows infinite ones, and years that no calendar shows.
fn within_calendar(live: &str, value: &str) -> String {
    format!("case when {live} >= '0001-01-02' and {live} < '9999-12-31' then {value} end")
}

fn time(column: &Column, live: &str, sorted: bool) -> Option<Conversion> {
    let sql = match column.base.as_str() {
        "timestamp with time zone" if sorted && column.declared.starts_with("timestamp") => {
            live.to_owned()
        }
        "timestamp with time zone" => within_calendar(live, &format!("{live}::timestamptz")),
        "timestamp without time zone" if sorted => format!("({live} at time zone 'UTC')"),
        "timestamp without time zone" => {
            within_calendar(live, &format!("({live} at time zone 'UTC')"))
        }
        "date" => within_calendar(live, &format!("({live}::timestamp at time zone 'UTC')")),
        _ => return None,
    };
    Some(sql.into())
}

/// The end of a day, as it stands in what [`Canonical::Deadline`] makes of one.
pub(super) const END_OF_DAY: &str = "23:59:59.999999";

/// A day alone is one in UTC, as every time without a zone; programs know it by its last moment
/// (`domain::invoice_days::whole_day`).
fn deadline(column: &Column, live: &str, sorted: bool) -> Option<Conversion> {
    match column.base.as_str() {
        "date" => Some(
            within_calendar(
                live,
                &format!("({live} + time '{END_OF_DAY}') at time zone 'UTC'"),
            )
            .into(),
        ),
        _ => time(column, live, sorted),
    }
}

fn date(column: &Column, live: &str) -> Option<Conversion> {
    let sql = match column.base.as_str() {
        "date" if column.declared == "date" => live.to_owned(),
        "date" | "timestamp without time zone" => format!("{live}::date"),
        "timestamp with time zone" => format!("({live} at time zone 'UTC')::date"),
        _ => return None,
    };
    Some(sql.into())
}

fn json(column: &Column, live: &str) -> Option<Conversion> {
    match column.base.as_str() {
        "jsonb" if column.declared == "jsonb" => Some(live.to_owned().into()),
        "jsonb" => Some(format!("{live}::jsonb").into()),
        // `json` keeps what `jsonb` refuses: escapes that are no characters, endless numbers. A backslash
        // that is one itself begins no escape, and two halves of a character are one.
        "json" => Some(
            format!(
                "case when pg_catalog.octet_length({live}::text) < 100000 \
                 and pg_catalog.regexp_replace(pg_catalog.replace({live}::text, '\\\\', '/'), \
                 '\\\\ud[89ab][0-9a-f]{{2}}\\\\ud[c-f][0-9a-f]{{2}}', '', 'gi') !~* '\\\\u(0000|d[89a-f])' \
                 and {live}::text !~ '(^|[:,[[:space:]])-?[0-9.]+[eE][+-]?[0-9]{{4}}' \
                 and {live}::text !~ '[.][0-9]{{200}}' \
                 then {live}::jsonb end"
            )
            .into(),
        ),
        _ => None,
    }
}
