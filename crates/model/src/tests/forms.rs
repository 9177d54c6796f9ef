use super::quarterly;
use crate::Lang;
use crate::form::{FieldType, Form, Formula, Rule, builtin, builtin_toml, builtins};

#[test]
fn every_builtin_parses() {
    let names: Vec<&str> = builtins().iter().map(|form| form.name.as_str()).collect();
    assert_eq!(names, ["kh2273-quy", "kh2273-vpso", "cv2132-rasoat"]);
    for name in names {
        let parsed = Form::parse(builtin_toml(name).unwrap()).unwrap();
        assert_eq!(builtin(name), Some(&parsed));
        assert_eq!(parsed.version, 1);
    }
    assert!(builtin("nope").is_none() && builtin_toml("nope").is_none());
}

fn outline(form: &Form) -> String {
    let mut out = String::new();
    for section in &form.sections {
        for field in &section.fields {
            out += &format!(
                "{}{} {:?}{}{}{}{} {:?}",
                field.code,
                if field.required { "*" } else { "" },
                field.kind,
                if field.dated { "+date" } else { "" },
                if field.reasoned { "+reason" } else { "" },
                if field.may_be_empty { "+empty" } else { "" },
                if field.personal { " personal" } else { "" },
                field.aggregate,
            );
            let ids: Vec<&str> = field.choices.iter().map(|c| c.id.as_str()).collect();
            if !ids.is_empty() {
                out += &format!(" [{}]", ids.join(" "));
            }
            out += "\n";
            for column in &field.columns {
                let ids: Vec<&str> = column.choices.iter().map(|c| c.id.as_str()).collect();
                out += &format!(
                    "  {}{} {:?}{}{}{}\n",
                    column.id,
                    if column.required { "*" } else { "" },
                    column.kind,
                    match (column.min, column.max) {
                        (Some(min), Some(max)) => format!(" {min}..{max}"),
                        _ => String::new(),
                    },
                    if ids.is_empty() {
                        String::new()
                    } else {
                        format!(" [{}]", ids.join(" "))
                    },
                    if column.carry { " carries" } else { "" },
                );
            }
        }
    }
    out
}

fn rules(form: &Form) -> String {
    let mut out = String::new();
    for rule in &form.rules {
        out += &match rule {
            Rule::Le { left, right } => format!("{left} <= {right}\n"),
            Rule::RequiredIf { field, when, is } => format!("{field} if {when} = {is}\n"),
            Rule::WarnRatio {
                code,
                num,
                den,
                min_percent,
            } => {
                format!("{code}: {num}/{den} >= {min_percent}%\n")
            }
            Rule::Deadline {
                field,
                is,
                by,
                filters,
            } => {
                let is = is.as_deref().unwrap_or("true");
                let rows: Vec<_> = filters.iter().flat_map(|f| f.is.clone()).collect();
                format!("{field} = {is} by {by} {rows:?}\n")
            }
        };
    }
    out
}

