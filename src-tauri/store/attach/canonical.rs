//! The seven types of the canonical views, and how a live column becomes one of them.

use crate::store::attach::catalogue::Column;

/// The type of a canonical column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Canonical {
    /// `text`: names, states, and every id.
    Text,
    /// `numeric` without a scale.
    Number,
    /// `bigint`.
    Whole,
    /// `boolean`.
    YesNo,
    /// `timestamptz`.
    Time,
    /// `date`.
    Date,
    /// `jsonb`.
    Json,
}

impl Canonical {
    /// Its name in SQL.
    #[must_use]
    pub fn sql(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "numeric",
            Self::Whole => "bigint",
            Self::YesNo => "boolean",
            Self::Time => "timestamp with time zone",
            Self::Date => "date",
            Self::Json => "jsonb",
        }
    }

    /// What a column of this type should hold, in words.
    #[must_use]
    pub fn expected(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "a number",
            Self::Whole => "a whole number",
            Self::YesNo => "yes or no",
            Self::Time => "a time",
            Self::Date => "a date",
            Self::Json => "JSON",
        }
    }

    /// The live column as this type; `None` where no conversion is right for every value.
    ///
    /// A column that has the type already stays bare: a cast would keep the planner from its indexes.
    #[must_use]
    pub fn convert(self, column: &Column, live: &str) -> Option<String> {
        let base = column.base.as_str();
        let whole = matches!(base, "smallint" | "integer" | "bigint");
        let cast = |to: &str| Some(format!("{live}::{to}"));
        match self {
            Self::Text => match base {
                "text" if column.declared == "text" => Some(live.to_owned()),
                // Indexes on varchar compare as text: this cast alone does no harm.
                "text" | "character varying" | "character" | "name" | "uuid" | "cidr" => {
                    cast("text")
                }
                "inet" => Some(format!("pg_catalog.host({live})")),
                _ if whole || column.enumerated || base.ends_with("citext") => cast("text"),
                _ => None,
            },
            Self::Number => match base {
                "numeric" if column.declared == "numeric" => Some(live.to_owned()),
                "numeric" | "money" => cast("numeric"),
                // Floats know values that no amount has.
                "real" | "double precision" => Some(format!(
                    "case when {live} in ('NaN', 'Infinity', '-Infinity') then null else {live}::numeric end"
                )),
                _ if whole => cast("numeric"),
                _ => None,
            },
            Self::Whole => match base {
                "bigint" if column.declared == "bigint" => Some(live.to_owned()),
                _ if whole => cast("bigint"),
                _ => None,
            },
            Self::YesNo => match base {
                "boolean" if column.declared == "boolean" => Some(live.to_owned()),
                "boolean" => cast("boolean"),
                _ => None,
            },
            Self::Time => match base {
                "timestamp with time zone" if column.declared == base => Some(live.to_owned()),
                "timestamp with time zone" => cast("timestamp with time zone"),
                "timestamp without time zone" => Some(format!("({live} at time zone 'UTC')")),
                "date" => Some(format!("({live}::timestamp at time zone 'UTC')")),
                _ => None,
            },
            Self::Date => match base {
                "date" if column.declared == "date" => Some(live.to_owned()),
                "date" | "timestamp without time zone" => cast("date"),
                "timestamp with time zone" => Some(format!("({live} at time zone 'UTC')::date")),
                _ => None,
            },
            Self::Json => match base {
                "jsonb" if column.declared == "jsonb" => Some(live.to_owned()),
                "jsonb" | "json" => cast("jsonb"),
                _ => None,
            },
        }
    }
}
