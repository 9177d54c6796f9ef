use std::collections::BTreeSet;

use crate::sample::{bac_ninh_communes, provinces};
use crate::unit::Level;

#[test]
fn thirty_four_provinces() {
    assert_eq!(provinces().len(), 34);
    let paths: BTreeSet<_> = provinces().iter().map(|p| &p.path).collect();
    assert_eq!(paths.len(), 34);
    assert!(
        provinces()
            .iter()
            .all(|p| p.path.level() == Level::Province)
    );
    let name = |code: &str| {
        provinces()
            .iter()
            .find(|p| p.code == code)
            .unwrap()
            .department()
    };
    assert_eq!(name("24"), "Sở Y tế tỉnh Bắc Ninh");
    assert_eq!(name("01"), "Sở Y tế Thành phố Hà Nội");
}

#[test]
fn ninety_nine_communes() {
    assert_eq!(bac_ninh_communes().len(), 99);
    let first = &bac_ninh_communes()[0];
    assert_eq!(first.name, "Trạm Y tế Phường Bắc Giang");
    assert_eq!(first.path.as_str(), "byt.24.07210");
    let paths: BTreeSet<_> = bac_ninh_communes().iter().map(|c| &c.path).collect();
    assert_eq!(paths.len(), 99);
    for commune in bac_ninh_communes() {
        assert_eq!(commune.path.level(), Level::Facility);
        assert!(commune.commune.starts_with("Phường ") || commune.commune.starts_with("Xã "));
    }
}
