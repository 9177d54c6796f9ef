//! The forms that are compiled in, so that a machine that has never met any
//! other can already report.

use std::sync::LazyLock;

use crate::form::Form;

/// Name and text of each; a test parses them all.
const TEXTS: [(&str, &str); 3] = [
    ("kh2273-quy", include_str!("../../forms/kh2273-quy.toml")),
    ("kh2273-vpso", include_str!("../../forms/kh2273-vpso.toml")),
    (
        "cv2132-rasoat",
        include_str!("../../forms/cv2132-rasoat.toml"),
    ),
];

static FORMS: LazyLock<Vec<Form>> = LazyLock::new(|| {
    TEXTS
        .iter()
        .filter_map(|(_, toml)| Form::parse(toml).ok())
        .collect()
});

/// All compiled-in forms, the quarterly report first.
pub fn builtins() -> &'static [Form] {
    &FORMS
}

/// The compiled-in form of this name.
pub fn builtin(name: &str) -> Option<&'static Form> {
    FORMS.iter().find(|form| form.name == name)
}

/// The TOML text of a compiled-in form, byte for byte: what is published and
/// hashed.
pub fn builtin_toml(name: &str) -> Option<&'static str> {
    TEXTS
        .iter()
        .find_map(|(known, toml)| (*known == name).then_some(*toml))
}
