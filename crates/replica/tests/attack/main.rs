//! Members with real keys who lie, strangers, and honest mistakes.

#[cfg(test)]
mod above;
#[cfg(test)]
mod below;
#[cfg(test)]
mod honest;
#[cfg(test)]
mod receipts;
#[cfg(test)]
mod tree;
