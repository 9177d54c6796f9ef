//! A facility's desk.

use model::overview::{Home, Trouble};
use model::{Period, ReportState, Timeliness};
use replica::{Env, QUARTERLY_FORM, ReportKey};
use testkit::at;
use wire::Role;

use crate::tree::{Machine, Tree, quarter, settle};

fn home(one: &Machine) -> Home {
    one.replica.home(one.now).unwrap()
}

fn add_task(one: &mut Machine, cells: &[(&str, &str)]) {
    let (key, person) = (one.key(), one.person.public());
    let cells: Vec<(String, String)> = cells
        .iter()
        .map(|(column, value)| ((*column).to_owned(), (*value).to_owned()))
        .collect();
    let mut env = Env {
        clock: one.clock(),
        entropy: &mut one.entropy,
    };
    one.replica
        .row_add(&key, &person, "H2", &cells, &mut env)
        .unwrap();
}

#[test]
fn what_came_back_and_why_and_its_receipt() {
    let mut tree = Tree::new(1);
    let (so, one) = tree.pair(0);
    let fresh = home(one);
    assert_eq!((fresh.tasks, fresh.troubles), (vec![], vec![]));
    let [report] = &fresh.reports[..] else {
        panic!("{:?}", fresh.reports)
    };
    assert_eq!(report.state, ReportState::None);
    assert_eq!((report.period, report.due), (quarter(), quarter().due()));

    one.set("B5", "7");
    let drafted = &home(one).reports[0];
    assert_eq!((drafted.state, drafted.pending), (ReportState::Draft, 1));
    one.report();
    settle(one, so);
    let remark = [("B3".to_owned(), "Số này ở đâu ra?".to_owned())];
    let (person, clock) = (so.person.clone(), so.clock());
    so.replica
        .return_report(&one.key(), &person, &remark, clock)
        .unwrap();
    settle(one, so);
    let returned = &home(one).reports[0];
    assert_eq!(returned.state, ReportState::Returned);
    assert_eq!(returned.received, Some((so.now, Timeliness::OnTime)));
    let [remark] = &returned.remarks[..] else {
        panic!("{:?}", returned.remarks)
    };
    assert_eq!(
        (&*remark.code, &*remark.text, &*remark.by),
        ("B3", "Số này ở đâu ra?", "Người 24")
    );
}

#[test]
fn unfinished_tasks_by_deadline_and_next_quarter_still() {
    let mut tree = Tree::new(1);
    let (so, one) = tree.pair(0);
    add_task(
        one,
        &[("task", "Sau"), ("state", "doing"), ("progress", "40")],
    );
    add_task(one, &[("task", "Xong rồi"), ("state", "done")]);
    add_task(
        one,
        &[
            ("task", "Trước"),
            ("deadline", "2026-06-15"),
            ("department", "CNTT"),
        ],
    );
    let tasks = |one: &Machine| -> Vec<String> {
        let tasks = home(one).tasks.into_iter();
        tasks.map(|task| task.task).collect()
    };
    assert_eq!(tasks(one), ["Trước", "Sau"]);
    let first = &home(one).tasks[0];
    assert_eq!(first.deadline, Some("2026-06-15".parse().unwrap()));
    assert_eq!((&*first.department, first.progress), ("CNTT", None));
    one.report();
    settle(one, so);
    so.accept(&one.unit());
    settle(one, so);

    one.now = at("2026-07-10T09:00:00+07:00");
    let later = home(one);
    assert_eq!(tasks(one), ["Trước", "Sau"]);
    assert_eq!(
        later.tasks[0].period,
        quarter(),
        "of the last accepted report"
    );
    assert_eq!(later.reports.len(), 2);
    assert_eq!(
        later.reports[1].period,
        quarter(),
        "what is accepted waits for nobody"
    );

    // Of what waits, the earlier due time first.
    one.now = at("2027-01-10T09:00:00+07:00");
    for period in ["2026-Q3", "2026-Q4"] {
        let key = ReportKey::regular(&one.unit(), QUARTERLY_FORM, Period::parse(period).unwrap());
        let (person, clock) = (one.person.public(), one.clock());
        let typed = one.replica.set(&key, &person, "B3", "5", clock);
        typed.unwrap();
    }
    let periods: Vec<String> = home(one)
        .reports
        .iter()
        .map(|report| report.period.to_string())
        .collect();
    assert_eq!(periods, ["2026-Q3", "2026-Q4", "2027-Q1", "2026-Q2"]);
}

#[test]
fn troubles_are_those_of_status() {
    let mut tree = Tree::new(1);
    let (so, one) = tree.pair(0);
    let editor = one.colleague("Người nhập", &[Role::Editor]);
    settle(one, so);
    let (key, clock) = (one.key(), one.clock());
    one.replica
        .set(&key, &editor.public(), "B3", "5", clock)
        .unwrap();
    let registrar = one.person.clone();
    one.replica
        .revoke(&registrar, &editor.public(), "nghỉ việc", clock)
        .unwrap();
    assert_eq!(home(one).troubles, [Trouble::Stranded(1)]);
    assert_eq!(one.status().stranded, 1);
}
