//! Why a value does not fit, in words for the person who typed it.

use crate::Lang;
use crate::form::FieldType;
use crate::text::group_thousands;

/// Why a text or a value does not fit where it should go. `Display` is English;
/// [`ValueError::message`] speaks to the person who typed it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ValueError {
    /// The form has no such key, or a value cannot be put there.
    #[error("{}", self.message(Lang::En))]
    UnknownKey {
        /// The key.
        key: String,
    },
    /// Neither yes nor no.
    #[error("{}", self.message(Lang::En))]
    NotYesNo,
    /// Not a whole number.
    #[error("{}", self.message(Lang::En))]
    NotANumber,
    /// A number outside what is allowed.
    #[error("{}", self.message(Lang::En))]
    OutOfRange {
        /// The least allowed.
        min: i64,
        /// The greatest allowed.
        max: i64,
    },
    /// Not a date of the calendar.
    #[error("{}", self.message(Lang::En))]
    NotADate,
    /// Not one of the choices.
    #[error("{}", self.message(Lang::En))]
    UnknownChoice {
        /// What was given.
        choice: String,
        /// The ids there are.
        known: Vec<String>,
    },
    /// A control character, a line break or a bidirectional override.
    #[error("{}", self.message(Lang::En))]
    ControlCharacter,
    /// A text that is too long.
    #[error("{}", self.message(Lang::En))]
    TooLong {
        /// How many characters it may have.
        max: usize,
    },
    /// A stored value of another type than the form's.
    #[error("{}", self.message(Lang::En))]
    WrongType {
        /// The form's type.
        expected: FieldType,
    },
}

impl ValueError {
    /// A stable name for machines.
    pub fn as_str(&self) -> &'static str {
        match self {
            ValueError::UnknownKey { .. } => "unknown_key",
            ValueError::NotYesNo => "not_yes_no",
            ValueError::NotANumber => "not_a_number",
            ValueError::OutOfRange { .. } => "out_of_range",
            ValueError::NotADate => "not_a_date",
            ValueError::UnknownChoice { .. } => "unknown_choice",
            ValueError::ControlCharacter => "control_character",
            ValueError::TooLong { .. } => "too_long",
            ValueError::WrongType { .. } => "wrong_type",
        }
    }

    /// What to do about it, in one short sentence.
    pub fn message(&self, lang: Lang) -> String {
        let (vi, en) = match self {
            ValueError::UnknownKey { key } => (
                format!("biểu mẫu không có mục “{key}” để điền"),
                format!("the form has no item “{key}” to fill in"),
            ),
            ValueError::NotYesNo => ("trả lời có hoặc không".into(), "answer yes or no".into()),
            ValueError::NotANumber => (
                "nhập số nguyên, ví dụ 1234 hoặc 1.234".into(),
                "enter a whole number such as 1234 or 1.234".into(),
            ),
            ValueError::OutOfRange { min, max } => {
                let (min, max) = (group_thousands(*min), group_thousands(*max));
                (
                    format!("nhập số từ {min} đến {max}"),
                    format!("enter a number from {min} to {max}"),
                )
            }
            ValueError::NotADate => (
                "nhập ngày có thật, ví dụ 31/05/2026".into(),
                "enter a real date such as 31/05/2026".into(),
            ),
            ValueError::UnknownChoice { choice, known } => {
                let known = known.join(", ");
                (
                    format!("không có lựa chọn “{choice}”; chọn trong: {known}"),
                    format!("there is no choice “{choice}”; choose from: {known}"),
                )
            }
            ValueError::ControlCharacter => (
                "viết trên một dòng, bỏ ký tự điều khiển".into(),
                "write on one line, without control characters".into(),
            ),
            ValueError::TooLong { max } => {
                let max = group_thousands(i64::try_from(*max).unwrap_or(i64::MAX));
                (
                    format!("viết ngắn lại, không quá {max} ký tự"),
                    format!("shorten it to {max} characters"),
                )
            }
            ValueError::WrongType { expected } => (
                format!("nhập lại: cần {}", expected.noun(Lang::Vi)),
                format!("enter it again: {} is needed", expected.noun(Lang::En)),
            ),
        };
        match lang {
            Lang::Vi => vi,
            Lang::En => en,
        }
    }
}

impl FieldType {
    /// What a value of the type is called.
    pub fn noun(self, lang: Lang) -> &'static str {
        let (vi, en) = match self {
            FieldType::YesNo => ("có hoặc không", "yes or no"),
            FieldType::Number => ("số nguyên", "a whole number"),
            FieldType::Money => ("số tiền (đồng)", "an amount in dong"),
            FieldType::Date => ("ngày", "a date"),
            FieldType::Text => ("một dòng chữ", "one line of text"),
            FieldType::LongText => ("văn bản", "a text"),
            FieldType::One => ("một lựa chọn", "one choice"),
            FieldType::Many => ("các lựa chọn", "choices"),
            FieldType::Table => ("bảng", "a table"),
        };
        match lang {
            Lang::Vi => vi,
            Lang::En => en,
        }
    }
}
