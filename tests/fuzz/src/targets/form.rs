//! A form as a ministry might publish it. A sound one must serve every reader.

use document::{Report, doc_id};
use model::form::{Choice, Column, Field, FieldType};
use model::{CheckContext, Form, Lang, Period, Scalar, Snapshot, UnitPath};

const PERIOD: Period = Period::Quarter(2026, 2);

pub(super) fn run(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else {
        return;
    };
    let Ok(form) = Form::parse(text) else {
        return;
    };
    let unit = UnitPath::parse("byt.24.07210").unwrap();
    let empty = rollup::empty(&form);
    for salt in 0..3 {
        let snapshot = filled(&form, salt);
        let context = CheckContext {
            period: PERIOD,
            today: PERIOD.last_day(),
            conflicts: &[],
        };
        let check = model::check(&form, &snapshot, &context);
        for finding in check.errors.iter().chain(&check.warnings) {
            finding.message(&form, Lang::Vi);
            finding.message(&form, Lang::En);
        }
        model::compute(&form, &snapshot, PERIOD);
        for key in model::carry_over(&form, &snapshot).keys() {
            assert!(form.slot(key).is_some(), "{key}");
        }
        let state = rollup::state_of(&form, &snapshot, &unit, PERIOD);
        let mut sum = empty.clone();
        // Of one form, so nothing but a sum beyond 64 bits may fail.
        match rollup::merge(&mut sum, &state) {
            Ok(()) | Err(rollup::MergeError::Overflow { .. }) => {}
            Err(error) => panic!("{error}"),
        }
    }
    let report = Report::genesis(&form, doc_id(&unit, &form.name, PERIOD, 0));
    assert!(report.is_untouched());
    assert_eq!(report.snapshot(), Snapshot::default());
}

/// Every field answered, in one of three ways.
fn filled(form: &Form, salt: i64) -> Snapshot {
    let mut snapshot = Snapshot::default();
    for field in form.fields() {
        match field.kind {
            FieldType::LongText => {
                let text = "Thiếu người\n".repeat(salt as usize + 1);
                snapshot.texts.insert(field.code.clone(), text);
            }
            FieldType::Table => rows(&mut snapshot, field, salt),
            kind => {
                let value = value(kind, &field.choices, salt);
                snapshot.values.insert(field.code.clone(), value);
            }
        }
    }
    snapshot
}

fn rows(snapshot: &mut Snapshot, field: &Field, salt: i64) {
    for row in ["a", "b"] {
        let row = format!("{}/{row}", field.code);
        for Column {
            id, kind, choices, ..
        } in &field.columns
        {
            let value = value(*kind, choices, salt);
            snapshot.values.insert(format!("{row}/{id}"), value);
        }
        snapshot.values.insert(row, Scalar::Bool(true));
    }
}

fn value(kind: FieldType, choices: &[Choice], salt: i64) -> Scalar {
    let mut ids = choices.iter().map(|choice| choice.id.as_str());
    match kind {
        FieldType::YesNo => Scalar::Bool(salt != 0),
        FieldType::Number | FieldType::Money => Scalar::Int([0, 7, i64::MAX][salt as usize]),
        FieldType::Date => Scalar::Str("2026-05-20".to_owned()),
        FieldType::One => Scalar::Str(ids.next_back().unwrap_or_default().to_owned()),
        FieldType::Many => Scalar::Str(ids.collect::<Vec<_>>().join(",")),
        _ => Scalar::Str("HIS".to_owned()),
    }
}
