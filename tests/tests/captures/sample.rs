//! What the pictures show: invented, and the same every time.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::overview::{
    Board, BoardLine, BoardState, Campaign, Figures, Home, HomeReport, HomeTask, Nation, Proof,
    ProvinceLine, Quarter, Remark, Review, Signed, Source, Totals,
};
use model::{
    Aggregate, CheckContext, Form, Lang, Period, ReportState, Scalar, Snapshot, Timeliness,
    Timestamp, UnitPath, check,
};
use tui::form::{CommentView, ReceiptView, ReportView};
use tui::{Code, Data, Identity, Key, Msg, Palette, Place, Shell, SyncView};

use crate::provinces::PROVINCES;

const FACILITY: (&str, &str) = ("byt.24.07210", "Trạm Y tế Kinh Bắc");
const SO: (&str, &str) = ("byt.24", "Sở Y tế Bắc Ninh");
const REMARK: &str = "Ghi cả người làm hợp đồng";

fn at(time: &str) -> Timestamp {
    Timestamp::parse_rfc3339(&format!("{time}:00+07:00")).unwrap()
}

fn period() -> Period {
    Period::Quarter(2026, 2)
}

fn unit(path: &str) -> UnitPath {
    UnitPath::parse(path).unwrap()
}

fn form() -> Arc<Form> {
    Arc::new(model::form::builtin("kh2273-quy").unwrap().clone())
}

/// A shell of this unit with its first desk filled, in touch with the level above.
fn shell((path, name): (&str, &str), now: &str, person: &str, place: Place, data: Data) -> Shell {
    let identity = Identity {
        unit: unit(path),
        name: name.to_owned(),
        rehearsal: false,
    };
    let (mut shell, _) = Shell::new(identity, Lang::Vi, at(now), Palette::Dark, None);
    let sync = match path {
        "byt" => SyncView::Top,
        _ => SyncView::InSync(now.split('T').nth(1).unwrap().to_owned()),
    };
    shell.update(Msg::Link {
        sync,
        clock_ahead_ms: None,
    });
    let person = person.to_owned();
    shell.update(Msg::Unlocked { person });
    show(&mut shell, place, data);
    shell
}

fn show(shell: &mut Shell, place: Place, data: Data) {
    let answer = Ok(data);
    shell.update(Msg::Page { place, answer });
}

fn press(shell: &mut Shell, code: Code, times: usize) {
    for _ in 0..times {
        shell.update(Msg::Key(Key::plain(code)));
    }
}

/// A quarter's answers, with so many tenths of the usual numbers.
fn snapshot(tenths: i64) -> Snapshot {
    let numbers = [
        ("B3", 120),
        ("B4", 96),
        ("B5", 10),
        ("B6", 850),
        ("D5", 0),
        ("D6", 0),
        ("D7", 0),
        ("E3", 10),
        ("E4", 20),
        ("F5", 60),
        ("G1", 900_000_000),
        ("G2", 120_000_000),
    ];
    let words = [
        ("A1", "Nguyễn Thị Lan, cán bộ"),
        ("A2", "Bác sĩ Trần Văn Hùng"),
        ("B1.date", "2026-05-20"),
        ("B2", "meeting,notice"),
        ("C1/k1/name", "HIS"),
        ("C1/k1/kind", "his"),
        ("C1/k1/state", "running"),
        ("C1/k1/dossier", "submitted"),
        ("D1.date", "2026-04-20"),
        ("E1.date", "2026-05-15"),
        ("E2", "Lê Văn Cường, 0912"),
    ];
    let ticks = ["B1", "C1/k1", "C1/k1/reviewed", "D1", "D2", "E1", "H1"];
    let numbers = numbers.map(|(key, n)| (key, Scalar::Int(n * tenths / 10)));
    let words = words.map(|(key, word)| (key, Scalar::Str(word.into())));
    let ticks = ticks.map(|key| (key, Scalar::Bool(true)));
    let all = numbers.into_iter().chain(words).chain(ticks);
    let values = all.map(|(key, value)| (key.to_owned(), value)).collect();
    Snapshot {
        values,
        ..Snapshot::default()
    }
}

fn checked(snapshot: &Snapshot) -> model::Check {
    let context = CheckContext {
        period: period(),
        today: at("2026-06-17T09:00").date_in_vietnam(),
        conflicts: &[],
    };
    check(&form(), snapshot, &context)
}

