//! Data for the pages: the same every time.

mod consolidated;

use std::collections::BTreeMap;
use std::sync::Arc;

use model::overview::{
    Board, BoardLine, BoardState, Campaign, CampaignLine, Home, HomeReport, HomeTask, KeyHolder,
    KeyLine, Remark, Review, UnitLine,
};
use model::{
    CheckContext, Form, Lang, Period, ReportState, Scalar, Snapshot, Timeliness, Timestamp,
    UnitPath, check,
};

pub(super) use consolidated::*;

use crate::{Data, Identity, Key, Msg, Palette, Place, Shell};

pub(super) fn now() -> Timestamp {
    at("2026-06-17T09:00:00+07:00")
}

pub(super) fn at(text: &str) -> Timestamp {
    Timestamp::parse_rfc3339(text).expect("a time")
}

pub(super) fn period() -> Period {
    Period::Quarter(2026, 2)
}

pub(super) fn campaign() -> Campaign {
    Campaign::usual(period())
}

pub(super) fn unit(path: &str) -> UnitPath {
    UnitPath::parse(path).expect("a path")
}

pub(super) fn form() -> Arc<Form> {
    Arc::new(
        model::form::builtin("kh2273-quy")
            .expect("built in")
            .clone(),
    )
}

/// The form of the review of 2132.
pub(super) fn other_form() -> Arc<Form> {
    let form = model::form::builtin("cv2132-rasoat");
    Arc::new(form.expect("built in").clone())
}

/// One of each page.
pub(super) fn places() -> Vec<Place> {
    let (unit, campaign) = (|| unit("byt.24.07210"), campaign);
    vec![
        Place::Home,
        Place::Board {
            campaign: campaign(),
        },
        Place::Review {
            unit: unit(),
            campaign: campaign(),
        },
        Place::Rollup {
            unit: unit(),
            campaign: campaign(),
        },
        Place::Behind {
            unit: unit(),
            campaign: campaign(),
            code: "B3".into(),
        },
        Place::Campaigns {
            campaign: campaign(),
        },
        Place::Units,
        Place::Keys { unit: None },
        Place::Nation { period: period() },
    ]
}

/// A shell of this unit, with the answer of its first desk.
pub(super) fn shell(path: &str, name: &str, data: Data) -> Shell {
    shell_in(Lang::Vi, path, name, data)
}

pub(super) fn shell_in(lang: Lang, path: &str, name: &str, data: Data) -> Shell {
    let identity = Identity {
        unit: unit(path),
        name: name.into(),
        rehearsal: false,
    };
    let (mut shell, effects) = Shell::new(identity, lang, now(), Palette::None, None);
    let [crate::Effect::Read(place)] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    answer(&mut shell, place.clone(), data);
    shell
}

pub(super) fn answer(shell: &mut Shell, place: Place, data: Data) {
    let answer = Ok(data);
    assert_eq!(shell.update(Msg::Page { place, answer }), []);
}

pub(super) fn press(shell: &mut Shell, key: Key) -> Vec<crate::Effect> {
    shell.update(Msg::Key(key))
}

pub(super) fn typed(shell: &mut Shell, text: &str) -> Vec<crate::Effect> {
    text.chars()
        .flat_map(|c| press(shell, Key::char(c)))
        .collect()
}

/// As many facilities as asked for, in every state.
pub(super) fn board(count: usize) -> Board {
    let lines = (0..count).map(|at| {
        let state = BoardState::ALL[at * 7 % 8];
        let received = matches!(
            state,
            BoardState::Submitted | BoardState::Returned | BoardState::Accepted
        );
        let timeliness = [
            Timeliness::OnTime,
            Timeliness::SignedOnTime,
            Timeliness::Late,
        ];
        let minute = i64::try_from(at).expect("few") * 60_000;
        BoardLine {
            unit: unit(&format!("byt.24.{:05}", 7_000 + at)),
            name: match at % 3 {
                0 => format!("Trạm Y tế phường Kinh Bắc {at}"),
                1 => format!("Bệnh viện Đa khoa khu vực {at}"),
                _ => format!("Trung tâm Y tế Quế Võ {at}"),
            },
            state,
            timeliness: received.then(|| timeliness[at % 3]),
            signed_at: received.then(|| Timestamp(now().0 - minute - 3_600_000)),
            received_at: received.then(|| Timestamp(now().0 - minute)),
            last_sync: (at % 5 != 0).then(|| Timestamp(now().0 - minute)),
            reenrolled: at % 97 == 5,
        }
    });
    Board {
        unit: unit("byt.24"),
        form: form(),
        period: period(),
        others: 0,
        due: period().due(),
        lines: lines.collect(),
    }
}

pub(super) fn home() -> Home {
    let report = |form: &str, title: &str, state, due: &str| HomeReport {
        form: form.into(),
        title: title.into(),
        period: period(),
        ordinal: 0,
        state,
        due: Some(at(due)),
        pending: 0,
        remarks: Vec::new(),
        received: None,
    };
    let title = form().title.get(Lang::Vi).to_owned();
    let mut returned = report(
        "kh2273-quy",
        &title,
        ReportState::Returned,
        "2026-06-20T00:00:00+07:00",
    );
    returned.received = Some((at("2026-06-15T10:00:00+07:00"), Timeliness::OnTime));
    returned.pending = 3;
    returned.remarks = vec![Remark {
        code: "B4".into(),
        text: "Số người được phổ biến lớn hơn tổng số".into(),
        by: "Sở Y tế Bắc Ninh".into(),
        time: at("2026-06-16T08:00:00+07:00"),
    }];
    Home {
        reports: vec![
            returned,
            report(
                "cv2132-rasoat",
                "Rà soát theo Công văn 2132",
                ReportState::None,
                "2026-06-10T00:00:00+07:00",
            ),
        ],
        tasks: vec![HomeTask {
            task: "Lập hồ sơ cấp độ cho HIS".into(),
            department: "Phòng CNTT".into(),
            deadline: Some(jiff_date("2026-06-30")),
            progress: Some(40),
            period: period(),
        }],
        troubles: Vec::new(),
    }
}

