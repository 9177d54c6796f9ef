//! Rollups.

use super::*;

pub(super) fn examples() -> Vec<Example> {
    let provincial = RollupContent {
        form: "kh2273-quy".into(),
        version: 1,
        ordinal: 0,
        due: Some(Timestamp(1_781_888_400_000)),
        expected: 4,
        on_time: 1,
        late: 1,
        missing: vec![unit("byt.24.07213"), unit("byt.24.07216")],
        flagged: vec![
            Flag {
                unit: facility(),
                reason: FlagReason::NewerPending,
            },
            Flag {
                unit: unit("byt.24.07211"),
                reason: FlagReason::Pending,
            },
        ],
        inputs: 1,
        merkle_root: Digest([0x55; 32]),
        aggregates: aggregates(),
        receipts_head: Some(entry_id(6)),
        replaces: vec![entry_id(10), entry_id(11)],
        provinces: BTreeMap::new(),
    };
    let national = RollupContent {
        due: None,
        expected: 4,
        on_time: 1,
        late: 1,
        missing: vec![unit("byt.01")],
        flagged: vec![],
        receipts_head: None,
        replaces: vec![],
        provinces: BTreeMap::from([(province(), entry_id(9))]),
        ..provincial.clone()
    };
    let rollup = |unit: UnitPath, content| Body {
        period: quarter(),
        ..body(Stream::Rollup, unit, Content::Rollup(Box::new(content)))
    };
    vec![
        example(
            "rollup-province",
            "A provincial rollup that replaces two that were signed side by side.",
            HEAD,
            rollup(province(), provincial),
        ),
        example(
            "rollup-nation",
            "The national rollup over one province.",
            HEAD,
            rollup(ministry(), national),
        ),
    ]
}
