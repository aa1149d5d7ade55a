//! Views over canonical views, the same on every database: rules that several statements share.

/// A derived view: its name in `console` and the statement that makes it.
pub(super) struct Derived {
    pub(super) name: &'static str,
    pub(super) sql: &'static str,
}

/// In the order in which they are made.
pub(super) const DERIVED: &[Derived] = &[Derived {
    name: "open_invoices",
    sql: include_str!("derived/open_invoices.sql"),
}];
