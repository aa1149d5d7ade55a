//! The receiver on real parts: its routes over a loopback socket, its worker, a real Postgres.

mod receiver {
    pub(crate) mod running;

    mod answers;
    mod effects;
    mod faults;
    mod hostile;
}
mod support;
