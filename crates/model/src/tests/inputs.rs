use proptest::prelude::*;

use super::quarterly;
use crate::Lang;
use crate::form::{FieldType, Form, Slot, builtins};
use crate::input::{
    LONG_TEXT_MAX_CHARS, MONEY_MAX_DONG, NUMBER_MAX, TEXT_MAX_CHARS, clean_long_text,
};
use crate::text::{fold, group_thousands};
use crate::value::Scalar;

fn typed(key: &str, text: &str) -> String {
    match quarterly().parse_value(key, text) {
        Ok(Scalar::Null) => "null".into(),
        Ok(Scalar::Bool(b)) => b.to_string(),
        Ok(Scalar::Int(n)) => n.to_string(),
        Ok(Scalar::Str(s)) => format!("{s:?}"),
        Err(error) => error.as_str().into(),
    }
}

#[test]
fn what_people_type() {
    for (key, text, expected) in [
        ("B3", "120", "120"),
        ("B3", " 1.234.567 ", "1234567"),
        ("B3", "1 234 567", "1234567"),
        ("B3", "1\u{a0}234", "1234"),
        ("B3", "1\u{202f}234", "1234"),
        ("B3", "007", "7"),
        ("B3", "0", "0"),
        ("B3", "", "null"),
        ("B3", "  ", "null"),
        ("B3", "1,234", "not_a_number"),
        ("B3", "1.5", "not_a_number"),
        ("B3", "12.34", "not_a_number"),
        ("B3", "1.2345", "not_a_number"),
        ("B3", "1234.567", "not_a_number"),
        ("B3", "0.125", "not_a_number"),
        ("B3", "1.234 567", "not_a_number"),
        ("B3", "1..234", "not_a_number"),
        ("B3", ".234", "not_a_number"),
        ("B3", "-", "not_a_number"),
        ("B3", "1e3", "not_a_number"),
        ("B3", "١٢", "not_a_number"),
        ("B3", "120 người", "not_a_number"),
        ("B3", "-5", "out_of_range"),
        ("B3", "99999999999999999999999", "out_of_range"),
        ("B3", "1.000.000.000", "1000000000"),
        ("B3", "1.000.000.001", "out_of_range"),
        ("G1", "2.500.000.000 đ", "2500000000"),
        ("G1", "2500000 VND", "2500000"),
        ("G1", "2 500 000 đồng", "2500000"),
        ("G1", "2,5 tỷ", "not_a_number"),
        ("G1", "đ", "not_a_number"),
        ("B1", "có", "true"),
        ("B1", "Co", "true"),
        ("B1", "X", "true"),
        ("B1", "y", "true"),
        ("B1", "TRUE", "true"),
        ("B1", "không", "false"),
        ("B1", "khong", "false"),
        ("B1", "KHÔNG", "false"),
        ("B1", "N", "false"),
        ("B1", "có lẽ", "not_yes_no"),
        ("B1", "2", "not_yes_no"),
        ("B1.date", "31/05/2026", "\"2026-05-31\""),
        ("B1.date", "1/6/2026", "\"2026-06-01\""),
        ("B1.date", "31-5-2026", "\"2026-05-31\""),
        ("B1.date", "31.5.2026", "\"2026-05-31\""),
        ("B1.date", "2026-05-31", "\"2026-05-31\""),
        ("B1.date", "29/02/2024", "\"2024-02-29\""),
        ("B1.date", "29/02/2026", "not_a_date"),
        ("B1.date", "31/04/2026", "not_a_date"),
        ("B1.date", "05/31/2026", "not_a_date"),
        ("B1.date", "31/05/26", "not_a_date"),
        ("B1.date", "31/05", "not_a_date"),
        ("B1.date", "01/01/1899", "not_a_date"),
        ("B1.date", "hôm nay", "not_a_date"),
        ("B2", "other, meeting", "\"meeting,other\""),
        (
            "B2",
            "Giao ban; ZALO/EMAIL; giao ban",
            "\"meeting,zalo_email\"",
        ),
        ("B2", "sinh hoat chi bo", "\"party_cell\""),
        ("B2", "khác", "\"other\""),
        ("B2", ",", "null"),
        ("B2", "meeting, fax", "unknown_choice"),
        ("C1/a1/kind", "his", "\"his\""),
        ("C1/a1/kind", "CSDL bệnh nhân", "\"patient_db\""),
        ("C1/a1/kind", "csdl benh nhan", "\"patient_db\""),
        ("C1/a1/kind", "ERP", "unknown_choice"),
        ("C1/a1/dossier", "đã phê duyệt", "\"approved\""),
        ("C1/a1/dossier", "APPROVED", "\"approved\""),
        ("C1/a1/level", "3", "3"),
        ("C1/a1/level", "0", "out_of_range"),
        ("C1/a1/level", "6", "out_of_range"),
        ("H2/a/progress", "100", "100"),
        ("H2/a/progress", "101", "out_of_range"),
        ("C1.empty", "có", "true"),
        ("C1/a1", "có", "true"),
        ("C1/a1", "", "not_yes_no"),
        ("D5.reason", "Trùng với kỳ trước", "\"Trùng với kỳ trước\""),
        // NFD typed, NFC stored.
        ("A1", "Nguye\u{302}\u{303}n", "\"Nguy\u{1ec5}n\""),
        ("A1", "a\nb", "control_character"),
        ("A1", "a\u{1b}[31mb", "control_character"),
        ("A1", "a\u{202e}b", "control_character"),
        ("A1", "a\u{2028}b", "control_character"),
        // No such key, or one without a value of its own.
        ("Z9", "1", "unknown_key"),
        ("C1", "1", "unknown_key"),
        ("I1", "text", "unknown_key"),
        ("B3.date", "31/05/2026", "unknown_key"),
        ("B3.reason", "x", "unknown_key"),
        ("H2.empty", "có", "unknown_key"),
        ("C1/A1/name", "x", "unknown_key"),
        ("C1//name", "x", "unknown_key"),
        ("C1/a1/nope", "x", "unknown_key"),
        ("C1/a1/name/x", "x", "unknown_key"),
        ("C1/12345678901234567", "có", "unknown_key"),
        ("~B3", "1", "unknown_key"),
        ("G3", "1", "unknown_key"),
        ("", "1", "unknown_key"),
    ] {
        assert_eq!(typed(key, text), expected, "{key} = {text:?}");
    }
}

