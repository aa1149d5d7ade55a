//! The operators of the Clusters list.

use crate::domain::finding::vocabulary::{Needs, Operator, Subject, Takes, choice};

const SEATS: Needs = &[("cluster_assignments", "cluster_id")];
const LIMITED_SEATS: Needs = &[
    ("cluster_assignments", "cluster_id"),
    ("clusters", "max_users"),
];

pub(super) const OPERATORS: &[Operator] = &[
    Operator {
        name: "status",
        also: &[],
        subject: Subject::Status,
        takes: Takes::Several,
        about: "The state of a cluster. Several with commas; -status:inactive leaves out.",
        values: &[
            choice(":active", "takes new users"),
            choice(":full", "active, closed by hand"),
            choice(":maintenance", "being worked on"),
            choice(":inactive", "out of use"),
            choice(":other", "a word we do not know"),
            choice(":missing", "named by seats or usage, in no table"),
        ],
        expects: "status: takes active, full, maintenance, inactive, other or missing",
        needs: &[("clusters", "status")],
    },
    Operator {
        name: "region",
        also: &[],
        subject: Subject::Region,
        takes: Takes::Text,
        about: "Where it stands, or a part of that.",
        values: &[],
        expects: "region: takes a region or a part of it",
        needs: &[("clusters", "region")],
    },
    Operator {
        name: "seats",
        also: &[],
        subject: Subject::Seats,
        takes: Takes::OneOf,
        about: "Whether seats are left, by the seats given and the limit.",
        values: &[
            choice(":full", "no seat left"),
            choice(":free", "some seat left"),
        ],
        expects: "seats: takes full or free",
        needs: LIMITED_SEATS,
    },
    Operator {
        name: "fill",
        also: &["percent"],
        subject: Subject::Fill,
        takes: Takes::Count,
        about: "Whole percent of the seats that are given.",
        values: &[
            choice(">=90", "90 percent or more"),
            choice("<50", "less than half"),
        ],
        expects: "fill takes a whole number of percent, such as fill>=90 or fill<50",
        needs: LIMITED_SEATS,
    },
    Operator {
        name: "assigned",
        also: &["users"],
        subject: Subject::Assigned,
        takes: Takes::Count,
        about: "Seats given.",
        values: &[
            choice(">100", "more than 100 seats"),
            choice(":0", "nobody"),
        ],
        expects: "assigned takes a number, such as assigned>100 or assigned:0",
        needs: SEATS,
    },
    Operator {
        name: "drift",
        also: &[],
        subject: Subject::Drift,
        takes: Takes::Either,
        about: "Whether the service's own counter differs from the seats given.",
        values: &[
            choice(":yes", "the counter is wrong"),
            choice(":no", "the counter is right"),
        ],
        expects: "drift: takes yes or no",
        needs: &[
            ("cluster_assignments", "cluster_id"),
            ("clusters", "current_users"),
        ],
    },
    Operator {
        name: "cost",
        also: &[],
        subject: Subject::Cost,
        takes: Takes::Amount,
        about: "What it carried this month so far, in USD.",
        values: &[choice(">100", "over $100"), choice("<5", "under $5")],
        expects: "cost takes an amount in USD, such as cost>100, cost<=5 or cost:20",
        needs: &[
            ("usage_daily", "total_cost"),
            ("usage_daily", "hopsworks_cluster_id"),
        ],
    },
];
