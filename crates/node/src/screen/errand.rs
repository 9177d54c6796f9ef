//! Errands: what goes over the network because somebody asked for it and watches
//! it go. One at a time is listened to, on a thread of its own, and it can be
//! given up: then it ends after the connection that it is at.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};

use messages::{Arg, Catalogue};
use model::overview::Campaign;
use model::{Level, UnitPath};
use replica::{Replica, RollupCheck, RollupView};
use sync::Ask;
use tui::{Command, Msg, Outcome, Paper, Place};
use wire::EntryId;

use super::said;
use crate::failure::{Exit, Failure};
use crate::home::Home;
use crate::net;
use crate::world::WallClock;

/// An errand under way.
pub(super) struct Errand {
    heard: mpsc::Receiver<Msg>,
    given_up: Arc<AtomicBool>,
    /// What is said if it never comes back.
    lost: String,
}

impl Errand {
    /// Sets out.
    pub(super) fn start(
        home: Home,
        clock: WallClock,
        words: Catalogue,
        command: Command,
    ) -> Result<Errand, Failure> {
        let (tell, heard) = mpsc::channel();
        let given_up = Arc::new(AtomicBool::new(false));
        let lost = words.tr("notice-errand-lost");
        let runner = Runner {
            home,
            clock,
            words,
            tell,
            given_up: given_up.clone(),
        };
        std::thread::Builder::new()
            .name("errand".to_owned())
            .spawn(move || runner.run(&command))
            .map_err(|error| Failure::new("runtime", Exit::Failed).because(error))?;
        Ok(Errand {
            heard,
            given_up,
            lost,
        })
    }

    /// What was said since, if anything. A thread that has ended without a word
    /// has failed.
    pub(super) fn hear(&self) -> Option<Msg> {
        match self.heard.try_recv() {
            Ok(msg) => Some(msg),
            Err(mpsc::TryRecvError::Empty) => None,
            Err(mpsc::TryRecvError::Disconnected) => Some(Msg::Failed(self.lost.clone())),
        }
    }

    /// Nobody waits any more. What is on its way ends by itself; what it stored
    /// stays.
    pub(super) fn give_up(&self) {
        self.given_up.store(true, Ordering::Release);
    }
}

struct Runner {
    home: Home,
    clock: WallClock,
    words: Catalogue,
    tell: mpsc::Sender<Msg>,
    given_up: Arc<AtomicBool>,
}

impl Runner {
    fn run(&self, command: &Command) {
        let done = match command {
            Command::Pull => self.pull(),
            Command::VerifyDeep { unit, campaign } => self.verify(unit, campaign),
            Command::Drill { unit, campaign } => self.drill(unit, campaign),
            _ => return,
        };
        if self.given_up.load(Ordering::Acquire) {
            return;
        }
        let _ = self.tell.send(match done {
            Ok(outcome) => Msg::Done(outcome),
            Err(failure) => Msg::Failed(said::words(&self.words, &failure)),
        });
    }

    /// Says how far it has come; false once it was given up.
    fn progress(&self, done: usize, all: usize) -> bool {
        let _ = self.tell.send(Msg::Progress { done, all });
        !self.given_up.load(Ordering::Acquire)
    }

    fn pull(&self) -> Result<Outcome, Failure> {
        let replica = self.home.open()?;
        let mut next = |done: usize, all: usize, _: &UnitPath| self.progress(done, all);
        let pulling = net::pull(&self.home, None, &self.clock, &mut next);
        let pulled = crate::runtime()?.block_on(pulling)?;
        let (mut reached, mut lost) = (0usize, Vec::new());
        for one in &pulled {
            match one.reached {
                true => reached += 1,
                false => lost.push(replica.known_name(&one.unit)?),
            }
        }
        let count = ("count", Arg::from(reached));
        let notice = match lost.is_empty() {
            true => self.words.tr_with("notice-pulled", &[count]),
            false => {
                let names = lost.join(", ");
                self.words
                    .tr_with("notice-pull-failed", &[count, ("names", Arg::Str(&names))])
            }
        };
        Ok(Outcome {
            notice,
            ..Outcome::default()
        })
    }

