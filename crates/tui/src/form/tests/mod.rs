//! The form driven as a user drives it: by messages, seen through effects and
//! through what is drawn.

mod editing;
mod flow;
mod mouse;
mod news;
mod past;
mod random;
mod screens;
mod store;
mod table;
mod undo;

use std::sync::Arc;

use model::check::{CheckContext, check};
use model::workflow::ReportState;
use model::{Form, Lang, Period, Scalar, Snapshot, Timestamp};
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use crate::form::*;
use crate::parts::key::{Code, Key};
use crate::parts::theme::Palette;
use crate::parts::words::SyncView;

/// The quarterly form.
fn form() -> Arc<Form> {
    Arc::new(
        model::form::builtin("kh2273-quy")
            .expect("the quarterly form")
            .clone(),
    )
}

/// 16 June 2026, 23:00 in Vietnam: three days and an hour before the due time.
fn now() -> Timestamp {
    Timestamp::parse_rfc3339("2026-06-16T23:00:00+07:00").expect("a time")
}

/// A half-filled report with two systems.
fn snapshot() -> Snapshot {
    let values = [
        (
            "A1",
            Scalar::Str("Nguyễn Thị Lan, Trưởng phòng CNTT".into()),
        ),
        ("B1", Scalar::Bool(true)),
        ("B1.date", Scalar::Str("2026-05-20".into())),
        ("B2", Scalar::Str("meeting,notice".into())),
        ("B3", Scalar::Int(90)),
        ("B4", Scalar::Int(95)),
        ("C1/k1", Scalar::Bool(true)),
        ("C1/k1/name", Scalar::Str("HIS Trạm Y tế".into())),
        ("C1/k1/kind", Scalar::Str("his".into())),
        ("C1/k1/state", Scalar::Str("running".into())),
        ("C1/k1/dossier", Scalar::Str("drafting".into())),
        ("C1/k2", Scalar::Bool(true)),
        ("C1/k2/name", Scalar::Str("Cổng thông tin điện tử".into())),
        ("C1/k2/kind", Scalar::Str("portal".into())),
        ("G1", Scalar::Int(1_200_000_000)),
        ("G2", Scalar::Int(80_000_000)),
    ];
    let mut snapshot = Snapshot::default();
    for (key, value) in values {
        snapshot.values.insert(key.into(), value);
    }
    snapshot.texts.insert(
        "I1".into(),
        "Thiếu máy chủ dự phòng.\nChưa có kinh phí.".into(),
    );
    snapshot
}

fn view_of(snapshot: Snapshot) -> ReportView {
    let form = form();
    let period = Period::Quarter(2026, 2);
    let context = CheckContext {
        period,
        today: now().date_in_vietnam(),
        conflicts: &[],
    };
    ReportView {
        unit: "byt.24.07210".into(),
        unit_name: "Trạm Y tế Phường Bắc Giang".into(),
        person: None,
        period,
        due: period.due(),
        state: ReportState::Draft,
        check: check(&form, &snapshot, &context),
        snapshot,
        conflicts: Vec::new(),
        comments: Vec::new(),
        previous: None,
        sync: SyncView::Offline { pending: 2 },
        pending: 2,
        signer: Some("Trần Văn Tiến".into()),
        submitted_at: None,
        changed: 0,
        receipt: None,
        news: Vec::new(),
        seen: Seen::default(),
    }
}

/// An app that has loaded a view; the person's key is open.
fn app_with(view: ReportView) -> App {
    let (mut app, effects) = App::new(form(), Lang::Vi, now(), Palette::None);
    assert_eq!(effects, [Effect::Load]);
    assert_eq!(app.update(Msg::Loaded(Box::new(view))), []);
    assert_eq!(
        app.update(Msg::Unlocked {
            person: "Nguyễn Thị Lan".into()
        }),
        []
    );
    app
}

fn app() -> App {
    app_with(view_of(snapshot()))
}

const ENTER: Code = Code::Enter;
const ESC: Code = Code::Esc;
const DOWN: Code = Code::Down;

fn press(app: &mut App, code: Code) -> Vec<Effect> {
    app.update(Msg::Key(Key::plain(code)))
}

fn ctrl(app: &mut App, c: char) -> Vec<Effect> {
    app.update(Msg::Key(Key::ctrl(c)))
}

/// Types a text; all effects on the way.
fn typed(app: &mut App, text: &str) -> Vec<Effect> {
    text.chars()
        .flat_map(|c| app.update(Msg::Key(Key::char(c))))
        .collect()
}

/// Walks to a field through the search.
fn go(app: &mut App, key: &str) {
    app.popups.clear();
    app.go_to(key);
    assert_eq!(app.current_key(), key);
}

/// The rows of a table as the report has them.
fn rows(app: &App, table: &str) -> Vec<String> {
    app.shown.rows(table).map(str::to_owned).collect()
}

fn set(key: &str, value: Scalar) -> Effect {
    Effect::SetValue {
        key: key.into(),
        value,
        upon: Upon::default(),
    }
}

fn screen_at(app: &App, columns: u16, lines: u16) -> Terminal<TestBackend> {
    let mut terminal = Terminal::new(TestBackend::new(columns, lines)).expect("a terminal");
    terminal.draw(|frame| draw(app, frame)).expect("drawn");
    terminal
}

/// What is on the screen, as text.
fn screen(app: &App) -> String {
    screen_at(app, 120, 40).backend().to_string()
}
