//! The headless program: routes that verify and store, workers that apply.
