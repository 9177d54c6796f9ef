//! Two facilities whose numbers are known: every computed indicator and every
//! total of the signed rollup is computed here once more, plainly, from the same
//! facts, and none may be left out.

use std::collections::BTreeMap;

use quanho_tests::{Node, PERIOD, World};
use serde_json::{Map, Value, json};

const AT: &str = "2026-06-15T09:00:00+07:00";
const HOLES: [&str; 4] = ["critical", "high", "medium", "low"];

/// The fields that are numbers in `crates/model/forms/kh2273-quy.toml`.
const NUMBERS: [&str; 19] = [
    "B3", "B4", "B5", "B6", "D3", "D5", "D6", "D7", "E3", "E4", "F1", "F2", "F3", "F4", "F5", "F6",
    "G1", "G2", "G4",
];
const YES_NO: [&str; 6] = ["B1", "D1", "D2", "E1", "H1", "H3"];
const B2: [&str; 5] = ["meeting", "party_cell", "notice", "zalo_email", "other"];
const D4: [&str; 4] = [
    "level_management",
    "incident_coordination",
    "digital_forensics",
    "other",
];
const TASKS: [&str; 3] = ["todo", "doing", "done"];

/// What one facility reports. An absent number, yes-no or choice is `None`.
struct Report {
    unit: &'static str,
    numbers: [Option<i64>; 19],
    yes_no: [Option<bool>; 6],
    told_by: &'static [&'static str],
    platforms: &'static [&'static str],
    tasks: &'static [&'static str],
    difficulties: &'static str,
    systems: &'static [System],
}

/// A row of C1.
struct System {
    state: &'static str,
    public: Option<bool>,
    reviewed: Option<bool>,
    dossier: &'static str,
    found: [i64; 4],
    fixed: [i64; 4],
    backup: &'static str,
    restored: &'static str,
}

const FIRST: Report = Report {
    unit: "byt.24.07210",
    numbers: [
        Some(123),
        Some(120),
        Some(3),
        Some(450),
        Some(1),
        Some(4),
        Some(3),
        Some(2),
        Some(1),
        Some(2),
        Some(5),
        Some(7),
        Some(2),
        Some(3),
        Some(80),
        Some(60),
        Some(1_234_567_890),
        Some(100_000_000),
        Some(99_999_999),
    ],
    yes_no: [
        Some(true),
        Some(true),
        Some(false),
        Some(true),
        Some(true),
        Some(false),
    ],
    told_by: &["meeting", "zalo_email"],
    platforms: &["level_management", "other"],
    tasks: &["todo", "done", "done"],
    difficulties: "Thiếu cán bộ chuyên trách; thiếu kinh phí.",
    systems: &[
        System {
            state: "running",
            public: Some(true),
            reviewed: Some(true),
            dossier: "approved",
            found: [2, 5, 7, 11],
            fixed: [1, 3, 7, 0],
            backup: "daily",
            // Twelve months before the quarter's last day, to the day.
            restored: "2025-06-30",
        },
        System {
            state: "running",
            public: Some(false),
            reviewed: Some(false),
            dossier: "submitted",
            found: [0, 1, 0, 0],
            fixed: [0, 1, 0, 0],
            backup: "weekly",
            // One day too early.
            restored: "2025-06-29",
        },
        System {
            state: "planned",
            public: Some(true),
            reviewed: None,
            dossier: "appraised",
            found: [0; 4],
            fixed: [0; 4],
            backup: "",
            restored: "",
        },
        System {
            state: "stopped",
            public: Some(true),
            reviewed: Some(true),
            dossier: "approved",
            found: [3, 0, 0, 1],
            fixed: [0, 0, 0, 1],
            backup: "monthly",
            restored: "2026-05-05",
        },
    ],
};

/// Answers only what it must.
const SECOND: Report = Report {
    unit: "byt.24.07228",
    numbers: [
        Some(77),
        Some(77),
        None,
        None,
        None,
        Some(0),
        Some(0),
        Some(0),
        Some(0),
        Some(1),
        None,
        None,
        None,
        None,
        Some(77),
        None,
        Some(1_000),
        Some(1_000),
        None,
    ],
    yes_no: [
        Some(false),
        Some(true),
        Some(true),
        Some(false),
        Some(false),
        None,
    ],
    told_by: &[],
    platforms: &[],
    tasks: &["doing"],
    difficulties: "",
    systems: &[
        System {
            state: "running",
            public: None,
            reviewed: Some(true),
            dossier: "approved",
            found: [0; 4],
            fixed: [0; 4],
            backup: "none",
            restored: "2026-06-01",
        },
        System {
            state: "planned",
            public: Some(true),
            reviewed: Some(true),
            dossier: "approved",
            found: [1, 0, 0, 0],
            fixed: [1, 0, 0, 0],
            backup: "daily",
            restored: "2026-06-01",
        },
        System {
            state: "running",
            public: Some(true),
            reviewed: Some(true),
            dossier: "none",
            found: [0, 4, 0, 0],
            fixed: [0, 0, 0, 0],
            backup: "monthly",
            restored: "2025-12-31",
        },
    ],
};

