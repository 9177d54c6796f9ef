//! Tests of the whole crate through its public face, by concept. A report is
//! written as lines `KEY = what a person types`.

mod bad_forms;
mod carrying;
mod checks;
mod computed;
mod forms;
mod inputs;
mod periods;
mod samples;
mod units;
mod workflows;

use crate::form::{Form, builtin};
use crate::value::{Scalar, Snapshot};

fn quarterly() -> &'static Form {
    builtin("kh2273-quy").unwrap()
}

/// Lines `KEY = typed text`, or `KEY` alone for a row; later lines win, and an
/// empty text clears.
fn report_of(form: &Form, lines: &str) -> Snapshot {
    let mut report = Snapshot::default();
    for line in lines.lines().map(str::trim).filter(|l| !l.is_empty()) {
        let Some((key, text)) = line.split_once('=') else {
            report.values.insert(line.to_owned(), Scalar::Bool(true));
            continue;
        };
        let (key, text) = (key.trim().to_owned(), text.trim());
        if form.long_texts().any(|code| code == key) {
            report.texts.insert(key, text.to_owned());
            continue;
        }
        match form.parse_value(&key, text).unwrap() {
            Scalar::Null => report.values.remove(&key),
            value => report.values.insert(key, value),
        };
    }
    report
}

fn report(lines: &str) -> Snapshot {
    report_of(quarterly(), lines)
}

/// A report of a district hospital without error or warning in Q2 2026.
const GOOD: &str = "
    A1 = Nguyễn Thị Lan, Trưởng phòng CNTT
    A2 = BSCKII Trần Văn Hùng, Giám đốc
    B1 = có
    B1.date = 20/05/2026
    B2 = giao ban, Zalo/email
    B3 = 120
    B4 = 118
    B5 = 4
    B6 = 2.350
    C1/his
    C1/his/name = HIS bệnh viện
    C1/his/kind = his
    C1/his/public = không
    C1/his/state = đang vận hành
    C1/his/reviewed = có
    C1/his/reviewed_on = 12/05/2026
    C1/his/found_critical = 2
    C1/his/fixed_critical = 2
    C1/his/found_high = 5
    C1/his/fixed_high = 4
    C1/his/level = 3
    C1/his/dossier = đã phê duyệt
    C1/his/approval_no = 15/QĐ-CAT
    C1/his/approved_on = 02/06/2026
    C1/his/backup = hằng ngày
    C1/his/last_backup = 10/06/2026
    C1/his/last_restore = 01/03/2026
    D1 = có
    D1.date = 25/04/2026
    D2 = có
    D5 = 1
    D6 = 1
    D7 = 1
    E1 = có
    E1.date = 31/05/2026
    E2 = Lê Minh, Tổ trưởng CNTT, 0912 345 678, minh@bv.vn
    E3 = 0
    E4 = 2
    F5 = 100
    F6 = 90
    G1 = 2.000.000.000
    G2 = 200.000.000
    G4 = 50.000.000
    H1 = có
    H2/t1
    H2/t1/task = Lập hồ sơ cấp độ PACS
    H2/t1/state = đang
    H2/t1/progress = 60
    I1 = Thiếu cán bộ chuyên trách.
";
