//! The house keeps its plan: who may know whom, what lies at the top, and a few
//! habits that no compiler checks. The picture is in `crates/README.md`.
//!
//! Reads `cargo metadata` and the sources; builds nothing. Each rule is a
//! function from what was read to a list of faults, and each has a test that
//! shows it something bad: a rule that cannot fail would say nothing.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// From the ground up. Arrows run downwards and may skip rows; crates on one row
/// never meet.
const ROWS: &[&[&str]] = &[
    &["model"],
    &["wire"],
    &["identity"],
    &["document", "rollup"],
    &["store", "sync"],
    &["replica"],
    &["tui", "transport"],
    &["node"],
    BINARIES,
];
const BINARIES: &[&str] = &["hospital", "so", "bo"];
/// Knows no other crate of ours, and only these know it.
const LEAF: (&str, &[&str]) = ("messages", &["tui", "node"]);
/// For tests only, and what of ours it may not use: what runs in the world.
const TESTKIT: (&str, &[&str]) = ("testkit", &["transport", "tui", "node", "messages"]);
/// Tests and examples stand outside: they use what they like, nobody uses them.
const OUTSIDE: &[&str] = &["tests", "examples"];

/// Foreign crates that only these rooms may know, so that each can be replaced
/// in one place, and that nothing below `node` has a runtime or randomness of
/// its own. Development dependencies are free, but for the first.
const KEPT_TO: &[(&str, &[&str])] = &[
    (CBOR, &["wire"]),
    ("automerge", &["document", "testkit"]),
    ("rusqlite", &["store", "testkit"]),
    ("negentropy", &["sync"]),
    ("ed25519-dalek", &["identity"]),
    ("quinn", &["transport"]),
    ("rustls", &["transport"]),
    ("tokio", &["transport", "node"]),
    ("getrandom", &["node"]),
    ("clap", &["node"]),
];
/// Bytes have one spelling; a second codec would bring a second one.
const CBOR: &str = "serde_cbor";

/// Everything that lies at the top, dot-files and the build's folder apart.
const TOP: &[&str] = &[
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "README.md",
    "crates",
    "examples",
    "justfile",
    "proto",
    "tests",
];
const BUILD_FOLDER: &str = "target";

const FILE_MAX_LINES: usize = 500;
/// What the header of a longer file must contain, with the reason after it.
const EXCUSE: &str = "over 500 lines because";
/// Put together here so that this file does not contain them.
const BANNED: &[&str] = &[
    concat!("#[ign", "ore"),
    concat!("to", "do!("),
    concat!("unimpl", "emented!("),
    concat!("#![al", "low"),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    Normal,
    Dev,
}

/// One dependency as its `Cargo.toml` declares it; ours without the prefix.
struct Arrow {
    from: String,
    to: String,
    ours: bool,
    used: Use,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

type Failed = Box<dyn std::error::Error>;

fn metadata() -> Result<Value, Failed> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .current_dir(root())
        .args(["metadata", "--format-version", "1"])
        .args(["--no-deps", "--locked", "--offline"])
        .output()?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("cargo metadata: {said}").into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

fn list<'a>(of: &'a Value, key: &str) -> Result<&'a [Value], Failed> {
    let list = of[key].as_array().map(Vec::as_slice);
    list.ok_or_else(|| format!("cargo metadata has no list {key}").into())
}

fn name(of: &Value) -> Result<&str, Failed> {
    let name = of["name"].as_str();
    name.ok_or_else(|| "cargo metadata has no name".into())
}

/// `quanho-model` is `model` here; foreign crates have no such name.
fn our_name(package: &str) -> Option<&str> {
    package.strip_prefix("quanho-")
}

fn packages(metadata: &Value) -> Result<Vec<(&str, &Value)>, Failed> {
    let mut ours = Vec::new();
    for package in list(metadata, "packages")? {
        let full = name(package)?;
        let short = our_name(full).ok_or_else(|| format!("{full} is not called quanho-…"))?;
        ours.push((short, package));
    }
    Ok(ours)
}

fn arrows(metadata: &Value) -> Result<Vec<Arrow>, Failed> {
    let mut arrows = Vec::new();
    for (from, package) in packages(metadata)? {
        for dependency in list(package, "dependencies")? {
            let to = name(dependency)?;
            let ours = our_name(to);
            arrows.push(Arrow {
                from: from.to_owned(),
                to: ours.unwrap_or(to).to_owned(),
                ours: ours.is_some(),
                // What a build script uses is no different from what is shipped.
                used: match dependency["kind"].as_str() {
                    Some("dev") => Use::Dev,
                    _ => Use::Normal,
                },
            });
        }
    }
    Ok(arrows)
}

fn row(name: &str) -> Option<usize> {
    ROWS.iter().position(|row| row.contains(&name))
}

