use proptest::prelude::*;

use crate::unit::{Level, UnitPath, UnitPathError};

#[test]
fn paths() {
    for (text, expected) in [
        ("byt", Ok(Level::Ministry)),
        ("byt.24", Ok(Level::Province)),
        ("byt.24.07210", Ok(Level::Facility)),
        ("byt.24.bvdk-tinh", Ok(Level::Facility)),
        ("byt.bv-bachmai", Ok(Level::Facility)),
        ("byt.bv-bachmai.khoa", Err(UnitPathError::Depth)),
        ("byt.24.07210.1", Err(UnitPathError::Depth)),
        ("byt.240", Ok(Level::Facility)),
        ("", Err(UnitPathError::Root)),
        ("BYT", Err(UnitPathError::Root)),
        ("so.24", Err(UnitPathError::Root)),
        ("byt.", Err(UnitPathError::Segment)),
        ("byt..1", Err(UnitPathError::Segment)),
        ("byt.24.Phường", Err(UnitPathError::Segment)),
        ("byt.24.a b", Err(UnitPathError::Segment)),
        ("byt.24.12345678901234567", Err(UnitPathError::Segment)),
    ] {
        let level = UnitPath::parse(text).map(|path| path.level());
        assert_eq!(level, expected, "{text}");
    }
}

#[test]
fn containment_is_by_segments() {
    let path = |text| UnitPath::parse(text).unwrap();
    for (above, below, contains) in [
        ("byt", "byt.24.07210", true),
        ("byt.24", "byt.24", true),
        ("byt.24", "byt.24.07210", true),
        ("byt.24", "byt.241", false),
        ("byt.24.07210", "byt.24", false),
    ] {
        assert_eq!(
            path(above).contains(&path(below)),
            contains,
            "{above} {below}"
        );
    }
    let ancestors: Vec<_> = path("byt.24.07210").ancestors().collect();
    assert_eq!(ancestors, [path("byt.24"), path("byt")]);
    assert_eq!(path("byt").parent(), None);
    assert!(!path("byt.24").is_above(&path("byt.24")));
}

proptest! {
    #[test]
    fn display_and_parse_round_trip(text in "byt(\\.[0-9]{2}(\\.[a-z0-9-]{1,16})?)?") {
        let path = UnitPath::parse(&text).unwrap();
        prop_assert_eq!(path.to_string(), text.clone());
        prop_assert_eq!(text.parse::<UnitPath>().unwrap(), path);
    }

    #[test]
    fn any_text_is_a_path_or_refused(text in "\\PC{0,40}") {
        if let Ok(path) = UnitPath::parse(&text) {
            prop_assert_eq!(path.as_str(), text);
            prop_assert!(UnitPath::ministry().contains(&path));
        }
    }
}
