use super::{GOOD, quarterly, report};
use crate::carry::carry_over;
use crate::check::{CheckContext, check};
use crate::period::Period;
use crate::value::{Scalar, Snapshot};

#[test]
fn systems_and_unfinished_tasks_come_along() {
    let snapshot = report(&format!(
        "{GOOD}
        H2/t2\nH2/t2/task = Xong rồi\nH2/t2/state = xong
        H2/t3\nH2/t3/task = Chưa rõ"
    ));
    let carried = carry_over(quarterly(), &snapshot);
    let mut lines = String::new();
    for (key, value) in &carried {
        let value = match value {
            Scalar::Str(s) => s.clone(),
            other => format!("{other:?}"),
        };
        lines += &format!("{key} = {value}\n");
    }
    expect_test::expect![[r#"
        C1/his = Bool(true)
        C1/his/approval_no = 15/QĐ-CAT
        C1/his/approved_on = 2026-06-02
        C1/his/backup = daily
        C1/his/dossier = approved
        C1/his/kind = his
        C1/his/last_backup = 2026-06-10
        C1/his/last_restore = 2026-03-01
        C1/his/level = Int(3)
        C1/his/name = HIS bệnh viện
        C1/his/public = Bool(false)
        C1/his/reviewed = Bool(true)
        C1/his/reviewed_on = 2026-05-12
        C1/his/state = running
        H2/t1 = Bool(true)
        H2/t1/progress = Int(60)
        H2/t1/state = doing
        H2/t1/task = Lập hồ sơ cấp độ PACS
        H2/t3 = Bool(true)
        H2/t3/task = Chưa rõ
    "#]]
    .assert_eq(&lines);
}

#[test]
fn nothing_comes_from_nothing() {
    assert!(carry_over(quarterly(), &report("B3 = 5\nC1.empty = có\nB1 = có")).is_empty());
}

#[test]
fn what_is_carried_fits_the_next_report() {
    let values = carry_over(quarterly(), &report(GOOD));
    assert!(
        !values
            .keys()
            .any(|key| key.contains("/found_") || key.contains("/fixed_"))
    );
    let next = Snapshot {
        values,
        ..Snapshot::default()
    };
    let context = CheckContext {
        period: Period::Quarter(2026, 3),
        today: jiff::civil::date(2026, 9, 1),
        conflicts: &[],
    };
    let found = check(quarterly(), &next, &context);
    assert!(!found.errors.iter().any(|f| f.code.contains('/')));
    // Carried once more it is the same.
    assert_eq!(carry_over(quarterly(), &next), next.values);
}
