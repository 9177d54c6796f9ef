//! Nobody can crash it or steer the terminal through it: random keys, messages
//! and sizes, and nasty texts.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::parts::mouse::{Mouse, MouseKind};
use crate::tests::keys::any_key;

fn any_view() -> impl Strategy<Value = ReportView> {
    (0..4u8, any::<String>()).prop_map(|(which, text)| {
        let mut snapshot = if which == 0 {
            Snapshot::default()
        } else {
            snapshot()
        };
        snapshot
            .values
            .insert("A1".into(), Scalar::Str(text.clone()));
        snapshot
            .values
            .insert("B3".into(), Scalar::Str(text.clone()));
        snapshot.values.insert("Z9/x/y".into(), Scalar::Bool(true));
        snapshot.texts.insert("I1".into(), text.clone());
        if which == 2 {
            snapshot.values.retain(|key, _| !key.starts_with("C1/k2"));
        }
        let mut view = view_of(snapshot);
        view.unit_name = text.clone();
        view.sync = SyncView::Refused(text.clone());
        for key in ["A1", "I1", "C1/k1/name"] {
            view.news.push(NewsView {
                key: key.into(),
                author: text.clone(),
                at: now(),
            });
        }
        view.comments.push(CommentView {
            code: text.clone(),
            text: text.clone(),
            by: text.clone(),
            time: text.clone(),
        });
        if which == 3 {
            let value = ConflictValue {
                value: Scalar::Str(text.clone()),
                author: text.clone(),
                time: text,
            };
            for key in ["B3", "C1/k1/name", "Z9"] {
                let values = vec![value.clone(); 2];
                view.conflicts.push(ConflictView {
                    key: key.into(),
                    values,
                });
            }
        }
        view
    })
}

fn any_mouse() -> impl Strategy<Value = Mouse> {
    let kinds = [MouseKind::Press, MouseKind::WheelUp, MouseKind::WheelDown];
    let kind = prop::sample::select(kinds.to_vec());
    (kind, 0..130u16, 0..45u16).prop_map(|(kind, column, line)| Mouse { kind, column, line })
}

fn any_history(text: String) -> Msg {
    let event = |event, key: Option<&str>| HistoryView {
        time: text.clone(),
        author: text.clone(),
        event,
        key: key.map(str::to_owned),
        value: Scalar::Str(text.clone()),
        entry: format!("{key:?}{text}"),
    };
    Msg::History(Ok(vec![
        event(HistoryEvent::Submission, None),
        event(HistoryEvent::Change, Some("B3")),
        event(HistoryEvent::Change, Some("C1/gone/name")),
        event(HistoryEvent::Change, Some(&text)),
        event(HistoryEvent::Submission, None),
    ]))
}

fn any_diff(text: String) -> Msg {
    let line = |key: &str| DiffView {
        key: key.to_owned(),
        before: Scalar::Null,
        after: Scalar::Str(text.clone()),
    };
    Msg::Diff {
        of: Compared::SinceSubmitted,
        lines: Ok(vec![line("B3"), line("C1/gone"), line(&text)]),
    }
}

fn any_msg() -> impl Strategy<Value = Msg> {
    prop_oneof![
        40 => any_key().prop_map(Msg::Key),
        8 => any_mouse().prop_map(Msg::Mouse),
        1 => Just(Msg::Changed),
        2 => any::<String>().prop_map(Msg::Paste),
        1 => any::<i64>().prop_map(|ms| Msg::Tick(Timestamp(ms))),
        2 => any_view().prop_map(|view| Msg::Loaded(Box::new(view))),
        2 => Just(Msg::Saved),
        1 => any::<String>().prop_map(Msg::NotSaved),
        1 => Just(Msg::RowAdded { table: "C1".into(), row: "new1".into() }),
        2 => Just(Msg::Unlocked { person: "Lan".into() }),
        1 => Just(Msg::Locked),
        1 => any::<String>().prop_map(any_history),
        1 => any::<String>().prop_map(any_diff),
        2 => (any::<u16>(), any::<u16>()).prop_map(|(columns, lines)| Msg::Resize { columns, lines }),
        1 => Just(Msg::Submitted),
        1 => any::<String>().prop_map(Msg::Failed),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn nothing_panics(steps in vec((any_msg(), 1..130u16, 1..45u16), 150)) {
        let mut app = app();
        for (at, (msg, columns, lines)) in steps.into_iter().enumerate() {
            if at % 8 == 0 {
                // Sometimes the app knows its size, sometimes it is behind.
                app.update(Msg::Resize { columns, lines });
            }
            app.update(msg);
            screen_at(&app, columns, lines);
        }
    }

    /// Every save has a key of the form and a value of its type.
    #[test]
    fn saves_are_well_typed(keys in vec(any_key(), 300)) {
        let form = form();
        let mut app = app();
        for key in keys {
            for effect in app.update(Msg::Key(key)) {
                if let Effect::SetValue { key, value, .. } = effect {
                    prop_assert!(form.check_scalar(&key, &value).is_ok(), "{key} {value:?}");
                }
            }
        }
    }
}

#[test]
fn naughty_strings_are_typed_and_shown() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/vectors/strings/blns.json"
    );
    let Ok(text) = std::fs::read_to_string(path) else {
        println!("skipped: no collection of naughty strings");
        return;
    };
    // A JSON list of plain texts, one a line: enough of a parser for that.
    let strings = text.lines().filter_map(|line| {
        let line = line.trim().trim_end_matches(',');
        Some(
            line.strip_prefix('"')?
                .strip_suffix('"')?
                .replace("\\\"", "\""),
        )
    });
    let mut count = 0;
    for naughty in strings {
        count += 1;
        let mut app = app();
        go(&mut app, "A3");
        press(&mut app, ENTER);
        app.update(Msg::Paste(naughty.clone()));
        screen_at(&app, 80, 24);
        for effect in press(&mut app, ENTER) {
            let Effect::SetValue { key, value, .. } = effect else {
                panic!("not a save: {effect:?}");
            };
            assert_eq!(form().check_scalar(&key, &value), Ok(()), "{naughty:?}");
        }
        screen_at(&app, 80, 24);
    }
    assert!(count > 300, "{count}");
}

