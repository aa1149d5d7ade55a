//! Some rows of a longer list, as a panel shows it.

use crate::domain::browse::{Count, Cursor};

/// Where in a list to read, and how far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// After this row; `None` for the first rows.
    pub after: Option<Cursor>,
    /// How many rows.
    pub limit: u16,
}

/// Rows in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slice<T> {
    /// In order.
    pub rows: Vec<T>,
    /// Where the next ones begin; `None` after the last.
    pub next: Option<Cursor>,
    /// How many there are in all; with the first rows only.
    pub count: Option<Count>,
}

impl<T> Slice<T> {
    /// Cuts what was read at `limit`: one row more than that says that there are more. `cursor` says where
    /// the rows after a row begin.
    #[must_use]
    pub fn cut(
        mut rows: Vec<T>,
        limit: u16,
        count: Option<Count>,
        cursor: impl Fn(&T) -> Cursor,
    ) -> Self {
        let limit = usize::from(limit);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| more).map(cursor);
        Self { rows, next, count }
    }

    /// The same rows as something else.
    #[must_use]
    pub fn map<U>(self, into: impl FnMut(T) -> U) -> Slice<U> {
        Slice {
            rows: self.rows.into_iter().map(into).collect(),
            next: self.next,
            count: self.count,
        }
    }

    /// The same rows as something else, or the first reason why one of them cannot be.
    ///
    /// # Errors
    /// What `into` says.
    pub fn try_map<U, E>(self, into: impl FnMut(T) -> Result<U, E>) -> Result<Slice<U>, E> {
        Ok(Slice {
            rows: self.rows.into_iter().map(into).collect::<Result<_, _>>()?,
            next: self.next,
            count: self.count,
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::browse::CursorKey;

    use super::*;

    fn cut(rows: Vec<u8>) -> Slice<u8> {
        Slice::cut(rows, 2, None, |row| Cursor {
            key: CursorKey::Null,
            id: row.to_string(),
        })
    }

    #[test]
    fn one_row_too_many_says_that_there_are_more() {
        let slice = cut(vec![1, 2, 3]);
        assert_eq!(slice.rows, [1, 2]);
        assert_eq!(slice.next.map(|next| next.id).as_deref(), Some("2"));
    }

    #[test]
    fn a_list_that_just_fits_has_no_next_rows() {
        assert_eq!(cut(vec![1, 2]).next, None);
        assert_eq!(cut(Vec::new()).next, None);
    }
}
