//! What is wrong with the home, the invite, the other end, the clock or the disk:
//! one clear error with a hint, the right exit code, and nothing lost.

use std::path::Path;
use std::process::Command;

use quanho_tests::{Node, PERIOD, World, complete_toml, must, some};
use serde_json::{Value, json};

const AT: &str = "2026-06-10T09:00:00+07:00";
const TWO_MONTHS_LATER: &str = "2026-08-10T09:00:00+07:00";

/// A Bộ and a hospital directly below it, with a report begun: no network.
fn hospital(world: &World) -> (Node, Node) {
    let bo = world.bo("bo").at(AT);
    bo.ok(&["init", "--name", "Bộ Y tế", "--rehearsal"]);
    let hospital = world.hospital("hospital").at(AT);
    hospital.join(&bo.invite("byt.bv-x", "Bệnh viện X", None), "Chị Lan");
    hospital.fill(&complete_toml(100));
    (bo, hospital)
}

fn path(path: &Path) -> &str {
    some(path.to_str(), "path in UTF-8")
}

fn copied(from: &Node, to: &Node) {
    let mut copy = Command::new("cp");
    copy.arg("-a").arg(from.home()).arg(to.home());
    assert!(must(copy.status(), "cp").success());
}

#[test]
fn invites_that_do_not_fit() {
    let world = World::new();
    let (bo, node) = hospital(&world);
    let invite = bo.invite("byt.bv-y", "Bệnh viện Y", None);
    let for_so = bo.invite("byt.24", "Sở", None);
    let fresh = world.hospital("fresh").at(AT);
    let middle = invite.len() / 2;
    let other = if invite.as_bytes()[middle] == b'A' {
        "B"
    } else {
        "A"
    };
    let altered = format!("{}{other}{}", &invite[..middle], &invite[middle + 1..]);
    for (exit, code, text) in [
        (4, "bad-invite", "quanho"),
        (4, "bad-invite", ""),
        (4, "bad-invite", "một hai ba"),
        (4, "bad-invite", &invite[..invite.len() - 1]),
        (4, "bad-invite", &invite[1..]),
        (4, "bad-invite", &altered),
        (4, "invite-elsewhere", &for_so),
    ] {
        assert_eq!(fresh.fails(exit, &["join", text]), code, "{text:?}");
        assert!(
            !fresh.home().join("node.pem").exists(),
            "no home by {text:?}"
        );
    }
    let late = fresh.at(TWO_MONTHS_LATER);
    assert_eq!(late.fails(4, &["join", &invite]), "invite-expired");

    // A home belongs to one tree for good, whoever invites it.
    let elsewhere = world.bo("elsewhere").at(AT);
    elsewhere.ok(&["init", "--name", "Bộ khác", "--rehearsal"]);
    let foreign = elsewhere.invite("byt.bv-x", "Bệnh viện X", None);
    let before = node.ok(&["status"]);
    for text in [&invite, &foreign] {
        assert_eq!(node.fails(1, &["join", text]), "already-set-up");
    }
    assert_eq!(node.ok(&["status"]), before);
    // The failed attempts have used nothing up.
    fresh.join(&invite, "Anh Tư");
}

#[test]
fn an_invite_used_twice_counts_once() {
    let world = World::new();
    let (bo, _) = hospital(&world);
    let serving = bo.serve();
    let invite = bo.invite("byt.bv-y", "Bệnh viện Y", Some(&serving));
    let (first, thief) = (
        world.hospital("first").at(AT),
        world.hospital("thief").at(AT),
    );
    first.join(&invite, "Anh Tư");
    thief.join(&invite, "Kẻ trộm");
    assert_eq!(first.ok(&["sync"])["in_sync"], true);
    serving.stop();
    // The earlier receipt decides, also at a clock that stands still.
    let serving = bo.serve();
    let address = ["sync", "--address", serving.address()];
    assert_eq!(thief.fails(4, &address), "unknown-there");

    // What the thief makes has no effect anywhere, and is shown.
    let status = bo.ok(&["status"]);
    let without = status["without_effect"].as_array().map_or(0, Vec::len);
    assert!(without > 0, "{status}");
    thief.fill(&complete_toml(666));
    thief.run(&["report", "submit", "--period", PERIOD]);
    assert_eq!(thief.fails(4, &address), "unknown-there");
    assert_eq!(bo.reviewed("byt.bv-y")["state"], "none");
    first.ok(&address);
    first.fill(&complete_toml(100));
    first.submit();
    assert_eq!(bo.reviewed("byt.bv-y")["state"], "submitted");
    let seen = bo.ok(&["review", "show", "byt.bv-y", "--period", PERIOD]);
    assert_eq!(seen["answers"]["B3"], 100);
    bo.verified();
}

