//! "Trước ngày 20 của tháng cuối quý", to the second: the receipt decides, and a
//! report signed in time that arrived too late is shown as just that.

use quanho_tests::{DUE, Node, PERIOD, World, complete_toml};
use serde_json::{Value, json};

const OPENED: &str = "2026-06-01T08:00:00+07:00";
const LAST_SECOND: &str = "2026-06-19T23:59:59+07:00";
const FIRST_MOMENT: &str = DUE;

const PUNCTUAL: &str = "byt.24.bv-punctual";
const OFFLINE: &str = "byt.24.bv-offline";
const TARDY: &str = "byt.24.bv-tardy";

/// What a review line or a report says of its times.
fn times(view: &Value) -> Value {
    json!([
        view["signed_at"],
        view["received_at"],
        view["on_time"],
        view["timeliness"]
    ])
}

#[test]
fn the_receipt_decides_to_the_second() {
    let world = World::new();
    let (_, so) = world.founded(OPENED);
    let serving = so.serve();
    let below = |unit: &str| world.facility(&so, &serving, unit, unit);
    let (punctual, offline, tardy) = (below(PUNCTUAL), below(OFFLINE), below(TARDY));
    for (facility, staff) in [(&punctual, 100), (&offline, 200), (&tardy, 300)] {
        facility.fill(&complete_toml(staff));
    }
    serving.stop();

    // 23:59:59 at both ends; one head signs then too, and has no network.
    let so = so.at(LAST_SECOND);
    let serving = so.serve();
    let sync = |facility: &Node| {
        facility.ok(&["sync", "--address", serving.address()]);
    };
    let (punctual, offline) = (punctual.at(LAST_SECOND), offline.at(LAST_SECOND));
    punctual.report(&["submit"]);
    sync(&punctual);
    sync(&punctual);
    offline.report(&["submit"]);
    serving.stop();

    // One second later.
    let so = so.at(FIRST_MOMENT);
    let serving = so.serve();
    let sync = |facility: &Node| {
        facility.ok(&["sync", "--address", serving.address()]);
    };
    let (punctual, offline, tardy) = (
        punctual.at(FIRST_MOMENT),
        offline.at(FIRST_MOMENT),
        tardy.at(FIRST_MOMENT),
    );
    tardy.report(&["submit"]);
    for facility in [&punctual, &offline, &tardy] {
        sync(facility);
        sync(facility);
    }

    let expected = [
        (
            PUNCTUAL,
            &punctual,
            json!([LAST_SECOND, LAST_SECOND, true, "on_time"]),
        ),
        (
            OFFLINE,
            &offline,
            json!([LAST_SECOND, FIRST_MOMENT, false, "signed_on_time"]),
        ),
        (
            TARDY,
            &tardy,
            json!([FIRST_MOMENT, FIRST_MOMENT, false, "late"]),
        ),
    ];
    for (unit, facility, expected) in &expected {
        assert_eq!(times(&so.reviewed(unit)), *expected, "the Sở on {unit}");
        assert_eq!(times(&facility.show()), *expected, "{unit} itself");
    }
    let words = so.say("vi", &["review", "list", "--period", PERIOD]);
    for note in ["đúng hạn", "ký đúng hạn, nhận trễ", "trễ hạn"] {
        assert!(words.text().contains(note), "{words}");
    }

    // A correction later on does not make a punctual unit late.
    let comment = ["--comment", "B4=xem lại", "--period", PERIOD];
    so.ok(&[&["review", "return", PUNCTUAL], &comment[..]].concat());
    sync(&punctual);
    punctual.set("B4", "95");
    punctual.report(&["submit"]);
    sync(&punctual);
    let line = so.reviewed(PUNCTUAL);
    assert_eq!(line["signed_at"], FIRST_MOMENT);
    assert_eq!(
        (&line["on_time"], &line["state"]),
        (&json!(true), &json!("submitted"))
    );
    serving.stop();

    for unit in [PUNCTUAL, OFFLINE, TARDY] {
        so.ok(&["review", "accept", unit, "--period", PERIOD]);
    }
    let rollup = so.ok(&["rollup", "sign", "--period", PERIOD]);
    let counts = ["expected", "received", "on_time", "late", "inputs"];
    let counts: Vec<&Value> = counts.iter().map(|key| &rollup[*key]).collect();
    assert_eq!(json!(counts), json!([3, 3, 1, 2, 3]));
    assert_eq!(rollup["missing"], json!([]));
}
