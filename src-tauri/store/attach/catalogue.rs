//! The live catalogue: which tables a service has, with which columns of which types.

use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use sqlx::postgres::PgConnection;
use sqlx::types::Json;

use crate::statement;
use crate::store::door::{Reading, Statement};
use crate::store::failure::StoreError;

const RELATIONS: Statement = statement!("catalogue.sql");
const ELSEWHERE: Statement = statement!("catalogue_elsewhere.sql");
const API_ROLES: Statement = statement!("catalogue_api_roles.sql");
const EMPTY_PATH: Statement = statement!("catalogue_path.sql");

/// What is in `public`, and which API roles the server has.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Catalogue {
    /// Tables and views, by name.
    pub relations: Vec<Relation>,
    /// Those of anon, authenticated and `service_role` that exist.
    pub api_roles: Vec<String>,
    /// Tables and views of other schemas that may be the service's: they are named, never read.
    #[serde(default)]
    pub elsewhere: Vec<Elsewhere>,
}

/// A table or view outside `public`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow)]
pub struct Elsewhere {
    /// Its schema.
    pub schema: String,
    /// Its name.
    pub name: String,
}

/// A table or a view.
#[expect(
    clippy::struct_excessive_bools,
    reason = "the catalogue has that many independent flags"
)]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relation {
    /// Its name in `public`.
    pub name: String,
    /// `table`, `view`, `materialized view` or `foreign table`.
    pub kind: String,
    /// It is kept in parts.
    #[serde(default)]
    pub partitioned: bool,
    /// Its rows are in more than one place: it is kept in parts, or others inherit from it.
    #[serde(default)]
    pub in_parts: bool,
    /// What it is made of can be read by whom it reads as.
    #[serde(default = "yes")]
    pub opens: bool,
    /// It can be read: no materialized view without its first refresh.
    #[serde(default = "yes")]
    pub filled: bool,
    /// Row level security is on.
    pub row_security: bool,
    /// Its policies hold for whoever attaches: rows may be hidden from our views.
    #[serde(default)]
    pub rows_hidden: bool,
    /// In their order.
    pub columns: Vec<Column>,
    /// Unique keys an `on conflict` can name.
    pub unique_keys: Vec<Vec<String>>,
    /// Some trigger runs a function that looks names up in the caller's `search_path`.
    pub triggers_need_path: bool,
}

/// A column.
#[expect(
    clippy::struct_excessive_bools,
    reason = "the catalogue has that many independent flags"
)]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its type as declared, e.g. `numeric(10,2)` or `public.user_status`.
    pub declared: String,
    /// Its type without domains, length and scale, e.g. `numeric`.
    #[serde(rename = "type")]
    pub base: String,
    /// The type is an enumeration.
    pub enumerated: bool,
    /// It takes no null.
    pub not_null: bool,
    /// It fills itself when an insert leaves it out.
    pub has_default: bool,
    /// It cannot be written.
    pub generated: bool,
    /// Whoever attaches may read it.
    #[serde(default = "yes")]
    pub readable: bool,
    /// Its collation is one that other texts of this database cannot be compared in.
    #[serde(default)]
    pub recollated: bool,
    /// Its comment says that it counts cents or other minor units.
    #[serde(default)]
    pub minor_units: bool,
    /// The words it can hold, where its type or a check of its own says so; empty where any will do.
    #[serde(default)]
    pub words: Vec<String>,
}

fn yes() -> bool {
    true
}

impl Catalogue {
    /// The table or view of that name; failing that, the only one that is called so but for capitals and
    /// underscores.
    #[must_use]
    pub fn relation(&self, name: &str) -> Option<&Relation> {
        named(&self.relations, name, |relation| &relation.name)
    }

    /// Reads it, inside a transaction, whose `search_path` is empty from then on.
    pub(super) async fn read(connection: &mut PgConnection) -> Result<Self, StoreError> {
        EMPTY_PATH.command().execute(&mut *connection).await?;
        let relations = RELATIONS.rows().fetch_all(&mut *connection).await?;
        let elsewhere = ELSEWHERE.rows().fetch_all(&mut *connection).await?;
        let api_roles = API_ROLES.rows().fetch_all(connection).await?;
        Ok(Self::of(relations, api_roles, elsewhere))
    }

