//! The domain in plain values: units, periods, due times, forms, validation,
//! workflow.
//!
//! No I/O, no clock, no randomness, no cryptography: everything here is a
//! function of its arguments.
//!
//! A report is a flat map of scalars ([`Snapshot`]); a [`Form`] says what each
//! key means, how it is typed, checked, computed and carried over:
//!
//! ```
//! use model::{CheckContext, Lang, Period, Scalar, Snapshot, check};
//!
//! let form = model::form::builtin("kh2273-quy").ok_or("no such form")?;
//! let mut report = Snapshot::default();
//! for (key, typed) in [("B3", "1.200"), ("B4", "1.250")] {
//!     report.values.insert(key.into(), form.parse_value(key, typed)?);
//! }
//! assert_eq!(report.get("B3"), &Scalar::Int(1200));
//!
//! let context = CheckContext {
//!     period: Period::parse("2026-Q2")?,
//!     today: jiff::civil::date(2026, 6, 1),
//!     conflicts: &[],
//! };
//! let found = check(form, &report, &context);
//! let b4 = found.errors.iter().find(|finding| finding.code == "B4").ok_or("none")?;
//! assert_eq!(
//!     b4.message(form, Lang::Vi),
//!     "1.250 vượt quá B3 “Tổng số CBCCVC và người lao động” (1.200)"
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod aggregate;
pub mod carry;
pub mod check;
pub mod compute;
mod filter;
pub mod form;
pub mod input;
pub mod overview;
pub mod period;
#[cfg(all(feature = "sabotage", debug_assertions))]
pub mod sabotage;
pub mod sample;
#[cfg(test)]
mod tests;
pub mod text;
pub mod time;
pub mod unit;
pub mod value;
pub mod workflow;

pub use aggregate::{Aggregate, Aggregates, ListItem};
pub use carry::carry_over;
pub use check::{Check, CheckContext, Finding, Problem, check};
pub use compute::compute;
pub use form::{Computed, Form, FormError, Slot};
pub use input::ValueError;
pub use period::Period;
pub use time::{Entropy, Timestamp};
pub use unit::{Level, UnitPath};
pub use value::{Scalar, Snapshot};
pub use workflow::{ReportState, Timeliness, timeliness};

/// Whether a bug of the module `sabotage` is switched on: `sabotaged!(SkipSignature)`.
#[cfg(all(feature = "sabotage", debug_assertions))]
#[macro_export]
macro_rules! sabotaged {
    ($bug:ident) => {
        $crate::sabotage::is_on($crate::sabotage::Bug::$bug)
    };
}

/// Never: this build has no switches to break it. See the module `sabotage`.
#[cfg(not(all(feature = "sabotage", debug_assertions)))]
#[macro_export]
macro_rules! sabotaged {
    ($bug:ident) => {
        false
    };
}

/// The language of a text for people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    /// Vietnamese.
    #[default]
    Vi,
    /// English.
    En,
}
