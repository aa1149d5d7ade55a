//! Types and pure rules of the service: ids, money, periods, accounts. No I/O, no async, no clock.

pub mod account;
pub mod balances;
pub mod browse;
pub mod clock;
pub mod comparison;
pub mod credits;
pub mod directory;
pub mod finding;
pub mod fiscal;
pub mod fleet;
pub mod ids;
pub mod invoices;
pub mod lacks;
pub mod layers;
pub mod ledger;
pub mod measures;
pub mod money;
pub mod overview;
pub mod period;
pub mod random;
pub mod registration;
pub mod retry;
pub mod standing;
pub mod teams;
pub mod usage;
pub mod workspace;