    /// [`Self::read`] through the door.
    pub(in crate::store) async fn look(reading: &mut Reading) -> Result<Self, StoreError> {
        let _: Vec<(String,)> = reading.all(EMPTY_PATH.rows()).await?;
        let relations = reading.all(RELATIONS.rows()).await?;
        let elsewhere = reading.all(ELSEWHERE.rows()).await?;
        let api_roles = reading.all(API_ROLES.rows()).await?;
        Ok(Self::of(relations, api_roles, elsewhere))
    }

    fn of(
        relations: Vec<RelationRow>,
        api_roles: Vec<(String,)>,
        elsewhere: Vec<Elsewhere>,
    ) -> Self {
        Self {
            relations: relations.into_iter().map(Relation::from).collect(),
            api_roles: api_roles.into_iter().map(|(name,)| name).collect(),
            elsewhere,
        }
    }
}

/// The one of that name, or the only one that differs from it in capitals and underscores alone: an ORM
/// may have made `"createdAt"` of `created_at`.
fn named<'a, T>(all: &'a [T], name: &str, of: impl Fn(&T) -> &String) -> Option<&'a T> {
    if let Some(exact) = all.iter().find(|one| of(one) == name) {
        return Some(exact);
    }
    let mut alike = all.iter().filter(|one| folded(of(one)) == folded(name));
    match (alike.next(), alike.next()) {
        (Some(only), None) => Some(only),
        // Two that differ in that alone: neither is surely the one meant.
        _ => None,
    }
}

/// A name without capitals, underscores and blanks.
pub(in crate::store) fn folded(name: &str) -> String {
    name.chars()
        .filter(|letter| !matches!(letter, '_' | '-' | ' '))
        .flat_map(char::to_lowercase)
        .collect()
}

impl Relation {
    /// The column of that name; failing that, the only one that is called so but for capitals and
    /// underscores.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Column> {
        named(&self.columns, name, |column| &column.name)
    }

    /// Whether rows can be told apart by their place. Whoever may read only some columns may not read that.
    #[must_use]
    pub fn has_places(&self) -> bool {
        matches!(self.kind.as_str(), "table" | "materialized view") && self.is_readable()
    }

    /// Whether every column may be read.
    #[must_use]
    pub fn is_readable(&self) -> bool {
        self.columns.iter().all(|column| column.readable)
    }

    /// Whether this one column identifies a row.
    #[must_use]
    pub fn is_unique(&self, column: &str) -> bool {
        self.unique_keys.iter().any(|key| key == &[column])
    }

    /// These columns, where they are all there and together identify a row.
    #[must_use]
    pub fn key_of(&self, names: &[&str]) -> Option<Vec<&Column>> {
        let columns: Vec<&Column> = names
            .iter()
            .map(|name| self.column(name))
            .collect::<Option<_>>()?;
        let is_key = self.unique_keys.iter().any(|key| {
            key.len() == columns.len() && columns.iter().all(|column| key.contains(&column.name))
        });
        is_key.then_some(columns)
    }
}

#[derive(FromRow)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the catalogue has that many independent flags"
)]
struct RelationRow {
    name: String,
    kind: String,
    partitioned: bool,
    in_parts: bool,
    opens: bool,
    filled: bool,
    row_security: bool,
    rows_hidden: bool,
    columns: Json<Vec<Column>>,
    unique_keys: Json<Vec<Vec<String>>>,
    triggers_need_path: bool,
}

impl From<RelationRow> for Relation {
    fn from(row: RelationRow) -> Self {
        Self {
            name: row.name,
            kind: row.kind,
            partitioned: row.partitioned,
            in_parts: row.in_parts,
            opens: row.opens,
            filled: row.filled,
            row_security: row.row_security,
            rows_hidden: row.rows_hidden,
            columns: row.columns.0,
            unique_keys: row.unique_keys.0,
            triggers_need_path: row.triggers_need_path,
        }
    }
}