#[test]
fn who_comes_after_the_invite_s_end_is_let_in_once_it_is_extended() {
    let world = World::new();
    let (bo, node) = hospital(&world);
    node.report(&["submit"]);
    let (bo, node) = (bo.at(TWO_MONTHS_LATER), node.at(TWO_MONTHS_LATER));
    let serving = bo.serve();
    let address = ["sync", "--address", serving.address()];
    assert_eq!(node.fails(4, &address), "unknown-there");
    for lang in ["vi", "en"] {
        let told = node.say(lang, &address);
        assert_eq!(told.code, 4, "{told}");
        assert!(told.stderr.contains("invite --extend"), "{told}");
    }
    assert_eq!(bo.reviewed("byt.bv-x")["state"], "none");

    let extend = ["invite", "--extend", "byt.bv-x"];
    let words = bo.say("vi", &extend);
    assert_eq!(words.code, 0, "{words}");
    assert!(words.text().contains("Chị Lan"), "who used it: {words}");
    assert!(words.text().contains("2026-09-09"), "until when: {words}");

    // Of a unit that has not joined.
    bo.invite("byt.bv-y", "Bệnh viện Y", None);
    let unused = bo.ok(&["invite", "--extend", "byt.bv-y"]);
    assert_eq!(unused["extended"].as_array().map(Vec::len), Some(1));
    let invite = &unused["extended"][0];
    assert_eq!(invite["name"], "Bệnh viện Y");
    assert_eq!(invite["expires"], "2026-09-09T09:00:00+07:00");
    assert_eq!(invite["used_by"], json!([]));

    node.ok(&address);
    assert_eq!(node.ok(&address)["in_sync"], true);
    assert_eq!(bo.reviewed("byt.bv-x")["state"], "submitted");
    assert_eq!(bo.fails(3, &extend), "no-invite-to-extend");
    assert_eq!(
        node.fails(3, &["invite", "--extend"]),
        "no-invite-to-extend"
    );
    let both = [&extend[..], &["--name", "X"]].concat();
    assert_eq!(bo.run(&both).code, 2);
    bo.verified();
    node.verified();
}

/// The first machine is lost with its keys; the second, which it invited, has never
/// been met.
#[test]
fn who_was_invited_by_a_lost_machine_is_let_in_by_the_level_above() {
    let world = World::new();
    let (bo, first) = hospital(&world);
    let invite = first.ok(&["invite", "--device", "Máy hai"]);
    let second = world.hospital("second").at(AT);
    second.join(some(invite["invite"].as_str(), "an invite"), "Chị Hai");
    second.fill(&complete_toml(100));
    second.report(&["submit"]);
    let (bo, second) = (bo.at(TWO_MONTHS_LATER), second.at(TWO_MONTHS_LATER));
    let serving = bo.serve();
    let address = ["sync", "--address", serving.address()];
    assert_eq!(second.fails(4, &address), "unknown-there");
    let extend = ["invite", "--extend", "byt.bv-x", "--its-own"];
    let words = bo.say("vi", &extend);
    assert_eq!(words.code, 0, "{words}");
    assert!(words.text().contains("Chị Hai"), "who used it: {words}");
    assert!(words.text().contains("gia nhập lại"), "marked: {words}");
    assert_eq!(bo.fails(3, &extend), "no-invite-to-extend");
    second.ok(&address);
    assert_eq!(second.ok(&address)["in_sync"], true);
    assert_eq!(bo.reviewed("byt.bv-x")["state"], "submitted");
    assert_eq!(bo.run(&["invite", "--its-own"]).code, 2);
    bo.verified();
}

