//! The wire format held against its specification, its vectors, and the RFCs'.
//!
//! `UPDATE_EXPECT=1 cargo test -p quanho-wire` writes `proto/vectors` anew; a
//! changed vector is a changed protocol.

#[cfg(test)]
mod appendix_a;
#[cfg(test)]
mod bytes;
#[cfg(test)]
mod cddl;
#[cfg(test)]
mod cose;
#[cfg(test)]
mod invalid;
#[cfg(test)]
mod json;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod rules;
#[cfg(test)]
mod spec;
#[cfg(test)]
mod support;
#[cfg(test)]
mod valid;
