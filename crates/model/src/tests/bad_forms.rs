use crate::form::{Form, FormError, limits};

/// A small sound form; the cases break one thing each.
const SOUND: &str = r#"
name = "thu"
version = 1
title = { vi = "Thử", en = "Trial" }
[[section]]
code = "A"
title = { vi = "Phần", en = "Part" }
[[section.field]]
code = "A1"
label = { vi = "Có", en = "Yes" }
type = "yes_no"
dated = true
[[section.field]]
code = "A2"
label = { vi = "Số", en = "Number" }
type = "number"
aggregate = "sum"
[[section.field]]
code = "A3"
label = { vi = "Chọn", en = "Choose" }
type = "many"
choice = [{ id = "x", label = { vi = "ích", en = "ex" } }, { id = "y", label = { vi = "y", en = "why" } }]
[[section.field]]
code = "A4"
label = { vi = "Bảng", en = "Table" }
type = "table"
carry = { filters = [{ column = "state", is_not = ["done"] }] }
[[section.field.column]]
id = "state"
label = { vi = "Tình trạng", en = "State" }
type = "one"
carry = true
choice = [{ id = "done", label = { vi = "xong", en = "done" } }]
[[section.field.column]]
id = "n"
label = { vi = "Số", en = "Number" }
type = "number"
min = 1
max = 9
[[section.field.column]]
id = "day"
label = { vi = "Ngày", en = "Day" }
type = "date"
[[rule]]
kind = "deadline"
field = "A1"
by = "2026-05-31"
[[rule]]
kind = "required_if"
field = "A2"
when = "A3"
is = "x"
[[rule]]
kind = "le"
left = "A2"
right = "A2"
[[indicator]]
code = "A4.late"
label = { vi = "Muộn", en = "Late" }
formula = "count_rows"
table = "A4"
filters = [{ column = "day", within_months = 3 }]
[[indicator]]
code = "A5"
label = { vi = "Tỷ lệ", en = "Ratio" }
formula = "ratio"
num = "A2"
den = "A2"
"#;

#[test]
fn the_pattern_is_sound() {
    Form::parse(SOUND).unwrap();
    Form::parse(&SOUND.replace("\"2026-05-31\"", "2026-05-31")).unwrap();
}

