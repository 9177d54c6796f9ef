use super::fixture::{id, staffed, unit};
use crate::{ChainError, UnitError, check_disjoint, newest};

#[test]
fn the_newest_is_the_one_that_nobody_corrects() {
    assert_eq!(newest([]), Ok(None));
    assert_eq!(newest([(id(9), None)]), Ok(Some(id(9))));
    let chain = [(id(5), Some(id(9))), (id(9), None), (id(1), Some(id(5)))];
    assert_eq!(newest(chain), Ok(Some(id(1))));
    let twice = [(id(9), None), (id(9), None)];
    assert_eq!(
        newest(twice),
        Ok(Some(id(9))),
        "the same rollup again is no fork"
    );
}

#[test]
fn two_rollups_naming_one_predecessor_are_refused() {
    let fork = [(id(1), None), (id(3), Some(id(1))), (id(2), Some(id(1)))];
    let (prev, one, other) = (Some(id(1)), id(2), id(3));
    assert_eq!(newest(fork), Err(ChainError::Fork { prev, one, other }));
    let (prev, one, other) = (None, id(1), id(2));
    let firsts = [(id(2), None), (id(1), None)];
    assert_eq!(newest(firsts), Err(ChainError::Fork { prev, one, other }));
}

#[test]
fn a_missing_predecessor_is_said() {
    let (rollup, prev) = (id(3), id(2));
    let gap = [(id(1), None), (rollup, Some(prev))];
    assert_eq!(newest(gap), Err(ChainError::Gap { rollup, prev }));
    let circle = [(id(1), Some(id(2))), (id(2), Some(id(1)))];
    assert!(matches!(newest(circle), Err(ChainError::Gap { .. })));
}

#[test]
fn a_unit_in_two_provinces_is_refused() {
    let (north, south) = (unit("byt.24"), unit("byt.79"));
    let ours = [staffed("byt.24.00001", 1), staffed("byt.24", 2)];
    let theirs = [staffed("byt.79.00001", 1)];
    let both = [(&north, &ours[..]), (&south, &theirs[..])];
    assert_eq!(check_disjoint(both), Ok(()));

    let stolen = [staffed("byt.79.00001", 1), staffed("byt.24.00001", 1)];
    assert_eq!(
        check_disjoint([(&north, &ours[..]), (&south, &stolen[..])]),
        Err(UnitError::Twice {
            unit: unit("byt.24.00001"),
            one: north.clone(),
            other: south.clone(),
        })
    );
    let strange = [staffed("byt.24.00002", 1)];
    assert_eq!(
        check_disjoint([(&north, &ours[..]), (&south, &strange[..])]),
        Err(UnitError::Outside {
            province: south.clone(),
            unit: unit("byt.24.00002")
        })
    );
}
