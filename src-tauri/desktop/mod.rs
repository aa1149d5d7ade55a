//! The console: Tauri commands that decode, call one use case, encode.
