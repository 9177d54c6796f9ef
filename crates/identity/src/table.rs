//! The one authorisation table: which role at which unit may write which kind
//! into which stream.
//!
//! Everything received passes it on arrival, whoever carried it, and passes it
//! again when its effect is judged. It knows no time and no revocation.
//!
//! An invite's roles are what it may pass on, never what it may do: an invite
//! key writes credentials and nothing else. The ministry's root key counts as a
//! registrar of `byt`.

use std::fmt;

use model::{Level, UnitPath};
use wire::{Body, Content, EntryId, Grant, Kind, PublicKey, Role, Stream, Subject};

use crate::ledger::GrantRecord;

/// Which rule an entry breaks; the later variant is the nearer miss.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Denied {
    /// The kind does not belong into this stream.
    Stream,
    /// There is no such thing at a unit of this level.
    Level,
    /// The author has no role that writes this kind for this unit.
    Role,
    /// A campaign for units outside the issuer's own tree.
    Audience,
    /// A credential with a grant that this issuer may not give.
    Grant,
}

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Denied::Stream => "wrong stream for this kind",
            Denied::Level => "no such thing at this level",
            Denied::Role => "no role that allows it",
            Denied::Audience => "the audience lies outside the issuer's unit",
            Denied::Grant => "a grant that this issuer may not give",
        })
    }
}

/// Where the writer's grant lies, seen from the unit of the entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// At the unit itself.
    Unit,
    /// At the level above.
    Parent,
    /// At the level above; for the ministry, which has none, at the ministry.
    ParentOrRoot,
    /// At the unit or at the level above.
    UnitOrParent,
    /// At the unit or anywhere above it.
    UnitOrAbove,
    /// Anywhere above the unit.
    Above,
}

/// One row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// The streams that the kind belongs into.
    pub streams: &'static [Stream],
    /// The levels of the entry's unit.
    pub levels: &'static [Level],
    /// One of these roles is needed …
    pub roles: &'static [Role],
    /// … at this place.
    pub place: Place,
}

const ORG: &[Stream] = &[Stream::Org];
const REPORT: &[Stream] = &[Stream::Report];
const ROLLUP: &[Stream] = &[Stream::Rollup];
const ANY: &[Stream] = &[
    Stream::Org,
    Stream::Report,
    Stream::Incident,
    Stream::Rollup,
];

const EACH: &[Level] = &[Level::Ministry, Level::Province, Level::Facility];
const UPPER: &[Level] = &[Level::Ministry, Level::Province];
const LOWER: &[Level] = &[Level::Province, Level::Facility];

const ANYONE: &[Role] = &[
    Role::Node,
    Role::Editor,
    Role::Head,
    Role::Reviewer,
    Role::Publisher,
    Role::Registrar,
    Role::Auditor,
];

/// THE table. Credentials have a second one, `may_give` below; a campaign's audience
/// must also lie inside its unit.
#[rustfmt::skip]
pub fn row(kind: &Kind) -> Row {
    use Place::*;
    use Role::*;
    let (streams, levels, roles, place): (_, _, &'static [Role], _) = match kind {
        //                   stream  unit   role             where the role is held
        Kind::Unit       => (ORG,    EACH,  &[Registrar],    ParentOrRoot),
        Kind::Credential => (ORG,    EACH,  &[Registrar],    UnitOrParent),
        Kind::Revocation => (ORG,    EACH,  &[Registrar],    UnitOrAbove),
        Kind::Form       => (ORG,    UPPER, &[Publisher],    Unit),
        Kind::Campaign   => (ORG,    UPPER, &[Publisher],    Unit),
        Kind::Changes    => (REPORT, EACH,  &[Editor, Head], Unit),
        Kind::Submission => (REPORT, EACH,  &[Head],         Unit),
        Kind::Review     => (REPORT, LOWER, &[Reviewer],     Parent),
        Kind::Receipt    => (ANY,    LOWER, &[Node],         Above),
        Kind::Rollup     => (ROLLUP, UPPER, &[Head],         Unit),
        // Held and forwarded, never interpreted: anyone who belongs there.
        Kind::Unknown(_) => (ANY,    EACH,  ANYONE,          UnitOrAbove),
    };
    Row { streams, levels, roles, place }
}

impl Place {
    /// Whether a grant at `at` is in the right place for an entry of `unit`.
    pub fn fits(self, at: &UnitPath, unit: &UnitPath) -> bool {
        let parent = || unit.parent();
        match self {
            Place::Unit => at == unit,
            Place::Parent => parent().as_ref() == Some(at),
            Place::ParentOrRoot => parent().as_ref().unwrap_or(unit) == at,
            Place::UnitOrParent => at == unit || parent().as_ref() == Some(at),
            Place::UnitOrAbove => at.contains(unit),
            Place::Above => at.is_above(unit),
        }
    }
}

