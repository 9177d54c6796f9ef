//! `report fill`: a whole report, or a part of one, from a TOML file.

use serde::Serialize;
use wire::PublicKey;

use crate::edit::{Change, cell_changes, new_row_id, parse_change, require_row, require_table};
use crate::report::ReportKey;
use crate::{Env, Error, Replica};

/// What a file filled in.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Filled {
    /// Values set, cells included.
    pub values: usize,
    /// Rows added.
    pub rows_added: usize,
    /// Rows changed.
    pub rows_changed: usize,
}

impl Replica {
    /// Fills from TOML: `[answers]` and `[[tables.C1]]`. Rows that name their
    /// `row` are changed, others added. All or nothing.
    pub fn fill(
        &mut self,
        key: &ReportKey,
        person: &PublicKey,
        toml: &str,
        env: &mut Env<'_>,
    ) -> Result<Filled, Error> {
        let malformed = |detail: String| Error::Malformed {
            what: "TOML",
            detail,
        };
        let file: toml::Table = toml
            .parse()
            .map_err(|e: toml::de::Error| malformed(e.to_string()))?;
        let (loaded, _) = self.load_with_drafts(key)?;
        let mut filled = Filled::default();
        let mut changes = Vec::new();
        for (name, part) in &file {
            let Some(part) = part.as_table() else {
                return Err(malformed(format!("`{name}` must be a table")));
            };
            match name.as_str() {
                "answers" => {
                    for (code, value) in part {
                        for (code, typed) in answer(code, value)? {
                            let change = parse_change(&loaded.form, &code, &typed)?;
                            if let Change::Put(cell, _) = &change {
                                require_row(&loaded, cell)?;
                            }
                            changes.push(change);
                            filled.values += 1;
                        }
                    }
                }
                "tables" => {
                    for (table, rows) in part {
                        require_table(&loaded.form, table)?;
                        let Some(rows) = rows.as_array() else {
                            return Err(malformed(format!("`tables.{table}` must be rows")));
                        };
                        for row in rows {
                            let Some(row) = row.as_table() else {
                                return Err(malformed(format!("`tables.{table}` must be rows")));
                            };
                            let named = row.get("row").map(typed).transpose()?;
                            let id = match &named {
                                Some(id) => {
                                    require_row(&loaded, &format!("{table}/{id}/-"))?;
                                    filled.rows_changed += 1;
                                    id.clone()
                                }
                                None => {
                                    filled.rows_added += 1;
                                    let id = new_row_id(env.entropy);
                                    let marker = format!("{table}/{id}");
                                    changes.push(Change::Put(marker, model::Scalar::Bool(true)));
                                    id
                                }
                            };
                            let mut cells = Vec::new();
                            for (column, value) in row.iter().filter(|(c, _)| *c != "row") {
                                cells.push((column.clone(), typed(value)?));
                            }
                            filled.values += cells.len();
                            changes.extend(cell_changes(&loaded.form, table, &id, &cells)?);
                        }
                    }
                }
                other => return Err(malformed(format!("unknown part `{other}`"))),
            }
        }
        if !changes.is_empty() {
            self.draft(loaded, person, changes, env.clock)?;
        }
        Ok(filled)
    }
}

/// One answer: a plain value, or `{ value = …, date = … }`.
fn answer(code: &str, value: &toml::Value) -> Result<Vec<(String, String)>, Error> {
    let Some(parts) = value.as_table() else {
        return Ok(vec![(code.to_owned(), typed(value)?)]);
    };
    parts
        .iter()
        .map(|(part, value)| match part.as_str() {
            "value" => Ok((code.to_owned(), typed(value)?)),
            _ => Ok((format!("{code}.{part}"), typed(value)?)),
        })
        .collect()
}

/// A TOML value as a person would have typed it.
fn typed(value: &toml::Value) -> Result<String, Error> {
    Ok(match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Integer(number) => number.to_string(),
        toml::Value::Boolean(yes) => yes.to_string(),
        toml::Value::Datetime(date) => date.to_string(),
        toml::Value::Array(items) => items
            .iter()
            .map(typed)
            .collect::<Result<Vec<_>, _>>()?
            .join(","),
        toml::Value::Float(_) | toml::Value::Table(_) => {
            let detail = format!("`{value}` is no value of a form");
            return Err(Error::Malformed {
                what: "TOML",
                detail,
            });
        }
    })
}