/// Why this arrow may not be, if so.
fn fault(arrow: &Arrow) -> Option<String> {
    let (from, to) = (arrow.from.as_str(), arrow.to.as_str());
    let why = if arrow.ours {
        fault_inside(from, to, arrow.used)
    } else {
        fault_outside(from, to, arrow.used)
    };
    why.map(|why| format!("{from} -> {to}: {why}"))
}

fn fault_inside(from: &str, to: &str, used: Use) -> Option<String> {
    let said = |why: &str| Some(why.to_owned());
    if OUTSIDE.contains(&to) {
        return said("nobody uses tests or examples");
    }
    if OUTSIDE.contains(&from) {
        return None;
    }
    if from == TESTKIT.0 {
        let fine = !TESTKIT.1.contains(&to) && !BINARIES.contains(&to);
        return (!fine).then(|| format!("{from} goes up to the replica"));
    }
    if to == TESTKIT.0 {
        return (used != Use::Dev).then(|| "only as a dev-dependency".to_owned());
    }
    if from == LEAF.0 {
        return said("a leaf knows no other crate of ours");
    }
    if to == LEAF.0 {
        let fine = LEAF.1.contains(&from);
        return (!fine).then(|| format!("only {:?} use it", LEAF.1));
    }
    if BINARIES.contains(&from) && to != "node" {
        return said("a binary uses node and nothing else of ours");
    }
    match (row(from), row(to)) {
        (None, _) => Some(format!("{from} has no row in the plan")),
        (_, None) => Some(format!("{to} has no row in the plan")),
        (Some(one), Some(other)) if one == other => said("they are on one row"),
        (Some(one), Some(other)) if one < other => said("upwards"),
        _ => None,
    }
}

fn fault_outside(from: &str, to: &str, used: Use) -> Option<String> {
    // The maintained drop-in is called serde_cbor_2.
    let cbor = to.starts_with(CBOR);
    let name = if cbor { CBOR } else { to };
    let (_, rooms) = KEPT_TO.iter().find(|(kept, _)| *kept == name)?;
    let free = !cbor && (used == Use::Dev || OUTSIDE.contains(&from));
    (!free && !rooms.contains(&from)).then(|| format!("only {rooms:?} may use it"))
}

fn faults_at_top(found: &[String]) -> Vec<String> {
    let strange = found
        .iter()
        .filter(|name| !name.starts_with('.') && *name != BUILD_FOLDER)
        .filter(|name| !TOP.contains(&name.as_str()))
        .map(|name| format!("{name} does not belong at the top"));
    let absent = TOP
        .iter()
        .filter(|name| !found.iter().any(|one| one == *name))
        .map(|name| format!("{name} is not there"));
    strange.chain(absent).collect()
}

fn faults_in_source(file: &str, source: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let lines = source.lines().count();
    let mut header = source.lines().take_while(|line| line.starts_with("//!"));
    if lines > FILE_MAX_LINES && !header.any(|line| line.contains(EXCUSE)) {
        faults.push(format!(
            "{file}: {lines} lines, and no \"{EXCUSE} …\" in its header"
        ));
    }
    for (at, line) in source.lines().enumerate() {
        let code = line.split("//").next().unwrap_or("");
        for banned in BANNED.iter().filter(|banned| code.contains(*banned)) {
            faults.push(format!("{file}:{}: {banned}", at + 1));
        }
    }
    faults
}

/// Every `.rs` file below a folder, hidden folders and build folders apart.
fn sources(folder: &Path, into: &mut Vec<PathBuf>) -> Result<(), Failed> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().and_then(OsStr::to_str).unwrap_or("");
        if path.is_dir() {
            if name != BUILD_FOLDER && !name.starts_with('.') {
                sources(&path, into)?;
            }
        } else if path.extension() == Some(OsStr::new("rs")) {
            into.push(path);
        }
    }
    Ok(())
}

fn assert_none(faults: &[String]) {
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

#[test]
fn arrows_run_downwards() -> Result<(), Failed> {
    let arrows = arrows(&metadata()?)?;
    assert!(arrows.iter().filter(|arrow| arrow.ours).count() > 30);
    let faults: Vec<String> = arrows.iter().filter_map(fault).collect();
    assert_none(&faults);
    Ok(())
}

#[test]
fn every_room_of_the_plan_is_built_and_every_crate_is_in_the_plan() -> Result<(), Failed> {
    let metadata = metadata()?;
    let packages = packages(&metadata)?;
    let mut built: Vec<&str> = packages.iter().map(|(name, _)| *name).collect();
    let rows = ROWS.iter().copied().flatten();
    let beside = [&LEAF.0, &TESTKIT.0];
    let mut planned: Vec<&str> = rows.chain(beside).chain(OUTSIDE).copied().collect();
    built.sort_unstable();
    planned.sort_unstable();
    assert_eq!(built, planned);
    Ok(())
}

#[test]
fn at_the_top_lies_what_was_agreed() -> Result<(), Failed> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root())? {
        found.push(entry?.file_name().to_string_lossy().into_owned());
    }
    assert_none(&faults_at_top(&found));
    Ok(())
}

