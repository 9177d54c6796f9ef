//! What the keys of each page do.

use messages::Arg;
use model::overview::Campaign;
use model::{Level, Period, UnitPath};

use crate::form;
use crate::page::{Data, Page, Place, board, campaigns, home, nation, rollup};
use crate::parts::keymap::Action;

use super::Shell;
use super::msg::{Command, Effect, ReportRef};
use super::over::Over;

impl Shell {
    /// Opens a page over the one in front.
    pub(super) fn open(&mut self, place: Place) -> Vec<Effect> {
        self.pages.push(Page::new(place.clone()));
        vec![Effect::Read(place)]
    }

    /// Leaves the report that is open, if one is.
    pub(super) fn leave_report(&mut self) -> Option<Effect> {
        let left = self.report.take();
        left.map(|_| Effect::Form(form::Effect::Leave))
    }

    /// Opens one of the desks, in place of all that is open.
    pub(super) fn go_to_desk(&mut self, at: usize) -> Vec<Effect> {
        let Some(place) = self.desks().into_iter().nth(at) else {
            return Vec::new();
        };
        let left = self.leave_report();
        self.pages.clear();
        let mut effects = self.open(place);
        effects.extend(left);
        effects
    }

    /// The same page of another period.
    fn turn_period(&mut self, forward: bool) -> Vec<Effect> {
        let Some(place) = self.page().map(|page| page.place.clone()) else {
            return Vec::new();
        };
        let Some(period) = place.period() else {
            if place == Place::Home {
                return self.ask_period(forward);
            }
            self.tell(self.tr("notice-no-period"));
            return Vec::new();
        };
        let to = if forward {
            period.next()
        } else {
            period.previous()
        };
        // The calendar of the reports ends somewhere.
        if Period::parse(&to.to_string()).is_err() {
            return Vec::new();
        }
        let view = self.pages.pop().map(|page| page.view).unwrap_or_default();
        let effects = self.open(place.in_period(to));
        self.with_page(|page, _| page.view = view);
        effects
    }

    /// What may be looked at in place of the campaign in front.
    fn ask_campaign(&mut self, place: &Place) -> Vec<Effect> {
        match place.campaign() {
            Some(campaign) => self.open(Place::Campaigns { campaign }),
            None => Vec::new(),
        }
    }

    /// Turns the pages below the list of campaigns to the one chosen: the way back
    /// from its review leads to its board.
    fn turn_campaign(&mut self, key: &str) -> Vec<Effect> {
        let chosen = self.page().and_then(|page| match &page.data {
            Some(Data::Campaigns(lines)) => campaigns::line_at(lines, key),
            _ => None,
        });
        let Some(to) = chosen.map(|line| line.campaign.clone()) else {
            return Vec::new();
        };
        let below = self.pages.iter();
        let turned = below.filter_map(|page| page.place.in_campaign(&to));
        self.pages = turned.map(Page::new).collect();
        self.read_again()
    }

    pub(super) fn act(&mut self, action: Action) -> Vec<Effect> {
        let Some(page) = self.page() else {
            return Vec::new();
        };
        let key = page.current().map(str::to_owned);
        let place = page.place.clone();
        match action {
            Action::Desk(at) => self.go_to_desk(usize::from(at)),
            Action::Campaigns => self.ask_campaign(&place),
            Action::PeriodBack => self.turn_period(false),
            Action::PeriodForward => self.turn_period(true),
            Action::Pull => self.carry_out(Command::Pull),
            Action::Sign => self.sign(&place),
            Action::View => self.turn_view(nation::View::turn_mode),
            Action::Measure => self.turn_view(|view| view.turn_measure(true)),
            Action::MeasureBack => self.turn_view(|view| view.turn_measure(false)),
            Action::NextInQueue => self.next_in_queue(&place),
            Action::AddRow if place == Place::Units => self.ask_invite(None),
            Action::AddRow => self.ask_person(),
            Action::Approve => self.approve(&place),
            Action::Return => self.return_report(&place),
            _ => match key {
                Some(key) => self.act_on(action, &place, &key),
                None => Vec::new(),
            },
        }
    }

