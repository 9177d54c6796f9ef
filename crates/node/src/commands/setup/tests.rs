use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command as Process;

use model::Level;

use crate::context::Context;
use crate::failure::Failure;
use crate::home::Home;
use crate::output::Answer;

fn run(level: Level, home: &Path, passphrase: &Path, rest: &[&str]) -> Result<Answer, Failure> {
    let (home, passphrase) = (home.to_str().unwrap(), passphrase.to_str().unwrap());
    let options = ["quanho", "--home", home, "--passphrase-file", passphrase];
    let args: Vec<String> = options
        .iter()
        .chain(rest)
        .map(ToString::to_string)
        .collect();
    let (global, command) = crate::args::parse(level, &args).unwrap();
    crate::commands::run(&mut Context::new(level, &global)?, command)
}

/// Every key file of a home, with its bytes.
fn keys(home: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let folders = [home.to_owned(), home.join("persons"), home.join("root")];
    let files = folders.iter().filter_map(|dir| fs::read_dir(dir).ok());
    let files = files.flatten().map(|file| file.unwrap().path());
    let pems = files.filter(|path| path.extension().is_some_and(|end| end == "pem"));
    pems.map(|path| (path.clone(), fs::read(&path).unwrap()))
        .collect()
}

/// Runs a command twice in one home: the second one waits for its passphrase, of a
/// pipe, while the first one finishes. Gives what the second one says.
fn twice(level: Level, home: &Path, passphrase: &Path, rest: &[&str]) -> Failure {
    let pipe = passphrase.with_extension("pipe");
    let made = Process::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    std::thread::scope(|scope| {
        let second = scope.spawn(|| run(level, home, &pipe, rest).err());
        // Opened as soon as the second one reads, and not before.
        let mut asked = fs::OpenOptions::new().write(true).open(&pipe).unwrap();
        run(level, home, passphrase, rest).unwrap();
        let before = keys(home);
        std::io::Write::write_all(&mut asked, b"another one\n").unwrap();
        drop(asked);
        let failure = second.join().unwrap().expect("set up twice");
        fs::remove_file(&pipe).unwrap();
        assert_eq!(keys(home), before);
        failure
    })
}

#[test]
fn a_second_init_or_join_in_one_home_leaves_the_keys_of_the_first() {
    let dir = tempfile::tempdir().unwrap();
    let passphrase = dir.path().join("passphrase");
    fs::write(&passphrase, "bí mật\n").unwrap();
    let (bo, so) = (dir.path().join("bo"), dir.path().join("so"));

    let init = ["init", "--name", "Bộ Y tế"];
    let refused = twice(Level::Ministry, &bo, &passphrase, &init);
    assert_eq!(refused.code, "already-set-up");
    assert_eq!(keys(&bo).len(), 4);

    let invite = ["invite", "--unit", "byt.24", "--name", "Sở Bắc Ninh"];
    let invite = run(Level::Ministry, &bo, &passphrase, &invite).unwrap();
    let text = invite.json["invite"].as_str().unwrap();
    let refused = twice(Level::Province, &so, &passphrase, &["join", text]);
    assert_eq!(refused.code, "already-set-up");
    assert_eq!(keys(&so).len(), 2);
    let replica = Home::new(&so).open().unwrap();
    assert_eq!(replica.unit().as_str(), "byt.24");
}