impl Report {
    /// The TOML that a clerk would fill in from.
    fn toml(&self) -> String {
        let mut text = String::from("[answers]\nA1 = \"Người lập\"\nA2 = \"Thủ trưởng\"\n");
        for (code, number) in NUMBERS.iter().zip(self.numbers) {
            if let Some(number) = number {
                text += &format!("{code} = {number}\n");
            }
        }
        for (code, yes) in YES_NO.iter().zip(self.yes_no) {
            if let Some(yes) = yes {
                text += &format!("{code} = {{ value = {yes} }}\n");
            }
        }
        if self.says("E1") {
            text += "E2 = \"Đầu mối, 0912\"\n";
        }
        text += &format!("B2 = {:?}\nD4 = {:?}\n", self.told_by, self.platforms);
        text += &format!("I1 = {:?}\n", self.difficulties);
        for (number, state) in self.tasks.iter().enumerate() {
            text += &format!("[[tables.H2]]\ntask = \"Việc {number}\"\nstate = {state:?}\n");
        }
        for (number, system) in self.systems.iter().enumerate() {
            text += &format!("[[tables.C1]]\nname = \"Hệ thống {number}\"\nkind = \"other\"\n");
            text += &system.toml();
        }
        text
    }

    fn says(&self, code: &str) -> bool {
        let at = YES_NO.iter().position(|yes| *yes == code);
        at.and_then(|at| self.yes_no[at]) == Some(true)
    }

    fn number(&self, code: &str) -> i64 {
        let at = NUMBERS.iter().position(|number| *number == code);
        at.and_then(|at| self.numbers[at]).unwrap_or(0)
    }

    fn count(&self, is: impl Fn(&System) -> bool) -> i64 {
        self.systems.iter().filter(|system| is(system)).count() as i64
    }

    /// How many of the systems that are `of` also are `is`.
    fn share(&self, of: impl Fn(&System) -> bool, is: impl Fn(&System) -> bool) -> Value {
        json!({ "num": self.count(|s| of(s) && is(s)), "den": self.count(of) })
    }

    /// Every computed indicator, as `crates/model/forms/kh2273-quy.toml` defines it.
    fn computed(&self) -> Value {
        let running = |s: &System| s.state == "running";
        let approved = |s: &System| s.dossier == "approved";
        let open: i64 = self
            .systems
            .iter()
            .flat_map(|s| [s.found[0] - s.fixed[0], s.found[1] - s.fixed[1]])
            .sum();
        let recoverable =
            |s: &System| !["", "none"].contains(&s.backup) && s.restored >= "2025-06-30";
        json!({
            "C1.systems": self.systems.len(),
            "C1.running": self.count(running),
            "C1.reviewed": self.share(running, |s| s.reviewed == Some(true)),
            "C1.approved": self.share(|s| s.state != "stopped", approved),
            "C1.unapproved_running": self.count(|s| running(s) && !approved(s)),
            "C1.public_approved":
                self.share(|s| s.public == Some(true) && s.state != "stopped", approved),
            "C1.open_severe": open,
            "C1.recoverable": self.share(running, recoverable),
            "G3": { "num": self.number("G2"), "den": self.number("G1") },
            "H2": tally(&TASKS, self.tasks),
        })
    }
}

impl System {
    fn toml(&self) -> String {
        let mut text = format!("state = {:?}\ndossier = {:?}\n", self.state, self.dossier);
        for (name, value) in [("public", self.public), ("reviewed", self.reviewed)] {
            if let Some(value) = value {
                text += &format!("{name} = {value}\n");
            }
        }
        if self.dossier == "approved" {
            text += "approval_no = \"1/QĐ\"\napproved_on = 2026-02-01\n";
        }
        for (hole, (found, fixed)) in HOLES.iter().zip(self.found.iter().zip(self.fixed)) {
            text += &format!("found_{hole} = {found}\nfixed_{hole} = {fixed}\n");
        }
        if !self.backup.is_empty() {
            text += &format!("backup = {:?}\n", self.backup);
        }
        if !self.restored.is_empty() {
            text += &format!("last_restore = {}\n", self.restored);
        }
        text
    }
}

