//! A failure as it is said on a screen: what happened and what to do next with the
//! keys, in the user's language. The technical cause goes into the log.

use messages::{Arg, Catalogue};
use model::Period;

use crate::failure::Failure;

/// What is said of a failure, with what to do about it.
pub(super) fn words(catalogue: &Catalogue, failure: &Failure) -> String {
    if let Some(cause) = &failure.cause {
        tracing::info!(code = failure.code, cause, "said on the screen");
    }
    let message = message(catalogue, failure);
    match hint(catalogue, failure.code) {
        Some(hint) => format!("{message} {hint}"),
        None => message,
    }
}

/// What happened.
pub(super) fn message(catalogue: &Catalogue, failure: &Failure) -> String {
    let args: Vec<(&str, String)> = failure
        .args
        .iter()
        .map(|(name, value)| (*name, named(catalogue, name, value)))
        .collect();
    let args: Vec<(&str, Arg<'_>)> = args
        .iter()
        .map(|(name, value)| (*name, Arg::from(value)))
        .collect();
    let own = format!("screen-error-{}", failure.code);
    let id = match catalogue.has(&own) {
        true => own,
        false => format!("error-{}", failure.code),
    };
    let message = catalogue.tr_with(&id, &args);
    let english = catalogue.lang() == messages::Lang::En;
    // A cause that is there in both languages was written for people.
    let cause = match (&failure.cause, &failure.cause_en) {
        (_, Some(cause)) if english => Some(cause.clone()),
        (Some(cause), Some(_)) => Some(cause.clone()),
        _ => failure.why.map(|id| catalogue.tr(id)),
    };
    match cause {
        Some(cause) => format!("{} ({cause}).", message.trim_end_matches('.')),
        None => message,
    }
}

/// What to do about it.
fn hint(catalogue: &Catalogue, code: &str) -> Option<String> {
    let ids = [format!("screen-hint-{code}"), format!("hint-{code}")];
    let id = ids.iter().find(|id| catalogue.has(id))?;
    Some(catalogue.tr(id))
}

/// The value of an argument; a role and a period as the pages call them.
fn named(catalogue: &Catalogue, name: &str, value: &str) -> String {
    let role = format!("role-{value}");
    match (name, Period::parse(value)) {
        ("role", _) if catalogue.has(&role) => catalogue.tr(&role),
        ("period", Ok(period)) => tui::period_words(catalogue, period),
        _ => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use messages::Lang;
    use wire::frame::RefuseCode;

    use super::*;
    use crate::failure::Exit;

    /// Codes of what only commands do: files named on the command line, setting up,
    /// serving, printing.
    const COMMANDS_ONLY: &[&str] = &[
        "already-set-up",
        "bad-invite",
        "csv",
        "due-needed",
        "file-too-large",
        "form-exists",
        "form-owned",
        "invite-elsewhere",
        "invite-expired",
        "json",
        "key-in-units",
        "listen",
        "no-home",
        "no-invite-to-extend",
        "no-such-file",
        "no-terminal",
        "not-a-pair",
        "not-rehearsal",
        "passphrase-empty",
        "passphrase-file",
        "passphrase-needed",
        "passphrases-differ",
        "signal",
        "socket",
        "stdout",
        "stopped",
    ];

    /// What a hint may say only where no key does the same.
    const NO_KEY: &[&str] = &["no-address", "store"];

    /// The codes that the catalogue of the commands knows.
    fn codes() -> BTreeSet<&'static str> {
        let catalogue = include_str!("../../../messages/i18n/vi.ftl");
        let ids = catalogue.lines().filter_map(|line| line.split_once(" ="));
        ids.filter_map(|(id, _)| id.strip_prefix("error-"))
            .collect()
    }

    #[test]
    fn no_screen_sends_anybody_to_the_shell_where_a_key_does_it() {
        let commands = [
            "--",
            "quanho-",
            "chạy lại",
            "run again",
            "person ",
            "report ",
            "review ",
            "invite ",
            "rollup ",
            "units",
            "entries",
            "status",
            "pull/",
            "serve",
        ];
        let all = codes();
        assert!(all.len() > 60, "only {} codes found", all.len());
        assert!(COMMANDS_ONLY.iter().all(|code| all.contains(code)));
        let shown = all.iter().filter(|code| !COMMANDS_ONLY.contains(code));
        for code in shown.filter(|code| !NO_KEY.contains(code)) {
            for lang in Lang::ALL {
                let words = Catalogue::new(lang);
                let said = hint(&words, code).unwrap_or_default();
                // In English the same words are plain words too.
                let named = commands
                    .iter()
                    .filter(|command| lang == Lang::Vi || ["--", "quanho-"].contains(*command));
                for command in named {
                    assert!(!said.contains(command), "{code}: {said}");
                }
            }
        }
    }

    #[test]
    fn nothing_internal_is_said() {
        use replica::Error as E;
        let refused = identity::Refusal::NotAllowed {
            kind: wire::Kind::Changes,
            unit: model::UnitPath::ministry(),
            reason: identity::Denied::Role,
        };
        for error in [
            E::Refused(refused),
            E::NewerSubmission,
            E::DraftChanged,
            E::ChangedSince,
            E::Incomplete("entry 3f9a is missing".into()),
            E::Consolidate("byt.24.07001 is there twice".into()),
            E::Review("a returned report needs a comment".into()),
            E::WithoutEffect("revoked".into()),
        ] {
            let failure = Failure::from(error);
            let cause = failure.cause.clone().unwrap_or_default();
            assert!(!cause.is_empty(), "{}", failure.code);
            let said = words(&Catalogue::new(Lang::Vi), &failure);
            assert!(!said.contains(&cause) && !said.contains('('), "{said}");
        }
    }

    #[test]
    fn a_cause_for_people_is_said_in_their_language() {
        let unreachable = Failure::new("unreachable", Exit::Unreachable)
            .with("address", "so24.vn:4433")
            .because("no answer")
            .why("why-no-answer");
        let said = |lang| message(&Catalogue::new(lang), &unreachable);
        assert_eq!(
            said(Lang::Vi),
            "Không liên lạc được với so24.vn:4433 (không có trả lời)."
        );
        assert!(said(Lang::En).ends_with("(no answer)."));
        let value = replica::Error::Value {
            code: "B3".into(),
            source: model::ValueError::NotANumber,
        };
        let value = Failure::from(value);
        let vi = message(&Catalogue::new(Lang::Vi), &value);
        assert!(vi.contains(value.cause.as_deref().unwrap()), "{vi}");
    }

    #[test]
    fn roles_and_periods_are_called_as_on_the_pages() {
        let failure = Failure::from(replica::Error::RoleMissing {
            role: "registrar",
            unit: model::UnitPath::ministry(),
        });
        let said = words(&Catalogue::new(Lang::Vi), &failure);
        assert!(said.contains("cấp chứng thực tại byt"), "{said}");
        let failure = Failure::from(replica::Error::NoRollup {
            unit: model::UnitPath::ministry(),
            period: Period::Quarter(2026, 2),
        });
        let said = words(&Catalogue::new(Lang::Vi), &failure);
        assert!(said.contains("quý II/2026"), "{said}");
    }

    #[test]
    fn why_a_session_ended_has_words() {
        let error = sync::SessionError::RefusedByPeer(RefuseCode::Version);
        let failure = crate::net::refused(error);
        let said = message(&Catalogue::new(Lang::Vi), &failure);
        assert!(said.ends_with("(bên kia từ chối)."), "{said}");
    }
}
