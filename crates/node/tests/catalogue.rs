//! Every message that the runtime names exists, in both languages.

use std::path::Path;

use messages::{Catalogue, Lang};

fn sources(folder: &Path, into: &mut String) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            sources(&path, into)?;
        } else if path.extension().is_some_and(|ext| ext == "rs") {
            into.push_str(&std::fs::read_to_string(&path)?);
        }
    }
    Ok(())
}

/// The texts in quotes that follow a call of this name.
fn named<'s>(source: &'s str, call: &'s str) -> impl Iterator<Item = &'s str> {
    source.split(call).skip(1).filter_map(|rest| {
        let rest = rest.trim_start().strip_prefix('"')?;
        rest.split('"').next()
    })
}

#[test]
fn every_message_that_is_named_exists() {
    let mut all = String::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    sources(&folder, &mut all).expect("the sources");
    for lang in Lang::ALL {
        let words = Catalogue::new(lang);
        let mut seen = 0;
        for call in [".tr(", ".tr_with(", ".told("] {
            for id in named(&all, call).filter(|id| !id.is_empty()) {
                assert!(words.has(id), "{lang:?}: {id}");
                seen += 1;
            }
        }
        assert!(seen > 60, "only {seen} ids found: the search is broken");
        for code in named(&all, "Failure::new(") {
            assert!(
                words.has(&format!("error-{code}")),
                "{lang:?}: error-{code}"
            );
        }
    }
}