#[test]
fn broken_forms_say_where_and_what() {
    for (from, to, expected) in [
        (r#"name = "thu""#, r#"name = "Thử""#, "Thử: a form's name"),
        ("version = 1", "version = 0", "thu: versions count from 1"),
        (
            "version = 1",
            "version = 1\ncolour = 1",
            "not a form: unknown field `colour`",
        ),
        (
            r#"en = "Trial""#,
            r#"en = " ""#,
            "thu: a label lacks its text",
        ),
        (
            r#"code = "A2""#,
            r#"code = "A1""#,
            "A1: `A1` is there twice",
        ),
        (
            r#"code = "A2""#,
            r#"code = "B2""#,
            "B2: a section's code is",
        ),
        (
            r#"code = "A2""#,
            r#"code = "A1234""#,
            "A1234: a section's code is",
        ),
        (
            r#"code = "A2""#,
            r#"code = "A.date""#,
            "A.date: a section's code is",
        ),
        (
            r#"type = "number""#,
            r#"type = "float""#,
            "not a form: unknown variant `float`",
        ),
        (
            r#"aggregate = "sum""#,
            r#"aggregate = "share""#,
            "A2: `aggregate` does not go",
        ),
        (
            r#"aggregate = "sum""#,
            "dated = true",
            "A2: `dated` does not go",
        ),
        (
            r#"aggregate = "sum""#,
            "may_be_empty = true",
            "A2: `may_be_empty` does not go",
        ),
        (
            r#"aggregate = "sum""#,
            "carry = {}",
            "A2: `carry` does not go",
        ),
        (
            r#"aggregate = "sum""#,
            "choice = [{ id = \"x\", label = { vi = \"x\", en = \"x\" } }]",
            "A2: `choice` does not go",
        ),
        (r#"id = "y""#, r#"id = "x""#, "A3: `x` is there twice"),
        (r#"id = "y""#, r#"id = "a,b""#, "A3: `a,b` is no id"),
        (
            r#"vi = "ích""#,
            r#"vi = "a, b""#,
            "A3: a choice of a `many` field has no comma",
        ),
        (
            r#"id = "n""#,
            r#"id = "state""#,
            "A4/state: `state` is there twice",
        ),
        (r#"id = "n""#, r#"id = "N-1""#, "A4/N-1: `N-1` is no id"),
        ("min = 1", "min = 10", "A4/n: `min` is above `max`"),
        (
            r#"type = "date""#,
            r#"type = "many""#,
            "A4/day: `day` should be a type that a cell",
        ),
        (
            r#"type = "date""#,
            "type = \"date\"\nmin = 1",
            "A4/day: `min` does not go",
        ),
        (
            "carry = { filters = [{ column = \"state\", is_not = [\"done\"] }] }",
            "",
            "A4/state: `carry` does not go",
        ),
        (
            r#"is_not = ["done"]"#,
            r#"is_not = ["gone"]"#,
            "A4: `A4/state` has no choice `gone`",
        ),
        (
            r#"is_not = ["done"]"#,
            r#"is_not = ["done"], is = ["done"]"#,
            "A4: a filter has exactly one",
        ),
        (
            r#"column = "state", is_not = ["done"]"#,
            r#"column = "state""#,
            "A4: a filter has exactly one",
        ),
        (
            r#"column = "state", is_not = ["done"]"#,
            r#"column = "day", within_months = 3"#,
            "A4: `within_months` cannot",
        ),
        (
            r#"is_not = ["done"]"#,
            r#"equals = ["done"]"#,
            "not a form: unknown field `equals`",
        ),
        (
            r#"field = "A1""#,
            r#"field = "A9""#,
            "rule 1 (A9): there is no `A9`",
        ),
        (
            r#"field = "A1""#,
            r#"field = "A2""#,
            "rule 1 (A2): `A2` should be yes-no",
        ),
        (
            r#"field = "A1""#,
            r#"field = "A4/state""#,
            "rule 1 (A4/state): `A4/state` should be",
        ),
        (
            r#"by = "2026-05-31""#,
            r#"by = "31/05/2026""#,
            "not a form: ",
        ),
        (r#"by = "2026-05-31""#, r#"by = 2026-02-30"#, "not a form: "),
        (
            r#"by = "2026-05-31""#,
            "by = \"2026-05-31\"\nsoft = true",
            "not a form: unknown field `soft`",
        ),
        (
            r#"is = "x""#,
            r#"is = "z""#,
            "rule 2 (A2): `A3` has no choice `z`",
        ),
        (
            r#"when = "A3""#,
            r#"when = "A2""#,
            "rule 2 (A2): `A2` should be yes-no or a choice",
        ),
        (
            r#"when = "A3""#,
            r#"when = "A4/state""#,
            "rule 2 (A2): `A2` and `A4/state` are not in the same",
        ),
        (
            r#"left = "A2""#,
            r#"left = "A1""#,
            "rule 3 (A1): `A1` should be a number",
        ),
        (
            r#"left = "A2""#,
            r#"left = "A4/n""#,
            "rule 3 (A4/n): `A4/n` and `A2` are not in the same",
        ),
        (
            r#"kind = "le""#,
            r#"kind = "lt""#,
            "not a form: unknown variant `lt`",
        ),
        (
            r#"code = "A5""#,
            r#"code = "A4.late""#,
            "A4.late: `A4.late` is there twice",
        ),
        (
            r#"code = "A5""#,
            r#"code = "A2""#,
            "A2: an indicator is called",
        ),
        (
            r#"code = "A5""#,
            r#"code = "A4""#,
            "A4: an indicator is called",
        ),
        (
            r#"code = "A4.late""#,
            r#"code = "A2.late""#,
            "A2.late: an indicator is called",
        ),
        (
            r#"code = "A4.late""#,
            r#"code = "A4.empty""#,
            "A4.empty: an indicator is called",
        ),
        (
            r#"table = "A4""#,
            r#"table = "A2""#,
            "A4.late: `A2` should be a table",
        ),
        (
            r#"table = "A4""#,
            r#"table = "A9""#,
            "A4.late: there is no `A9`",
        ),
        (
            r#"table = "A4""#,
            "table = \"A4\"\nextra = 1",
            "not a form: unknown field `extra`",
        ),
        (
            r#"column = "day", within"#,
            r#"column = "n", within"#,
            "A4.late: `A4/n` should be a date",
        ),
        (
            r#"within_months = 3"#,
            r#"within_months = 9999"#,
            "A4.late: more than 1200 months",
        ),
        (
            r#"num = "A2""#,
            r#"num = "A1""#,
            "A5: `A1` should be a number",
        ),
        (
            r#"num = "A2""#,
            r#"num = "A4/n""#,
            "A5: `A4/n` should be a field",
        ),
        (
            r#"formula = "ratio""#,
            r#"formula = "eval""#,
            "not a form: unknown variant `eval`",
        ),
    ] {
        assert!(SOUND.contains(from), "{from}");
        let said = Form::parse(&SOUND.replacen(from, to, 1))
            .unwrap_err()
            .to_string();
        assert!(
            said.starts_with(expected),
            "{to}\n  said:     {said}\n  expected: {expected}"
        );
    }
}

#[test]
fn a_ratio_rule_needs_its_indicator() {
    let rule = |code: &str, num: &str, percent: i64| {
        let rule = format!(
            "[[rule]]\nkind = \"warn_ratio\"\ncode = \"{code}\"\nnum = \"{num}\"\nden = \"A2\"\nmin_percent = {percent}\n"
        );
        let text = SOUND.replacen("[[indicator]]", &format!("{rule}[[indicator]]"), 1);
        Form::parse(&text).map_err(|error| error.to_string())
    };
    assert!(rule("A5", "A2", 10).is_ok());
    assert!(
        rule("A6", "A2", 10)
            .unwrap_err()
            .contains("needs a `ratio` indicator")
    );
    assert!(
        rule("A5", "A1", 10)
            .unwrap_err()
            .contains("needs a `ratio` indicator")
    );
    assert!(
        rule("A5", "A2", 101)
            .unwrap_err()
            .contains("a percentage is 0 to 100")
    );
}

#[test]
fn too_much_is_refused() {
    let large = format!("{SOUND}#{}", "x".repeat(limits::FORM_MAX_BYTES));
    assert!(matches!(
        Form::parse(&large),
        Err(FormError::TooLarge { .. })
    ));
    let field = |n: usize| {
        format!(
            "[[section.field]]\ncode = \"A{n}\"\nlabel = {{ vi = \"x\", en = \"x\" }}\ntype = \"text\"\n"
        )
    };
    let many: String = (10..10 + limits::FIELDS_MAX_COUNT).map(field).collect();
    let text = SOUND.replacen("[[rule]]", &format!("{many}[[rule]]"), 1);
    let said = Form::parse(&text).unwrap_err().to_string();
    assert_eq!(
        said,
        format!("thu: more than {} fields", limits::FIELDS_MAX_COUNT)
    );
    let label = SOUND.replace("Trial", &"x".repeat(limits::LABEL_MAX_BYTES + 1));
    assert!(Form::parse(&label).is_err());
}

#[test]
fn hostile_toml_is_an_error() {
    for text in [
        "".to_owned(),
        "\u{0}".to_owned(),
        format!("a = {}", "[".repeat(100_000)),
        format!("a = {}1{}", "[".repeat(100_000), "]".repeat(100_000)),
        format!("{}=1", "a.".repeat(60_000) + "a"),
        format!("a = {}", "{a=".repeat(60_000)),
    ] {
        assert!(Form::parse(&text).is_err());
    }
}