#[test]
fn peers_that_are_not_there_or_not_ours() {
    let world = World::new();
    let (bo, node) = hospital(&world);
    let serving = bo.serve();
    let before = node.ok(&["status"]);
    for (exit, code, address) in [
        (5, "unreachable", "127.0.0.1:9"),
        (5, "unreachable", "no-such-host.invalid:4433"),
        (5, "unreachable", "đâu đó"),
    ] {
        let failed = node.fails(exit, &["sync", "--address", address]);
        assert_eq!(failed, code, "{address}");
    }
    // Neither side lets a stranger in: other tree, same unit path.
    let elsewhere = world.bo("elsewhere").at(AT);
    elsewhere.ok(&["init", "--name", "Bộ khác", "--rehearsal"]);
    let theirs = elsewhere.serve();
    let output = node.run(&["sync", "--address", theirs.address()]);
    assert_eq!(output.code, 4, "{output}");
    output.error();
    let after = node.ok(&["status"]);
    assert_eq!(
        after["above"], before["above"],
        "a wrong address is not remembered"
    );
    assert_eq!(after["anchor"], before["anchor"]);
    assert_eq!(elsewhere.ok(&["entries", "--unit", "byt.bv-x"]), json!([]));

    assert_eq!(
        bo.fails(1, &["serve", "--listen", serving.address()]),
        "listen"
    );
    node.ok(&["sync", "--address", serving.address()]);
    let killed = serving.address().to_owned();
    serving.kill();
    assert_eq!(node.fails(5, &["sync"]), "unreachable", "{killed}");
}

#[test]
fn the_clock_stands_still_in_rehearsals_only() {
    let world = World::new();
    let real = world.bo("real");
    assert_eq!(
        real.at(AT).fails(4, &["init", "--name", "Bộ"]),
        "not-rehearsal"
    );
    real.ok(&["init", "--name", "Bộ"]);
    let invite = real.invite("byt.bv-x", "Bệnh viện X", None);
    let node = world.hospital("hospital");
    assert_eq!(node.at(AT).fails(4, &["join", &invite]), "not-rehearsal");
    node.join(&invite, "Chị Lan");
    let before = node.ok(&["status"]);
    for command in [
        &["status"][..],
        &["serve"],
        &["report", "set", "B3", "1", "--period", PERIOD],
        &["report", "show", "--period", PERIOD],
    ] {
        assert_eq!(node.at(AT).fails(4, command), "not-rehearsal");
    }
    assert_eq!(node.ok(&["status"]), before);
    assert_eq!(before["rehearsal"], false);
}

#[test]
fn damaged_files() {
    let world = World::new();
    let (_, node) = hospital(&world);
    let damaged = world.hospital("damaged").at(AT);
    let person = some(
        must(std::fs::read_dir(node.home().join("persons")), "persons")
            .flatten()
            .last(),
        "person",
    );
    let person = format!("persons/{}", person.file_name().to_string_lossy());
    let (show, submit) = (
        ["report", "show", "--period", PERIOD],
        ["report", "submit", "--period", PERIOD],
    );
    type Damage = fn(&[u8]) -> Vec<u8>;
    let half: Damage = |bytes| bytes[..bytes.len() / 2].to_vec();
    let nothing: Damage = |_| Vec::new();
    let header: Damage = |bytes| [b"MZ not SQLite at all", &bytes[20..]].concat();
    let letter: Damage = |bytes| [&bytes[..60], b"!", &bytes[61..]].concat();
    let cases: [(&str, Damage, &[&str], &[&str]); 9] = [
        ("quanho.sqlite", half, &["verify"], &["store"]),
        ("quanho.sqlite", half, &show, &["store"]),
        ("quanho.sqlite", header, &["status"], &["store"]),
        (
            "quanho.sqlite",
            nothing,
            &["status"],
            &["not-set-up", "store"],
        ),
        ("node.pem", half, &["status"], &["node-key"]),
        ("node.pem", nothing, &["status"], &["node-key"]),
        ("node.pem", letter, &["status"], &["node-key"]),
        (&person, half, &submit, &["key-file"]),
        (&person, letter, &submit, &["key-file", "wrong-passphrase"]),
    ];
    for (file, damage, command, codes) in cases {
        copied(&node, &damaged);
        let path = damaged.home().join(file);
        let bytes = must(std::fs::read(&path), file);
        must(std::fs::write(&path, damage(&bytes)), file);
        let output = damaged.run(command);
        let code = output.error();
        assert!(codes.contains(&code.as_str()), "{file}: {output}");
        assert!([1, 4].contains(&output.code), "{file}: {output}");
        // An empty file is an empty database to SQLite; there is nothing to lose.
        let (left, wanted) = (must(std::fs::read(&path), file), damage(&bytes));
        assert!(wanted.is_empty() || left == wanted, "{file}: {output}");
        // Only that file was the matter.
        must(std::fs::write(&path, &bytes), file);
        damaged.verified();
        assert_eq!(damaged.show(), node.show());
        must(std::fs::remove_dir_all(damaged.home()), "a copy");
    }
    copied(&node, &damaged);
    must(
        std::fs::remove_file(damaged.home().join("node.pem")),
        "node.pem",
    );
    assert_eq!(damaged.fails(1, &["status"]), "node-key");
}