    fn drill(&self, unit: &UnitPath, campaign: &Campaign) -> Result<Outcome, Failure> {
        let replica = self.home.open()?;
        let province = unit
            .ancestors()
            .find(|above| above.level() == Level::Province)
            .ok_or_else(|| Failure::new("no-address-of", Exit::Unreachable).with("unit", unit))?;
        let asks = vec![Ask::Report {
            unit: unit.clone(),
            period: campaign.period,
        }];
        let reached = net::reach(&self.home, &replica, &province, asks, &self.clock);
        crate::runtime()?.block_on(reached)?;
        let args = [("unit", Arg::from(unit.as_str()))];
        Ok(Outcome {
            notice: self.words.tr_with("notice-drilled", &args),
            open: Some(Place::Review {
                unit: unit.clone(),
                campaign: campaign.clone(),
            }),
            ..Outcome::default()
        })
    }

    fn verify(&self, unit: &UnitPath, campaign: &Campaign) -> Result<Outcome, Failure> {
        let mut replica = self.home.open()?;
        let (form, period) = (&campaign.form, campaign.period);
        let rollup = replica.show_rollup(unit, form, period)?;
        let mut inputs = net::Inputs::new();
        if replica.level() == Level::Ministry {
            inputs = self.fetch(&mut replica, &rollup)?;
        }
        if self.given_up.load(Ordering::Acquire) {
            // What was not fetched would look like what could not be had.
            return Ok(Outcome::default());
        }
        let check = replica.verify_fetched(&rollup.id, &inputs)?;
        let checked = check.deep.as_ref().map_or(0, |deep| deep.checked);
        let id = if check.ok {
            "notice-verified"
        } else {
            "notice-not-verified"
        };
        let args = [
            ("unit", Arg::from(unit.as_str())),
            ("count", Arg::from(checked)),
        ];
        Ok(Outcome {
            notice: self.words.tr_with(id, &args),
            paper: Some(self.findings(unit, &check)),
            ..Outcome::default()
        })
    }

    /// The inputs and reports behind a rollup, from the provinces that signed.
    fn fetch(&self, replica: &mut Replica, rollup: &RollupView) -> Result<net::Inputs, Failure> {
        let mut next = |done: usize, all: usize, _: &UnitPath| self.progress(done, all);
        let mut keep = |rollup: &EntryId, given: &[u8]| {
            // Kept for looking behind the numbers; verified on its own.
            if let Err(error) = replica.keep_inputs(rollup, given) {
                tracing::warn!(%error, "inputs not kept");
            }
        };
        let drilled = net::drill(&self.home, rollup, &self.clock, &mut next, &mut keep);
        crate::runtime()?.block_on(drilled)
    }

    /// What the verification found, to be read.
    fn findings(&self, unit: &UnitPath, check: &RollupCheck) -> Paper {
        let mut lines = Vec::new();
        let step = |id: &str, good: bool| {
            format!("{} {}", if good { "√" } else { "×" }, self.words.tr(id))
        };
        lines.push(step("proof-signature", check.signature));
        lines.push(step("proof-chain", check.chain));
        lines.push(step("proof-arithmetic", check.arithmetic));
        lines.extend(check.faults.iter().map(|fault| format!("× {fault}")));
        if let Some(deep) = &check.deep {
            let wrong = deep.mismatches.len() + deep.unavailable.len();
            let args = [
                ("checked", Arg::from(deep.checked)),
                ("wrong", Arg::from(wrong)),
            ];
            let sign = if wrong == 0 { "√" } else { "×" };
            lines.push(format!(
                "{sign} {}",
                self.words.tr_with("proof-source-done", &args)
            ));
            for found in &deep.mismatches {
                if found.code == "expected" {
                    let args = [("unit", Arg::from(found.unit.as_str()))];
                    lines.push(format!("× {}", self.words.tr_with("paper-left-out", &args)));
                    continue;
                }
                let shown = |value: &Option<model::Aggregate>| match value {
                    Some(value) => serde_json::to_string(value).unwrap_or_default(),
                    None => "–".to_owned(),
                };
                let (rollup, source) = (shown(&found.rollup), shown(&found.source));
                let args = [
                    ("unit", Arg::from(found.unit.as_str())),
                    ("code", Arg::from(&found.code)),
                    ("rollup", Arg::from(&rollup)),
                    ("source", Arg::from(&source)),
                ];
                lines.push(format!("× {}", self.words.tr_with("paper-mismatch", &args)));
            }
            for missing in &deep.unavailable {
                let args = [("unit", Arg::from(missing.as_str()))];
                lines.push(format!(
                    "? {}",
                    self.words.tr_with("paper-unavailable", &args)
                ));
            }
        }
        Paper {
            title: self
                .words
                .tr_with("paper-verify", &[("unit", Arg::from(unit.as_str()))]),
            lines,
            picture: Vec::new(),
        }
    }
}