#[test]
fn the_quarterly_form_is_whole() {
    expect_test::expect![[r#"
        A1* Text None
        A2* Text None
        A3 Text None
        B1* YesNo+date Share
        B2 Many Counts [meeting party_cell notice zalo_email other]
        B3* Number Sum
        B4* Number Sum
        B5 Number Sum
        B6 Number Sum
        C1* Table+empty None
          name* Text carries
          kind* One [his pacs lis emr portal internal patient_db infra other] carries
          public YesNo carries
          state* One [running planned stopped] carries
          reviewed YesNo carries
          reviewed_on Date carries
          found_critical Number
          found_high Number
          found_medium Number
          found_low Number
          fixed_critical Number
          fixed_high Number
          fixed_medium Number
          fixed_low Number
          level Number 1..5 carries
          dossier* One [none drafting submitted appraised approved] carries
          approval_no Text carries
          approved_on Date carries
          deployed YesNo carries
          secure_design YesNo carries
          monitored YesNo carries
          backup One [none daily weekly monthly] carries
          last_backup Date carries
          last_restore Date carries
        D1* YesNo+date Share
        D2* YesNo+date Share
        D3 Number Sum
        D4 Many Counts [level_management incident_coordination digital_forensics other]
        D5* Number+reason Sum
        D6* Number Sum
        D7* Number Sum
        E1* YesNo+date Share
        E2 Text personal None
        E3* Number Sum
        E4* Number Sum
        F1 Number Sum
        F2 Number Sum
        F3 Number Sum
        F4 Number Sum
        F5* Number Sum
        F6 Number Sum
        G1* Money Sum
        G2* Money Sum
        G4 Money Sum
        H1* YesNo+date Share
        H3 YesNo+date Share
        H2 Table None
          task* Text carries
          department Text carries
          deadline Date carries
          state One [todo doing done] carries
          progress Number 0..100 carries
          result Text carries
        I1 LongText List
        I2 LongText List
    "#]]
    .assert_eq(&outline(quarterly()));
}

#[test]
fn its_rules() {
    expect_test::expect![[r#"
        B1 = true by 2026-05-31 []
        B2 if B1 = true
        B4 <= B3
        C1/reviewed = true by 2026-05-31 [["running"]]
        C1/dossier = approved by 2026-06-30 [["running", "planned"]]
        C1/fixed_critical <= C1/found_critical
        C1/fixed_high <= C1/found_high
        C1/fixed_medium <= C1/found_medium
        C1/fixed_low <= C1/found_low
        C1/approval_no if C1/dossier = approved
        C1/approved_on if C1/dossier = approved
        D1 = true by 2026-04-30 []
        D6 <= D5
        D7 <= D5
        E1 = true by 2026-05-31 []
        E2 if E1 = true
        F5 <= B3
        F6 <= B3
        G2 <= G1
        G3: G2/G1 >= 10%
        G4 <= G2
    "#]]
    .assert_eq(&rules(quarterly()));
}

#[test]
fn the_other_forms() {
    let text: String = ["kh2273-vpso", "cv2132-rasoat"]
        .map(|name| {
            let form = builtin(name).unwrap();
            format!("{name}\n{}{}", outline(form), rules(form))
        })
        .concat();
    expect_test::expect![[r#"
        kh2273-vpso
        A1* Text None
        A2* Text None
        A3 Text None
        B1* Number Sum
        B2* Number Sum
        B3* Number Sum
        B4 YesNo+date Share
        C1* Number Sum
        C2* Number Sum
        C3 Number Sum
        D1* Number Sum
        D2* Number Sum
        D3* YesNo+date Share
        E1* Number Sum
        E2* Number+reason Sum
        E3* Number Sum
        I1 LongText List
        I2 LongText List
        B2 <= B1
        B3 <= B1
        C2 <= C1
        D2 <= D1
        E2 <= E1
        E3 <= E1
        cv2132-rasoat
        A1* Text None
        A2* Text None
        A3 Text None
        B1* YesNo+date+reason Share
        B2* YesNo+date+reason Share
        B3* YesNo+date+reason Share
        B4* YesNo+date+reason Share
        B5* YesNo+date+reason Share
        B6* YesNo+date+reason Share
        B7* YesNo+date+reason Share
        B8* YesNo+date+reason Share
        B9* YesNo+date+reason Share
        C1* Table+empty None
          name* Text
          kind* One [his pacs lis emr portal internal patient_db infra other]
          public YesNo
          state* One [running planned stopped]
          reviewed YesNo
          reviewed_on Date
          found_critical Number
          found_high Number
          found_medium Number
          found_low Number
          fixed_critical Number
          fixed_high Number
          fixed_medium Number
          fixed_low Number
          level Number 1..5
          dossier* One [none drafting submitted appraised approved]
          approval_no Text
          approved_on Date
          deployed YesNo
          secure_design YesNo
          monitored YesNo
          backup One [none daily weekly monthly]
          last_backup Date
          last_restore Date
        I1 LongText List
        I2 LongText List
        C1/fixed_critical <= C1/found_critical
        C1/fixed_high <= C1/found_high
        C1/fixed_medium <= C1/found_medium
        C1/fixed_low <= C1/found_low
        C1/approval_no if C1/dossier = approved
        C1/approved_on if C1/dossier = approved
    "#]]
    .assert_eq(&text);
}

#[test]
fn labels_are_those_of_the_documents() {
    let label = |key| quarterly().label(key, Lang::Vi).unwrap_or("");
    for (key, expected) in [
        ("B", "Tuyên truyền, phổ biến, nâng cao nhận thức"),
        ("B1", "Đã phổ biến, quán triệt các văn bản chỉ đạo"),
        ("B1.date", "Đã phổ biến, quán triệt các văn bản chỉ đạo"),
        ("B3", "Tổng số CBCCVC và người lao động"),
        ("C1/x1/dossier", "Hồ sơ đề xuất cấp độ"),
        ("C1.running", "Số hệ thống đang vận hành"),
        ("E4", "Số cán bộ kiêm nhiệm"),
        (
            "F6",
            "Số người hoàn thành khóa học trên nền tảng \"Bình dân học vụ số\"",
        ),
        ("G3", "Tỷ lệ G2/G1"),
        ("H2", "Phân công nhiệm vụ"),
        ("Z1", ""),
    ] {
        assert_eq!(label(key), expected, "{key}");
    }
}

#[test]
fn texts_are_nfc_and_long_texts_known() {
    for form in builtins() {
        let toml = builtin_toml(&form.name).unwrap();
        assert_eq!(crate::text::nfc(toml), toml, "{}", form.name);
    }
    assert_eq!(quarterly().long_texts().collect::<Vec<_>>(), ["I1", "I2"]);
}

/// The C1 table is written out twice; it must stay one table.
#[test]
fn both_system_tables_agree() {
    let columns = |name: &str| {
        let mut columns = builtin(name).unwrap().field("C1").unwrap().columns.clone();
        columns.iter_mut().for_each(|column| column.carry = false);
        columns
    };
    assert_eq!(columns("kh2273-quy"), columns("cv2132-rasoat"));
}

#[test]
fn the_formulas_are_data() {
    let kinds: Vec<_> = quarterly()
        .indicators
        .iter()
        .map(|i| {
            let formula = match i.formula {
                Formula::CountRows { .. } => "count",
                Formula::ShareRows { .. } => "share",
                Formula::SumColumns { .. } => "sum",
                Formula::CountChoices { .. } => "choices",
                Formula::Ratio { .. } => "ratio",
            };
            format!("{} {formula}", i.code)
        })
        .collect();
    assert_eq!(
        kinds,
        [
            "C1.systems count",
            "C1.running count",
            "C1.reviewed share",
            "C1.approved share",
            "C1.unapproved_running count",
            "C1.public_approved share",
            "C1.open_severe sum",
            "C1.recoverable share",
            "G3 ratio",
            "H2 choices"
        ]
    );
    let only_tables_hold_tables = quarterly()
        .fields()
        .all(|f| (f.kind == FieldType::Table) != f.columns.is_empty());
    assert!(only_tables_hold_tables);
}
