//! The command line of the headless program.
