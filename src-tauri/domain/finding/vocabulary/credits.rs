//! The operators of the Credits list.

use crate::domain::finding::vocabulary::{
    Needs, Operator, PLAN, Subject, Takes, account_status, choice,
};

const CREDITS: Needs = &[("user_credits", "total_purchased")];

pub(super) const OPERATORS: &[Operator] = &[
    Operator {
        name: "credits",
        also: &["credit"],
        subject: Subject::Credits,
        takes: Takes::OneOf,
        about: "How an account stands.",
        values: &[
            choice(":low", "out within a week, or out; prepaid accounts"),
            choice(":out", "nothing left"),
            choice(":negative", "below zero"),
        ],
        expects: "credits: takes low, out or negative",
        needs: CREDITS,
    },
    Operator {
        name: "balance",
        also: &["left"],
        subject: Subject::Balance,
        takes: Takes::Amount,
        about: "Credits left, paid and free together, in USD.",
        values: &[
            choice("<10", "under $10 left"),
            choice(">1000", "over $1,000 left"),
        ],
        expects: "balance takes an amount in USD, such as balance<10, balance>=-50 or balance:0",
        needs: CREDITS,
    },
    Operator {
        name: "paid",
        also: &[],
        subject: Subject::Paid,
        takes: Takes::Amount,
        about: "Paid credits left, in USD; below zero for an account that is overdrawn.",
        values: &[
            choice(">0", "some paid credits left"),
            choice("<10", "under $10 of them"),
        ],
        expects: "paid takes an amount in USD, such as paid>0, paid<=10 or paid:50",
        needs: CREDITS,
    },
    Operator {
        name: "free",
        also: &[],
        subject: Subject::Free,
        takes: Takes::Amount,
        about: "Free credits left, in USD.",
        values: &[
            choice(">0", "some free credits left"),
            choice("<5", "under $5 of them"),
        ],
        expects: "free takes an amount in USD, such as free>0, free<=5 or free:10",
        needs: &[("user_credits", "free_credits_granted")],
    },
    Operator {
        name: "runs_out",
        also: &["runsout", "lasts"],
        subject: Subject::RunsOut,
        takes: Takes::Ahead {
            from_now: false,
            never: true,
        },
        about: "When what is left is gone at the present pace. <30d: within 30 days. :never: not within two years. \
                Also a day or a month: <2026-12-24, :2026-12. Whom nothing is left to, credits:out finds.",
        values: &[
            choice("<7d", "within 7 days"),
            choice("<30d", "within 30 days"),
            choice(">90d", "lasts longer than 90 days"),
            choice(":never", "does not run out"),
        ],
        expects: "runs_out takes how far off it is (<30d, >12w), a day (<2026-12-24), a month (:2026-12) or :never",
        needs: &[("usage_daily", "total_cost")],
    },
    Operator {
        name: "bought",
        also: &["last_purchase"],
        subject: Subject::Bought,
        takes: Takes::Ago { never: true },
        about: "Credits bought last. <30d: less than 30 days ago. Also a day or a month, in UTC: >=2026-10-01, :2026-10.",
        values: &[
            choice("<30d", "less than 30 days ago"),
            choice(">90d", "more than 90 days ago"),
            choice(":never", "never bought any"),
        ],
        expects: "bought takes an age (<30d, >12w), a day (>2026-10-01), a month (:2026-10) or :never",
        needs: &[("user_credits", "last_purchase_at")],
    },
    PLAN,
    account_status(
        "Whether the service lets the account in. Several with commas; -status:deleted leaves out.",
    ),
];
