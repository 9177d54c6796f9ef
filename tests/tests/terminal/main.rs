//! The screens as people meet them: the real binaries in real terminals (tmux),
//! keys in, screen out, and what is in the homes afterwards.
//!
//! Nothing here waits for a time: it looks at the screen until the expected text
//! is there, and gives up with the last screen after [`drive::PATIENCE`]. Each
//! test is skipped with a line where there is no tmux.

#[cfg(test)]
mod clerk;
#[cfg(test)]
mod drive;
#[cfg(test)]
mod fill;
#[cfg(test)]
mod killed;
#[cfg(test)]
mod quarter;
#[cfg(test)]
mod together;