#[test]
fn sources_keep_the_habits() -> Result<(), Failed> {
    let mut files = Vec::new();
    for folder in ["crates", "tests", "examples"] {
        sources(&root().join(folder), &mut files)?;
    }
    assert!(files.len() > 100, "only {} sources found", files.len());
    let mut faults = Vec::new();
    for file in files {
        let source = fs::read_to_string(&file)?;
        let name = file.strip_prefix(root()).unwrap_or(&file);
        faults.extend(faults_in_source(&name.to_string_lossy(), &source));
    }
    assert_none(&faults);
    Ok(())
}

fn arrow(from: &str, to: &str, used: Use) -> Arrow {
    Arrow {
        from: from.to_owned(),
        to: our_name(to).unwrap_or(to).to_owned(),
        ours: our_name(to).is_some(),
        used,
    }
}

#[test]
fn a_bad_arrow_is_found() {
    for (from, to, why) in [
        ("model", "quanho-wire", "upwards"),
        ("replica", "quanho-node", "upwards"),
        ("store", "quanho-sync", "one row"),
        ("document", "quanho-rollup", "one row"),
        ("transport", "quanho-tui", "one row"),
        ("so", "quanho-replica", "nothing else of ours"),
        ("so", "quanho-hospital", "nothing else of ours"),
        ("messages", "quanho-model", "a leaf"),
        ("replica", "quanho-messages", "only"),
        ("hospital", "quanho-messages", "only"),
        ("store", "quanho-testkit", "dev-dependency"),
        ("testkit", "quanho-node", "up to the replica"),
        ("testkit", "quanho-so", "up to the replica"),
        ("node", "quanho-tests", "nobody"),
        ("replica", "quanho-gossip", "no row"),
        ("gossip", "quanho-model", "no row"),
        ("replica", "tokio", "only"),
        ("model", "getrandom", "only"),
        ("sync", "rusqlite", "only"),
        ("store", "serde_cbor_2", "only"),
        ("tests", "serde_cbor", "only"),
    ] {
        let found = fault(&arrow(from, to, Use::Normal)).unwrap_or_default();
        assert!(found.contains(why), "{from} -> {to}: {found:?}");
    }
    for (from, to) in [
        ("store", "quanho-sync"),
        ("model", "quanho-wire"),
        ("sync", "serde_cbor_2"),
    ] {
        assert!(fault(&arrow(from, to, Use::Dev)).is_some(), "{from} {to}");
    }
}

#[test]
fn a_good_arrow_is_not() {
    for (from, to, used) in [
        ("wire", "quanho-model", Use::Normal),
        ("node", "quanho-model", Use::Normal),
        ("transport", "quanho-identity", Use::Dev),
        ("tui", "quanho-messages", Use::Normal),
        ("bo", "quanho-node", Use::Normal),
        ("store", "quanho-testkit", Use::Dev),
        ("testkit", "quanho-wire", Use::Normal),
        ("testkit", "quanho-replica", Use::Normal),
        ("tests", "quanho-testkit", Use::Normal),
        ("examples", "quanho-replica", Use::Dev),
        ("wire", "serde_cbor_2", Use::Normal),
        ("wire", "ed25519-dalek", Use::Dev),
        ("examples", "tokio", Use::Normal),
        ("model", "serde", Use::Normal),
    ] {
        assert_eq!(fault(&arrow(from, to, used)), None);
    }
}

#[test]
fn what_is_strange_or_absent_at_the_top_is_found() {
    let mut found: Vec<String> = TOP.iter().map(|name| (*name).to_owned()).collect();
    found.extend([".ci".to_owned(), BUILD_FOLDER.to_owned()]);
    assert_none(&faults_at_top(&found));
    found.retain(|name| name != "LICENSE");
    found.push("notes.txt".to_owned());
    assert_eq!(
        faults_at_top(&found),
        [
            "notes.txt does not belong at the top",
            "LICENSE is not there"
        ]
    );
}

#[test]
fn a_bad_source_is_found() {
    let long = "let x = 1;\n".repeat(FILE_MAX_LINES + 1);
    assert_eq!(faults_in_source("a.rs", &long).len(), 1);
    let excused = format!("//! A table, {EXCUSE} it is one.\n{long}");
    assert_none(&faults_in_source("a.rs", &excused));
    let too_late = format!("{long}//! {EXCUSE} of nothing.\n");
    assert_eq!(faults_in_source("a.rs", &too_late).len(), 1);

    for banned in BANNED {
        let source = format!("fn f() {{}}\n  {banned}\n");
        assert_eq!(
            faults_in_source("a.rs", &source),
            [format!("a.rs:2: {banned}")]
        );
        assert_none(&faults_in_source("a.rs", &format!("// not {banned}\n")));
    }
}