fn jiff_date(text: &str) -> jiff::civil::Date {
    text.parse().expect("a date")
}

/// A snapshot with some numbers, each times this.
pub(super) fn snapshot(factor: i64) -> Snapshot {
    let mut snapshot = Snapshot::default();
    for (code, number) in [
        ("B3", 120),
        ("B4", 100),
        ("D5", 2),
        ("G1", 900_000_000),
        ("G2", 60_000_000),
    ] {
        snapshot
            .values
            .insert(code.into(), Scalar::Int(number * factor));
    }
    snapshot
        .values
        .insert("A1".into(), Scalar::Str("Nguyễn Thị Lan".into()));
    snapshot.values.insert("B1".into(), Scalar::Bool(true));
    snapshot.values.insert("C1/k1".into(), Scalar::Bool(true));
    snapshot
        .values
        .insert("C1/k1/name".into(), Scalar::Str("HIS".into()));
    snapshot
        .values
        .insert("C1/k1/kind".into(), Scalar::Str("his".into()));
    snapshot
        .values
        .insert("C1/k1/state".into(), Scalar::Str("running".into()));
    snapshot
        .texts
        .insert("I1".into(), "Thiếu cán bộ chuyên trách".into());
    snapshot
}

pub(super) fn review() -> Review {
    let form = form();
    let mut now_values = snapshot(4);
    now_values.values.insert("B4".into(), Scalar::Int(500));
    let context = CheckContext {
        period: period(),
        today: now().date_in_vietnam(),
        conflicts: &[],
    };
    Review {
        unit: unit("byt.24.07210"),
        name: "Trạm Y tế phường Kinh Bắc".into(),
        period: period(),
        due: period().due(),
        state: ReportState::Submitted,
        signed: Some(("Nguyễn Văn An".into(), at("2026-06-16T08:00:00+07:00"))),
        received: Some((at("2026-06-16T08:05:00+07:00"), Timeliness::OnTime)),
        check: check(&form, &now_values, &context),
        now: now_values,
        before: Some(snapshot(4)),
        last_period: Some(snapshot(1)),
        conflicts: Vec::new(),
        remarks: Vec::new(),
        changed_since: 1,
        kept: BTreeMap::new(),
        submission: Some("5f".repeat(32)),
        form,
    }
}

/// What is asked for in the quarter: the usual report and the review of 2132.
pub(super) fn campaigns() -> Vec<CampaignLine> {
    let line = |form: &str, due: Option<Timestamp>, submitted| CampaignLine {
        campaign: Campaign {
            form: form.into(),
            period: period(),
        },
        title: model::form::builtin(form).expect("built in").title.clone(),
        by: None,
        basis: None,
        due,
        submitted,
    };
    vec![
        line("kh2273-quy", period().due(), 5),
        CampaignLine {
            by: Some((unit("byt"), "Bộ Y tế".into())),
            basis: Some("Công văn 2132".into()),
            ..line("cv2132-rasoat", Some(at("2026-04-30T00:00:00+07:00")), 2)
        },
        line("kh2273-vpso", period().due(), 1),
    ]
}

fn at_minute(at: usize) -> Timestamp {
    Timestamp(now().0 - i64::try_from(at).expect("few") * 60_000)
}

pub(super) fn units() -> Vec<UnitLine> {
    (0..12)
        .map(|at| UnitLine {
            unit: unit(&format!("byt.24.{:05}", 7_000 + at)),
            name: format!("Trạm Y tế số {at}"),
            enrolled: at % 4 != 0,
            reenrolled: at == 5,
            invited: at % 4 == 0 && at != 8,
            closed: at == 11,
            last_sync: (at % 4 != 0).then(|| at_minute(at)),
            in_sync: at % 4 == 1,
            address: None,
        })
        .collect()
}

pub(super) fn keys() -> Vec<KeyLine> {
    let line = |name: &str, holder, roles: &[&'static str], revoked, until| KeyLine {
        unit: unit("byt.24"),
        key: format!("{:0>64}", name.len()),
        holder,
        name: name.into(),
        roles: roles.to_vec(),
        revoked,
        here: name == "Máy chủ Sở" || name == "Trần Thị B" || name == "Nguyễn Thị Hoa",
        until,
    };
    vec![
        line(
            "Phạm Văn Dũng",
            KeyHolder::Person,
            &["head", "reviewer"],
            false,
            None,
        ),
        line(
            "Nguyễn Thị Hoa",
            KeyHolder::Person,
            &["registrar"],
            false,
            None,
        ),
        line("Máy chủ Sở", KeyHolder::Node, &["node"], false, None),
        line(
            "Trạm Y tế Võ Cường",
            KeyHolder::Invite,
            &["node"],
            false,
            Some(at("2026-07-01T00:00:00+07:00")),
        ),
        line("Trần Thị B", KeyHolder::Person, &["editor"], true, None),
    ]
}

/// The key of the row under the cursor.
pub(super) fn current(shell: &Shell) -> String {
    let page = shell.pages.last().expect("a page");
    page.current().expect("a row").to_owned()
}
