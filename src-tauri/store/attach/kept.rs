//! Functions that read a page: their plans stay with the server's session, however it was come by.
//!
//! Through a pooler every statement of ours is unnamed and planned at each call, and for a page that shows
//! many things of each row that takes longer than to read them. What a function of PL/pgSQL asks is planned
//! once a session. They are called with the rights of whoever calls, change nothing, and are the same on
//! every database: they name the canonical views only when they run.

/// A function that is made as it stands.
pub(super) struct Kept {
    pub(super) name: &'static str,
    /// Its argument types, as `drop function` wants them.
    pub(super) arguments: &'static str,
    pub(super) sql: &'static str,
}

/// All of them.
pub(super) const KEPT: &[Kept] = &[
    Kept {
        name: "list_users",
        arguments: "text, text, text[], text[], text, text[], text, text, boolean, boolean, \
             timestamptz, text, numeric, text, bigint, date, timestamptz, numrange, numrange, \
             timestamptz, timestamptz, boolean, timestamptz, timestamptz, text",
        sql: include_str!("kept/list_users.sql"),
    },
    Kept {
        name: "list_teams",
        arguments: "text, text, text, text, boolean, boolean, numeric, text, timestamptz, text, bigint, date, date, \
             text[], text[], bigint, bigint, numrange, numrange, timestamptz, timestamptz",
        sql: include_str!("kept/list_teams.sql"),
    },
    Kept {
        name: "list_credits",
        arguments: "text, text, boolean, boolean, boolean, text, boolean, boolean, numeric, date, \
             text, timestamptz, text, bigint, boolean, text[], text[], numrange, numrange, numrange, \
             numrange, numrange, numrange, date, date, boolean, timestamptz, timestamptz, boolean",
        sql: include_str!("kept/list_credits.sql"),
    },
    Kept {
        name: "list_invoices",
        arguments: "text, text, text[], text[], text[], text, date, text, timestamptz, text, \
             boolean, boolean, timestamptz, numeric, text, text, bigint, text, numrange, numrange, \
             timestamptz, timestamptz, timestamptz, timestamptz",
        sql: include_str!("kept/list_invoices.sql"),
    },
    Kept {
        name: "list_accounts",
        arguments: "date, text, text, text, text, boolean, boolean, numeric, text, bigint, date, date, text[], text[], \
             numrange, numrange, numrange, numrange, numrange, numrange",
        sql: include_str!("kept/list_accounts.sql"),
    },
    Kept {
        name: "show_user",
        arguments: "text, date, date, timestamptz",
        sql: include_str!("kept/show_user.sql"),
    },
    Kept {
        name: "found_standing",
        arguments: "text, text, timestamptz",
        sql: include_str!("kept/found_standing.sql"),
    },
    Kept {
        name: "named",
        arguments: "text, text, text, text, text, text, text, bigint",
        sql: include_str!("kept/named.sql"),
    },
    Kept {
        name: "find_named",
        arguments: "text, text, text, text, text, text, text, bigint, timestamptz",
        sql: include_str!("kept/find_named.sql"),
    },
    Kept {
        name: "search",
        arguments: "text, text, text, text, bigint, bigint, text, text, text, timestamptz",
        sql: include_str!("kept/search.sql"),
    },
];