    /// Actions on the row under the cursor.
    fn act_on(&mut self, action: Action, place: &Place, key: &str) -> Vec<Effect> {
        match (action, place) {
            (Action::Open, _) => self.open_row(place, key),
            (Action::Comment, Place::Review { .. }) => self.ask_remark(key),
            (Action::Clear, Place::Review { .. }) => {
                self.with_page(|page, setting| page.remark(key, "", setting));
                self.keep_remarks()
            }
            (Action::VerifyDeep, Place::Rollup { unit, campaign }) => {
                let (unit, campaign) = (unit.clone(), campaign.clone());
                self.carry_out(Command::VerifyDeep { unit, campaign })
            }
            (Action::VerifyDeep, Place::Nation { period }) => match UnitPath::parse(key) {
                Ok(unit) => self.carry_out(Command::VerifyDeep {
                    unit,
                    campaign: Campaign::usual(*period),
                }),
                Err(_) => Vec::new(),
            },
            // Its own unit is the level above's to name, to close, to enrol anew.
            (Action::Invite | Action::Rename | Action::Close, Place::Units)
                if key == self.identity.unit.as_str() =>
            {
                self.warn(self.tr("notice-own-unit"));
                Vec::new()
            }
            (Action::Invite, Place::Units) => self.ask_invite(Some(key)),
            (Action::Rename, Place::Units) => self.ask_rename(key),
            (Action::Close, Place::Units) => self.ask_close(key),
            (Action::Revoke, Place::Keys { .. }) => self.ask_revoke(key),
            _ => Vec::new(),
        }
    }

    fn open_row(&mut self, place: &Place, key: &str) -> Vec<Effect> {
        let unit = UnitPath::parse(key).ok();
        match (place, unit) {
            (Place::Home, _) => {
                let report = self.page().and_then(|page| match &page.data {
                    Some(Data::Home(home)) => home::report_at(home, key),
                    _ => None,
                });
                let report = report.map(|report| ReportRef {
                    form: report.form.clone(),
                    period: report.period,
                    ordinal: report.ordinal,
                });
                report.map(Effect::Open).into_iter().collect()
            }
            (Place::Board { campaign }, Some(unit)) => self.open(Place::Review {
                unit,
                campaign: campaign.clone(),
            }),
            (Place::Nation { period }, Some(unit)) => self.open(Place::Rollup {
                unit,
                campaign: Campaign::usual(*period),
            }),
            (Place::Units, Some(unit)) => self.open(Place::Keys { unit: Some(unit) }),
            (Place::Rollup { unit, campaign }, _) => self.open_number(unit, campaign, key),
            (Place::Behind { campaign, .. }, Some(unit)) => self.open_source(unit, campaign),
            (Place::Campaigns { .. }, _) => self.turn_campaign(key),
            (Place::Review { .. }, _) => self.ask_remark(key),
            _ => Vec::new(),
        }
    }

    /// What lies behind a number; of a missing or flagged unit its report.
    fn open_number(&mut self, unit: &UnitPath, campaign: &Campaign, key: &str) -> Vec<Effect> {
        let named = key
            .strip_prefix("missing/")
            .or_else(|| key.strip_prefix("flag/"))
            .map(|rest| rest.split('/').next().unwrap_or(rest));
        match named {
            None => self.open(Place::Behind {
                unit: unit.clone(),
                campaign: campaign.clone(),
                code: key.to_owned(),
            }),
            Some(path) => match UnitPath::parse(path) {
                Ok(unit) => self.open_source(unit, campaign),
                Err(_) => Vec::new(),
            },
        }
    }

    /// A province's rollup or a facility's report. One that belongs to a Sở has to
    /// be asked for, and its Sở sees that.
    fn open_source(&mut self, unit: UnitPath, campaign: &Campaign) -> Vec<Effect> {
        let campaign = campaign.clone();
        if unit.level() != Level::Facility {
            return self.open(Place::Rollup { unit, campaign });
        }
        if unit.parent().as_ref() == Some(&self.identity.unit) {
            return self.open(Place::Review { unit, campaign });
        }
        let text = self.tr_with("ask-drill", &[("unit", Arg::Str(unit.as_str()))]);
        self.over.push(Over::Confirm {
            text,
            command: Command::Drill { unit, campaign },
        });
        Vec::new()
    }

    fn turn_view(&mut self, turn: impl FnOnce(&mut nation::View)) -> Vec<Effect> {
        self.with_page(|page, setting| {
            turn(&mut page.view);
            page.lay_out(setting);
        });
        Vec::new()
    }

    /// Signs what stands on the screen; from elsewhere it leads there first.
    fn sign(&mut self, place: &Place) -> Vec<Effect> {
        let unit = self.identity.unit.clone();
        match place {
            Place::Nation { period } => {
                self.tell(self.tr("notice-see-then-sign"));
                let campaign = Campaign::usual(*period);
                return self.open(Place::Rollup { unit, campaign });
            }
            Place::Rollup { unit: whose, .. } if *whose == unit => {}
            _ => {
                self.warn(self.tr("notice-not-yours"));
                return Vec::new();
            }
        }
        let Some(Data::Rollup(page)) = self.page().and_then(|page| page.data.as_ref()) else {
            return Vec::new();
        };
        match &page.facts {
            Some(facts) if rollup::is_new(page) => {
                let command = Command::SignRollup {
                    campaign: Campaign {
                        form: page.form.name.clone(),
                        period: page.period,
                    },
                    facts: facts.clone(),
                };
                self.carry_out(command)
            }
            _ => {
                self.tell(self.tr("notice-nothing-new"));
                Vec::new()
            }
        }
    }