#[test]
fn slots() {
    let kind = |key| quarterly().slot(key).map(|slot| slot.kind());
    for (key, expected) in [
        ("B3", Some(FieldType::Number)),
        ("B1.date", Some(FieldType::Date)),
        ("D5.reason", Some(FieldType::Text)),
        ("C1.empty", Some(FieldType::YesNo)),
        ("C1/k3f9", Some(FieldType::YesNo)),
        ("C1/k3f9/name", Some(FieldType::Text)),
        ("C1/1234567890123456", Some(FieldType::YesNo)),
        ("C1", None),
        ("I1", None),
    ] {
        assert_eq!(kind(key), expected, "{key}");
    }
    assert!(matches!(quarterly().slot("C1/k3f9"), Some(Slot::Row(f, "k3f9")) if f.code == "C1"));
}

#[test]
fn values_from_elsewhere() {
    let text = |s: &str| Scalar::Str(s.to_owned());
    for (key, value, expected) in [
        ("B3", Scalar::Int(5), "ok"),
        ("B3", Scalar::Null, "ok"),
        ("B3", Scalar::Int(-1), "out_of_range"),
        ("B3", Scalar::Int(NUMBER_MAX + 1), "out_of_range"),
        ("G1", Scalar::Int(MONEY_MAX_DONG), "ok"),
        ("G1", Scalar::Int(MONEY_MAX_DONG + 1), "out_of_range"),
        ("B3", text("5"), "wrong_type"),
        ("B3", Scalar::Bool(true), "wrong_type"),
        ("B1", Scalar::Int(1), "wrong_type"),
        ("B1.date", text("2026-05-31"), "ok"),
        ("B1.date", text("31/05/2026"), "not_a_date"),
        ("B1.date", text("2026-05-31T00:00"), "not_a_date"),
        ("B1.date", text("20260531"), "not_a_date"),
        ("B2", text("meeting,other"), "ok"),
        ("B2", text("other,meeting"), "unknown_choice"),
        ("B2", text("meeting,meeting"), "unknown_choice"),
        ("B2", text(""), "unknown_choice"),
        ("C1/a/kind", text("giao ban"), "unknown_choice"),
        ("C1/a", Scalar::Bool(false), "ok"),
        ("C1/a", Scalar::Null, "wrong_type"),
        ("A1", text(&"ạ".repeat(TEXT_MAX_CHARS)), "ok"),
        ("A1", text(&"ạ".repeat(TEXT_MAX_CHARS + 1)), "too_long"),
        ("A9", Scalar::Null, "unknown_key"),
    ] {
        let found = quarterly().check_scalar(key, &value);
        assert_eq!(
            found.map_or_else(|e| e.as_str(), |()| "ok"),
            expected,
            "{key} {value:?}"
        );
    }
}

