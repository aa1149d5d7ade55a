//! The operators of the accounts on the Usage screen. They narrow the accounts, not the figures above them.

use crate::domain::finding::vocabulary::{
    Operator, PLAN, Subject, Takes, account_status, choice, cost,
};

pub(super) const OPERATORS: &[Operator] = &[
    cost("What the account cost in the period, in USD."),
    Operator {
        name: "cpu",
        also: &["cpu_hours"],
        subject: Subject::Cpu,
        takes: Takes::Amount,
        about: "CPU hours of the account in the period.",
        values: &[
            choice(">100", "over 100 hours"),
            choice("<1", "under an hour"),
        ],
        expects: "cpu takes a number of hours, such as cpu>100, cpu<=1 or cpu:0",
        needs: &[("usage_daily", "cpu_hours")],
    },
    Operator {
        name: "gpu",
        also: &["gpu_hours"],
        subject: Subject::Gpu,
        takes: Takes::Amount,
        about: "GPU hours of the account in the period.",
        values: &[
            choice(">0", "any use of a GPU"),
            choice(">100", "over 100 hours"),
        ],
        expects: "gpu takes a number of hours, such as gpu>0, gpu<=1 or gpu:0",
        needs: &[("usage_daily", "gpu_hours")],
    },
    PLAN,
    account_status(
        "Whether the service lets the owner in. Several with commas; -status:deleted leaves out.",
    ),
];
