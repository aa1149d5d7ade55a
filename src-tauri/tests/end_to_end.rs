//! The whole product in its real window: the program, its webview, a real Postgres, a real keychain.
//!
//! Needs a display and a session bus with a keychain: `make test` brings all of them. Windows are opened
//! one after another, so that what somebody types goes to the right one.
#![cfg(target_os = "linux")]
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on should panic"
)]

mod end_to_end {
    mod accessibility;
    mod acting;
    mod alerts;
    mod assigning;
    mod auth0;
    mod bad_databases;
    mod bulk;
    mod canary;
    mod capacity;
    mod clusters;
    mod confirming;
    mod driver;
    mod elsewhere;
    mod enrolling;
    mod events;
    mod exported_panels;
    mod exports;
    mod faulty;
    mod finding;
    mod first_start;
    mod found_wrong;
    mod governing;
    mod keyboard;
    mod keychain;
    mod keychain_states;
    mod locked_in;
    mod money;
    mod outage;
    mod oversight;
    mod page_anew;
    mod provider;
    mod recipients;
    mod refreshing;
    mod registration;
    mod schema;
    mod screens;
    mod search;
    mod service;
    mod settings;
    mod sign_in;
    mod staffed;
    mod staying;
    mod survival;
    mod travelling;
    mod usage;
    mod user_page;
    mod users;
    mod whole_way;
    mod world;
}
mod support;