/// Whether this one grant allows its holder to write this body.
///
/// # Errors
/// The rule that it breaks.
pub fn permits(grant: &GrantRecord, body: &Body) -> Result<(), Denied> {
    let row = row(&body.kind());
    if !row.streams.contains(&body.stream) {
        return Err(Denied::Stream);
    }
    if !row.levels.contains(&body.unit.level()) {
        return Err(Denied::Level);
    }
    match &body.content {
        Content::Credential(credential) => {
            let root_given = |given: &Grant| given.subject == Subject::Root;
            let roots = credential
                .grants
                .iter()
                .filter(|given| root_given(given))
                .count();
            if roots != usize::from(credential.root.is_some()) || credential.grants.is_empty() {
                return Err(Denied::Grant);
            }
            let parent = body.unit.parent().as_ref() == Some(&grant.unit);
            if credential.reenrol && !parent {
                return Err(Denied::Grant);
            }
            credential
                .grants
                .iter()
                .try_for_each(|given| may_give(grant, &Given::of(given, &body.unit)))
        }
        Content::Campaign(campaign) => {
            holds_role(grant, &row, &body.unit)?;
            if body.unit.contains(&campaign.audience) {
                Ok(())
            } else {
                Err(Denied::Audience)
            }
        }
        _ => holds_role(grant, &row, &body.unit),
    }
}

/// Whether this grant allows its holder to revoke something at `unit`.
pub(crate) fn may_revoke(grant: &GrantRecord, unit: &UnitPath) -> bool {
    holds_role(grant, &row(&Kind::Revocation), unit).is_ok()
}

/// Whether this grant allows its holder to give receipts in `unit`.
pub(crate) fn may_receipt(grant: &GrantRecord, unit: &UnitPath) -> bool {
    holds_role(grant, &row(&Kind::Receipt), unit).is_ok()
}

/// A grant as it is given, before or after it is held.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Given<'a> {
    unit: &'a UnitPath,
    key: &'a PublicKey,
    subject: Subject,
    roles: &'a std::collections::BTreeSet<Role>,
}

impl<'a> Given<'a> {
    fn of(grant: &'a Grant, unit: &'a UnitPath) -> Self {
        Given {
            unit,
            key: &grant.key,
            subject: grant.subject,
            roles: &grant.roles,
        }
    }

    pub(crate) fn held(record: &'a GrantRecord) -> Self {
        Given {
            unit: &record.unit,
            key: &record.key,
            subject: record.subject,
            roles: &record.roles,
        }
    }
}

/// The second table: what an issuer may give. Also asked of held grants, when
/// their effect is judged.
///
/// | issuer | gives |
/// | --- | --- |
/// | the root key | itself the root grant; and as a registrar of `byt` |
/// | registrar of the unit | nodes, persons and invites of the unit |
/// | registrar of the parent | invites only: the unit's first enrolment, or a new one |
/// | invite of the unit | nodes and persons with roles that the invite has; not itself |
pub(crate) fn may_give(issuer: &GrantRecord, given: &Given<'_>) -> Result<(), Denied> {
    if !makes_sense(given) {
        return Err(Denied::Grant);
    }
    let own = issuer.unit == *given.unit;
    let parent = given.unit.parent().as_ref() == Some(&issuer.unit);
    let fine = match (issuer.subject, given.subject) {
        (Subject::Root, Subject::Root) => own && issuer.key == *given.key,
        (_, Subject::Root) => false,
        (Subject::Invite, Subject::Invite) if own => false,
        (Subject::Invite, _) if own => {
            given.roles.is_subset(&issuer.roles) && issuer.key != *given.key
        }
        _ if has_role(issuer, Role::Registrar) && own => true,
        _ if model::sabotaged!(ParentMintsKeys) && parent => true,
        _ if has_role(issuer, Role::Registrar) && parent => given.subject == Subject::Invite,
        _ => return Err(Denied::Role),
    };
    if fine { Ok(()) } else { Err(Denied::Grant) }
}

/// Which roles there are for which holder, and at which level. A machine syncs
/// and nothing else; a person is no machine; nobody reviews or publishes at a
/// facility, which has nothing below it.
fn makes_sense(given: &Given<'_>) -> bool {
    let level = given.unit.level();
    let roles = given.roles;
    let at_level = roles.iter().all(|role| match role {
        Role::Reviewer | Role::Publisher => level != Level::Facility,
        Role::Node | Role::Editor | Role::Head | Role::Registrar | Role::Auditor => true,
    });
    let for_holder = match given.subject {
        Subject::Root => level == Level::Ministry && !roles.contains(&Role::Node),
        Subject::Node => roles.len() == 1 && roles.contains(&Role::Node),
        Subject::Person => !roles.is_empty() && !roles.contains(&Role::Node),
        Subject::Invite => !roles.is_empty(),
    };
    at_level && for_holder
}

fn holds_role(grant: &GrantRecord, row: &Row, unit: &UnitPath) -> Result<(), Denied> {
    let held = row.roles.iter().any(|role| has_role(grant, *role));
    let held = held || model::sabotaged!(SkipRoleCheck);
    let fits = row.place.fits(&grant.unit, unit) || model::sabotaged!(SkipUnitCheck);
    if held && fits {
        Ok(())
    } else {
        Err(Denied::Role)
    }
}

fn has_role(grant: &GrantRecord, role: Role) -> bool {
    match grant.subject {
        Subject::Invite => model::sabotaged!(InviteActs) && grant.roles.contains(&role),
        Subject::Root if role == Role::Registrar => true,
        Subject::Root | Subject::Node | Subject::Person => grant.roles.contains(&role),
    }
}

/// The grant that the anchor has by being the anchor.
pub(crate) fn root_grant(anchor: PublicKey, entry: EntryId) -> GrantRecord {
    GrantRecord {
        key: anchor,
        unit: UnitPath::ministry(),
        subject: Subject::Root,
        roles: [Role::Registrar].into(),
        name: String::new(),
        until: None,
        credential: entry,
        issuer: anchor,
    }
}
