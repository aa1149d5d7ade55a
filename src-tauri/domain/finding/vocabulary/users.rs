//! The operators of the Users list.

use crate::domain::finding::vocabulary::{
    Operator, PLAN, Subject, Takes, account_status, choice, cost, registered,
};

pub(super) const OPERATORS: &[Operator] = &[
    account_status(
        "Whether the service lets somebody in. Several with commas; -status:deleted leaves out.",
    ),
    PLAN,
    Operator {
        name: "role",
        also: &[],
        subject: Subject::Role,
        takes: Takes::Either,
        about: "The place in a team.",
        values: &[
            choice(":owner", "is billed, with or without members"),
            choice(":member", "is billed to an owner"),
        ],
        expects: "role: takes owner or member",
        needs: &[("users", "account_owner_id")],
    },
    Operator {
        name: "cluster",
        also: &[],
        subject: Subject::Cluster,
        takes: Takes::Cluster,
        about: "A seat on this cluster: its name, a part of it, its region or its id. Of several that fit, on any.",
        values: &[],
        expects: "cluster: takes the name of a cluster",
        needs: &[("cluster_assignments", "cluster_id")],
    },
    Operator {
        name: "team",
        also: &[],
        subject: Subject::Team,
        takes: Takes::Account,
        about: "An owner and everybody in the team: the owner's e-mail or id, or the company in quotes.",
        values: &[],
        expects: "team: takes the owner's e-mail or id, or the company",
        needs: &[("users", "account_owner_id")],
    },
    Operator {
        name: "trouble",
        also: &["concern"],
        subject: Subject::Trouble,
        takes: Takes::OneOf,
        about: "What the Overview's attention list counts.",
        values: &[
            choice(":no_seat", "active, but on no cluster")
                .needing(&[("cluster_assignments", "cluster_id")]),
            choice(":credits_low", "out of credits within a week")
                .needing(&[("user_credits", "total_purchased")]),
            choice(":invoice_overdue", "an invoice past its due date")
                .needing(&[("invoices", "status")]),
            choice(":invite_expired", "an invite that expired unanswered")
                .needing(&[("team_invites", "account_owner_id")]),
        ],
        expects: "trouble: takes no_seat, credits_low, invoice_overdue or invite_expired",
        needs: &[],
    },
    Operator {
        name: "credits",
        also: &["credit"],
        subject: Subject::Trouble,
        takes: Takes::OneOf,
        about: "The same as trouble:credits_low.",
        values: &[choice(":low", "out of credits within a week").meaning("credits_low")],
        expects: "credits: takes low",
        needs: &[("user_credits", "total_purchased")],
    },
    cost("The person's own cost of this month so far, in USD."),
    Operator {
        name: "last_login",
        also: &["seen", "lastlogin"],
        subject: Subject::LastLogin,
        takes: Takes::Ago { never: true },
        about: "Seen last. <30d: less than 30 days ago. >30d: longer ago, without those never seen. \
                Also a day or a month, in UTC: >=2026-10-01, :2026-10.",
        values: &[
            choice("<7d", "seen less than 7 days ago"),
            choice("<30d", "seen less than 30 days ago"),
            choice(">90d", "seen, but more than 90 days ago"),
            choice(":never", "never seen"),
        ],
        expects: "last_login takes an age (<30d, >12w), a day (>2026-10-01), a month (:2026-10) or :never",
        needs: &[("users", "last_login_at")],
    },
    registered(
        "Registered. <30d: less than 30 days ago. Also a day or a month, in UTC: >=2026-01-01, :2026-10.",
    ),
];