pub(crate) fn home() -> Shell {
    let quarterly = HomeReport {
        form: "kh2273-quy".into(),
        title: form().title.get(Lang::Vi).to_owned(),
        period: period(),
        ordinal: 0,
        state: ReportState::Returned,
        due: period().due(),
        pending: 1,
        remarks: vec![Remark {
            code: "B4".into(),
            text: REMARK.into(),
            by: "Phạm Văn Dũng".into(),
            time: at("2026-06-16T15:40"),
        }],
        received: Some((at("2026-06-15T10:05"), Timeliness::OnTime)),
    };
    let review = HomeReport {
        form: "cv2132-rasoat".into(),
        title: "Rà soát theo Công văn 2132".into(),
        state: ReportState::None,
        due: Some(at("2026-06-30T00:00")),
        pending: 0,
        remarks: Vec::new(),
        received: None,
        ..quarterly.clone()
    };
    let task = |task: &str, department: &str, deadline: &str, progress| HomeTask {
        task: task.into(),
        department: department.into(),
        deadline: Some(at(deadline).date_in_vietnam()),
        progress: Some(progress),
        period: period(),
    };
    let home = Home {
        reports: vec![quarterly, review],
        tasks: vec![
            task(
                "Lập hồ sơ cấp độ cho HIS",
                "Phòng CNTT",
                "2026-06-10T12:00",
                60,
            ),
            task(
                "Diễn tập khôi phục dữ liệu",
                "Phòng KHTH",
                "2026-07-15T12:00",
                0,
            ),
        ],
        troubles: Vec::new(),
    };
    let now = "2026-06-17T09:12";
    shell(
        FACILITY,
        now,
        "Nguyễn Thị Lan",
        Place::Home,
        Data::Home(home),
    )
}

pub(crate) fn report() -> Shell {
    let mut shell = home();
    let mut snapshot = snapshot(10);
    snapshot.values.insert("B4".into(), Scalar::Int(130));
    let view = ReportView {
        unit: FACILITY.0.into(),
        unit_name: FACILITY.1.into(),
        person: Some("Nguyễn Thị Lan".into()),
        period: period(),
        due: period().due(),
        state: ReportState::Returned,
        check: checked(&snapshot),
        snapshot,
        conflicts: Vec::new(),
        comments: vec![CommentView {
            code: "B4".into(),
            text: REMARK.into(),
            by: "Phạm Văn Dũng".into(),
            time: "16/06/2026 15:40".into(),
        }],
        previous: Some(self::snapshot(8)),
        sync: SyncView::InSync("09:12".into()),
        pending: 1,
        signer: Some("Trần Văn Hùng".into()),
        submitted_at: Some(at("2026-06-15T10:04")),
        changed: 0,
        receipt: Some(ReceiptView {
            received_at: at("2026-06-15T10:05"),
            timeliness: Timeliness::OnTime,
            by: SO.1.into(),
        }),
        news: Vec::new(),
        seen: tui::form::Seen::default(),
    };
    shell.update(Msg::Opened { form: form() });
    shell.update(Msg::Form(tui::form::Msg::Loaded(Box::new(view))));
    press(&mut shell, Code::Tab, 1);
    press(&mut shell, Code::Down, 4);
    shell
}

const FACILITIES: [(&str, &str, BoardState); 16] = [
    ("07201", "Trạm Y tế Vũ Ninh", BoardState::Accepted),
    ("07204", "Trạm Y tế Võ Cường", BoardState::NotOpened),
    ("07210", "Trạm Y tế Kinh Bắc", BoardState::Submitted),
    ("07228", "Trạm Y tế Hạp Lĩnh", BoardState::Accepted),
    ("07246", "Trạm Y tế Nam Sơn", BoardState::Returned),
    ("07264", "Trạm Y tế Đào Viên", BoardState::Accepted),
    ("07282", "Trạm Y tế Quế Võ", BoardState::Submitted),
    ("07288", "Trạm Y tế Phù Lãng", BoardState::Accepted),
    ("07300", "Trạm Y tế Yên Phong", BoardState::Working),
    ("07315", "Trạm Y tế Tam Giang", BoardState::Accepted),
    ("07333", "Trạm Y tế Gia Bình", BoardState::NotJoined),
    ("07351", "Trạm Y tế Lương Tài", BoardState::Accepted),
    ("bvdk1", "Bệnh viện Đa khoa số 1", BoardState::Submitted),
    (
        "bvdk2",
        "Bệnh viện Đa khoa số 2",
        BoardState::TwoSubmissions,
    ),
    ("bvmat", "Bệnh viện Mắt", BoardState::Accepted),
    ("cdc", "Trung tâm Kiểm soát bệnh tật", BoardState::Accepted),
];

fn lines() -> Vec<BoardLine> {
    let line = |(at_place, (code, name, state)): (usize, &(&str, &str, BoardState))| {
        let received = !matches!(
            state,
            BoardState::NotJoined | BoardState::NotOpened | BoardState::Working
        );
        let joined = *state != BoardState::NotJoined;
        let time = at(&format!(
            "2026-06-{:02}T{:02}:20",
            9 + at_place % 8,
            8 + at_place % 9
        ));
        BoardLine {
            unit: unit(&format!("byt.24.{code}")),
            name: (*name).to_owned(),
            state: *state,
            timeliness: received.then_some(Timeliness::OnTime),
            signed_at: received.then_some(time),
            received_at: received.then_some(time),
            last_sync: joined.then_some(time),
            reenrolled: false,
        }
    };
    FACILITIES.iter().enumerate().map(line).collect()
}

