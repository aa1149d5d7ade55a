//! Views over canonical views, the same on every database: rules that several statements share.

/// A derived view: its name in `console` and the statement that makes it.
pub(super) struct Derived {
    pub(super) name: &'static str,
    pub(super) sql: &'static str,
}

/// In the order in which they are made.
pub(super) const DERIVED: &[Derived] = &[
    Derived {
        name: "recorded_invoices",
        sql: include_str!("derived/recorded_invoices.sql"),
    },
    Derived {
        name: "billed_invoices",
        sql: include_str!("derived/billed_invoices.sql"),
    },
    Derived {
        name: "billed_charges",
        sql: include_str!("derived/billed_charges.sql"),
    },
    Derived {
        name: "billed_subscriptions",
        sql: include_str!("derived/billed_subscriptions.sql"),
    },
    Derived {
        name: "billed_mirror",
        sql: include_str!("derived/billed_mirror.sql"),
    },
    Derived {
        name: "open_invoices",
        sql: include_str!("derived/open_invoices.sql"),
    },
    Derived {
        name: "billed",
        sql: include_str!("derived/billed.sql"),
    },
];
