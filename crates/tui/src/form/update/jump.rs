//! Lists to jump from: fields, findings, comments.

use messages::Arg;

use super::popups::scrolled;
use crate::form::app::App;
use crate::form::items::{Item, Shape};
use crate::form::msg::Effect;
use crate::form::popup::{JumpKind, JumpList, Popup};
use crate::parts::display::clean;
use crate::parts::key::Key;
use crate::parts::keymap::Action;

impl App {
    pub(super) fn jump_key(
        &mut self,
        mut list: JumpList,
        key: Key,
        action: Option<Action>,
    ) -> Vec<Effect> {
        let entries = self.jump_entries(&list);
        let last = entries.len().saturating_sub(1);
        match action {
            Some(Action::Cancel) => return Vec::new(),
            Some(Action::Accept) => {
                if let Some((at, _)) = entries.into_iter().nth(list.cursor) {
                    // Whatever else lies in front would hide where it leads.
                    self.popups.clear();
                    self.visit(&at);
                }
                return Vec::new();
            }
            Some(step @ (Action::Up | Action::Down | Action::PageUp | Action::PageDown)) => {
                list.cursor = scrolled(list.cursor, step, last)
            }
            other => {
                match (other, key.typed()) {
                    (Some(action), _) => list.filter.act(action),
                    (None, Some(c)) => list.filter.push(c),
                    (None, None) => {}
                }
                list.cursor = 0;
            }
        }
        self.popups.push(Popup::Jump(list));
        Vec::new()
    }

    /// What a list to jump from holds: keys and lines, cleaned.
    pub(crate) fn jump_entries(&self, list: &JumpList) -> Vec<(String, String)> {
        let entries = match list.kind {
            JumpKind::Search => self.search_entries(),
            JumpKind::Findings => self.finding_entries(),
            JumpKind::Comments => self.comment_entries(),
        };
        let wanted = model::text::fold(list.filter.text());
        let wanted: Vec<&str> = wanted.split(' ').collect();
        entries
            .into_iter()
            .map(|(key, line)| (key, clean(&line)))
            .filter(|(_, line)| {
                let line = model::text::fold(line);
                wanted.iter().all(|word| line.contains(word))
            })
            .collect()
    }

    fn search_entries(&self) -> Vec<(String, String)> {
        let line = |item: Item| {
            let text = match &item.shape {
                Shape::Computed(_) => String::new(),
                _ => format!("{} {}", item.key, item.label),
            };
            (item.key, text)
        };
        (0..self.form.sections.len())
            .flat_map(|section| self.section_items(section))
            .map(line)
            .filter(|(_, text)| !text.is_empty())
            .collect()
    }

    fn finding_entries(&self) -> Vec<(String, String)> {
        let errors = self.check.errors.iter().map(|finding| (finding, "×"));
        let warnings = self.check.warnings.iter().map(|finding| (finding, "!"));
        errors
            .chain(warnings)
            .map(|(finding, sign)| {
                let message = finding.message(&self.form, self.lang);
                let name = self.key_name(&finding.code);
                // What is wrong comes first: labels are long, and are cut.
                let label = match finding.code.contains('/') {
                    true => None,
                    false => self.form.label(&finding.code, self.lang),
                };
                let label = label.map(|label| format!(" · {label}")).unwrap_or_default();
                let line = format!("{sign} {name}: {message}{label}");
                (finding.code.clone(), line)
            })
            .collect()
    }

    fn comment_entries(&self) -> Vec<(String, String)> {
        let comments = self.base.iter().flat_map(|base| &base.comments);
        comments
            .map(|comment| {
                let line = self.words.tr_with(
                    "comment-line",
                    &[
                        ("code", Arg::Str(&comment.code)),
                        ("text", Arg::Str(&comment.text)),
                        ("by", Arg::Str(&comment.by)),
                        ("time", Arg::Str(&comment.time)),
                    ],
                );
                (comment.code.clone(), line)
            })
            .collect()
    }

    /// A key as people know it: `B4`, or the row and the column.
    pub(crate) fn key_name(&self, key: &str) -> String {
        let mut parts = key.splitn(3, '/');
        match (parts.next(), parts.next(), parts.next()) {
            (Some(table), Some(row), Some(_)) => {
                let column = self.form.label(key, self.lang).unwrap_or(key);
                format!("{table} {}, {column}", self.row_name(table, row))
            }
            (Some(table), Some(row), None) => format!("{table} {}", self.row_name(table, row)),
            _ => key.to_owned(),
        }
    }
}
