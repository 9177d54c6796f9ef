//! A runner of tests: keeps a report in memory and answers the effects.

use std::collections::BTreeMap;

use super::*;

/// A report and what was removed from it.
pub(super) struct Store {
    pub(super) snapshot: Snapshot,
    removed: BTreeMap<String, Scalar>,
    rows: usize,
}

impl Store {
    pub(super) fn new(snapshot: Snapshot) -> Store {
        Store {
            snapshot,
            removed: BTreeMap::new(),
            rows: 0,
        }
    }

    pub(super) fn view(&self) -> ReportView {
        view_of(self.snapshot.clone())
    }

    /// Carries effects out until nothing is left to do.
    pub(super) fn serve(&mut self, app: &mut App, effects: Vec<Effect>) {
        let mut waiting = std::collections::VecDeque::from(effects);
        while let Some(effect) = waiting.pop_front() {
            if let Some(msg) = self.carry_out(effect) {
                waiting.extend(app.update(msg));
            }
        }
    }

    fn carry_out(&mut self, effect: Effect) -> Option<Msg> {
        let values = &mut self.snapshot.values;
        match effect {
            Effect::Load => return Some(Msg::Loaded(Box::new(self.view()))),
            Effect::SetValue { key, value, .. } => {
                match value {
                    Scalar::Null => values.remove(&key),
                    value => values.insert(key, value),
                };
            }
            Effect::SetText { code, text, .. } => {
                match text.is_empty() {
                    true => self.snapshot.texts.remove(&code),
                    false => self.snapshot.texts.insert(code, text),
                };
            }
            Effect::AddRow { table, cells } => {
                self.rows += 1;
                let row = format!("new{}", self.rows);
                values.insert(format!("{table}/{row}"), Scalar::Bool(true));
                for (column, value) in cells {
                    values.insert(format!("{table}/{row}/{column}"), value);
                }
                return Some(Msg::RowAdded { table, row });
            }
            Effect::RemoveRow { table, row, .. } => {
                let marker = format!("{table}/{row}");
                let gone = values.extract_if(.., |key, _| {
                    *key == marker || key.starts_with(&format!("{marker}/"))
                });
                self.removed.extend(gone);
            }
            Effect::RestoreRow { table, row, .. } => {
                let marker = format!("{table}/{row}");
                let back = self.removed.extract_if(.., |key, _| {
                    *key == marker || key.starts_with(&format!("{marker}/"))
                });
                values.extend(back);
            }
            _ => return None,
        }
        Some(Msg::Saved)
    }
}
