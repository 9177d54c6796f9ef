//! What a person types: a value for a key of the quarterly form, a long text, or
//! a date, a path, a time. The first byte says which, the second the key.

use model::form::FieldType;
use model::{Form, Lang, Period, Timestamp, UnitPath, text};
use unicode_normalization::UnicodeNormalization;

use super::reader::Reader;

pub(super) fn run(input: &[u8]) {
    let mut reader = Reader(input);
    let (what, which) = (reader.byte(), reader.byte());
    let Ok(typed) = std::str::from_utf8(reader.0) else {
        return;
    };
    match what % 3 {
        0 => value(which.into(), typed),
        1 => long_text(typed),
        _ => names(typed),
    }
}

/// Every key of the form, one row a table.
fn keys(form: &Form) -> Vec<(String, FieldType)> {
    let mut keys = Vec::new();
    for field in form.fields() {
        keys.push((field.code.clone(), field.kind));
        keys.push((format!("{}.date", field.code), FieldType::Date));
        keys.push((format!("{}.reason", field.code), FieldType::Text));
        for column in &field.columns {
            keys.push((format!("{}/a1/{}", field.code, column.id), column.kind));
        }
    }
    keys
}

fn value(which: usize, typed: &str) {
    let form = model::form::builtin("kh2273-quy").unwrap();
    let keys = keys(form);
    let (key, kind) = &keys[which % keys.len()];
    let composed: String = typed.nfc().collect();
    let apart: String = typed.nfd().collect();
    let read = form.parse_value(key, typed);
    // Two keyboards, one answer.
    let by_the_other = form.parse_value(key, &apart).ok();
    assert_eq!(form.parse_value(key, &composed).ok(), by_the_other);
    let Ok(value) = read else { return };
    form.check_scalar(key, &value).unwrap();
    for lang in [Lang::Vi, Lang::En] {
        let shown = form.display(key, &value, lang);
        // Labels of choices may be alike; the other kinds come back.
        if !matches!(kind, FieldType::One | FieldType::Many) {
            assert_eq!(form.parse_value(key, &shown).as_ref(), Ok(&value), "{key}");
        }
    }
}

fn long_text(typed: &str) {
    if let Ok(clean) = model::input::clean_long_text(typed) {
        assert_eq!(model::input::clean_long_text(&clean).as_ref(), Ok(&clean));
        assert!(!clean.contains('\r'));
    }
    let folded = text::fold(typed);
    assert_eq!(text::fold(&folded), folded);
}

fn names(typed: &str) {
    if let Ok(path) = UnitPath::parse(typed) {
        assert_eq!(path.as_str(), typed);
        assert!(path.ancestors().all(|above| above.is_above(&path)));
    }
    if let Ok(period) = Period::parse(typed) {
        assert_eq!(period.to_string(), typed);
        assert!(period.previous() < period);
        period.due();
        period.default_cutoff();
    }
    if let Some(time) = Timestamp::parse_rfc3339(typed) {
        // Shown to the second; before 1911 the zone was no whole minutes.
        if let Some(shown) = Timestamp::parse_rfc3339(&time.to_rfc3339())
            && time.0 >= 0
        {
            assert_eq!(shown.0, time.0 - time.0 % 1000);
        }
        Period::current_quarter(time);
    }
    if let Some(date) = model::input::parse_date(typed) {
        let shown = model::input::show_date(date);
        assert_eq!(model::input::parse_date(&shown), Some(date));
    }
}