/// In a mount namespace of its own: a disk of 8 MB with the home on it, filled to
/// the brim; the command; then the same disk with room again, and the report.
const FULL_DISK: &str = r#"
set -e
mount -t tmpfs -o size=8m tmpfs "$1"
cp -a "$2"/. "$1"
head -c 16777216 /dev/zero > "$1"/filler 2>/dev/null || true
shift 2
set +e
"$@"
echo "code $?"
"#;

#[test]
fn a_full_disk() {
    let may_mount = Command::new("unshare").args(["-m", "true"]).output();
    if !may_mount.is_ok_and(|output| output.status.success()) {
        println!("skipped: a small disk can only be mounted by root, on Linux");
        return;
    }
    let world = World::new();
    let (_, node) = hospital(&world);
    let disk = world.path().join("disk");
    must(std::fs::create_dir(&disk), "a folder");
    let full = world.hospital("disk").at(AT);
    let on_full_disk = |args: &[&str], then: &[&str]| -> (Value, i32, Value) {
        let quoted = |args: &[&str]| -> String {
            let mut command = full.command(true);
            command.args(args);
            let words = std::iter::once(command.get_program()).chain(command.get_args());
            words
                .map(|word| format!("'{}'", word.to_string_lossy()))
                .collect::<Vec<_>>()
                .join(" ")
        };
        let both = format!(
            "{}; echo \"exit $?\"; rm '{}/filler'; {}",
            quoted(args),
            path(&disk),
            quoted(then)
        );
        let mut shell = Command::new("unshare");
        shell.args(["-m", "bash", "-c", FULL_DISK, "bash", path(&disk)]);
        shell.arg(node.home()).args(["bash", "-c", &both]);
        let output = must(shell.output(), "unshare");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let lines: Vec<&str> = text.lines().collect();
        let [answer, exit, after, _] = lines.as_slice() else {
            assert!(lines.is_empty(), "{output:?}");
            return (Value::Null, -1, Value::Null);
        };
        let exit = exit.trim_start_matches("exit ").parse();
        (
            must(serde_json::from_str(answer), answer),
            must(exit, "an exit code"),
            must(serde_json::from_str(after), after),
        )
    };
    let show = ["report", "show", "--period", PERIOD];
    let before = node.show();
    let text = "a".repeat(10_000);
    for command in [
        &["report", "set", "I1", &text, "--period", PERIOD][..],
        &["report", "submit", "--period", PERIOD],
        &["invite", "--device", "Máy hai"],
        &["person", "add", "--name", "Anh Ba", "--role", "editor"],
    ] {
        let (answer, exit, after) = on_full_disk(command, &show);
        assert_eq!(exit, 1, "{answer}");
        assert_eq!(answer["error"]["code"], "disk-full", "{answer}");
        for words in ["message", "hint"] {
            assert!(
                answer["error"][words]
                    .as_str()
                    .is_some_and(|text| !text.is_empty())
            );
        }
        assert_eq!(after, before, "{command:?} changed something");
    }
}
