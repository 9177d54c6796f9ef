//! Consolidated numbers: a province's, and the nation's.

use std::collections::BTreeMap;

use model::Aggregate;
use model::overview::{
    Figures, FlagKind, KEY_INDICATORS, Nation, Proof, ProvinceLine, Quarter, RollupPage, Signed,
    Source, Totals,
};

use super::{at, at_minute, form, period, unit};

pub(in crate::tests) fn totals(factor: i64) -> Totals {
    let mut aggregates = BTreeMap::new();
    for (code, sum) in [
        ("B3", 12_000),
        ("B4", 11_500),
        ("D5", 31),
        ("C1.open_severe", 7),
    ] {
        aggregates.insert(code.to_owned(), Aggregate::Sum { sum: sum * factor });
    }
    aggregates.insert("B1".into(), Aggregate::Share { yes: 370, of: 392 });
    aggregates.insert(
        "C1.approved".into(),
        Aggregate::Ratio { num: 412, den: 600 },
    );
    aggregates.insert(
        "G3".into(),
        Aggregate::Ratio {
            num: 95_000_000,
            den: 1_000_000_000,
        },
    );
    Totals {
        expected: 400,
        on_time: 380,
        late: 12,
        inputs: 390,
        missing: vec![
            (unit("byt.24.07001"), "Trạm Y tế Võ Cường".into()),
            (unit("byt.24.07002"), "Trạm Y tế Vũ Ninh".into()),
        ],
        flagged: vec![(
            unit("byt.24.07005"),
            "Trạm Y tế Hạp Lĩnh".into(),
            FlagKind::Reenrolled,
        )],
        aggregates,
    }
}

pub(in crate::tests) fn signed(factor: i64) -> Signed {
    Signed {
        short_id: "3f9a11c0".into(),
        by: "Phạm Văn Dũng".into(),
        at: at("2026-06-21T16:00:00+07:00"),
        corrected: false,
        totals: totals(factor),
        proof: Proof {
            signature: Some(true),
            chain: Some(true),
            arithmetic: Some(true),
            source: None,
            faults: 0,
        },
    }
}

pub(in crate::tests) fn rollup() -> RollupPage {
    RollupPage {
        unit: unit("byt.24"),
        name: "Sở Y tế Bắc Ninh".into(),
        form: form(),
        period: period(),
        due: period().due(),
        draft: Some(Totals {
            on_time: 381,
            ..totals(2)
        }),
        facts: Some("7b".repeat(32)),
        signed: Some(signed(1)),
        last_period: Some(totals(1).aggregates),
        trouble: None,
    }
}

pub(in crate::tests) fn nation() -> Nation {
    let names = [
        "Hà Nội",
        "Cao Bằng",
        "Tuyên Quang",
        "Bắc Ninh",
        "Lâm Đồng",
        "Cà Mau",
    ];
    let lines = (1..=34usize).map(|at| ProvinceLine {
        unit: unit(&format!("byt.{at:02}")),
        name: format!("Sở Y tế {} {at}", names[at % names.len()]),
        signed: (at % 6 != 0).then(|| {
            let mut signed = signed(i64::try_from(at).expect("few"));
            if at == 7 {
                signed.proof.arithmetic = Some(false);
                signed.proof.faults = 1;
            }
            if at == 8 {
                signed.proof.source = Some(Source {
                    checked: 390,
                    wrong: 0,
                    unavailable: 0,
                });
            }
            signed
        }),
        last_sync: Some(at_minute(at)),
        trouble: None,
        trend: trend(i64::try_from(at).expect("few")),
    });
    Nation {
        form: form(),
        period: period(),
        due: period().due(),
        lines: lines.collect(),
        signed: None,
    }
}

/// Two years of a province: with gaps, one in doubt, and this quarter as it is signed.
fn trend(at: i64) -> Vec<Quarter> {
    let back = std::iter::successors(Some(period()), |period| Some(period.previous()));
    let mut trend: Vec<Quarter> = (0..8i64)
        .zip(back)
        .filter(|(ago, _)| {
            if *ago == 0 {
                at % 6 != 0
            } else {
                (at + ago) % 5 != 0
            }
        })
        .map(|(ago, period)| {
            let (before, parts) = (8 - ago, u64::try_from(30 * ago).expect("few"));
            let of_indicators = [
                Aggregate::Ratio {
                    num: 412 - 50 * ago,
                    den: 600,
                },
                Aggregate::Sum {
                    sum: 7 * at + 4 * ago,
                },
                Aggregate::Sum {
                    sum: 31 * at * before / 8,
                },
                Aggregate::Ratio {
                    num: 95_000_000 - 7_000_000 * ago,
                    den: 1_000_000_000,
                },
            ];
            let codes = KEY_INDICATORS.map(str::to_owned);
            let old = Figures {
                expected: 400,
                on_time: 380 - parts,
                late: 12,
                indicators: codes.into_iter().zip(of_indicators).collect(),
            };
            let now = || {
                let totals = totals(at);
                Figures {
                    expected: totals.expected,
                    on_time: totals.on_time,
                    late: totals.late,
                    indicators: totals.aggregates,
                }
            };
            let figures = match ago {
                0 => (at != 7).then(now),
                _ => Some(old),
            };
            Quarter { period, figures }
        })
        .collect();
    trend.reverse();
    trend
}
