//! Everything that can be asked for wrongly: one clear error with a hint, the
//! right exit code, and nothing changed.

use std::path::Path;

use quanho_tests::{Case, Node, PERIOD, World, complete_toml, must, refused, some};

const AT: &str = "2026-06-10T09:00:00+07:00";

/// The same for `report` commands of the quarter.
#[track_caller]
fn report_refused(node: &Node, cases: &[Case<'_>]) {
    let full: Vec<Vec<&str>> = cases
        .iter()
        .map(|(_, _, args)| [&["report"], *args, &["--period", PERIOD]].concat())
        .collect();
    let cases: Vec<Case<'_>> = cases
        .iter()
        .zip(&full)
        .map(|((exit, code, _), args)| (*exit, *code, args.as_slice()))
        .collect();
    refused(node, &cases);
}

/// A Bộ and a hospital directly below it: no network.
fn hospital(world: &World) -> (Node, Node) {
    let bo = world.bo("bo").at(AT);
    bo.ok(&["init", "--name", "Bộ Y tế", "--rehearsal"]);
    let hospital = world.hospital("hospital").at(AT);
    hospital.join(&bo.invite("byt.bv-x", "Bệnh viện X", None), "Chị Lan");
    (bo, hospital)
}

fn path(path: &Path) -> &str {
    some(path.to_str(), "path in UTF-8")
}

#[test]
fn values_codes_and_rows() {
    let world = World::new();
    let (_, node) = hospital(&world);
    node.fill(&complete_toml(100));
    let report = node.show();
    let row = report["tables"]["C1"][0]["row"]
        .as_str()
        .unwrap_or_default();
    let (cell, level) = (format!("C1/{row}/name"), format!("C1/{row}/level"));
    let column = format!("C1/{row}/nope");
    let (long, longer) = ("a".repeat(1001), "a".repeat(20_001));
    report_refused(
        &node,
        &[
            (3, "no-such-field", &["set", "Z9", "1"]),
            (3, "no-such-field", &["set", "", "1"]),
            (3, "no-such-field", &["set", "B3.date", "2026-05-01"]),
            (3, "no-such-field", &["set", "C1", "HIS"]),
            (3, "no-such-field", &["set", "G3", "10"]),
            (3, "no-such-field", &["set", &column, "1"]),
            (3, "no-such-row", &["set", "C1/zzzzzzzz/name", "HIS"]),
            (1, "bad-value", &["set", "B3", "nhiều"]),
            (1, "bad-value", &["set", "B3", "-1"]),
            (1, "bad-value", &["set", "B3", "1.5"]),
            (1, "bad-value", &["set", "B3", "12,5"]),
            (1, "bad-value", &["set", "B3", "1000000001"]),
            (1, "bad-value", &["set", "B3", "99999999999999999999"]),
            (1, "bad-value", &["set", "G1", "1000000000000001"]),
            (1, "bad-value", &["set", "B1", "chắc là có"]),
            (1, "bad-value", &["set", "B1.date", "31/02/2026"]),
            (1, "bad-value", &["set", "B1.date", "hôm qua"]),
            (1, "bad-value", &["set", "B2", "meeting,bồ câu"]),
            (1, "bad-value", &["set", "A1", "hai\ndòng"]),
            (1, "bad-value", &["set", "A1", "\u{202e}ngược"]),
            (1, "bad-value", &["set", "A1", &long]),
            (1, "bad-value", &["set", "I1", &longer]),
            (1, "bad-value", &["set", "I1", "chuông \u{7}"]),
            (1, "bad-value", &["set", &level, "6"]),
            (1, "bad-value", &["set", &level, "0"]),
            (1, "bad-value", &["set", &cell, &long]),
            (3, "no-such-field", &["row", "add", "Z9", "name=HIS"]),
            (3, "no-such-field", &["row", "add", "B3", "name=HIS"]),
            (3, "no-such-field", &["row", "add", "C1", "nope=1"]),
            (2, "not-a-pair", &["row", "add", "C1", "HIS"]),
            (
                1,
                "bad-value",
                &["row", "add", "C1", "name=HIS", "kind=thuyền"],
            ),
            (
                3,
                "no-such-row",
                &["row", "set", "C1", "zzzzzzzz", "name=HIS"],
            ),
            (3, "no-such-field", &["row", "set", "C1", row, "nope=1"]),
            (
                1,
                "bad-value",
                &["row", "set", "C1", row, "name=A", "level=9"],
            ),
            (3, "no-such-row", &["row", "remove", "C1", "zzzzzzzz"]),
            (3, "no-such-field", &["row", "remove", "Z9", row]),
            (3, "no-such-conflict", &["resolve", "B3", "--take", "1"]),
            (3, "no-such-conflict", &["resolve", "B3", "--take", "0"]),
            (3, "no-such-conflict", &["resolve", "Z9", "--take", "1"]),
            (2, "usage", &["resolve", "B3", "--take", "nhất"]),
            (2, "usage", &["resolve", "B3"]),
            (2, "usage", &["diff", "--since", "hôm qua"]),
            (3, "no-such-form", &["show", "--form", "nope"]),
            (3, "no-such-form", &["check", "--form", "nope"]),
            (3, "no-such-form", &["history", "--form", "nope"]),
            (3, "no-such-form", &["diff", "--form", "nope"]),
            (3, "no-such-form", &["conflicts", "--form", "nope"]),
            (3, "no-such-form", &["submit", "--form", "nope"]),
            (3, "no-such-form", &["set", "B3", "1", "--form", "nope"]),
            (3, "no-such-form", &["row", "add", "C1", "--form", "nope"]),
        ],
    );
}

#[test]
fn files_to_fill_from_are_taken_whole_or_not_at_all() {
    let world = World::new();
    let (_, node) = hospital(&world);
    node.fill(&complete_toml(100));
    let good = "[answers]\nB3 = 1\n";
    let files = [
        (1, "malformed", "[answers\nB3 = 1".to_owned()),
        (1, "malformed", format!("{good}B3 = 2\n")),
        (1, "malformed", "B3 = 1".to_owned()),
        (1, "malformed", format!("{good}[extra]\nx = 1\n")),
        (1, "malformed", format!("{good}G1 = 1.5\n")),
        (1, "malformed", format!("{good}[tables]\nC1 = 3\n")),
        (1, "malformed", format!("{good}[tables]\nC1 = [1, 2]\n")),
        (3, "no-such-field", format!("{good}Z9 = 1\n")),
        (
            3,
            "no-such-field",
            format!("{good}[[tables.Z9]]\nname = \"x\"\n"),
        ),
        (
            3,
            "no-such-field",
            format!("{good}[[tables.C1]]\nnope = 1\n"),
        ),
        (
            3,
            "no-such-field",
            format!("{good}B4 = {{ value = 1, date = 2026-01-01 }}\n"),
        ),
        (
            3,
            "no-such-row",
            format!("{good}[[tables.C1]]\nrow = \"zzzzzzzz\"\nname = \"x\"\n"),
        ),
        (1, "bad-value", format!("{good}B4 = \"nhiều\"\n")),
        (1, "bad-value", format!("{good}B1 = 3\n")),
        (1, "bad-value", format!("{good}B2 = [\"pigeon\"]\n")),
        (
            1,
            "bad-value",
            format!("{good}[[tables.C1]]\nname = \"x\"\nlevel = 9\n"),
        ),
    ];
    for (number, (exit, code, text)) in files.iter().enumerate() {
        let file = world.file(&format!("{number}.toml"), text);
        report_refused(&node, &[(*exit, code, &["fill", path(&file)])]);
    }
    let latin = world.path().join("latin.toml");
    must(
        std::fs::write(&latin, b"[answers]\nA1 = \"\xe9\"\n"),
        "a file",
    );
    let huge = world.file("huge.toml", &"#".repeat((4 << 20) + 1));
    let absent = world.path().join("absent.toml");
    report_refused(
        &node,
        &[
            (3, "no-such-file", &["fill", path(&absent)]),
            (1, "file", &["fill", path(world.path())]),
            (1, "file", &["fill", path(&latin)]),
            (1, "file-too-large", &["fill", path(&huge)]),
        ],
    );
}

#[test]
fn words_that_are_no_command() {
    let world = World::new();
    let (bo, node) = hospital(&world);
    refused(
        &node,
        &[
            (2, "usage", &["nope"]),
            (2, "usage", &["status", "--nope"]),
            (2, "usage", &["status", "--lang", "fr"]),
            (2, "usage", &["report"]),
            (2, "usage", &["report", "show"]),
            (2, "usage", &["report", "show", "--period", "2026-Q5"]),
            (2, "usage", &["report", "show", "--period", "quý hai"]),
            (2, "usage", &["report", "set", "B3", "--period", PERIOD]),
            (2, "usage", &["entries", "--unit", "BYT"]),
            (2, "usage", &["entry"]),
            (3, "no-such-entry", &["entry", "zzz"]),
            (3, "no-such-entry", &["entry", "0000000000"]),
            (3, "no-such-entry", &["entry", &"0".repeat(64)]),
            (2, "usage", &["serve", "--listen", "đâu đó"]),
            (2, "usage", &["serve", "--advertise", "1.2.3.4:5"]),
            (2, "usage", &["invite"]),
            (2, "usage", &["campaign", "list"]),
            (
                2,
                "usage",
                &["person", "add", "--name", "A", "--role", "boss"],
            ),
            (2, "usage", &["person", "add", "--name", "A"]),
            (3, "no-such-person", &["person", "revoke", "Không ai"]),
            (3, "no-such-person", &["person", "passwd", "Không ai"]),
            (
                3,
                "no-such-person",
                &[
                    "--as",
                    "Không ai",
                    "report",
                    "set",
                    "B3",
                    "1",
                    "--period",
                    PERIOD,
                ],
            ),
            (2, "no-address", &["sync"]),
        ],
    );
    let no_clock = node.at("mười giờ");
    assert_eq!(no_clock.fails(2, &["status"]), "usage");
    refused(
        &bo,
        &[(2, "wrong-level", &["sync"]), (2, "no-terminal", &[])],
    );

    // Another program's home, and no home at all.
    let copy = world.so("hospital").at(AT);
    assert_eq!(copy.fails(1, &["status"]), "already-set-up");
    let nowhere = world.hospital("nowhere").at(AT);
    for command in [
        &["status"][..],
        &["verify"],
        &["entries"],
        &["sync"],
        &["serve"],
        &["person", "list"],
        &["report", "show", "--period", PERIOD],
        &["invite", "--device", "x"],
    ] {
        assert_eq!(nowhere.fails(1, command), "not-set-up");
    }
    assert!(!nowhere.home().exists(), "asking makes no home");
}

#[test]
fn passphrases() {
    let world = World::new();
    let (_, node) = hospital(&world);
    node.fill(&complete_toml(100));
    let wrong = world.file("wrong", "không phải mật khẩu này\n");
    let empty = world.file("empty", "\n");
    let absent = world.path().join("absent");
    let submit = ["report", "submit", "--period", PERIOD];
    let add = ["person", "add", "--name", "Anh Ba", "--role", "editor"];
    let add_with = |file| [&add[..], &["--new-passphrase-file", file]].concat();
    let commands: [&[&str]; 5] = [
        &submit,
        &add,
        &["person", "revoke", "Chị Lan"],
        &["person", "passwd", "--new-passphrase-file", path(&wrong)],
        &["invite", "--device", "Máy hai"],
    ];
    let all =
        |exit, code| -> Vec<Case<'_>> { commands.iter().map(|args| (exit, code, *args)).collect() };
    refused(
        &node.with_passphrase(Some(&wrong)),
        &all(4, "wrong-passphrase"),
    );
    refused(&node.with_passphrase(None), &all(2, "passphrase-needed"));
    refused(
        &node.with_passphrase(Some(&empty)),
        &all(2, "passphrase-empty"),
    );
    refused(
        &node.with_passphrase(Some(&absent)),
        &all(2, "passphrase-file"),
    );
    refused(
        &node,
        &[
            (2, "passphrase-file", &add_with(path(&absent))),
            (2, "passphrase-empty", &add_with(path(&empty))),
            (2, "passphrase-needed", &["person", "passwd"]),
        ],
    );
    // Drafts that nobody can sign stay drafts, and nothing else is in the way.
    assert!(node.show()["pending"].as_u64() > Some(0));
    assert_eq!(node.run(&submit).code, 0);
}

#[test]
fn a_report_with_errors_is_not_submitted() {
    let world = World::new();
    let (_, node) = hospital(&world);
    let submit: &[&str] = &["submit"];
    report_refused(&node, &[(1, "check-failed", submit)]);
    node.fill(&complete_toml(100));
    node.set("B4", "101");
    report_refused(&node, &[(1, "check-failed", submit)]);
    let check = node.run(&["report", "check", "--period", PERIOD]);
    assert_eq!(check.code, 1, "{check}");
    let found = check.json();
    assert_eq!(found["ok"], false);
    assert_eq!(found["errors"][0]["code"], "B4", "{found}");
    let message = found["errors"][0]["message"].as_str().unwrap_or_default();
    assert!(message.contains("B3"), "{message}");
}

#[test]
fn what_a_leader_may_not_ask() {
    let world = World::new();
    let bo = world.bo("bo").at(AT);
    bo.ok(&["init", "--name", "Bộ Y tế", "--rehearsal"]);
    let so = world.so("so").at(AT);
    so.join(&bo.invite("byt.24", "Sở", None), "Chị Sở");
    so.invite("byt.24.a", "Trạm A", None);

    let csv = world.file("bad.csv", "unit,name\nbyt.24.b,Trạm B\nbyt.24.c\n");
    let foreign = world.file("foreign.csv", "byt.24.b,Trạm B\nbyt.25.c,Trạm C\n");
    let broken = world.file("broken.toml", "name = \"x\n");
    let changed = must(
        std::fs::read_to_string(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../crates/model/forms/kh2273-quy.toml"
        )),
        "the form",
    );
    let changed = world.file("changed.toml", &changed.replacen("Hình thức", "Cách", 1));
    let absent = world.path().join("absent");
    let by = |unit: &'static str| ["--unit", unit, "--name", "x"];
    let invite = |unit| [&["invite"], &by(unit)[..]].concat();
    let p = ["--period", PERIOD];
    let with = |args: &[&'static str]| [args, &p[..]].concat();
    let open = |more: &[&'static str]| [&["campaign", "open", "--form"], more].concat();
    let cases: Vec<(i32, &str, Vec<&str>)> = vec![
        (3, "no-such-unit", with(&["review", "show", "byt.24.nope"])),
        (
            3,
            "no-such-unit",
            with(&["review", "accept", "byt.24.nope"]),
        ),
        (
            3,
            "no-such-unit",
            with(&["review", "return", "byt.24.nope", "--comment", "B4=x"]),
        ),
        (3, "no-submission", with(&["review", "accept", "byt.24.a"])),
        (
            3,
            "no-submission",
            with(&["review", "return", "byt.24.a", "--comment", "B4=x"]),
        ),
        (
            2,
            "not-a-pair",
            with(&["review", "return", "byt.24.a", "--comment", "B4"]),
        ),
        (2, "usage", with(&["review", "return", "byt.24.a"])),
        (2, "usage", with(&["review", "accept", "BYT"])),
        (
            3,
            "no-such-form",
            with(&["review", "list", "--form", "nope"]),
        ),
        (
            3,
            "no-such-form",
            with(&["review", "show", "byt.24.a", "--form", "nope"]),
        ),
        (
            3,
            "no-such-form",
            with(&["review", "accept", "byt.24.a", "--form", "nope"]),
        ),
        (3, "no-rollup", with(&["rollup", "show"])),
        (
            3,
            "no-rollup",
            with(&["rollup", "verify", "--unit", "byt.24"]),
        ),
        (
            3,
            "no-rollup",
            with(&["rollup", "verify", "--unit", "byt.25"]),
        ),
        (
            3,
            "no-such-form",
            with(&["rollup", "sign", "--form", "nope"]),
        ),
        (2, "usage", vec!["rollup", "sign"]),
        (3, "no-such-unit", invite("byt.25")),
        (3, "no-such-unit", invite("byt.24")),
        (3, "no-such-unit", invite("byt.25.a")),
        (2, "usage", invite("byt.24.a.b")),
        (2, "usage", invite("byt.24.HOA")),
        (2, "usage", vec!["invite", "--unit", "byt.24.b"]),
        (3, "no-such-file", vec!["invite", "--from", path(&absent)]),
        (1, "csv", vec!["invite", "--from", path(&csv)]),
        (3, "no-such-unit", vec!["invite", "--from", path(&foreign)]),
        (
            3,
            "no-such-unit",
            vec!["unit", "rename", "byt.24.nope", "x"],
        ),
        (3, "no-such-unit", vec!["unit", "close", "byt.25"]),
        (3, "no-such-file", vec!["form", "publish", path(&absent)]),
        (1, "malformed", vec!["form", "publish", path(&broken)]),
        (1, "form-exists", vec!["form", "publish", path(&changed)]),
        (
            3,
            "no-such-form",
            vec!["form", "publish", "--builtin", "nope"],
        ),
        (2, "usage", vec!["form", "publish"]),
        (3, "no-such-form", open(&["nope", "--period", PERIOD])),
        (2, "usage", open(&["kh2273-quy"])),
        (
            2,
            "due-needed",
            open(&["cv2132-rasoat", "--period", "2026"]),
        ),
        (
            2,
            "usage",
            open(&["kh2273-quy", "--period", PERIOD, "--due", "mai"]),
        ),
        (
            3,
            "no-such-unit",
            open(&["kh2273-quy", "--period", PERIOD, "--audience", "byt.25"]),
        ),
    ];
    let cases: Vec<Case<'_>> = cases
        .iter()
        .map(|(exit, code, args)| (*exit, *code, args.as_slice()))
        .collect();
    let known = so.ok(&["units"]);
    refused(&so, &cases);
    assert_eq!(so.ok(&["units"]), known, "nobody new");
    refused(
        &bo,
        &[
            (
                1,
                "already-set-up",
                &["init", "--name", "Bộ khác", "--rehearsal"],
            ),
            (3, "no-such-unit", &["pull", "--unit", "byt.99"]),
            (5, "unreachable", &["pull"]),
            (
                3,
                "no-such-unit",
                &["drill", "byt.24.nope", "--period", PERIOD],
            ),
        ],
    );
}
