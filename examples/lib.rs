//! Runnable stories: see `bac-ninh/main.rs`.
