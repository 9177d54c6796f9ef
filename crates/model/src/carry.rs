//! What a new period's report starts from.

use std::collections::BTreeMap;

use crate::filter::passes;
use crate::form::Form;
use crate::value::{Scalar, Snapshot};

/// The keys (without the `~` that `document` puts before them) and values that
/// start the next period, from the last accepted report: the markers of the
/// rows that the form carries over and, of their cells, the columns that come
/// along. Fields outside tables never do, nor does "this table is empty".
pub fn carry_over(form: &Form, snapshot: &Snapshot) -> BTreeMap<String, Scalar> {
    let mut carried = BTreeMap::new();
    for table in form.fields() {
        let Some(carry) = &table.carry else { continue };
        let code = table.code.as_str();
        for row in snapshot.rows(code) {
            if !passes(&carry.filters, snapshot, code, row, None) {
                continue;
            }
            carried.insert(format!("{code}/{row}"), Scalar::Bool(true));
            for column in table.columns.iter().filter(|column| column.carry) {
                let cell = snapshot.cell(code, row, &column.id);
                if !cell.is_null() {
                    carried.insert(format!("{code}/{row}/{}", column.id), cell.clone());
                }
            }
        }
    }
    carried
}
