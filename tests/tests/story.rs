//! A quarter from end to end, as it goes through the real programs: every node is
//! a home of its own, every step a process of its own, over QUIC on loopback.
//!
//! The people: the Bộ, the Sở of Bắc Ninh and six facilities. A works on two
//! machines, B and F report as asked (F while its own daemon runs), C's report is
//! returned and corrected, D is late, E sends nothing.

use quanho_tests::{DUE, Node, PERIOD, Serving, World, complete_toml, quarterly, until};
use serde_json::{Value, json};

const OPENED: &str = "2026-06-01T08:00:00+07:00";
const FILLED: &str = "2026-06-18T09:00:00+07:00";
const REVIEWED: &str = "2026-06-19T16:00:00+07:00";
const LATE: &str = "2026-06-22T10:00:00+07:00";
const PULLED: &str = "2026-06-24T08:00:00+07:00";

const A: &str = "byt.24.07210";
const B: &str = "byt.24.07228";
const C: &str = "byt.24.bv-c";
const D: &str = "byt.24.bv-d";
const E: &str = "byt.24.bv-e";
const F: &str = "byt.24.bv-f";

/// Everybody, at the time of the last step.
struct People {
    bo: Node,
    so: Node,
    a: [Node; 2],
    b: Node,
    c: Node,
    d: Node,
    e: Node,
    f: Node,
}

impl People {
    fn all(&self) -> [&Node; 9] {
        let [first, second] = &self.a;
        [
            &self.bo, &self.so, first, second, &self.b, &self.c, &self.d, &self.e, &self.f,
        ]
    }

    fn now(&mut self, time: &str) {
        let [first, second] = &mut self.a;
        for node in [
            &mut self.bo,
            &mut self.so,
            first,
            second,
            &mut self.b,
            &mut self.c,
            &mut self.d,
            &mut self.e,
            &mut self.f,
        ] {
            *node = node.at(time);
        }
    }
}

/// The Sở's daemon moves to a new port with a new day; everybody learns it.
fn open_doors(people: &People) -> Serving {
    let serving = people.so.serve();
    for facility in &people.all()[2..] {
        facility.ok(&["sync", "--address", serving.address()]);
    }
    serving
}

#[test]
fn a_quarter_from_the_campaign_to_the_nation() {
    let world = World::new();
    let mut people = enrol(&world);

    people.now(FILLED);
    let serving = open_doors(&people);
    two_machines_one_report(&people.a);
    a_plain_report(&people.b, 200);
    a_plain_report(&people.c, 300);
    several_processes_on_one_home(&people.f);
    people.e.set("B3", "1000");
    people.e.ok(&["sync"]);
    serving.stop();

    people.now(REVIEWED);
    let serving = open_doors(&people);
    reviews(&people);
    returned_and_corrected(&people.c, &people.so);
    serving.stop();

    people.now(LATE);
    let serving = open_doors(&people);
    a_plain_report(&people.d, 400);
    people.so.ok(&["review", "accept", D, "--period", PERIOD]);
    let rollup = provincial(&people);
    serving.stop();

    people.now(PULLED);
    national(&people, &rollup);

    let serving = open_doors(&people);
    the_answer_reaches_everybody(&people);
    in_sync_costs_one_small_round(&people.b);
    serving.stop();
    for node in people.all() {
        node.verified();
        let status = node.ok(&["status"]);
        for list in ["quarantined", "without_effect", "refused", "receipt_forks"] {
            assert_eq!(status[list], json!([]), "{list} of {}", status["unit"]);
        }
        assert_eq!(status["parked"], 0, "{status}");
    }
}

/// The Bộ founds the tree and opens the campaign; invites go down by hand.
fn enrol(world: &World) -> People {
    let (bo, so) = world.founded(OPENED);
    let serving = so.serve();
    let below = |unit: &str, name: &str| world.facility(&so, &serving, unit, name);
    let first = below(A, "Trung tâm Y tế A");
    let b = below(B, "Trạm Y tế B");
    let c = below(C, "Bệnh viện C");
    let d = below(D, "Bệnh viện D");
    let e = below(E, "Bệnh viện E");
    let f = below(F, "Bệnh viện F");

    // A's second machine is invited by A, and nobody above has a hand in it.
    let invite = first.ok(&["invite", "--device", "Máy phòng CNTT"]);
    let second = world.hospital("hospital-07210-2").at(OPENED);
    assert_eq!(invite["unit"], A);
    second.join(invite["invite"].as_str().unwrap_or_default(), "Chị Hai");
    first.ok(&["sync"]);
    second.ok(&["sync"]);

    for facility in [&first, &second, &b, &c, &d, &e, &f] {
        let list = facility.ok(&["report", "list"]);
        assert_eq!(list[0]["period"], PERIOD, "{list}");
        assert_eq!(list[0]["state"], "none", "{list}");
        let report = facility.show();
        assert_eq!(report["due"], DUE);
        assert_eq!(report["answers"], json!({}));
    }
    let campaigns = so.ok(&["campaign", "list"]);
    assert_eq!(campaigns[0]["unit"], "byt", "the Bộ's: {campaigns}");
    assert_eq!(campaigns[0]["audience"], "byt");
    serving.stop();
    People {
        bo,
        so,
        a: [first, second],
        b,
        c,
        d,
        e,
        f,
    }
}

