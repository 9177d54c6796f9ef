//! Reading the files that users name.

use std::path::Path;

use crate::failure::{Exit, Failure};

/// Largest text file a command reads: many times the largest form or report.
const FILE_MAX_BYTES: u64 = 4 << 20;

/// A text file, whole.
pub(crate) fn read_text(path: &Path) -> Result<String, Failure> {
    let failed = |error: std::io::Error| {
        let (code, exit) = match error.kind() {
            std::io::ErrorKind::NotFound => ("no-such-file", Exit::NotFound),
            _ => ("file", Exit::Failed),
        };
        Failure::new(code, exit)
            .with("path", path.display())
            .because(error)
    };
    let size = std::fs::metadata(path).map_err(failed)?.len();
    if size > FILE_MAX_BYTES {
        return Err(Failure::new("file-too-large", Exit::Failed).with("path", path.display()));
    }
    std::fs::read_to_string(path).map_err(failed)
}
