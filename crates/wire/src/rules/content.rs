//! The rules of each kind's content.

use model::{Aggregate, Aggregates, Level};

use super::Verdict;
use super::text::{ascending, code, date, line, lines, name, no_controls};
use crate::body::{Body, Content};
use crate::content::*;
use crate::limits::{
    CHANGE_MAX_BYTES, CHANGES_MAX_COUNT, FORM_MAX_BYTES, GRANTS_MAX_COUNT,
    ROLLUP_REPLACES_MAX_COUNT, TREE_MAX_LEAVES,
};

impl Body {
    /// The limits of the content, and what ties it to the unit.
    pub(super) fn content_rules(&self) -> Verdict {
        match &self.content {
            Content::Unit(content) => unit(content),
            Content::Credential(content) => {
                if content.root.is_some() && self.unit.level() != Level::Ministry {
                    return Err("a root commitment lies in the ministry's stream");
                }
                credential(content)
            }
            Content::Revocation(content) => revocation(content),
            Content::Form(content) => form(content),
            Content::Campaign(content) => campaign(content),
            Content::Changes(content) => changes(content),
            Content::Submission(content) => submission(content),
            Content::Review(content) => review(content),
            Content::Receipt(content) => receipt(content),
            Content::Rollup(content) => rollup(content),
            // Whatever a newer version says, within the limits of all entries.
            Content::Unknown(..) => Ok(()),
        }
    }
}

fn unit(content: &UnitContent) -> Verdict {
    name(&content.name)?;
    match (content.opened, content.closed) {
        (Some(opened), Some(closed)) if closed < opened => Err("a unit closes before it opens"),
        _ => Ok(()),
    }
}

fn credential(content: &CredentialContent) -> Verdict {
    if content.grants.is_empty() {
        return Err("a credential grants nothing");
    }
    if content.grants.len() > GRANTS_MAX_COUNT {
        return Err("too many grants");
    }
    for grant in &content.grants {
        name(&grant.name)?;
        if grant.seal.is_some() && grant.subject != Subject::Node {
            return Err("only a node has a key for bundles");
        }
    }
    let has_root = content
        .grants
        .iter()
        .any(|grant| grant.subject == Subject::Root);
    if has_root != content.root.is_some() {
        return Err("a root grant and a root commitment go together");
    }
    Ok(())
}

fn revocation(content: &RevocationContent) -> Verdict {
    if content.key.is_some() == content.overrules.is_some() {
        return Err("a revocation names exactly one of key and overrules");
    }
    if content.key.is_none() && !content.stands.is_empty() {
        return Err("only the revocation of a key has entries that stand");
    }
    line(&content.reason)
}

fn form(content: &FormContent) -> Verdict {
    if content.toml.is_empty() {
        return Err("a text is empty");
    }
    if content.toml.len() > FORM_MAX_BYTES {
        return Err("a form is too long");
    }
    no_controls(&content.toml, &['\n', '\r', '\t'])
}

/// Which form a campaign, a submission or a rollup is about.
fn form_named(form: &str, version: u32) -> Verdict {
    name(form)?;
    if version == 0 {
        return Err("versions of a form count from 1");
    }
    Ok(())
}

fn campaign(content: &CampaignContent) -> Verdict {
    form_named(&content.form, content.version)?;
    if let Some((from, to)) = &content.cutoff {
        date(from)?;
        date(to)?;
        if to < from {
            return Err("a cut-off ends before it begins");
        }
    }
    content.basis.as_deref().map_or(Ok(()), line)
}

fn changes(content: &ChangesContent) -> Verdict {
    if content.changes.is_empty() {
        return Err("no changes");
    }
    if content.changes.len() > CHANGES_MAX_COUNT {
        return Err("too many changes");
    }
    for change in &content.changes {
        if change.is_empty() {
            return Err("a change is empty");
        }
        if change.len() > CHANGE_MAX_BYTES {
            return Err("a change is too long");
        }
    }
    Ok(())
}

fn submission(content: &SubmissionContent) -> Verdict {
    form_named(&content.form, content.version)?;
    if content.heads.is_empty() {
        return Err("a submission without heads");
    }
    ascending(&content.heads)?;
    ascending(&content.replaces)
}

fn review(content: &ReviewContent) -> Verdict {
    for comment in &content.comments {
        code(&comment.code)?;
        lines(&comment.text)?;
    }
    Ok(())
}

fn receipt(content: &ReceiptContent) -> Verdict {
    if (content.seq == 0) != content.prev.is_none() {
        return Err("the first receipt of a chain, and only it, has no predecessor");
    }
    ascending(&content.covers)?;
    ascending(&content.received)?;
    content.inclusions.iter().try_for_each(inclusion)
}

fn inclusion(inclusion: &Inclusion) -> Verdict {
    if inclusion.size > TREE_MAX_LEAVES {
        return Err("a tree is too large");
    }
    if inclusion.index >= inclusion.size {
        return Err("a leaf lies outside of its tree");
    }
    if inclusion.path.len() != path_length(inclusion.index, inclusion.size) {
        return Err("an audit path is not as long as its place demands");
    }
    aggregates(&inclusion.input.state)
}

/// The length of the audit path of a leaf (RFC 6962 §2.1.1). A tree of n leaves
/// is split at the largest power of two below n.
fn path_length(mut index: u64, mut size: u64) -> usize {
    let mut length = 0;
    while size > 1 {
        let left = size.next_power_of_two() / 2;
        if index < left {
            size = left;
        } else {
            index -= left;
            size -= left;
        }
        length += 1;
    }
    length
}

fn rollup(content: &RollupContent) -> Verdict {
    form_named(&content.form, content.version)?;
    if content.inputs > TREE_MAX_LEAVES {
        return Err("a tree is too large");
    }
    ascending(&content.missing)?;
    if content.replaces.len() > ROLLUP_REPLACES_MAX_COUNT {
        return Err("too many replaced rollups");
    }
    ascending(&content.replaces)?;
    aggregates(&content.aggregates)
}

fn aggregates(aggregates: &Aggregates) -> Verdict {
    aggregates.iter().try_for_each(|(indicator, aggregate)| {
        name(indicator)?;
        state(aggregate)
    })
}

/// Sums and ratios may be negative (a correction, a difference of columns);
/// what counts reports may not. Listed texts are copies of what units signed, so
/// they are taken as they are.
fn state(aggregate: &Aggregate) -> Verdict {
    match aggregate {
        Aggregate::Sum { .. } | Aggregate::Ratio { .. } => Ok(()),
        Aggregate::Share { yes, of } if 0 <= *yes && yes <= of => Ok(()),
        Aggregate::Share { .. } => Err("a share is not between none and all"),
        Aggregate::Counts { counts } => counts.iter().try_for_each(|(choice, count)| {
            name(choice)?;
            (*count >= 0).then_some(()).ok_or("a count is negative")
        }),
        Aggregate::List { list } => ascending(list.iter().map(|item| &item.unit)),
    }
}
