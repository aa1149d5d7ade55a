//! The operators of the Teams list.

use crate::domain::finding::vocabulary::{
    Operator, PLAN, Subject, Takes, account_status, choice, cost, registered,
};

pub(super) const OPERATORS: &[Operator] = &[
    account_status(
        "Whether the service lets the owner in. Several with commas; -status:deleted leaves out.",
    ),
    PLAN,
    Operator {
        name: "members",
        also: &[],
        subject: Subject::Members,
        takes: Takes::Count,
        about: "Members besides the owner, without deleted ones.",
        values: &[
            choice(">3", "more than 3 members"),
            choice(">=10", "10 members or more"),
            choice(":0", "nobody but the owner"),
        ],
        expects: "members takes a number, such as members>3, members<=10 or members:0",
        needs: &[("users", "account_owner_id")],
    },
    Operator {
        name: "invite",
        also: &["invites"],
        subject: Subject::Trouble,
        takes: Takes::OneOf,
        about: "An invite that nobody took up. One of these and of trouble: at a time.",
        values: &[
            choice(":pending", "waits for its answer").meaning("pending_invites"),
            choice(":expired", "was not answered in time").meaning("expired_invites"),
        ],
        expects: "invite: takes pending or expired",
        needs: &[("team_invites", "account_owner_id")],
    },
    Operator {
        name: "trouble",
        also: &["with"],
        subject: Subject::Trouble,
        takes: Takes::OneOf,
        about: "What the filter With offers.",
        values: &[
            choice(":suspended_members", "some member is locked out")
                .needing(&[("users", "account_owner_id")]),
            choice(":owner_out", "members work while the owner may not")
                .needing(&[("users", "account_owner_id")]),
            choice(":pending_invites", "the same as invite:pending")
                .needing(&[("team_invites", "account_owner_id")]),
            choice(":expired_invites", "the same as invite:expired")
                .needing(&[("team_invites", "account_owner_id")]),
        ],
        expects: "trouble: takes suspended_members, owner_out, pending_invites or expired_invites",
        needs: &[],
    },
    cost("What the whole team cost this month so far, in USD."),
    registered(
        "When the owner registered. <30d: less than 30 days ago. Also a day or a month, in UTC: >=2026-01-01, :2026-10.",
    ),
];
