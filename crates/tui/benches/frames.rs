//! How long a key takes until its frame is drawn: update and draw on a buffer of
//! 120 × 40, on a full screen and on a nearly empty one beside it.
//!
//! Run it by `just bench`. Each number is the median (and the slowest of a hundred)
//! over many key presses. What it costs to write the cells to a terminal is not in
//! it: that depends on the terminal.

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use model::overview::{
    Board, BoardLine, BoardState, Campaign, Figures, KEY_INDICATORS, Nation, Proof, ProvinceLine,
    Quarter, Signed, TREND_COUNT, Totals,
};
use model::{
    Aggregate, Aggregates, Check, Form, Lang, Period, ReportState, Scalar, Snapshot, Timeliness,
    Timestamp, UnitPath,
};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use tui::form::ReportView;
use tui::{Code, Data, Effect, Identity, Key, Msg, Palette, Place, Shell, SyncView, draw};

/// Key presses behind one number.
const PRESSES_COUNT: usize = 2_000;

type Failed = Box<dyn std::error::Error>;

fn main() -> Result<(), Failed> {
    say(&format!(
        "{:<44} {:>12} {:>12}",
        "update + draw, 120x40, µs", "median", "p99"
    ));
    for (name, mut shell) in [
        ("board, 8 units: down", board(8)?),
        ("board, 400 units: down", board(400)?),
    ] {
        measure(
            name,
            &mut shell,
            &[Key::plain(Code::Down), Key::plain(Code::Up)],
        )?;
    }
    for (name, provinces) in [
        ("nation, 1 province: next way to look", 1),
        ("nation, 34 provinces: next way to look", 34),
    ] {
        measure(name, &mut nation(provinces)?, &[Key::char('v')])?;
    }
    for (name, provinces) in [
        ("nation's trend, 1 province: next measure", 1),
        ("nation's trend, 34 provinces: next measure", 34),
    ] {
        let mut shell = nation(provinces)?;
        shell.update(Msg::Key(Key::char('v')));
        shell.update(Msg::Key(Key::char('v')));
        measure(name, &mut shell, &[Key::char('m')])?;
    }
    for (name, units) in [
        ("board, 8 units: search", 8),
        ("board, 400 units: search", 400),
    ] {
        let mut shell = board(units)?;
        shell.update(Msg::Key(Key::char('/')));
        measure(
            name,
            &mut shell,
            &[Key::char('b'), Key::plain(Code::Backspace)],
        )?;
    }
    for (name, full) in [
        ("form, empty: down", false),
        ("form, every field filled: down", true),
    ] {
        let mut shell = report(full)?;
        measure(name, &mut shell, &[Key::plain(Code::Down)])?;
    }
    Ok(())
}

/// Presses the keys in turn and draws after each.
fn measure(name: &str, shell: &mut Shell, keys: &[Key]) -> Result<(), Failed> {
    let mut terminal = Terminal::new(TestBackend::new(120, 40))?;
    let mut times = Vec::with_capacity(PRESSES_COUNT);
    for key in keys.iter().cycle().take(PRESSES_COUNT) {
        let start = Instant::now();
        black_box(shell.update(Msg::Key(*key)));
        terminal.draw(|frame| draw(shell, frame))?;
        times.push(start.elapsed());
    }
    times.sort_unstable();
    let at = |share: usize| {
        times
            .get(times.len() * share / 100)
            .copied()
            .unwrap_or_default()
    };
    let micros = |time: Duration| time.as_micros();
    say(&format!(
        "{name:<44} {:>12} {:>12}",
        micros(at(50)),
        micros(at(99))
    ));
    Ok(())
}

fn shell(path: &str) -> Result<(Shell, Vec<Effect>), Failed> {
    let identity = Identity {
        unit: UnitPath::parse(path)?,
        name: "Sở Y tế Bắc Ninh".into(),
        rehearsal: false,
    };
    let now = time()?;
    let (mut shell, effects) = Shell::new(identity, Lang::Vi, now, Palette::Dark, None);
    shell.update(Msg::Resize {
        columns: 120,
        lines: 40,
    });
    Ok((shell, effects))
}

fn time() -> Result<Timestamp, Failed> {
    Ok(Timestamp::parse_rfc3339("2026-06-17T09:00:00+07:00").ok_or("a time")?)
}

