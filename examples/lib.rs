//! Runnable stories: see `bac-ninh.rs`.
