//! Every message id that this crate names exists.

use std::path::Path;

use messages::{Catalogue, Lang};

fn sources(folder: &Path, into: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|ext| ext == "rs") {
            into.push(std::fs::read_to_string(&path).expect("a source file"));
        }
    }
}

/// Texts in quotes that look like ids of ours: they begin with one of our
/// prefixes.
fn ids(source: &str) -> impl Iterator<Item = &str> {
    const PREFIXES: [&str; 59] = [
        "amount-",
        "ask-",
        "behind-",
        "board-",
        "busy-",
        "clock-",
        "col-",
        "comment-",
        "confirm-",
        "conflict-",
        "context-",
        "cred-",
        "date-",
        "desk-",
        "detail-",
        "do-",
        "due-",
        "edit-",
        "event-",
        "facet-",
        "filter-",
        "flag-",
        "help-",
        "home-",
        "item-",
        "jump-",
        "key-",
        "keys-",
        "mode-",
        "more-",
        "narrow-",
        "nation-",
        "news-",
        "notice-",
        "page-",
        "palette-",
        "paper-",
        "past-",
        "period-",
        "person-",
        "proof-",
        "receipt-",
        "review-",
        "rollup-",
        "row-",
        "secret-",
        "state-",
        "status-",
        "submit-",
        "sync-",
        "table-",
        "task-",
        "terminal-",
        "time-",
        "totals-",
        "undo-",
        "unit-",
        "units-",
        "value-",
    ];
    source
        .split('"')
        .filter(|text| {
            PREFIXES
                .iter()
                .any(|p| text.starts_with(p) && text.len() > p.len())
        })
        .filter(|text| text.chars().all(|c| c.is_ascii_lowercase() || c == '-'))
}

#[test]
fn every_id_in_the_code_is_in_the_catalogue() {
    let mut all = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut all);
    let words = Catalogue::new(Lang::Vi);
    let mut seen = 0;
    for id in all.iter().flat_map(|source| ids(source)) {
        assert!(words.has(id), "{id}");
        seen += 1;
    }
    assert!(seen > 100, "only {seen} ids found: the search is broken");
    for binding in crate::parts::keymap::all() {
        assert!(words.has(binding.label), "{}", binding.label);
    }
}

/// Ids that are put together while drawing.
#[test]
fn every_id_that_is_put_together_is_in_the_catalogue() {
    let words = Catalogue::new(Lang::Vi);
    for binding in crate::keymap::all() {
        let id = format!("context-{:?}", binding.context).to_lowercase();
        assert!(words.has(&id), "{id}");
        assert!(words.has(binding.label), "{}", binding.label);
    }
    for role in [
        "node",
        "editor",
        "head",
        "reviewer",
        "publisher",
        "registrar",
        "auditor",
    ] {
        assert!(words.has(&format!("role-{role}")), "{role}");
    }
    for suffix in ["date", "reason", "empty"] {
        assert!(words.has(&format!("item-{suffix}")), "{suffix}");
    }
}
