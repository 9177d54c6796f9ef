//! Both catalogues hold the same messages with the same arguments.

use std::collections::{BTreeMap, BTreeSet};

use fluent_bundle::FluentResource;

use super::{Arg, Catalogue, Lang};

/// Every message id with the arguments it names.
fn shape(lang: Lang) -> BTreeMap<String, BTreeSet<String>> {
    let mut messages = BTreeMap::new();
    let mut current: Option<String> = None;
    for line in lang.source().lines() {
        if line.starts_with('#') || line.trim().is_empty() {
            continue;
        }
        if !line.starts_with([' ', '}']) {
            let (id, _) = line.split_once('=').expect("an id and a text");
            let id = id.trim().to_owned();
            assert!(
                messages.insert(id.clone(), BTreeSet::new()).is_none(),
                "{lang:?}: {id} is there twice"
            );
            current = Some(id);
        }
        let id = current.as_ref().expect("a message before its continuation");
        let args = messages.get_mut(id).expect("just inserted");
        for part in line.split('$').skip(1) {
            let name: String = part
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || *c == '-')
                .collect();
            args.insert(name);
        }
    }
    messages
}

#[test]
fn both_languages_parse_whole() {
    for lang in Lang::ALL {
        let parsed = FluentResource::try_new(lang.source().to_owned());
        let errors = parsed.err().map(|(_, errors)| errors);
        assert_eq!(errors, None, "{lang:?}");
    }
}

#[test]
fn both_languages_have_the_same_messages_and_arguments() {
    let (vi, en) = (shape(Lang::Vi), shape(Lang::En));
    for (id, args) in &vi {
        assert_eq!(Some(args), en.get(id), "{id}: vi against en");
    }
    for id in en.keys() {
        assert!(vi.contains_key(id), "{id} is missing in Vietnamese");
    }
}

#[test]
fn every_message_formats_without_leftovers_or_isolating_marks() {
    for lang in Lang::ALL {
        let catalogue = Catalogue::new(lang);
        for (id, args) in shape(lang) {
            let args: Vec<(&str, Arg<'_>)> = args
                .iter()
                .map(|name| (name.as_str(), Arg::Int(2)))
                .collect();
            assert!(catalogue.has(&id), "{lang:?} {id}");
            let text = catalogue.tr_with(&id, &args);
            assert!(!text.is_empty(), "{lang:?} {id}");
            assert!(
                !text.contains(['{', '}', '\u{2068}', '\u{2069}']),
                "{lang:?} {id}: {text}"
            );
        }
    }
}

#[test]
fn arguments_plurals_and_unknown_ids() {
    let vi = Catalogue::new(Lang::Vi);
    let en = Catalogue::new(Lang::En);
    let days = |n: i64| [("days", Arg::from(n))];
    assert_eq!(vi.tr_with("due-left-days", &days(1)), "còn 1 ngày");
    assert_eq!(vi.tr_with("due-late-days", &days(2)), "quá hạn 2 ngày");
    assert_eq!(en.tr_with("due-left-days", &days(1)), "1 day left");
    assert_eq!(en.tr_with("due-left-days", &days(1234)), "1234 days left");
    assert_eq!(vi.tr("no-such-message"), "no-such-message");
    assert!(!vi.has("no-such-message"));
    // A missing argument leaves its name visible; it never fails.
    assert!(vi.tr("due-left-days").contains("days"));
}
