//! A member of staff at work: a small service with people on a cluster, and actions on them.

use std::net::SocketAddr;

use hopsdesk::domain::hopsworks::HopsworksStatus;
use hopsdesk::sandbox::hopsworks::people::SimulatedUser;
use hopsdesk::sandbox::hopsworks::{Dialect, Simulated};
use hopsdesk::secrets::Secret;
use tokio::net::TcpListener;

use super::cluster::OWNER;
use super::database::TestDatabase;

/// The key of the cluster's administrator.
pub const KEY: &str = "Kx9.very-secret-key-of-the-cluster";

/// The cluster everybody is on.
pub const CLUSTER: &str = "00000000-0000-4000-8000-0000000000c1";

/// The account owner; members are `auth0|m1`, `auth0|m2`, …
pub const ANA: &str = "auth0|ana";

/// A service, its cluster's Hopsworks, and somebody who acts.
pub struct Desk {
    /// The database.
    pub database: TestDatabase,
    /// The cluster.
    pub cluster: Simulated,
    login: String,
}

impl Desk {
    /// Ana with so many members on one cluster; their numbers there are 101, 102, …
    pub fn new(database: TestDatabase, members: i64) -> Self {
        let people: Vec<(String, String, i64)> = (0..=members)
            .map(|place| match place {
                0 => (ANA.to_owned(), "ana@firm.example".to_owned(), 101),
                n => (format!("auth0|m{n}"), format!("m{n}@firm.example"), 101 + n),
            })
            .collect();
        let mut sql = format!(
            "insert into public.hopsworks_clusters (id, name, api_url, api_key, max_users, current_users)
             values ('{CLUSTER}', 'one', 'http://127.0.0.1:9', '{KEY}', 1000, {});",
            people.len()
        );
        for (id, email, number) in &people {
            let (owner, plan) = if id == ANA {
                ("null".to_owned(), "'postpaid'")
            } else {
                (format!("'{ANA}'"), "null")
            };
            sql = format!(
                "{sql}
                 insert into public.users
                   (id, email, name, account_owner_id, billing_mode, hopsworks_username, hopsworks_user_id)
                 values ('{id}', '{email}', 'Ada Example', {owner}, {plan}, 'user{number}', {number});
                 insert into public.user_hopsworks_assignments
                   (user_id, hopsworks_cluster_id, hopsworks_username, hopsworks_user_id)
                 values ('{id}', '{CLUSTER}', 'user{number}', {number});"
            );
        }
        database.psql(&sql);
        let login = format!("desk_{}", database.name);
        database.psql(&format!(
            "create role {login} login;
             set session authorization {OWNER};
             select console.adopt_staff('{login}', 'auth0|{login}', 'Sam', 'admin');"
        ));
        let users = people.into_iter().map(|(id, email, number)| SimulatedUser {
            id: number,
            email,
            given_name: "Ada".to_owned(),
            surname: "Example".to_owned(),
            username: format!("user{number}"),
            status: HopsworksStatus::Active,
            project_limit: 1,
            subject: Some(id),
        });
        let key = Secret::new(KEY.to_owned());
        let cluster = Simulated::new(key, Dialect::default(), users);
        Self {
            database,
            cluster,
            login,
        }
    }

    /// Writes down where the cluster is.
    pub fn record(&self, address: SocketAddr) {
        self.database.psql(&format!(
            "update public.hopsworks_clusters set api_url = 'http://{address}' where id = '{CLUSTER}'"
        ));
    }

    /// A listener for the cluster, at an address that is on record.
    pub async fn listener(&self) -> TcpListener {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        self.record(listener.local_addr().expect("an address"));
        listener
    }

    /// The login of whoever acts.
    pub fn login(&self) -> &str {
        &self.login
    }

    /// Acts, elevated, through the ordinary functions.
    pub fn act(&self, action: &str, subject: &str, arguments: &str) -> String {
        self.database.psql(&format!(
            "set session authorization {};
             select console.elevate('trying it out', 15);
             select console.act('{action}', '{subject}', '{arguments}', null, false, 'trying it out');",
            self.login
        ))
    }

    /// Says something as the owner of the schema.
    pub fn as_owner(&self, sql: &str) -> String {
        self.database
            .psql(&format!("set session authorization {OWNER}; {sql}"))
    }

    /// Everybody's status on the cluster, by number.
    pub fn statuses(&self) -> Vec<u8> {
        let mut all = self.cluster.people().all();
        all.sort_by_key(|user| user.id);
        all.iter().map(|user| user.status.code()).collect()
    }

    /// How many changes the cluster was asked for.
    pub fn changes(&self) -> usize {
        let calls = self.cluster.calls();
        calls.iter().filter(|call| call.starts_with("PUT ")).count()
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        // Roles belong to the whole server, and go before the database that they own nothing in.
        self.database.psql(&format!(
            "revoke console_admin from {0}; drop role if exists {0}",
            self.login
        ));
    }
}