#[test]
fn long_texts() {
    assert_eq!(clean_long_text("a\r\nb\rc \n\n").unwrap(), "a\nb\nc");
    assert_eq!(clean_long_text("e\u{302}\u{303}").unwrap(), "ễ");
    assert!(clean_long_text("a\u{0}b").is_err());
    assert!(clean_long_text(&"a".repeat(LONG_TEXT_MAX_CHARS)).is_ok());
    assert!(clean_long_text(&"a".repeat(LONG_TEXT_MAX_CHARS + 1)).is_err());
}

#[test]
fn shown() {
    let show = |key, text| {
        let value = quarterly().parse_value(key, text).unwrap();
        let vi = quarterly().display(key, &value, Lang::Vi);
        (vi, quarterly().display(key, &value, Lang::En))
    };
    let both = |vi: &str, en: &str| (vi.to_owned(), en.to_owned());
    assert_eq!(
        show("G1", "2500000000"),
        both("2.500.000.000", "2.500.000.000")
    );
    assert_eq!(show("B1", "x"), both("có", "yes"));
    assert_eq!(
        show("B1.date", "2026-05-31"),
        both("31/05/2026", "31/05/2026")
    );
    assert_eq!(
        show("B2", "other,meeting"),
        both("giao ban, khác", "staff meeting, other")
    );
    assert_eq!(
        show("C1/a/dossier", "approved"),
        both("đã phê duyệt", "approved")
    );
    assert_eq!(show("B3", ""), both("", ""));
    // What does not fit is shown as it is stored.
    let odd = Scalar::Str("gone".into());
    assert_eq!(quarterly().display("C1/a/kind", &odd, Lang::Vi), "gone");
    assert_eq!(quarterly().display("B1.date", &odd, Lang::Vi), "gone");
    assert_eq!(
        quarterly().display("Z9", &Scalar::Int(1000), Lang::Vi),
        "1.000"
    );
}

#[test]
fn messages_say_what_to_do() {
    let message = |key, text, lang| {
        quarterly()
            .parse_value(key, text)
            .unwrap_err()
            .message(lang)
    };
    assert_eq!(
        message("B3", "1,5", Lang::Vi),
        "nhập số nguyên, ví dụ 1234 hoặc 1.234"
    );
    assert_eq!(message("C1/a/level", "9", Lang::Vi), "nhập số từ 1 đến 5");
    assert_eq!(
        message("B1.date", "31/02/2026", Lang::En),
        "enter a real date such as 31/05/2026"
    );
    assert!(message("C1/a/state", "off", Lang::Vi).contains("running, planned, stopped"));
}

