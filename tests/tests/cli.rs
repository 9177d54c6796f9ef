//! Every command as people and scripts use it: exactly one JSON value with
//! `--json`; words in both languages without; and what each one does.

use quanho_tests::{Node, Output, PERIOD, World, complete_toml, must, some};
use serde_json::{Value, json};

const AT: &str = "2026-06-10T09:00:00+07:00";

/// Prefixes of message ids: none may reach a reader.
const IDS: [&str; 9] = [
    "cli-",
    "error-",
    "hint-",
    "state-",
    "status-",
    "comment-",
    "conflict-",
    "key-",
    "sync-",
];

/// Words for a reader: some, and translated.
#[track_caller]
fn in_words(output: &Output) -> String {
    let text = output.text();
    assert!(!text.trim().is_empty(), "nothing said: {output}");
    for word in text.split(|c: char| !(c.is_alphanumeric() || c == '-')) {
        assert!(
            !IDS.iter().any(|id| word.starts_with(id)),
            "{word} in {output}"
        );
    }
    text.to_owned()
}

/// A command that may be run again and again: JSON, Vietnamese, English.
#[track_caller]
fn speaks(node: &Node, args: &[&str]) -> Value {
    let json = node.ok(args);
    let texts = ["vi", "en"].map(|lang| {
        let output = node.say(lang, args);
        assert_eq!(output.code, 0, "{output}");
        in_words(&output)
    });
    assert_ne!(texts[0], texts[1], "{args:?} is not translated");
    json
}

/// A Bộ, a Sở and a facility, joined and not connected.
fn three(world: &World) -> (Node, Node, Node) {
    let bo = world.bo("bo").at(AT);
    bo.ok(&[
        "init",
        "--name",
        "Bộ Y tế",
        "--person",
        "Anh Bộ",
        "--rehearsal",
    ]);
    let so = world.so("so").at(AT);
    so.join(&bo.invite("byt.24", "Sở Bắc Ninh", None), "Chị Sở");
    let node = world.hospital("hospital").at(AT);
    node.join(&so.invite("byt.24.07210", "Trạm A", None), "Chị Lan");
    (bo, so, node)
}

fn report<'a>(args: &[&'a str]) -> Vec<&'a str> {
    [&["report"], args, &["--period", PERIOD]].concat()
}

#[test]
fn a_facility_s_commands() {
    let world = World::new();
    let (_, _, node) = three(&world);
    let file = world.file("fill.toml", &complete_toml(100));
    let file = some(file.to_str(), "path");
    for args in [
        &["set", "B3", "90"][..],
        &["set", "B3", ""],
        &["fill", file],
    ] {
        speaks(&node, &report(args));
    }
    let row = speaks(
        &node,
        &report(&["row", "add", "C1", "name=PACS", "kind=pacs"]),
    );
    let id = row["row"].as_str().unwrap_or_default();
    speaks(&node, &report(&["row", "set", "C1", id, "level=3"]));
    node.ok(&report(&["row", "remove", "C1", id]));
    for command in [
        &["report", "list"][..],
        &["status"],
        &["verify"],
        &["entries"],
        &["person", "list"],
        &["invite", "--device", "Máy hai"],
        &report(&["show"]),
        &report(&["conflicts"]),
        &report(&["history"]),
    ] {
        speaks(&node, command);
    }
    // Rows that were added three times over are three rows with one name each.
    let check = node.run(&report(&["check"]));
    assert_eq!(check.json()["ok"], check.code == 0);
    for (lang, said) in [("vi", "cảnh báo"), ("en", "warning")] {
        let words = in_words(&node.say(lang, &report(&["check"])));
        assert!(words.contains(said), "{words}");
    }
}