pub(crate) fn board() -> Shell {
    let board = Board {
        unit: unit(SO.0),
        form: form(),
        period: period(),
        others: 0,
        due: period().due(),
        lines: lines(),
    };
    let campaign = Campaign::usual(period());
    let (now, place) = ("2026-06-17T09:30", Place::Board { campaign });
    shell(SO, now, "Phạm Văn Dũng", place, Data::Board(board))
}

pub(crate) fn review() -> Shell {
    let mut shell = board();
    let mut now = snapshot(10);
    now.values.insert("B4".into(), Scalar::Int(98));
    let mut last = snapshot(8);
    last.values.insert("B6".into(), Scalar::Int(210));
    let review = Review {
        unit: unit(FACILITY.0),
        name: FACILITY.1.into(),
        form: form(),
        period: period(),
        due: period().due(),
        state: ReportState::Submitted,
        submission: Some("5f".repeat(32)),
        signed: Some(("Trần Văn Hùng".into(), at("2026-06-15T10:04"))),
        received: Some((at("2026-06-15T10:05"), Timeliness::OnTime)),
        check: checked(&now),
        now,
        before: Some(snapshot(10)),
        last_period: Some(last),
        conflicts: Vec::new(),
        remarks: Vec::new(),
        changed_since: 0,
        kept: BTreeMap::from([("B4".into(), REMARK.into())]),
    };
    let (unit, campaign) = (unit(FACILITY.0), Campaign::usual(period()));
    // The board stands with its cursor on whoever comes first; search finds the one.
    for key in "/kinh bac".chars() {
        shell.update(Msg::Key(Key::char(key)));
    }
    press(&mut shell, Code::Enter, 2);
    let place = Place::Review { unit, campaign };
    show(&mut shell, place, Data::Review(Box::new(review)));
    press(&mut shell, Code::Down, 7);
    shell
}

fn totals(expected: u64, missing: u64) -> Totals {
    let received = expected - missing;
    let mut aggregates = BTreeMap::new();
    let whole = |n: u64| i64::try_from(n).unwrap();
    let sum = |n: u64| Aggregate::Sum { sum: whole(n) };
    aggregates.insert("B3".to_owned(), sum(received * 112));
    aggregates.insert("D5".to_owned(), sum(received / 40));
    aggregates.insert("C1.open_severe".to_owned(), sum(received / 25));
    let ratio = |num: u64, den: u64| Aggregate::Ratio {
        num: whole(num),
        den: whole(den),
    };
    aggregates.insert("C1.approved".to_owned(), ratio(received, received + 90));
    aggregates.insert("G3".to_owned(), ratio(received * 9, received * 100));
    Totals {
        expected,
        on_time: received - received / 30,
        late: received / 30,
        inputs: received,
        missing: (0..missing)
            .map(|n| (unit(&format!("byt.24.{n:05}")), "Trạm Y tế".to_owned()))
            .collect(),
        flagged: Vec::new(),
        aggregates,
    }
}

fn figures(totals: Totals) -> Figures {
    Figures {
        expected: totals.expected,
        on_time: totals.on_time,
        late: totals.late,
        indicators: totals.aggregates,
    }
}

pub(crate) fn nation() -> Shell {
    let line = |(at_place, (code, name)): (usize, &(&str, &str))| {
        let place = at_place as u64;
        let expected = 180 + place * 37 % 260;
        let missing = if place.is_multiple_of(4) {
            place % 9
        } else {
            0
        };
        let is_signed = at_place % 7 != 5;
        let signed = Signed {
            short_id: format!("{:08x}", 0x3f9a_11c0u32 ^ (at_place as u32 * 0x0101_0101)),
            by: "Thủ trưởng".into(),
            at: at(&format!("2026-06-{:02}T16:00", 20 + at_place % 4)),
            corrected: false,
            totals: totals(expected, missing),
            proof: Proof {
                signature: Some(true),
                chain: Some(true),
                arithmetic: Some(true),
                source: (at_place < 12).then_some(Source {
                    checked: 180,
                    wrong: 0,
                    unavailable: 0,
                }),
                faults: 0,
            },
        };
        ProvinceLine {
            unit: unit(&format!("byt.{code}")),
            name: format!("Sở Y tế {name}"),
            signed: is_signed.then_some(signed),
            trouble: None,
            last_sync: Some(at("2026-06-24T08:00")),
            trend: [(Period::Quarter(2026, 1), 20), (period(), missing)]
                .into_iter()
                .filter(|(of, _)| is_signed || *of != period())
                .map(|(period, missing)| Quarter {
                    period,
                    figures: Some(figures(totals(expected, missing))),
                })
                .collect(),
        }
    };
    let nation = Nation {
        form: form(),
        period: period(),
        due: period().due(),
        lines: PROVINCES.iter().enumerate().map(line).collect(),
        signed: None,
    };
    let (bo, place) = (("byt", "Bộ Y tế"), Place::Nation { period: period() });
    let data = Data::Nation(Box::new(nation));
    let mut shell = shell(bo, "2026-06-24T08:30", "Hoàng Thị Em", place, data);
    press(&mut shell, Code::Down, 10);
    shell
}