#[test]
fn folding() {
    for (text, expected) in [
        ("Đã Dừng", "da dung"),
        ("  Nguyễn   Văn ", "nguyen van"),
        ("Nguye\u{302}\u{303}n", "nguyen"),
        ("ƯƠNG", "uong"),
    ] {
        assert_eq!(fold(text), expected);
    }
    assert_eq!(group_thousands(-1234), "-1.234");
    assert_eq!(group_thousands(i64::MIN), "-9.223.372.036.854.775.808");
}

/// Every key of a form that takes a value, with one row for each table.
fn keys(form: &Form) -> Vec<String> {
    let mut keys = Vec::new();
    for field in form.fields() {
        keys.push(field.code.clone());
        for part in ["date", "reason", "empty"] {
            keys.push(format!("{}.{part}", field.code));
        }
        for column in &field.columns {
            keys.push(format!("{}/r0w/{}", field.code, column.id));
        }
    }
    keys.retain(|key| form.slot(key).is_some());
    keys
}

fn any_value(form: &'static Form, key: String) -> BoxedStrategy<Scalar> {
    let slot = form.slot(&key).unwrap();
    let ids: Vec<String> = slot.choices().iter().map(|c| c.id.clone()).collect();
    let whole = |greatest: i64| match slot {
        Slot::Cell(_, _, column) => column.min.unwrap_or(0)..=column.max.unwrap_or(greatest),
        _ => 0..=greatest,
    };
    match slot.kind() {
        FieldType::YesNo => any::<bool>().prop_map(Scalar::Bool).boxed(),
        FieldType::Number => whole(NUMBER_MAX).prop_map(Scalar::Int).boxed(),
        FieldType::Money => whole(MONEY_MAX_DONG).prop_map(Scalar::Int).boxed(),
        FieldType::Date => (1900i16..2200, 1i8..13, 1i8..29)
            .prop_map(|(y, m, d)| Scalar::Str(format!("{y:04}-{m:02}-{d:02}")))
            .boxed(),
        FieldType::One => proptest::sample::select(ids).prop_map(Scalar::Str).boxed(),
        FieldType::Many => {
            let count = ids.len();
            proptest::sample::subsequence(ids, 1..=count)
                .prop_map(|ids| Scalar::Str(ids.join(",")))
                .boxed()
        }
        _ => "[a-zàáạđêễ0-9/,.-]{1,5}( [A-ZÂĐỨ]{1,4}){0,2}"
            .prop_map(Scalar::Str)
            .boxed(),
    }
}

fn any_filled() -> impl Strategy<Value = (&'static Form, String, Scalar)> {
    let all: Vec<(&'static Form, String)> = builtins()
        .iter()
        .flat_map(|form| keys(form).into_iter().map(move |key| (form, key)))
        .collect();
    proptest::sample::select(all).prop_flat_map(|(form, key)| {
        any_value(form, key.clone()).prop_map(move |value| (form, key.clone(), value))
    })
}

proptest! {
    #[test]
    fn what_is_shown_can_be_typed((form, key, value) in any_filled()) {
        prop_assert_eq!(form.check_scalar(&key, &value), Ok(()));
        for lang in [Lang::Vi, Lang::En] {
            let shown = form.display(&key, &value, lang);
            prop_assert_eq!(form.parse_value(&key, &shown), Ok(value.clone()), "{} {:?}", key, shown);
            let folded = fold(&shown);
            if !matches!(form.slot(&key).unwrap().kind(), FieldType::Text) {
                prop_assert_eq!(form.parse_value(&key, &folded), Ok(value.clone()), "{}", folded);
            }
        }
    }

    #[test]
    fn whatever_is_typed_fits_or_is_refused((form, key, _) in any_filled(), text in ".{0,30}") {
        if let Ok(value) = form.parse_value(&key, &text) {
            prop_assert_eq!(form.check_scalar(&key, &value), Ok(()));
        }
    }
}
