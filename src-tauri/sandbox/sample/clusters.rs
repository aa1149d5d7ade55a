//! The service's clusters, and who gets a seat where.

use crate::sandbox::sample::Sample;
use crate::sandbox::sample::accounts::Account;
use crate::sandbox::sample::random::Dice;

/// One cluster as it is set up.
pub(super) struct Cluster {
    pub(super) name: &'static str,
    pub(super) region: &'static str,
    pub(super) status: &'static str,
    /// How often an account goes there, of all accounts.
    weight: u32,
    /// By how much `current_users` is wrong.
    pub(super) drift: u32,
}

/// The second one is filled on purpose, see [`Seats`].
pub(super) const CLUSTERS: [Cluster; 5] = [
    Cluster {
        name: "hops-eu-north",
        region: "eu-north-1",
        status: "active",
        weight: 40,
        drift: 0,
    },
    Cluster {
        name: "hops-eu-central",
        region: "eu-central-1",
        status: "active",
        weight: 0,
        drift: 0,
    },
    Cluster {
        name: "hops-us-east",
        region: "us-east-2",
        status: "active",
        weight: 26,
        drift: 0,
    },
    Cluster {
        name: "hops-us-west",
        region: "us-west-2",
        status: "maintenance",
        weight: 16,
        drift: 0,
    },
    Cluster {
        name: "hops-ap-southeast",
        region: "ap-southeast-1",
        status: "active",
        weight: 18,
        drift: 3,
    },
];

const NEARLY_FULL: usize = 1;

/// The id of a cluster: the same for every seed, so that somebody who came from outside keeps a place
/// when the samples change.
pub(super) fn id(cluster: usize) -> [u8; 16] {
    let mut id = *b"\x5a\x4d\xb0\xc5\x00\x00\x40\x00\x80\x00\x00\x00\x00\x00\x00\x00";
    id[15] = u8::try_from(cluster + 1).unwrap_or(u8::MAX);
    id
}

/// Counts seats while accounts come by.
#[derive(Debug)]
pub(super) struct Seats {
    pub(super) taken: [u32; 5],
    /// Seats of the nearly full cluster, and how many of them are to be taken: 97 of 100.
    limit: u32,
    quota: u32,
}

impl Seats {
    pub(super) fn of(sample: &Sample) -> Self {
        let limit = (u64::from(sample.users) * 22 / 100).max(1);
        let part = |of: u64| u32::try_from(of).unwrap_or(u32::MAX);
        Self {
            taken: [0; 5],
            limit: part(limit),
            quota: part((limit * 97 + 50) / 100),
        }
    }

    /// The cluster of an account that needs so many seats. A team works on one cluster.
    pub(super) fn take(&mut self, dice: &mut Dice, seats: u32) -> usize {
        let fits = self.taken[NEARLY_FULL] + seats <= self.quota;
        let chosen = if fits && dice.chance(420) {
            NEARLY_FULL
        } else {
            let mut throw = dice.below(100);
            CLUSTERS
                .iter()
                .position(|cluster| {
                    let hit = throw < cluster.weight;
                    throw = throw.saturating_sub(cluster.weight);
                    hit
                })
                .unwrap_or(0)
        };
        self.taken[chosen] += seats;
        chosen
    }

    pub(super) fn limit(&self, cluster: usize) -> u32 {
        if cluster == NEARLY_FULL {
            return self.limit;
        }
        // With room to grow, in steps as people order machines.
        (self.taken[cluster] * 10 / 7 + 10).next_multiple_of(25)
    }
}

/// Who decided where the person of this place in the team works.
pub(super) fn assigned_by(account: &Account, place: u32) -> &'static str {
    match place {
        0 if account.index.is_multiple_of(11) => "admin",
        0 => "system",
        _ => "team_member_auto",
    }
}
