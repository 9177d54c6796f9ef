//! What a check can find, and how it is said.

use jiff::civil::Date;

use crate::Lang;
use crate::form::Form;
use crate::input::{ValueError, show_date};
use crate::text::group_thousands;
use crate::value::Scalar;

/// One thing found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The key, such as `B4`, `B1.date`, `C1/k3f9/name`; for a ratio its code.
    pub code: String,
    /// What is wrong there.
    pub problem: Problem,
}

/// What can be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// A required answer is missing.
    Required,
    /// An answer is missing that another one calls for.
    RequiredWhen {
        /// The key of the other answer.
        when: String,
        /// What it says: `true`, `false` or a choice id.
        is: String,
    },
    /// A required table has no rows and is not confirmed empty.
    RowRequired,
    /// A table has rows and is confirmed empty.
    RowsAndEmpty,
    /// A table has too many rows.
    TooManyRows {
        /// How many there may be.
        max: usize,
    },
    /// A number exceeds one that it is part of.
    NotLe {
        /// The key of the larger number.
        other: String,
        /// What stands here.
        left: i64,
        /// What stands there.
        right: i64,
    },
    /// A value of the wrong type, out of range, or not among the choices.
    Value(ValueError),
    /// Several people's concurrent values; one must be chosen.
    Conflict,
    /// Warning: a key that this version of the form does not have.
    UnknownKey,
    /// Warning: a ratio under its minimum.
    RatioBelow {
        /// Numerator.
        num: i64,
        /// Denominator, above 0.
        den: i64,
        /// The least share, in percent.
        min_percent: i64,
    },
    /// Warning: a task was done late, or is still not done.
    DeadlineMissed {
        /// The last day that was in time.
        by: Date,
        /// When it was done, if it was.
        done: Option<Date>,
    },
}

impl Problem {
    /// A stable name for machines.
    pub fn as_str(&self) -> &'static str {
        match self {
            Problem::Required => "required",
            Problem::RequiredWhen { .. } => "required_when",
            Problem::RowRequired => "row_required",
            Problem::RowsAndEmpty => "rows_and_empty",
            Problem::TooManyRows { .. } => "too_many_rows",
            Problem::NotLe { .. } => "not_le",
            Problem::Value(error) => error.as_str(),
            Problem::Conflict => "conflict",
            Problem::UnknownKey => "unknown_key",
            Problem::RatioBelow { .. } => "ratio_below",
            Problem::DeadlineMissed { .. } => "deadline_missed",
        }
    }

    /// What to do about it, in one short sentence.
    pub fn message(&self, form: &Form, lang: Lang) -> String {
        let (vi, en) = self.both(form, lang);
        match lang {
            Lang::Vi => vi,
            Lang::En => en,
        }
    }

    fn both(&self, form: &Form, lang: Lang) -> (String, String) {
        match self {
            Problem::Required => ("cần điền".into(), "must be filled in".into()),
            Problem::RequiredWhen { when, is } => {
                let name = named(form, when, lang);
                let is = form.display(when, &scalar_of(is), lang);
                (
                    format!("cần điền vì {name} là “{is}”"),
                    format!("must be filled in because {name} is “{is}”"),
                )
            }
            Problem::RowRequired => (
                "thêm ít nhất một dòng, hoặc xác nhận danh mục trống".into(),
                "add at least one row, or confirm that the list is empty".into(),
            ),
            Problem::RowsAndEmpty => (
                "đã có dòng: bỏ xác nhận danh mục trống, hoặc xóa các dòng".into(),
                "there are rows: withdraw “the list is empty”, or remove them".into(),
            ),
            Problem::TooManyRows { max } => (
                format!("bớt dòng, không quá {max}"),
                format!("keep to {max} rows"),
            ),
            Problem::NotLe { other, left, right } => {
                let name = named(form, other, lang);
                let (left, right) = (group_thousands(*left), group_thousands(*right));
                (
                    format!("{left} vượt quá {name} ({right})"),
                    format!("{left} is more than {name} ({right})"),
                )
            }
            Problem::Value(error) => (error.message(Lang::Vi), error.message(Lang::En)),
            Problem::Conflict => (
                "có nhiều giá trị cùng lúc: chọn một".into(),
                "several values at once: choose one".into(),
            ),
            Problem::UnknownKey => (
                "biểu mẫu này không có mục đó; có thể do phiên bản mới hơn ghi".into(),
                "not in this form; perhaps a newer version wrote it".into(),
            ),
            Problem::RatioBelow {
                num,
                den,
                min_percent,
            } => {
                let (whole, tenths) = percent(*num, *den);
                (
                    format!("mới đạt {whole},{tenths}%, cần ít nhất {min_percent}%"),
                    format!("only {whole}.{tenths}%, at least {min_percent}% is asked for"),
                )
            }
            Problem::DeadlineMissed { by, done } => deadline_text(*by, *done),
        }
    }
}

impl Finding {
    /// [`Problem::message`] of its problem.
    pub fn message(&self, form: &Form, lang: Lang) -> String {
        self.problem.message(form, lang)
    }
}

fn deadline_text(by: Date, done: Option<Date>) -> (String, String) {
    let by = show_date(by);
    match done.map(show_date) {
        Some(done) => (
            format!("hoàn thành muộn: {done}, hạn {by}"),
            format!("done late: {done}, due {by}"),
        ),
        None => (
            format!("quá hạn {by}, chưa hoàn thành"),
            format!("overdue since {by}, not done"),
        ),
    }
}

/// `B3 (Tổng số …)`; a cell by its column alone, since its row is in view.
fn named(form: &Form, key: &str, lang: Lang) -> String {
    match (form.label(key, lang), key.contains('/')) {
        (Some(label), true) => format!("“{label}”"),
        (Some(label), false) => format!("{key} “{label}”"),
        (None, _) => key.to_owned(),
    }
}

/// Whole percent and tenths, cut off and not rounded: 9,96 % is not 10 %.
fn percent(num: i64, den: i64) -> (i128, i128) {
    let tenths = i128::from(num) * 1000 / i128::from(den.max(1));
    (tenths / 10, tenths % 10)
}

fn scalar_of(text: &str) -> Scalar {
    match text {
        "true" => Scalar::Bool(true),
        "false" => Scalar::Bool(false),
        other => Scalar::Str(other.to_owned()),
    }
}
