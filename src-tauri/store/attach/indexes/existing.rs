//! The indexes a database has, and how large its tables are.

use std::collections::BTreeMap;

use serde::Deserialize;
use sqlx::FromRow;
use sqlx::postgres::PgConnection;
use sqlx::types::Json;

use crate::statement;
use crate::store::attach::indexes::wanted::Method;
use crate::store::door::{Reading, Statement};
use crate::store::failure::StoreError;

const INDEXES: Statement = statement!("indexes.sql");
const SIZES: Statement = statement!("relation_sizes.sql");
const TRIGRAM: Statement = statement!("extension_trigram.sql");

/// What there is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Existing {
    /// Indexes on tables of `public`.
    pub indexes: Vec<Index>,
    /// Tables and views of `public`.
    pub sizes: Vec<Size>,
    /// The extension that finds fragments.
    pub trigram: Trigram,
}

/// An index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Index {
    /// Its table.
    pub table_name: String,
    /// Its name.
    pub name: String,
    /// `btree`, `gin`, `brin`, …
    pub method: String,
    /// False while it is being made, and for good when that was broken off.
    pub valid: bool,
    /// Which rows it holds, when not all.
    pub predicate: Option<String>,
    /// What it takes on disk.
    pub bytes: i64,
    /// In their order.
    pub keys: Vec<IndexKey>,
}

/// A key of an index.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct IndexKey {
    /// Column or expression, as Postgres writes it.
    pub sql: String,
    /// The largest first.
    pub backward: bool,
    /// Nulls before everything else.
    pub nulls_first: bool,
    /// Name of the operator class.
    pub operators: String,
}

/// How large a table is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Size {
    /// Its name.
    pub name: String,
    /// As the planner reckons; `None` before statistics were gathered, and for views.
    pub rows: Option<i64>,
    /// With its indexes; `None` for views.
    pub bytes: Option<i64>,
    /// Mean width of each column in bytes, where it is known.
    pub widths: BTreeMap<String, i64>,
}

/// Whether fragments can be indexed.
#[derive(Debug, Clone, PartialEq, Eq, Default, FromRow)]
pub struct Trigram {
    /// Its schema, where it is installed.
    pub installed_in: Option<String>,
    /// It could be installed.
    pub available: bool,
    /// Supabase's schema for extensions is there.
    pub has_extensions_schema: bool,
}

/// Bytes that an entry of a tree takes besides its keys: header, pointer, and what pages leave free.
const ENTRY: i64 = 18;
/// An id or a name, where no statistics say better.
const USUAL_WIDTH: i64 = 24;

impl Existing {
    /// How large that table is.
    #[must_use]
    pub fn size(&self, table: &str) -> Option<&Size> {
        self.sizes.iter().find(|size| size.name == table)
    }

    /// Reads it, inside a transaction with an empty `search_path`.
    pub(in crate::store) async fn read(connection: &mut PgConnection) -> Result<Self, StoreError> {
        let indexes: Vec<IndexRow> = INDEXES.rows().fetch_all(&mut *connection).await?;
        let sizes: Vec<SizeRow> = SIZES.rows().fetch_all(&mut *connection).await?;
        let trigram = TRIGRAM.rows().fetch_one(connection).await?;
        Ok(Self::of(indexes, sizes, trigram))
    }

    /// [`Self::read`] through the door, with an empty `search_path`.
    pub(in crate::store) async fn look(reading: &mut Reading) -> Result<Self, StoreError> {
        let indexes: Vec<IndexRow> = reading.all(INDEXES.rows()).await?;
        let sizes: Vec<SizeRow> = reading.all(SIZES.rows()).await?;
        let trigram = reading.one(TRIGRAM.rows()).await?;
        Ok(Self::of(indexes, sizes, trigram))
    }

    fn of(indexes: Vec<IndexRow>, sizes: Vec<SizeRow>, trigram: Trigram) -> Self {
        Self {
            indexes: indexes.into_iter().map(Index::from).collect(),
            sizes: sizes.into_iter().map(Size::from).collect(),
            trigram,
        }
    }
}

impl Size {
    /// What an index on these columns would take; `None` where the number of rows is not known.
    pub(super) fn estimate<'c>(
        &self,
        method: Method,
        columns: impl Iterator<Item = &'c String>,
    ) -> Option<i64> {
        let rows = self.rows?;
        let width: i64 = columns
            .map(|column| self.widths.get(column).copied().unwrap_or(USUAL_WIDTH))
            .sum();
        Some(match method {
            Method::Ordered => (width + ENTRY) * rows,
            // About as many trigrams as letters, each a few bytes in a compressed list.
            Method::Inverted => width * 3 * rows,
            Method::Blocks => 131_072.max(rows / 1_000),
        })
    }
}

#[derive(FromRow)]
struct IndexRow {
    table_name: String,
    name: String,
    method: String,
    valid: bool,
    predicate: Option<String>,
    bytes: i64,
    keys: Json<Vec<IndexKey>>,
}

impl From<IndexRow> for Index {
    fn from(row: IndexRow) -> Self {
        Self {
            table_name: row.table_name,
            name: row.name,
            method: row.method,
            valid: row.valid,
            predicate: row.predicate,
            bytes: row.bytes,
            keys: row.keys.0,
        }
    }
}

#[derive(FromRow)]
struct SizeRow {
    name: String,
    rows: Option<i64>,
    bytes: Option<i64>,
    widths: Json<BTreeMap<String, i64>>,
}

impl From<SizeRow> for Size {
    fn from(row: SizeRow) -> Self {
        Self {
            name: row.name,
            rows: row.rows,
            bytes: row.bytes,
            widths: row.widths.0,
        }
    }
}
