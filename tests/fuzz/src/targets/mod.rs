//! The bodies of the fuzz targets: bytes in, a panic if a promise is broken.

mod answers;
mod body;
mod cbor;
mod entry;
mod form;
mod frame;
mod gate;
mod input;
mod invite;
mod keyfile;
mod pack;
mod reader;
mod rollup_inputs;
mod session;
mod texts;
mod world;

/// What a target does with an input.
pub(crate) type Run = fn(&[u8]);

/// Each target's name and body.
pub(crate) const ALL: [(&str, Run); 14] = [
    ("answers", answers::run),
    ("body", body::run),
    ("cbor", cbor::run),
    ("entry", entry::run),
    ("form", form::run),
    ("frame", frame::run),
    ("gate", gate::run),
    ("input", input::run),
    ("invite", invite::run),
    ("keyfile", keyfile::run),
    ("pack", pack::run),
    ("rollup_inputs", rollup_inputs::run),
    ("session", session::run),
    ("texts", texts::run),
];
