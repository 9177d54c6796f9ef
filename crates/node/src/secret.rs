//! Passphrases: from a file that a script names, else from a hidden prompt.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::failure::{Exit, Failure};

/// Where passphrases come from.
#[derive(Clone, Debug)]
pub(crate) struct Passphrases {
    file: Option<PathBuf>,
}

impl Passphrases {
    /// From this file, or from the terminal.
    pub(crate) fn new(file: Option<PathBuf>) -> Self {
        Passphrases { file }
    }

    /// Whether a passphrase can be had without asking anybody.
    pub(crate) fn is_at_hand(&self) -> bool {
        self.file.is_some()
    }

    /// The passphrase of a key that exists.
    pub(crate) fn get(&self, prompt: &str) -> Result<Zeroizing<String>, Failure> {
        match &self.file {
            Some(file) => read(file),
            None => ask(prompt),
        }
    }

    /// A passphrase for a new key: asked for twice.
    pub(crate) fn choose(&self, prompt: &str, again: &str) -> Result<Zeroizing<String>, Failure> {
        if let Some(file) = &self.file {
            return read(file);
        }
        let first = ask(prompt)?;
        if first != ask(again)? {
            return Err(Failure::new("passphrases-differ", Exit::Usage));
        }
        Ok(first)
    }
}

/// The first line of the file.
fn read(file: &Path) -> Result<Zeroizing<String>, Failure> {
    let text = std::fs::read_to_string(file)
        .map(Zeroizing::new)
        .map_err(|error| {
            Failure::new("passphrase-file", Exit::Usage)
                .with("path", file.display())
                .because(error)
        })?;
    not_empty(Zeroizing::new(text.lines().next().unwrap_or("").to_owned()))
}

fn ask(prompt: &str) -> Result<Zeroizing<String>, Failure> {
    if !std::io::stdin().is_terminal() {
        return Err(Failure::new("passphrase-needed", Exit::Usage));
    }
    let typed = rpassword::prompt_password(format!("{prompt}: "))
        .map_err(|error| Failure::new("passphrase-needed", Exit::Usage).because(error))?;
    not_empty(Zeroizing::new(typed))
}

fn not_empty(passphrase: Zeroizing<String>) -> Result<Zeroizing<String>, Failure> {
    if passphrase.trim().is_empty() {
        return Err(Failure::new("passphrase-empty", Exit::Usage));
    }
    Ok(passphrase)
}