#[test]
fn a_leader_s_commands() {
    let world = World::new();
    let (bo, so, node) = three(&world);
    let open = [
        "campaign",
        "open",
        "--form",
        "cv2132-rasoat",
        "--period",
        "2026",
    ];
    let due = [
        "--due",
        "2026-04-30T00:00:00+07:00",
        "--basis",
        "Công văn 2132",
    ];
    let campaign = speaks(&bo, &[&open[..], &due[..]].concat());
    assert_eq!(campaign["basis"], "Công văn 2132");
    for (leader, command) in [
        (&bo, &["units"][..]),
        (&bo, &["form", "list"]),
        (&bo, &["form", "publish", "--builtin", "kh2273-quy"]),
        (&bo, &["campaign", "list"]),
        (&so, &["units"]),
        (&so, &["campaign", "list"]),
        (&so, &["review", "list", "--period", PERIOD]),
        (&so, &["review", "show", "byt.24.07210", "--period", PERIOD]),
        (&so, &["rollup", "sign", "--period", PERIOD]),
        (&so, &["rollup", "show", "--period", PERIOD]),
        (
            &so,
            &["rollup", "verify", "--unit", "byt.24", "--period", PERIOD],
        ),
        (&so, &["unit", "rename", "byt.24.07210", "Trạm Y tế A"]),
    ] {
        speaks(leader, command);
    }
    let named = |units: &Value, unit: &str| {
        let mut units = units.as_array().into_iter().flatten();
        units
            .find(|view| view["unit"] == unit)
            .cloned()
            .unwrap_or_default()
    };
    assert_eq!(
        named(&so.ok(&["units"]), "byt.24.07210")["name"],
        "Trạm Y tế A"
    );
    assert_eq!(
        named(&bo.ok(&["units"]), "byt.24")["enrolled"],
        false,
        "not synced"
    );

    let csv = world.file(
        "units.csv",
        "unit,name\nbyt.24.b,Trạm B\nbyt.24.c,\"Trạm C\"\n",
    );
    let invites = so.ok(&["invite", "--from", some(csv.to_str(), "path")]);
    let units: Vec<&Value> = invites
        .as_array()
        .into_iter()
        .flatten()
        .map(|i| &i["unit"])
        .collect();
    assert_eq!(units, ["byt.24.b", "byt.24.c"]);
    let third = world.hospital("c").at(AT);
    let joined = third.join(invites[1]["invite"].as_str().unwrap_or_default(), "Anh C");
    assert_eq!(joined["name"], "Trạm C");
    so.ok(&["unit", "close", "byt.24.b"]);
    assert!(named(&so.ok(&["units"]), "byt.24.b")["closed"].is_string());
    so.ok(&["unit", "reopen", "byt.24.b"]);
    assert!(named(&so.ok(&["units"]), "byt.24.b")["closed"].is_null());

    // Accepting and returning, in words.
    let serving = so.serve();
    node.fill(&complete_toml(100));
    node.ok(&["sync", "--address", serving.address()]);
    speaks(&node, &report(&["submit"])[..]);
    speaks(&node, &["sync"]);
    speaks(&node, &report(&["diff"]));
    let review = |verb: &'static str| vec!["review", verb, "byt.24.07210", "--period", PERIOD];
    speaks(
        &so,
        &[&review("return")[..], &["--comment", "B4=xem lại"]].concat(),
    );
    speaks(&so, &review("accept"));
    serving.stop();
}

#[test]
fn what_can_be_typed_as_a_value() {
    let world = World::new();
    let (_, _, node) = three(&world);
    for (code, typed, stored) in [
        ("B3", "1.234", json!(1234)),
        ("B3", "1 234", json!(1234)),
        ("B3", "120", json!(120)),
        ("G1", "1.000.000.000 đồng", json!(1_000_000_000)),
        ("B1", "có", json!(true)),
        ("B1", "no", json!(false)),
        ("B1.date", "31/05/2026", json!("2026-05-31")),
        ("B1.date", "2026-05-30", json!("2026-05-30")),
        ("B2", "notice, meeting", json!(["meeting", "notice"])),
        ("B2", "giao ban", json!(["meeting"])),
        ("A1", "Nguye\u{302}\u{303}n", json!("Nguy\u{1ec5}n")),
        ("A1", "-", json!("-")),
        ("I1", "Dòng một\nDòng hai", json!("Dòng một\nDòng hai")),
    ] {
        node.set(code, typed);
        assert_eq!(node.show()["answers"][code], stored, "{code} = {typed:?}");
    }
    for code in ["B3", "B1", "B1.date", "B2", "A1", "I1"] {
        node.set(code, "");
        let cleared = &node.show()["answers"][code];
        assert!(cleared.is_null() || *cleared == "", "{code} is {cleared}");
    }

    // A file changes the rows that it names and adds the others.
    node.fill("[[tables.C1]]\nname = \"HIS\"\nkind = \"his\"\n");
    let row = node.show()["tables"]["C1"][0]["row"].clone();
    let toml = format!("[[tables.C1]]\nrow = {row}\nlevel = 3\n[[tables.C1]]\nname = \"LIS\"\n");
    let filled = node.fill(&toml);
    assert_eq!(
        (&filled["rows_added"], &filled["rows_changed"]),
        (&json!(1), &json!(1))
    );
    let table = node.show()["tables"]["C1"].clone();
    let rows = table.as_array().into_iter().flatten();
    let his = rows
        .clone()
        .find(|one| one["row"] == row)
        .cloned()
        .unwrap_or_default();
    assert_eq!(
        his,
        json!({ "row": row, "name": "HIS", "kind": "his", "level": 3 })
    );
    assert_eq!(rows.count(), 2);
    let id = row.as_str().unwrap_or_default();
    node.report(&["row", "set", "C1", id, "level=", "name=HIS 2"]);
    node.report(&["row", "set", "C1", id, "last_backup=1/6/2026", "public=x"]);
    let table = node.show()["tables"]["C1"].clone();
    let his = table
        .as_array()
        .into_iter()
        .flatten()
        .find(|one| one["row"] == row);
    let expected = json!({
        "row": row, "name": "HIS 2", "kind": "his", "last_backup": "2026-06-01", "public": true,
    });
    assert_eq!(his, Some(&expected));
    node.report(&["row", "remove", "C1", id]);
    assert_eq!(
        node.show()["tables"]["C1"].as_array().map(Vec::len),
        Some(1)
    );
}

