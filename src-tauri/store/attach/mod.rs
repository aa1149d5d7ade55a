//! Attach: reads the live catalogue and writes the canonical views over it.
