//! Types and pure rules of the service: ids, money, periods, accounts. No I/O, no async, no clock.

pub mod account;
pub mod clock;
pub mod ids;
pub mod money;
pub mod period;