fn a_plain_report(facility: &Node, staff: u32) {
    let filled = facility.fill(&complete_toml(staff));
    assert_eq!(filled["rows_added"], 1, "{filled}");
    assert_eq!(facility.show()["state"], "draft");
    assert_eq!(facility.report(&["check"])["ok"], true);
    facility.submit();
    let report = facility.show();
    assert_eq!(report["state"], "submitted");
    assert!(report["receipt"].is_string(), "{report}");
    assert_eq!(report["received_at"], facility.time());
    assert_eq!(report["pending"], 0);
}

/// Both edit offline, then meet at the Sở: one field in conflict, the rest merged.
fn two_machines_one_report([first, second]: &[Node; 2]) {
    first.fill(&quarterly(&[("B3", "100".to_owned())], &[]));
    second.set("B3", "120");
    second.set("D3", "2");
    let task = ["H2", "task=Rà soát HIS", "state=doing", "progress=50"];
    second.report(&[&["row", "add"], &task[..]].concat());
    first.ok(&["sync"]);
    second.ok(&["sync"]);
    first.ok(&["sync"]);

    for machine in [first, second] {
        let report = machine.show();
        assert_eq!(report["answers"]["D3"], 2, "the second's");
        assert_eq!(report["answers"]["G1"], 1_000_000_000, "the first's");
        assert_eq!(report["tables"]["C1"].as_array().map(Vec::len), Some(1));
        assert_eq!(report["tables"]["H2"][0]["progress"], 50);
        let conflicts = &report["conflicts"];
        assert_eq!(conflicts.as_array().map(Vec::len), Some(1), "{conflicts}");
        assert_eq!(conflicts[0]["code"], "B3");
        let mut values: Vec<(i64, &str)> = conflicts[0]["values"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|v| Some((v["value"].as_i64()?, v["author"].as_str()?)))
            .collect();
        values.sort_unstable();
        let both = [(100, "Trưởng Trung tâm Y tế A"), (120, "Chị Hai")];
        assert_eq!(values, both, "both values, both authors");
    }

    // No report goes out with a question open, and neither value is lost.
    assert_eq!(
        first.fails(1, &["report", "submit", "--period", PERIOD]),
        "check-failed"
    );
    let conflicts = first.report(&["conflicts"]);
    let values = conflicts[0]["values"].as_array().into_iter().flatten();
    let take = values
        .filter(|value| value["value"] == 120)
        .map(|value| value["n"].to_string())
        .next_back()
        .unwrap_or_default();
    let resolved = first.report(&["resolve", "B3", "--take", &take]);
    assert_eq!(resolved["value"], 120);
    assert_eq!(first.show()["conflicts"], json!([]));
    first.submit();
    assert_eq!(first.show()["answers"]["B3"], 120);

    second.ok(&["sync"]);
    let report = second.show();
    assert_eq!(report["state"], "submitted", "what the other machine did");
    assert_eq!(report["answers"]["B3"], 120);
    assert_eq!(report["conflicts"], json!([]));

    // An edit after that is visible as one, and changes nothing that was signed.
    second.set("I1", "Thiếu cán bộ chuyên trách");
    let report = second.show();
    assert_eq!(report["state"], "submitted");
    let diff = second.report(&["diff"]);
    assert_eq!(diff[0]["code"], "I1", "{diff}");
    assert_eq!(diff.as_array().map(Vec::len), Some(1));
    second.set("I1", "");
}

