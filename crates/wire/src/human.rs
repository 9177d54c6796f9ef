//! How byte strings look in a format for people (JSON): hexadecimal.

use data_encoding::HEXLOWER;
use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};
use serde_bytes::ByteBuf;

use crate::cbor::Value;

/// A generic item for a format whose keys are text and that has no bytes.
pub(crate) struct JsonValue<'a>(pub(crate) &'a Value);

impl Serialize for JsonValue<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Bytes(bytes) => serializer.serialize_str(&HEXLOWER.encode(bytes)),
            Value::Array(items) => serializer.collect_seq(items.iter().map(JsonValue)),
            Value::Map(entries) => {
                let mut map = serializer.serialize_map(Some(entries.len()))?;
                for (key, value) in entries {
                    map.serialize_entry(&key_text(key), &JsonValue(value))?;
                }
                map.end()
            }
            // Beyond 64 bits is beyond what JSON readers agree on.
            Value::Integer(number) => match i64::try_from(*number) {
                Ok(number) => serializer.serialize_i64(number),
                Err(_) => serializer.collect_str(number),
            },
            other => other.serialize(serializer),
        }
    }
}

fn key_text(key: &Value) -> String {
    match key {
        Value::Text(text) => text.clone(),
        Value::Bytes(bytes) => HEXLOWER.encode(bytes),
        Value::Integer(number) => number.to_string(),
        other => format!("{other:?}"),
    }
}

/// For `#[serde(serialize_with)]`: byte strings, in hexadecimal for people.
pub(crate) fn byte_strings<S: Serializer>(
    list: &[ByteBuf],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let human = serializer.is_human_readable();
    let mut seq = serializer.serialize_seq(Some(list.len()))?;
    for bytes in list {
        if human {
            seq.serialize_element(&HEXLOWER.encode(bytes))?;
        } else {
            seq.serialize_element(bytes)?;
        }
    }
    seq.end()
}