#[test]
fn entries_are_what_they_say() {
    let world = World::new();
    let (_, _, node) = three(&world);
    node.fill(&complete_toml(100));
    node.report(&["submit"]);
    let entries = node.ok(&["entries"]);
    let list = entries.as_array().cloned().unwrap_or_default();
    assert_eq!(node.ok(&["status"])["entries"], list.len());
    for line in &list {
        let id = line["id"].as_str().unwrap_or_default();
        let raw = node.run(&["entry", id, "--raw"]);
        assert_eq!(raw.code, 0, "{raw}");
        let entry = must(wire::Entry::parse(&raw.stdout), id);
        let body = entry.body();
        assert_eq!(entry.bytes(), raw.stdout);
        let digest = wire::Digest::of(&[entry.signed()]);
        assert_eq!(
            (entry.id().to_string(), digest.to_string()),
            (id.into(), id.into())
        );
        assert_eq!(line["kind"], body.kind().as_str());
        assert_eq!(line["unit"], body.unit.as_str());
        assert_eq!(line["simulated"], true, "under a stopped clock");
        let shown = node.ok(&["entry", &id[..8]]);
        assert_eq!(
            (&shown["id"], &shown["author"]),
            (&line["id"], &line["author"])
        );
    }
    let of = |args: &[&str]| {
        let lines = node.ok(&[&["entries"], args].concat());
        lines.as_array().map_or(0, Vec::len)
    };
    assert_eq!(of(&["--kind", "submission"]), 1);
    assert_eq!(of(&["--unit", "byt.25"]), 0);
    assert_eq!(of(&["--unit", "byt"]), list.len());
    in_words(&node.say("vi", &["entries", "--unit", "byt.25"]));
}

#[test]
fn people_come_and_go() {
    let world = World::new();
    let (_, _, node) = three(&world);
    let theirs = world.file("theirs", "mật khẩu của Ba\n");
    let theirs = some(theirs.to_str(), "path");
    let new = ["--new-passphrase-file", theirs];
    let add = [
        "person", "add", "--name", "Anh Ba", "--role", "editor", "--role", "head",
    ];
    let added = node.ok(&[&add[..], &new[..]].concat());
    assert_eq!(added["name"], "Anh Ba");
    let set = report(&["set", "B3", "10"]);
    assert_eq!(node.fails(2, &set), "role-ambiguous", "now two may edit");
    node.ok(&[&["--as", "chị lan"], &report(&["set", "I2", "Không"])[..]].concat());

    // Each key has its own passphrase.
    let ba = node.with_passphrase(Some(theirs.as_ref()));
    let sign = |name: &'static str| [&["--as", name][..], &report(&["submit"])].concat();
    ba.fill_as("Anh Ba", &complete_toml(100));
    assert_eq!(node.fails(4, &sign("Anh Ba")), "wrong-passphrase");
    let passwd = ["person", "passwd", "Chị Lan"];
    node.ok(&[&passwd[..], &new[..]].concat());
    assert_eq!(
        node.fails(4, &sign("Chị Lan")),
        "wrong-passphrase",
        "the old one"
    );
    ba.ok(&sign("Anh Ba"));
    assert_eq!(ba.show()["signed_by"], "Anh Ba");

    ba.ok(&[&["--as", "Anh Ba"], &report(&["set", "F4", "3"])[..]].concat());
    assert_eq!(ba.ok(&["status"])["stranded"], 0);
    ba.ok(&["person", "revoke", "Anh Ba", "--reason", "chuyển công tác"]);
    assert_eq!(
        speaks(&ba, &["status"])["stranded"],
        1,
        "nobody can sign it"
    );
    for (lang, said) in [("vi", "không ai ký được nữa"), ("en", "nobody can sign")] {
        let words = in_words(&ba.say(lang, &["status"]));
        assert!(words.contains(said), "{words}");
    }
    let list = speaks(&ba, &["person", "list"]);
    let of = |name: &str| {
        let mut people = list.as_array().into_iter().flatten();
        people
            .find(|one| one["name"] == name)
            .cloned()
            .unwrap_or_default()
    };
    assert_eq!(of("Anh Ba")["revoked"], true);
    assert_eq!(of("Chị Lan")["revoked"], false);
    assert_eq!(
        ba.run(&sign("Anh Ba")).code,
        3,
        "nobody of that name can act"
    );
    let report = ba.show();
    assert_eq!(report["state"], "submitted", "what he signed before stands");
    assert_eq!(report["signed_by"], "Anh Ba");
    ba.verified();
}

#[test]
fn help_and_versions() {
    let world = World::new();
    for node in [world.bo("x"), world.so("x"), world.hospital("x")] {
        for flag in ["--help", "--version"] {
            let output = node.say("vi", &[flag]);
            assert_eq!(output.code, 0, "{output}");
            in_words(&output);
        }
    }
}