/// A text with a colour sequence and a bidirectional override, and how it may
/// be seen. The terminal library would drop the worst of it by itself, silently:
/// here it has to be visible that something was there.
const HOSTILE: &str = "X\u{1b}[31mY\u{202e}Z";
const SEEN: &str = "X\u{fffd}[31mY\u{fffd}Z";

#[test]
fn foreign_text_is_shown_filtered_everywhere() {
    let text = || HOSTILE.to_owned();
    let mut snapshot = snapshot();
    for key in ["A1", "C1/k1/name"] {
        snapshot.values.insert(key.into(), Scalar::Str(text()));
    }
    snapshot.texts.insert("I1".into(), text());
    let mut view = view_of(snapshot.clone());
    view.unit_name = text();
    view.sync = SyncView::Refused(text());
    view.previous = Some(snapshot);
    view.comments.push(CommentView {
        code: "A2".into(),
        text: text(),
        by: text(),
        time: text(),
    });
    let value = ConflictValue {
        value: Scalar::Str(text()),
        author: text(),
        time: text(),
    };
    view.conflicts.push(ConflictView {
        key: "B3".into(),
        values: vec![value],
    });
    let mut app = app_with(view);
    app.update(Msg::Unlocked { person: text() });
    let mut check = |at: &str, keys: &str| {
        go(&mut app, at);
        typed(&mut app, keys);
        if keys.is_empty() {
            app.update(Msg::Failed(text()));
        }
        let lines = screen_at(&app, 200, 50).backend().to_string();
        let (all, seen) = (lines.matches("[31m").count(), lines.matches(SEEN).count());
        assert_eq!(all, seen, "{at} {keys}\n{lines}");
        // The header alone has three: unit, connection, person.
        assert!(seen > 3, "{at} {keys}\n{lines}");
    };
    for (at, keys) in [
        ("A1", ""),
        ("A2", ""),
        ("A2", "c"),
        ("B3", " "),
        ("I1", ""),
        ("C1/k1/name", ""),
    ] {
        check(at, keys);
    }
    foreign_boxes(&mut app);
}

/// The boxes that are filled by what the runner reads.
fn foreign_boxes(app: &mut App) {
    let text = || HOSTILE.to_owned();
    let check = |app: &App, what: &str| {
        let lines = screen_at(app, 200, 50).backend().to_string();
        let (all, seen) = (lines.matches("[31m").count(), lines.matches(SEEN).count());
        assert_eq!(all, seen, "{what}\n{lines}");
        assert!(seen > 3, "{what}\n{lines}");
    };
    go(app, "A1");
    typed(app, "h");
    app.update(any_history(text()));
    check(app, "history");
    press(app, Code::Tab);
    press(app, Code::Tab);
    app.update(any_diff(text()));
    check(app, "differences");
    app.popups.clear();
    let mut view = view_of(app.shown.clone());
    view.check.errors.clear();
    view.snapshot
        .values
        .insert("A1".into(), Scalar::Str(format!("2{HOSTILE}")));
    view.news.push(NewsView {
        key: "A1".into(),
        author: text(),
        at: now(),
    });
    view.unit_name = text();
    view.signer = Some(text());
    view.sync = SyncView::Refused(text());
    app.update(Msg::Loaded(Box::new(view)));
    check(app, "news");
    ctrl(app, 's');
    check(app, "summary");
    press(app, ESC);
    go(app, "C1");
    press(app, ENTER);
    ctrl(app, 'd');
    typed(app, "/X");
    check(app, "grid");
}
