//! The room from outside.

#[cfg(test)]
mod budget;
#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod gate;
#[cfg(test)]
mod genesis;
#[cfg(test)]
mod order;
#[cfg(test)]
mod pieces;
#[cfg(test)]
mod report;
#[cfg(test)]
mod support;
#[cfg(test)]
mod versions;