/// How often each of `all` is among `taken`.
fn tally(all: &[&str], taken: &[&str]) -> Value {
    let times = |one: &str| taken.iter().filter(|taken| **taken == one).count();
    all.iter()
        .map(|one| ((*one).to_owned(), json!(times(one))))
        .collect::<Map<_, _>>()
        .into()
}

/// Every total over the reports.
fn totals(reports: &[&Report]) -> BTreeMap<String, Value> {
    let mut totals = BTreeMap::new();
    for code in NUMBERS {
        let sum: i64 = reports.iter().map(|report| report.number(code)).sum();
        totals.insert(code.to_owned(), json!({ "sum": sum }));
    }
    for (at, code) in YES_NO.iter().enumerate() {
        let said: Vec<bool> = reports.iter().filter_map(|r| r.yes_no[at]).collect();
        let yes = said.iter().filter(|yes| **yes).count();
        totals.insert((*code).to_owned(), json!({ "true": yes, "of": said.len() }));
    }
    let taken = |of: fn(&Report) -> &'static [&'static str]| -> Vec<&str> {
        reports
            .iter()
            .flat_map(|report| of(report))
            .copied()
            .collect()
    };
    for (code, all, taken) in [
        ("B2", &B2[..], taken(|report| report.told_by)),
        ("D4", &D4[..], taken(|report| report.platforms)),
        ("H2", &TASKS[..], taken(|report| report.tasks)),
    ] {
        totals.insert(code.to_owned(), json!({ "counts": tally(all, &taken) }));
    }
    let texts: Vec<Value> = reports
        .iter()
        .filter(|report| !report.difficulties.is_empty())
        .map(|report| json!({ "unit": report.unit, "text": report.difficulties }))
        .collect();
    totals.insert("I1".to_owned(), json!({ "list": texts }));
    totals.insert("I2".to_owned(), json!({ "list": [] }));
    let computed: Vec<Value> = reports.iter().map(|report| report.computed()).collect();
    for (code, first) in computed[0].as_object().into_iter().flatten() {
        let sum = |key: &str| -> i64 {
            let values = computed.iter().map(|one| one[code][key].as_i64());
            values.map(Option::unwrap_or_default).sum()
        };
        let total = match first {
            Value::Number(_) => {
                let values = computed.iter().map(|one| one[code].as_i64());
                json!({ "sum": values.map(Option::unwrap_or_default).sum::<i64>() })
            }
            _ if code == "H2" => continue,
            _ => json!({ "num": sum("num"), "den": sum("den") }),
        };
        totals.insert(code.clone(), total);
    }
    totals
}

fn filled_and_accepted(world: &World, so: &Node, report: &Report) {
    let serving = so.serve();
    let facility = world.facility(so, &serving, report.unit, report.unit);
    facility.fill(&report.toml());
    let shown = facility.show();
    assert_eq!(shown["computed"], report.computed(), "{}", report.unit);
    facility.submit();
    so.ok(&["review", "accept", report.unit, "--period", PERIOD]);
    let seen = so.ok(&["review", "show", report.unit, "--period", PERIOD]);
    assert_eq!(seen["computed"], report.computed(), "as the Sở sees it");
    serving.stop();
}

#[test]
fn every_total_equals_a_plain_computation() {
    let world = World::new();
    let (bo, so) = world.founded(AT);
    filled_and_accepted(&world, &so, &FIRST);
    let one = so.ok(&["rollup", "sign", "--period", PERIOD]);
    assert_eq!(one["aggregates"], json!(totals(&[&FIRST])), "one report");

    filled_and_accepted(&world, &so, &SECOND);
    let both = so.ok(&["rollup", "sign", "--period", PERIOD]);
    assert_eq!(
        both["replaces"],
        json!([one["id"]]),
        "it corrects the first"
    );
    assert_eq!(both["aggregates"], json!(totals(&[&FIRST, &SECOND])));

    // The nation of one province: the same numbers; texts stay in the province.
    let (bo_serves, so_serves) = (bo.serve(), so.serve());
    so.ok(&["sync", "--address", bo_serves.address()]);
    bo.ok(&["pull"]);
    let nation = bo.ok(&["rollup", "sign", "--period", PERIOD]);
    let mut numbers = totals(&[&FIRST, &SECOND]);
    numbers.retain(|_, total| total.get("list").is_none());
    assert_eq!(nation["aggregates"], json!(numbers));
    so_serves.stop();
    bo_serves.stop();
}
