//! Nobody can crash the desks or steer the terminal through them: random keys,
//! clicks, answers and sizes on every page.

use model::overview::Trouble;
use proptest::collection::vec;
use proptest::prelude::*;

use super::keys::any_key;
use super::sample::*;
use crate::{Command, Data, Effect, Mouse, MouseKind, Msg, Outcome, Paper, Place, Shell, SyncView};

/// What the runner would answer, with foreign texts in it.
fn reply(effect: &Effect, text: &str) -> Vec<Msg> {
    match effect {
        Effect::Read(place) => vec![Msg::Page {
            place: place.clone(),
            answer: data_of(place, text).ok_or_else(|| text.to_owned()),
        }],
        Effect::Open(_) => vec![Msg::Opened { form: form() }],
        Effect::Do {
            command,
            passphrase: None,
        } if !command.is_long() => {
            vec![Msg::NeedPassphrase(command.clone())]
        }
        Effect::Do { command, .. } => vec![Msg::Done(Outcome {
            notice: text.to_owned(),
            paper: matches!(command, Command::Invite { .. } | Command::VerifyDeep { .. }).then(
                || Paper {
                    title: text.to_owned(),
                    lines: vec![text.to_owned(); 50],
                    picture: vec![vec![true, false, true]; 3],
                },
            ),
            ..Outcome::default()
        })],
        _ => Vec::new(),
    }
}

fn data_of(place: &Place, text: &str) -> Option<Data> {
    Some(match place {
        Place::Home => {
            let mut home = home();
            home.troubles.push(Trouble::Refused(text.len()));
            home.reports[0].title = text.to_owned();
            Data::Home(home)
        }
        Place::Board { .. } => {
            let mut board = board(text.len() % 50);
            for line in &mut board.lines {
                line.name = text.to_owned();
            }
            Data::Board(board)
        }
        Place::Review { .. } => {
            let mut review = review();
            review.name = text.to_owned();
            review.now.texts.insert("I1".into(), text.to_owned());
            review
                .now
                .values
                .insert("B3".into(), model::Scalar::Str(text.to_owned()));
            Data::Review(Box::new(review))
        }
        Place::Rollup { .. } => {
            let mut page = rollup();
            page.trouble = Some(Trouble::Contradiction);
            page.name = text.to_owned();
            Data::Rollup(Box::new(page))
        }
        Place::Units => {
            let mut units = units();
            units[0].name = text.to_owned();
            units[0].address = Some(text.to_owned());
            Data::Units(units)
        }
        Place::Keys { .. } => {
            let mut keys = keys();
            keys[0].name = text.to_owned();
            keys[0].key = text.to_owned();
            Data::Keys(keys)
        }
        Place::Nation { .. } => {
            let mut nation = nation();
            nation.lines[0].name = text.to_owned();
            nation.lines[0].trouble = Some(Trouble::RollupFork);
            Data::Nation(Box::new(nation))
        }
        Place::Campaigns { .. } => {
            let mut lines = campaigns();
            lines[0].title.vi = text.to_owned();
            lines[1].by = Some((unit("byt"), text.to_owned()));
            lines[1].basis = Some(text.to_owned());
            lines[2].campaign.form = text.to_owned();
            Data::Campaigns(lines)
        }
        Place::Behind { .. } => return None,
    })
}

#[derive(Clone, Debug)]
enum Step {
    Msg(Msg),
    /// The runner answers what it was asked, with this text.
    Answer(String),
}

fn any_step() -> impl Strategy<Value = Step> {
    let place = (0..200u16, 0..60u16);
    let kind = prop::sample::select(vec![
        MouseKind::Press,
        MouseKind::WheelUp,
        MouseKind::WheelDown,
    ]);
    prop_oneof![
        40 => any_key().prop_map(|key| Step::Msg(Msg::Key(key))),
        10 => any::<String>().prop_map(Step::Answer),
        6 => (kind, place).prop_map(|(kind, (column, line))| Step::Msg(Msg::Mouse(Mouse { kind, column, line }))),
        2 => any::<String>().prop_map(|text| Step::Msg(Msg::Paste(text))),
        1 => any::<i64>().prop_map(|ms| Step::Msg(Msg::Tick(model::Timestamp(ms)))),
        1 => any::<String>().prop_map(|text| Step::Msg(Msg::Failed(text))),
        1 => any::<Option<i64>>().prop_map(|ms| Step::Msg(Msg::Link { sync: SyncView::Top, clock_ahead_ms: ms })),
        1 => Just(Step::Msg(Msg::Changed)),
        1 => Just(Step::Msg(Msg::Locked)),
        1 => any::<(usize, usize)>().prop_map(|(done, all)| Step::Msg(Msg::Progress { done, all })),
    ]
}

fn any_shell() -> impl Strategy<Value = Shell> {
    prop::sample::select(vec!["byt", "byt.24", "byt.24.07210"]).prop_map(|path| {
        let data = match path {
            "byt" => Data::Nation(Box::new(nation())),
            "byt.24" => Data::Board(board(40)),
            _ => Data::Home(home()),
        };
        shell(path, "Đơn vị", data)
    })
}

proptest! {
    // With 400 steps each some 100,000 in all; proptest prints what failed.
    #![proptest_config(ProptestConfig::with_cases(250))]

    #[test]
    fn nothing_panics(
        mut shell in any_shell(),
        steps in vec((any_step(), 1..130u16, 1..45u16), 400),
    ) {
        let mut asked: Vec<Effect> = Vec::new();
        for (at, (step, columns, lines)) in steps.into_iter().enumerate() {
            let msgs = match step {
                Step::Msg(msg) => vec![msg],
                Step::Answer(text) => asked.drain(..).flat_map(|effect| reply(&effect, &text)).collect(),
            };
            for msg in msgs {
                asked.extend(shell.update(msg));
            }
            // Drawing takes most of the time: now and then is enough.
            if at % 5 == 0 {
                super::pages::screen(&mut shell, columns, lines);
            }
        }
    }
}

/// A text with a colour sequence and a bidirectional override: no page shows it
/// as it is.
#[test]
fn foreign_text_is_filtered_on_every_page() {
    const HOSTILE: &str = "X\u{1b}[31mY\u{202e}Z";
    let of_data = |place: &Place| !matches!(place, Place::Behind { .. });
    for place in places().into_iter().filter(of_data) {
        let mut shell = shell("byt.24", HOSTILE, Data::Board(board(2)));
        shell.pages.push(crate::page::Page::new(place.clone()));
        let data = data_of(&place, HOSTILE).expect("data");
        answer(&mut shell, place.clone(), data);
        shell.update(Msg::Failed(HOSTILE.into()));
        let drawn = super::pages::screen(&mut shell, 200, 60)
            .backend()
            .to_string();
        assert!(
            !drawn.contains('\u{1b}') && !drawn.contains('\u{202e}'),
            "{place:?}"
        );
        let (all, seen) = (
            drawn.matches("[31m").count(),
            drawn.matches("X�[31mY�Z").count(),
        );
        assert_eq!(all, seen, "{place:?}\n{drawn}");
        // The header, the news, and the page itself.
        assert!(seen > 2, "{place:?}\n{drawn}");
    }
}