/// A daemon keeps the link upward while commands edit and submit beside it: the
/// receipt arrives with no `sync` typed.
fn several_processes_on_one_home(facility: &Node) {
    let daemon = facility.serve_with(&[]);
    facility.fill(&complete_toml(600));
    let submitting = facility.clone();
    let reading = facility.clone();
    let reader = std::thread::spawn(move || {
        for _ in 0..5 {
            reading.show();
            reading.ok(&["status"]);
        }
    });
    let submitted = submitting.report(&["submit"]);
    assert_eq!(submitted["new"], true);
    let receipt = until("the receipt by the daemon", || {
        let report = facility.show();
        report["receipt"].is_string().then_some(report)
    });
    assert_eq!(receipt["state"], "submitted");
    assert_eq!(receipt["submission"], submitted["submission"]);
    assert!(reader.join().is_ok());
    daemon.stop();
}

/// The Sở accepts what is good and returns C's with a comment on B4.
fn reviews(people: &People) {
    let so = &people.so;
    let list = so.ok(&["review", "list", "--period", PERIOD]);
    let states: Vec<(&str, &str)> = list
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|line| Some((line["unit"].as_str()?, line["state"].as_str()?)))
        .collect();
    let expected = [
        (A, "submitted"),
        (B, "submitted"),
        (C, "submitted"),
        (D, "none"),
        (E, "draft"),
        (F, "submitted"),
    ];
    assert_eq!(states, expected);
    let seen = so.ok(&["review", "show", A, "--period", PERIOD]);
    assert_eq!(seen["answers"]["B3"], 120, "what was resolved");
    for unit in [A, B, F] {
        let accepted = so.ok(&["review", "accept", unit, "--period", PERIOD]);
        assert_eq!(accepted["new"], true);
        let again = so.ok(&["review", "accept", unit, "--period", PERIOD]);
        assert_eq!(again["new"], false, "accepting twice is nothing new");
        assert_eq!(again["review"], accepted["review"]);
        let line = so.reviewed(unit);
        assert_eq!(line["state"], "accepted");
        assert_eq!(line["signed_at"], FILLED);
        assert_eq!(line["received_at"], FILLED);
        assert_eq!(line["on_time"], true);
    }
    let returning = ["review", "return", C, "--comment", "B4=kiểm tra lại số này"];
    so.ok(&[&returning[..], &["--period", PERIOD]].concat());
    assert_eq!(so.reviewed(C)["state"], "returned");
    people.b.ok(&["sync"]);
    assert_eq!(people.b.show()["state"], "accepted");
}

fn returned_and_corrected(facility: &Node, so: &Node) {
    facility.ok(&["sync"]);
    let report = facility.show();
    assert_eq!(report["state"], "returned");
    assert_eq!(report["comments"][0]["code"], "B4");
    assert_eq!(report["comments"][0]["text"], "kiểm tra lại số này");
    assert_eq!(report["comments"][0]["by"], "Chị Sở");
    let first = report["submission"].clone();

    facility.set("B4", "250");
    let diff = facility.report(&["diff"]);
    let change = json!([{ "code": "B4", "before": 270, "after": 250 }]);
    assert_eq!(only(&diff, &["code", "before", "after"]), change);
    let second = facility.submit();
    assert_ne!(second["submission"], first);
    let report = facility.show();
    assert_eq!(report["state"], "submitted");
    assert_eq!(report["comments"], json!([]), "they were on the first");

    so.ok(&["review", "accept", C, "--period", PERIOD]);
    facility.ok(&["sync"]);
    assert_eq!(facility.show()["state"], "accepted");
    let history = facility.report(&["history"]);
    let events: Vec<&str> = history
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|line| line["event"].as_str())
        .filter(|event| *event != "change")
        .collect();
    let all = [
        "submission",
        "receipt",
        "return",
        "submission",
        "receipt",
        "accept",
    ];
    assert_eq!(events, all, "who did what is never lost");
}

/// The Sở consolidates: five of six, one of them late, E missing by name.
fn provincial(people: &People) -> Value {
    let rollup = people.so.ok(&["rollup", "sign", "--period", PERIOD]);
    let expected = json!({
        "unit": "byt.24", "period": PERIOD, "expected": 6, "received": 5,
        "on_time": 4, "late": 1, "missing": [E], "inputs": 5,
    });
    for (key, value) in expected.as_object().into_iter().flatten() {
        assert_eq!(&rollup[key], value, "{key}");
    }
    let total = 120 + 200 + 300 + 400 + 600;
    assert_eq!(rollup["aggregates"]["B3"], json!({ "sum": total }));
    assert_eq!(rollup["aggregates"]["C1.systems"], json!({ "sum": 5 }));
    assert_eq!(people.so.reviewed(D)["on_time"], false);
    assert_eq!(people.so.reviewed(D)["timeliness"], "late");
    let again = people.so.ok(&["rollup", "sign", "--period", PERIOD]);
    assert_eq!(again["id"], rollup["id"], "nothing new to sign");
    let own = ["rollup", "verify", "--unit", "byt.24", "--period", PERIOD];
    assert_eq!(people.so.ok(&own)["ok"], true);
    rollup
}