    /// The submission under review that is on the screen.
    fn submission(&self) -> Option<String> {
        match &self.page()?.data {
            Some(Data::Review(review)) => review.submission.clone(),
            _ => None,
        }
    }

    fn approve(&mut self, place: &Place) -> Vec<Effect> {
        let Place::Review { unit, campaign } = place else {
            return Vec::new();
        };
        let Some(submission) = self.submission() else {
            self.warn(self.tr("notice-read-first"));
            return Vec::new();
        };
        let command = Command::Accept {
            unit: unit.clone(),
            campaign: campaign.clone(),
            submission,
        };
        match self.page().map_or(0, |page| page.remarks.len()) {
            0 => self.carry_out(command),
            count => {
                // Accepting drops what was going to be said.
                let text = self.tr_with("ask-approve-remarks", &[("count", Arg::from(count))]);
                self.over.push(Over::Confirm { text, command });
                Vec::new()
            }
        }
    }

    fn return_report(&mut self, place: &Place) -> Vec<Effect> {
        let Place::Review { unit, campaign } = place else {
            return Vec::new();
        };
        let Some(submission) = self.submission() else {
            self.warn(self.tr("notice-read-first"));
            return Vec::new();
        };
        let remarks = self
            .page()
            .map(|page| page.remarks.clone())
            .unwrap_or_default();
        if remarks.is_empty() {
            self.warn(self.tr("notice-remark-first"));
            return Vec::new();
        }
        self.carry_out(Command::Return {
            unit: unit.clone(),
            campaign: campaign.clone(),
            submission,
            remarks: remarks.into_iter().collect(),
        })
    }

    /// A verdict was signed: its remarks are no drafts any more.
    pub(super) fn after_verdict(&mut self, unit: &UnitPath, campaign: &Campaign) -> Vec<Effect> {
        let place = Place::Review {
            unit: unit.clone(),
            campaign: campaign.clone(),
        };
        let had = self.with_page(|page, setting| {
            let had = page.place == place && !page.remarks.is_empty();
            if had {
                page.remarks.clear();
                page.lay_out(setting);
            }
            had
        });
        match had {
            Some(true) => self.keep_remarks(),
            _ => Vec::new(),
        }
    }

    /// What was remarked so far outlasts the screen.
    pub(super) fn keep_remarks(&mut self) -> Vec<Effect> {
        let Some(page) = self.page() else {
            return Vec::new();
        };
        match &page.place {
            Place::Review { unit, campaign } => vec![Effect::KeepRemarks {
                unit: unit.clone(),
                campaign: campaign.clone(),
                remarks: page.remarks.clone(),
            }],
            _ => Vec::new(),
        }
    }

    /// The report after this one that waits for a review.
    fn next_in_queue(&mut self, place: &Place) -> Vec<Effect> {
        let Place::Review { unit, campaign } = place else {
            return Vec::new();
        };
        let of_this = Place::Board {
            campaign: campaign.clone(),
        };
        let there = self.pages.iter().rev().find(|page| page.place == of_this);
        let queue = match there.map(|page| &page.data) {
            Some(Some(Data::Board(data))) => board::queue(data, self.setting()),
            // Turned to another campaign or quarter here: its board knows who waits.
            there => {
                let is_there = there.is_some();
                self.tell(self.tr("notice-queue-unread"));
                self.pages.pop();
                return match is_there {
                    true => self.read_again(),
                    false => self.open(of_this),
                };
            }
        };
        let after = queue.iter().skip_while(|one| *one != unit).skip(1);
        let next = after.chain(queue.iter()).find(|one| *one != unit).cloned();
        let campaign = campaign.clone();
        match next {
            None => {
                self.tell(self.tr("notice-queue-empty"));
                Vec::new()
            }
            Some(_) if self.page().is_some_and(|page| !page.remarks.is_empty()) => {
                self.warn(self.tr("notice-remarks-unsent"));
                Vec::new()
            }
            Some(unit) => {
                self.pages.pop();
                // Back leads to the board, with the cursor on this unit.
                if let Some(page) = self.pages.last_mut() {
                    page.grid.go_to(unit.as_str());
                }
                self.open(Place::Review { unit, campaign })
            }
        }
    }
}
