//! Why a text is not a form, and the limits a form keeps to.

/// How large a form may be. Ours are far below; without these a published form
/// could make every screen, check and rollup of the country slow.
pub mod limits {
    /// The whole TOML text. The quarterly form is some 25 kB.
    pub const FORM_MAX_BYTES: usize = 256 << 10;
    /// Sections: one letter each.
    pub const SECTIONS_MAX_COUNT: usize = 26;
    /// Fields of the whole form; ours has 38.
    pub const FIELDS_MAX_COUNT: usize = 300;
    /// Columns of one table; C1 has 24.
    pub const COLUMNS_MAX_COUNT: usize = 50;
    /// Choices of one field or column.
    pub const CHOICES_MAX_COUNT: usize = 100;
    /// Cross-field rules.
    pub const RULES_MAX_COUNT: usize = 200;
    /// Computed indicators.
    pub const INDICATORS_MAX_COUNT: usize = 100;
    /// Filters of one list, and columns of one sum.
    pub const FILTERS_MAX_COUNT: usize = 10;
    /// A label, a title or a basis.
    pub const LABEL_MAX_BYTES: usize = 600;
    /// A help text.
    pub const HELP_MAX_BYTES: usize = 2000;
    /// A form's name, a column's and a choice's id.
    pub const NAME_MAX_BYTES: usize = 32;
    /// A filter's `within_months`: a hundred years.
    pub const MONTHS_MAX: u32 = 1200;
}

/// Why a text is not a form.
#[derive(Debug, thiserror::Error)]
pub enum FormError {
    /// Larger than `limits::FORM_MAX_BYTES`.
    #[error("a form has at most {max} bytes, this one has {bytes}")]
    TooLarge {
        /// How large it is.
        bytes: usize,
        /// How large it may be.
        max: usize,
    },
    /// Not TOML, or a key that a form has not, or one missing.
    #[error("not a form: {}", .0.message())]
    Toml(#[from] Box<toml::de::Error>),
    /// Well written, but it cannot be used.
    #[error("{at}: {problem}")]
    Unsound {
        /// The code of the section, field, rule or indicator.
        at: String,
        /// What is wrong there.
        problem: FormProblem,
    },
}

/// What is wrong with a form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormProblem {
    /// The form's name.
    #[error("a form's name has 1 to 32 characters of a-z, 0-9 and -")]
    Name,
    /// The form's version.
    #[error("versions count from 1")]
    Version,
    /// A section's or field's code.
    #[error("a section's code is a letter A-Z, a field's that letter and 1 to 3 digits")]
    Code,
    /// A column's or choice's id.
    #[error("`{0}` is no id: 1 to 32 characters of a-z, 0-9 and _")]
    Id(String),
    /// The same code or id twice.
    #[error("`{0}` is there twice")]
    Duplicate(String),
    /// A label without text.
    #[error("a label lacks its text")]
    EmptyLabel,
    /// More or longer than allowed.
    #[error("more than {max} {what}")]
    Limit {
        /// What there is too much of.
        what: &'static str,
        /// How much there may be.
        max: usize,
    },
    /// Choices or columns are missing.
    #[error("this type needs `{0}`")]
    Needs(&'static str),
    /// An attribute that the type has no use for.
    #[error("`{0}` does not go with this type")]
    NotFor(&'static str),
    /// A comma or semicolon in a choice of a `many` field: they separate typed
    /// choices.
    #[error("a choice of a `many` field has no comma or semicolon in its label")]
    Separator,
    /// `min` above `max`.
    #[error("`min` is above `max`")]
    Range,
    /// A name that the form does not have.
    #[error("there is no `{0}`")]
    Unknown(String),
    /// A name of the wrong type.
    #[error("`{name}` should be {wanted}")]
    WrongType {
        /// Which.
        name: String,
        /// What it should be.
        wanted: &'static str,
    },
    /// Two names of one rule that do not lie side by side.
    #[error("`{0}` and `{1}` are not in the same table")]
    Apart(String, String),
    /// A choice that the named field does not have.
    #[error("`{name}` has no choice `{choice}`")]
    Choice {
        /// The field or column.
        name: String,
        /// What it lacks.
        choice: String,
    },
    /// Not exactly one test.
    #[error("a filter has exactly one of `is`, `is_not` and `within_months`")]
    FilterTests,
    /// A time test where no period is known.
    #[error("`within_months` cannot be used here")]
    FilterPeriod,
    /// A percentage outside 0 to 100.
    #[error("a percentage is 0 to 100")]
    Percent,
    /// An indicator's code.
    #[error("an indicator is called TABLE.name, or by a free field code")]
    IndicatorCode,
    /// A ratio rule without its indicator.
    #[error("needs a `ratio` indicator of the same code, numerator and denominator")]
    RatioIndicator,
}
