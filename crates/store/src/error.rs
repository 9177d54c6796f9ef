//! What can go wrong with the file.

use rusqlite::ErrorCode;

/// Why the store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No room on the disk; nothing was changed.
    #[error("the disk is full")]
    Full(#[source] rusqlite::Error),
    /// Another process kept the file locked for longer than
    /// [`crate::limits::BUSY_TIMEOUT`].
    #[error("another process keeps the database locked")]
    Busy(#[source] rusqlite::Error),
    /// The file is damaged: `what` names the row or the table.
    #[error("the database is damaged: {what}")]
    Corrupt {
        /// Row or table.
        what: String,
        /// What SQLite or the decoder said.
        #[source]
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
    /// Written by a newer version of this program.
    #[error("the database has schema version {found}, this program knows up to {known}")]
    TooNew {
        /// The file's.
        found: i64,
        /// Ours.
        known: i64,
    },
    /// A SQLite file of some other program.
    #[error("the file is a SQLite database of another program")]
    Foreign,
    /// The file system cannot hold a write-ahead log (a network drive).
    #[error("write-ahead logging is not available here (journal mode is {mode})")]
    NoWal {
        /// The mode SQLite stayed in.
        mode: String,
    },
    /// The file cannot be opened, read or written.
    #[error("the database file cannot be read or written")]
    Io(#[source] rusqlite::Error),
    /// A step of the transaction failed before, so it was not committed.
    #[error("the transaction was given up because one of its steps had failed")]
    Aborted,
    /// A value of our own could not be encoded.
    #[error("a value could not be encoded")]
    Encode(#[source] wire::cbor::CborError),
    /// Anything else SQLite says.
    #[error("SQLite: {0}")]
    Sqlite(#[source] rusqlite::Error),
}

impl StoreError {
    /// Damage, with the place it was found at.
    pub(crate) fn corrupt(what: impl Into<String>) -> Self {
        StoreError::Corrupt {
            what: what.into(),
            source: None,
        }
    }

    /// Damage found in one row of `entries`.
    pub(crate) fn corrupt_row(
        row: i64,
        source: impl Into<Option<Box<dyn std::error::Error + Send + Sync>>>,
    ) -> Self {
        StoreError::Corrupt {
            what: format!("entries row {row}"),
            source: source.into(),
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::Error;
        match &error {
            Error::FromSqlConversionFailure(..)
            | Error::IntegralValueOutOfRange(..)
            | Error::InvalidColumnType(..)
            | Error::Utf8Error(..) => {
                return StoreError::Corrupt {
                    what: "a column of an unexpected type".into(),
                    source: Some(Box::new(error)),
                };
            }
            _ => {}
        }
        // No room for the shared index beside the file, before anything is written.
        let no_room = error
            .sqlite_error()
            .is_some_and(|cause| cause.extended_code == rusqlite::ffi::SQLITE_IOERR_SHMSIZE);
        match error.sqlite_error_code() {
            _ if no_room => StoreError::Full(error),
            Some(ErrorCode::DiskFull) => StoreError::Full(error),
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy(error),
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => StoreError::Corrupt {
                what: "the SQLite file itself".into(),
                source: Some(Box::new(error)),
            },
            Some(
                ErrorCode::SystemIoFailure
                | ErrorCode::CannotOpen
                | ErrorCode::ReadOnly
                | ErrorCode::PermissionDenied,
            ) => StoreError::Io(error),
            _ => StoreError::Sqlite(error),
        }
    }
}

impl From<wire::cbor::CborError> for StoreError {
    fn from(error: wire::cbor::CborError) -> Self {
        StoreError::Encode(error)
    }
}