/// The Bộ pulls, drills down, verifies from source and signs the nation's.
fn national(people: &People, provincial: &Value) {
    let (bo, so) = (&people.bo, &people.so);
    // The Sở tells the Bộ where it can be dialled, then answers there.
    let bo_serves = bo.serve();
    let so_serves = so.serve();
    so.ok(&["sync", "--address", bo_serves.address()]);
    bo_serves.stop();

    let pulled = bo.ok(&["pull"]);
    assert_eq!(pulled["units"][0]["unit"], "byt.24", "{pulled}");
    assert_eq!(pulled["complete"], true);
    let at = |unit: &'static str| ["--unit", unit, "--period", PERIOD];
    let shown = bo.ok(&[&["rollup", "show"], &at("byt.24")[..]].concat());
    assert_eq!(&shown, provincial, "as the Sở signed it");

    let deep = bo.ok(&[&["rollup", "verify", "--deep"], &at("byt.24")[..]].concat());
    verified_from_source(&deep);
    let drilled = bo.ok(&["drill", A, "--period", PERIOD]);
    assert_eq!(drilled["answers"]["B3"], 120);
    assert_eq!(drilled["state"], "accepted");
    let status = so.ok(&["status"]);
    let drills = status["drills"].as_array().into_iter().flatten();
    assert!(
        drills.clone().any(|drill| drill["unit"] == A),
        "the Sở sees it: {status}"
    );

    let nation = bo.ok(&["rollup", "sign", "--period", PERIOD]);
    assert_eq!(nation["unit"], "byt");
    for key in ["expected", "received", "on_time", "late"] {
        assert_eq!(nation[key], provincial[key], "{key}");
    }
    // What went in is the one province, and no province is without a rollup;
    // E is missing by name in the Sở's. Texts stay there too.
    assert_eq!(
        (&nation["inputs"], &nation["missing"]),
        (&json!(1), &json!([]))
    );
    let mut numbers = provincial["aggregates"].clone();
    if let Some(numbers) = numbers.as_object_mut() {
        numbers.retain(|_, total| total.get("list").is_none());
    }
    assert_eq!(nation["aggregates"], numbers);
    assert_eq!(nation["provinces"]["byt.24"], provincial["id"]);
    let deep = bo.ok(&[&["rollup", "verify", "--deep"], &at("byt")[..]].concat());
    verified_from_source(&deep);
    so_serves.stop();
}

fn verified_from_source(check: &Value) {
    for key in ["ok", "signature", "chain", "arithmetic"] {
        assert_eq!(check[key], true, "{key} in {check}");
    }
    assert_eq!(check["deep"]["checked"], 5, "{check}");
    assert_eq!(check["deep"]["mismatches"], json!([]));
}

fn the_answer_reaches_everybody(people: &People) {
    let expected = [
        (&people.a[0], "accepted"),
        (&people.a[1], "accepted"),
        (&people.b, "accepted"),
        (&people.c, "accepted"),
        (&people.d, "accepted"),
        (&people.e, "draft"),
        (&people.f, "accepted"),
    ];
    for (facility, state) in expected {
        let report = facility.show();
        assert_eq!(report["state"], state, "{}", report["unit"]);
    }
    assert_eq!(people.d.show()["on_time"], false);
    assert_eq!(people.b.show()["on_time"], true);
}

fn in_sync_costs_one_small_round(facility: &Node) {
    facility.ok(&["sync"]);
    let again = facility.ok(&["sync"]);
    assert_eq!(again["in_sync"], true);
    assert_eq!((&again["sent"], &again["received"]), (&json!(0), &json!(0)));
    assert_eq!(again["round_trips"], 1);
    let bytes = |key: &str| again[key].as_u64().unwrap_or(u64::MAX);
    assert!(bytes("bytes_out") + bytes("bytes_in") <= 256, "{again}");
}

/// Only these keys of each object in a list.
fn only(list: &Value, keys: &[&str]) -> Value {
    let one = |item: &Value| -> Value {
        let pairs = keys
            .iter()
            .map(|key| ((*key).to_owned(), item[*key].clone()));
        Value::Object(pairs.collect())
    };
    list.as_array().into_iter().flatten().map(one).collect()
}
