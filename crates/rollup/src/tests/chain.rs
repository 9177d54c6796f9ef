use super::fixture::{id, staffed, unit};
use crate::{ChainError, UnitError, check_disjoint, heads, newest};

#[test]
fn the_newest_is_the_one_that_nobody_replaces() {
    assert_eq!(newest([]), Ok(None));
    assert_eq!(newest([(id(9), vec![])]), Ok(Some(id(9))));
    let chain = [(id(5), vec![id(9)]), (id(9), vec![]), (id(1), vec![id(5)])];
    assert_eq!(newest(chain), Ok(Some(id(1))));
    let twice = [(id(9), vec![]), (id(9), vec![])];
    assert_eq!(
        newest(twice),
        Ok(Some(id(9))),
        "the same rollup again is no fork"
    );
}

#[test]
fn rollups_side_by_side_are_a_fork_until_one_replaces_them_all() {
    let fork = |heads: &[u8]| {
        let heads = heads.iter().map(|n| id(*n)).collect();
        Err(ChainError::Fork { heads })
    };
    let mut all = vec![(id(2), vec![]), (id(1), vec![])];
    assert_eq!(newest(all.clone()), fork(&[1, 2]), "two first ones");
    all = vec![(id(1), vec![]), (id(3), vec![id(1)]), (id(2), vec![id(1)])];
    assert_eq!(newest(all.clone()), fork(&[2, 3]), "two of one");
    all.push((id(4), vec![id(3)]));
    assert_eq!(newest(all.clone()), fork(&[2, 4]), "one side goes on");
    all.push((id(5), vec![id(2), id(4)]));
    assert_eq!(newest(all), Ok(Some(id(5))));
}

#[test]
fn a_name_that_is_not_there_does_not_block() {
    assert_eq!(newest([(id(3), vec![id(2)])]), Ok(Some(id(3))));
    let gap = [(id(1), vec![]), (id(3), vec![id(2)])];
    assert_eq!(heads(gap.clone()), [id(1), id(3)]);
    let mut settled = gap.to_vec();
    settled.push((id(4), vec![id(1), id(3)]));
    assert_eq!(newest(settled), Ok(Some(id(4))));
    let filled = gap.into_iter().chain([(id(2), vec![id(1)])]);
    assert_eq!(newest(filled), Ok(Some(id(3))));
    let circle = [(id(1), vec![id(2)]), (id(2), vec![id(1)])];
    assert_eq!(heads(circle), [id(1), id(2)]);
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
