//! What the user reads: Fluent catalogues in Vietnamese and English, compiled in.
//!
//! A leaf: it knows ids and texts, nothing of units, reports or screens, and it
//! has a [`Lang`] of its own so that it depends on no other room of the house.
//! It deliberately does not fall back from one language to the other: a test
//! holds both catalogues to the same ids and the same arguments, so there is
//! nothing to fall back from.
//!
//! Invariants: an unknown id comes back as the id itself (visible, never a
//! crash); no text carries Unicode isolating marks, which terminals draw as
//! garbage; arguments are put in as they are, so the screen that shows a text
//! filters it.
//!
//! ```
//! use messages::{Arg, Catalogue, Lang};
//! let words = Catalogue::new(Lang::Vi);
//! assert_eq!(words.tr_with("due-left-days", &[("days", Arg::Int(3))]), "còn 3 ngày");
//! ```

use std::fmt;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

/// The languages there are catalogues in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    /// Vietnamese, the original.
    #[default]
    Vi,
    /// English.
    En,
}

impl Lang {
    /// Both, Vietnamese first.
    pub const ALL: [Lang; 2] = [Lang::Vi, Lang::En];

    fn source(self) -> &'static str {
        match self {
            Lang::Vi => concat!(
                include_str!("../i18n/vi.ftl"),
                include_str!("../i18n/desk.vi.ftl"),
                include_str!("../i18n/screen.vi.ftl")
            ),
            Lang::En => concat!(
                include_str!("../i18n/en.ftl"),
                include_str!("../i18n/desk.en.ftl"),
                include_str!("../i18n/screen.en.ftl")
            ),
        }
    }
}

/// One argument of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arg<'a> {
    /// A whole number; it also chooses the plural form.
    Int(i64),
    /// A text, put in unchanged.
    Str(&'a str),
}

impl From<i64> for Arg<'_> {
    fn from(number: i64) -> Self {
        Arg::Int(number)
    }
}

impl From<usize> for Arg<'_> {
    /// Saturates: nobody counts that far.
    fn from(number: usize) -> Self {
        Arg::Int(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl<'a> From<&'a str> for Arg<'a> {
    fn from(text: &'a str) -> Self {
        Arg::Str(text)
    }
}

impl<'a> From<&'a String> for Arg<'a> {
    fn from(text: &'a String) -> Self {
        Arg::Str(text)
    }
}

/// All texts of one language.
pub struct Catalogue {
    lang: Lang,
    bundle: FluentBundle<FluentResource>,
}

impl Catalogue {
    /// Reads the compiled-in texts of one language. A message that does not
    /// parse is left out (a test makes sure that there is none).
    pub fn new(lang: Lang) -> Self {
        let tag = match lang {
            Lang::Vi => "vi",
            Lang::En => "en",
        };
        // Both tags are well-formed, as the plural test shows.
        let id: LanguageIdentifier = tag.parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![id]);
        bundle.set_use_isolating(false);
        let resource = match FluentResource::try_new(lang.source().to_owned()) {
            Ok(resource) => resource,
            Err((partial, _)) => partial,
        };
        // The only possible errors are ids given twice; the first one stands.
        let _ = bundle.add_resource(resource);
        Catalogue { lang, bundle }
    }

    /// The language of these texts.
    pub fn lang(&self) -> Lang {
        self.lang
    }

    /// Whether there is a text under this id.
    pub fn has(&self, id: &str) -> bool {
        self.bundle
            .get_message(id)
            .is_some_and(|message| message.value().is_some())
    }

    /// The text under an id, or the id itself.
    pub fn tr(&self, id: &str) -> String {
        self.tr_with(id, &[])
    }

    /// The text under an id with its arguments put in, or the id itself.
    pub fn tr_with(&self, id: &str, args: &[(&str, Arg<'_>)]) -> String {
        let Some(pattern) = self.bundle.get_message(id).and_then(|m| m.value()) else {
            return id.to_owned();
        };
        let mut values = FluentArgs::with_capacity(args.len());
        for (name, arg) in args {
            match arg {
                Arg::Int(number) => values.set(*name, FluentValue::from(*number)),
                Arg::Str(text) => values.set(*name, FluentValue::from(*text)),
            }
        }
        let mut errors = Vec::new();
        self.bundle
            .format_pattern(pattern, Some(&values), &mut errors)
            .into_owned()
    }
}

impl fmt::Debug for Catalogue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Catalogue({:?})", self.lang)
    }
}

#[cfg(test)]
mod tests;
