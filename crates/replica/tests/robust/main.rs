//! Nothing is lost and nothing is forged: whole nodes in one process, with real
//! replicas and real sessions, and no network between them.

#[cfg(test)]
mod carry;
#[cfg(test)]
mod chain;
#[cfg(test)]
mod claims;
#[cfg(test)]
mod crowded;
#[cfg(test)]
mod damage;
#[cfg(test)]
mod deep;
mod doubt;
#[cfg(test)]
mod forged;
#[cfg(test)]
mod forms;
#[cfg(test)]
mod found;
#[cfg(test)]
mod heads;
#[cfg(test)]
mod home;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod invites;
#[cfg(test)]
mod long;
#[cfg(test)]
mod meanwhile;
#[cfg(test)]
mod overview;
#[cfg(test)]
mod quiet;
#[cfg(test)]
mod restore;
#[cfg(test)]
mod rollups;
#[cfg(test)]
mod standing;
#[cfg(test)]
mod tree;