fn board(count: usize) -> Result<Shell, Failed> {
    let (mut shell, _) = shell("byt.24")?;
    let period = Period::Quarter(2026, 2);
    let mut lines = Vec::new();
    for at in 0..count {
        lines.push(BoardLine {
            unit: UnitPath::parse(&format!("byt.24.{:05}", 7_000 + at))?,
            name: format!("Bệnh viện Đa khoa khu vực số {at}"),
            state: BoardState::ALL[at % BoardState::ALL.len()],
            timeliness: (at % 2 == 0).then_some(Timeliness::OnTime),
            signed_at: Some(time()?),
            received_at: Some(time()?),
            last_sync: Some(time()?),
            reenrolled: false,
        });
    }
    let form = model::form::builtin(model::form::QUARTERLY);
    let data = Data::Board(Board {
        unit: UnitPath::parse("byt.24")?,
        form: Arc::new(form.ok_or("built in")?.clone()),
        period,
        others: 0,
        due: period.due(),
        lines,
    });
    let campaign = Campaign::usual(period);
    let place = Place::Board { campaign };
    shell.update(Msg::Page {
        place,
        answer: Ok(data),
    });
    Ok(shell)
}

/// Provinces with a rollup in each quarter of two years.
fn nation(count: usize) -> Result<Shell, Failed> {
    let (mut shell, _) = shell("byt")?;
    let period = Period::Quarter(2026, 2);
    let back = std::iter::successors(Some(period), |period| Some(period.previous()));
    let mut periods: Vec<Period> = back.take(TREND_COUNT).collect();
    periods.reverse();
    let mut lines = Vec::new();
    for at in 1..=count {
        let aggregates = KEY_INDICATORS.map(|code| {
            let sum = i64::try_from(at).unwrap_or_default();
            (code.to_owned(), Aggregate::Sum { sum })
        });
        let figures = Figures {
            expected: 400,
            on_time: 380,
            late: 12,
            indicators: Aggregates::from(aggregates),
        };
        let quarters = periods.iter().map(|period| Quarter {
            period: *period,
            figures: Some(figures.clone()),
        });
        lines.push(ProvinceLine {
            unit: UnitPath::parse(&format!("byt.{at:02}"))?,
            name: format!("Sở Y tế tỉnh số {at}"),
            signed: Some(Signed {
                short_id: "3f9a11c0".into(),
                by: "Phạm Văn Dũng".into(),
                at: time()?,
                corrected: false,
                totals: Totals {
                    expected: 400,
                    on_time: 380,
                    late: 12,
                    inputs: 390,
                    missing: Vec::new(),
                    flagged: Vec::new(),
                    aggregates: figures.indicators.clone(),
                },
                proof: Proof::default(),
            }),
            trouble: None,
            last_sync: Some(time()?),
            trend: quarters.collect(),
        });
    }
    let form = model::form::builtin("kh2273-quy").ok_or("the form")?;
    let data = Data::Nation(Box::new(Nation {
        form: Arc::new(form.clone()),
        period,
        due: period.due(),
        lines,
        signed: None,
    }));
    let place = Place::Nation { period };
    shell.update(Msg::Page {
        place,
        answer: Ok(data),
    });
    Ok(shell)
}

fn report(full: bool) -> Result<Shell, Failed> {
    let form = Arc::new(
        model::form::builtin("kh2273-quy")
            .ok_or("the form")?
            .clone(),
    );
    let (mut shell, _) = shell("byt.24.07210")?;
    let period = Period::Quarter(2026, 2);
    shell.update(Msg::Opened { form: form.clone() });
    let snapshot = if full {
        filled(&form)
    } else {
        Snapshot::default()
    };
    let view = ReportView {
        unit: "byt.24.07210".into(),
        unit_name: "Trạm Y tế".into(),
        person: None,
        period,
        due: period.due(),
        state: ReportState::Draft,
        previous: full.then(|| snapshot.clone()),
        snapshot,
        conflicts: Vec::new(),
        comments: Vec::new(),
        check: Check::default(),
        sync: SyncView::Connecting,
        pending: 0,
        submitted_at: None,
        changed: 0,
        signer: None,
        news: Vec::new(),
        seen: tui::form::Seen::default(),
        receipt: None,
    };
    shell.update(Msg::Form(tui::form::Msg::Loaded(Box::new(view))));
    Ok(shell)
}

/// A value in every field, and twenty systems.
fn filled(form: &Form) -> Snapshot {
    let mut snapshot = Snapshot::default();
    let fields = form.sections.iter().flat_map(|section| &section.fields);
    for field in fields {
        let value = match field.kind {
            model::form::FieldType::Number | model::form::FieldType::Money => Scalar::Int(120),
            model::form::FieldType::YesNo => Scalar::Bool(true),
            _ => Scalar::Str("Một câu trả lời dài vừa phải".into()),
        };
        snapshot.values.insert(field.code.clone(), value);
        for row in 0..20 {
            for column in &field.columns {
                let marker = format!("{}/r{row}", field.code);
                let cell = format!("{marker}/{}", column.id);
                snapshot.values.insert(marker, Scalar::Bool(true));
                snapshot.values.insert(cell, Scalar::Str("his".into()));
            }
        }
    }
    snapshot
}

#[expect(clippy::print_stdout, reason = "a benchmark prints")]
fn say(line: &str) {
    println!("{line}");
}
