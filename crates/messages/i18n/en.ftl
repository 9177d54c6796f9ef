# Quan họ: what the user reads, in English.
# Every part has a prefix of its own; the command line uses "cli-".

## Due times, periods, states (shared)

due-left-days = { $days ->
    [one] 1 day left
   *[other] { $days } days left
}
due-left-hours = { $hours ->
    [one] 1 hour left
   *[other] { $hours } hours left
}
due-left-minutes = { $minutes ->
    [one] 1 minute left
   *[other] { $minutes } minutes left
}
due-late-days = { $days ->
    [one] 1 day overdue
   *[other] { $days } days overdue
}
due-late-hours = { $hours ->
    [one] 1 hour overdue
   *[other] { $hours } hours overdue
}
due-late-minutes = { $minutes ->
    [one] 1 minute overdue
   *[other] { $minutes } minutes overdue
}
due-line = Due before { $date } ({ $left })
due-none = No due time
period-quarter = quarter { $quarter }/{ $year }
period-year = year { $year }
receipt-on-time = { $by } received it { $time }, on time
receipt-signed-on-time = { $by } received it { $time }, signed on time, received late
receipt-late = { $by } received it { $time }, late
state-none = not begun
state-draft = draft
state-submitted = submitted
state-returned = returned
state-accepted = accepted
sync-connecting = connecting
sync-in-sync = in sync { $since }
sync-at = since { $time }
sync-offline = { $pending ->
    [0] offline
   *[other] offline, { $pending } waiting
}
sync-refused = refused: { $reason }

## Screens: frame

loading = Opening the report…
terminal-too-small = Window too small (needs 40×10)
person-locked = locked
status-findings = { $errors ->
        [one] 1 error
       *[other] { $errors } errors
    }, { $warnings ->
        [one] 1 warning
       *[other] { $warnings } warnings
    }
status-saved = saved
status-saving = saving
status-pending = { $count } to be sent
status-submitted = { $changed ->
    [0] submitted { $time }
   *[other] submitted { $time }, { $changed } changed since
}
status-comments = { $count } comments from above (c: show)
status-unsaved = { $count } could not be saved (Ctrl-R: try again)

## Screens: fields

item-date = Date
item-reason = Explanation (if needed)
item-empty = Confirm: the unit has none
row-unnamed = (new row)
row-copy = { $name } (copy)
table-no-match = No row contains “{ $text }”. Esc drops the filter.
table-rows = { $count ->
    [one] 1 row
   *[other] { $count } rows
}
table-confirmed-empty = none (confirmed)
table-empty = No rows yet. Press a (or Ins) to add one.
table-empty-may-confirm = No rows yet. Press a (or Ins) to add one, or Space to confirm that the unit has none.
table-empty-confirmed = √ Confirmed: the unit has none. Press Space to take it back.
detail-conflict = Several people entered different values: press Enter to choose
detail-previous = Last period: { $value }
edit-arrived = While you typed, the value became “{ $value }”. Saving replaces it.
edit-arrived-many = While you chose, the value became “{ $value }”. What you ticked or unticked stays.
edit-arrived-beside = While you typed, somebody else entered “{ $value }”. Both are kept: choose one afterwards.
edit-text-arrived-by = ! { $author } has just changed this text; both edits are kept when you save.
edit-text-arrived = ! Somebody else has just edited this text; saving keeps both edits.
amount-billions = { $amount } billion dong
amount-millions = { $amount } million dong
date-week = Mo Tu We Th Fr Sa Su
news-somebody = somebody else
news-line = just changed by { $author }, { $time } (before: { $before })
value-empty = (empty)
comment-line = { $code }: { $text } ({ $by }, { $time })
filter-hint = Type to narrow the list

## Screens: dialogs

confirm-title = Please confirm
ask-clear = Clear “{ $label }”?
ask-remove-row = Remove “{ $name }” from the table?
ask-drop-text = Discard the changes to this text?
ask-undo-over = Somebody else has changed { $name } since (now “{ $value }”). Replace it all the same?
ask-quit-loses = Something is not saved and will be lost. Quit anyway?
unlock-title = Unlock to edit
unlock-why = Every change is signed with your key. Enter its passphrase.
secret-label = Passphrase:
secret-empty = enter the passphrase
secret-busy = Checking…
submit-title = Submit the report
submit-about = { $unit }, { $period } ({ $state })
submit-signer = Signed by: { $name }, with the head's key
submit-more = { $count } more lines (PgDn)
submit-content = { $filled }/{ $total } fields filled, { $warnings } warnings.
submit-means = The head signs with their own key and answers for the content. Changes after this need a new submission.
conflict-title = { $name }: choose a value
conflict-why = Several people changed this without seeing each other's value. Press a number to choose.
conflict-row-kept = keep the row
conflict-row-removed = remove the row
conflict-value = { $value } — { $author }, { $time }
jump-search = Find a field
jump-findings = To be mended before submission: { $errors ->
        [one] 1 error
       *[other] { $errors } errors
    }
jump-comments = Comments from above
jump-nothing = Nothing
past-title = History of the report
past-report = Whole report
past-field = { $name }
past-since-submitted = Since submitted
past-since-accepted = Since accepted
past-since-last-period = Since last period
past-reading = Reading…
past-none-submitted = This report has not been submitted yet
past-none-accepted = No submission has been accepted yet
past-none-before = No earlier report has been accepted yet
past-no-difference = No difference
event-change = change
event-submission = submit
event-receipt = receipt
event-accept = accept
event-return = return
row-there = row added
row-gone = row removed
row-removed = (removed row)
help-title = Help: keys
help-marks = Signs: × error, ○ missing, ! warning, ≠ several values, ? not saved, √ filled, · empty, = computed, » comment, * required.

## Screens: notices

notice-not-saved = Not saved: { $reason }
notice-ask-again = { $name } has just been changed by somebody else. Look again before you decide.
notice-all-saved = Everything is saved
notice-save-first = Something could not be saved: press Ctrl-R to try again before submitting
notice-errors-first = Mend these errors before submitting
notice-nothing-changed = The report is submitted and nothing has changed since
notice-submitted = Report signed and submitted
notice-syncing = Synchronising
notice-none-missing = Every required field is filled
notice-changed = { $more ->
    [0] { $author } has just changed { $name }
   *[other] { $author } has just changed { $name } and { $more } more
}
notice-no-errors = No errors left
notice-no-comments = No comments yet
notice-undone = Undone – { $what }
notice-redone = Redone – { $what }
notice-nothing-to-undo = Nothing left to undo
notice-nothing-to-redo = Nothing to redo
notice-undo-row-gone = Cannot undo: that row is no longer in the table
undo-row-back = row “{ $name }” is back
undo-row-gone = row “{ $name }” is gone
notice-choose-submission = Choose a line that says “submit”
notice-choose-second = One submission is chosen. Press F2 on the second one to compare.
notice-text-full = The text is too long: the rest was left out
notice-computed = This is computed

## Keys

context-form = List of fields
context-table = Table
context-line = Typing a line
context-date = Typing a date
context-filter = Filtering a table
context-past = History of the report
context-area = Typing a text
context-choice = Choosing from a list
context-jump = A list to go from
context-conflict = Choosing between values
context-confirm = Answering a question
context-secret = Typing a passphrase
context-global = Everywhere
context-help = Help
key-accept = accept
key-add-row = add a row
key-back = back
key-cancel = cancel
key-cell-left = cell to the left
key-cell-right = cell to the right
key-choose = choose
key-clear = clear the value
key-close = close
key-comments = comments
key-compare = compare two submissions
key-copy-row = duplicate row
key-day-back = day before
key-day-forward = next day
key-discard = discard
key-down = down
key-drop-filter = drop filter
key-edit-backspace = delete before
key-edit-delete = delete after
key-edit-delete-line = delete the line
key-edit-delete-word = delete the word before
key-edit-end = end of line
key-edit-home = start of line
key-edit-left = left
key-edit-right = right
key-edit-word-left = a word left
key-edit-word-right = a word right
key-filter = filter
key-first = first
key-go = go there
key-help = help
key-history = history
key-keep-filter = keep filter
key-last = last
key-month-back = month before
key-month-forward = next month
key-newline = new line
key-next = next section
key-next-error = next error
key-next-missing = next empty
key-next-view = next view
key-no = no
key-open = edit
key-open-cell = edit cell
key-open-row = open the row
key-page-down = page down
key-page-up = page up
key-previous = previous section
key-previous-view = previous view
key-quit = quit
key-redo = redo
key-remove-row = remove the row
key-retry = try failed saves again
key-save = save
key-save-close = save and close
key-save-down = save, next field
key-save-up = save, previous field
key-search = find a field
key-sort-column = sort by column
key-submit = submit
key-sync = synchronise now
key-tick = tick
key-today = today
key-toggle = yes/no
key-toggle-cell = yes/no
key-type-third = type another value
key-undo = undo
key-up = up
key-week-back = week before
key-week-forward = next week
key-yes = yes

## Command line: columns

cli-col-after = After
cli-col-audience = Audience
cli-col-before = Before
cli-col-code = Code
cli-col-due = Due
cli-col-entry = Entry
cli-col-event = Event
cli-col-form = Form
cli-col-indicator = Indicator
cli-col-invite = Invite
cli-col-key = Key
cli-col-kind = Kind
cli-col-name = Name
cli-col-note = Note
cli-col-period = Period
cli-col-received = Received
cli-col-roles = Roles
cli-col-signed = Signed
cli-col-state = State
cli-col-time = Time
cli-col-title = Title
cli-col-unit = Unit
cli-col-value = Value
cli-col-version = Version

## Command line: answers

cli-accept-done = Accepted the report of { $unit }.
cli-bad = WRONG
cli-good = good
cli-campaign-opened = Opened the campaign { $form }, { $period }, due before { $due }.
cli-concurrent = two submissions side by side
cli-damaged = Damaged, not held any more: row { $row }, { $kind } { $id }: { $reason }
cli-drilled = The level above looked at the report of { $unit }, { $period }, at { $time }
cli-event-accept = accepted
cli-event-change = changed
cli-event-receipt = received
cli-event-return = returned
cli-event-submission = submitted
cli-fill-done = { $values } values saved; { $added } rows added, { $changed } changed. Not signed yet: that happens at submit or sync.
cli-first-person = Administrator
cli-form-published = Published the form { $form }.
cli-in-sync = in sync
cli-not-in-sync = not in sync
cli-incomplete = incomplete
cli-init-done =
    Founded { $name }.
    Root key (pinned in every invite): { $anchor }
    First person: { $person }
    Folder: { $home }
    Back up the folder root/ to a safe place off this machine.
cli-invite-done = Invite for { $name } ({ $unit }), one use, until { $expires }. It is a secret: hand it to that unit only.
cli-invite-extended = { $name } ({ $unit }): a machine that joined by this invite may come for the first time until { $expires }, and need only sync again. An invite that was not used keeps its end: then invite again.
cli-invite-used-by = Used by { $names }. If you do not know them, revoke these keys: person revoke KEY.
cli-invite-reenrol = Note: this unit joined before; joining again will be marked at every level.
cli-join-done =
    Joined: { $name } ({ $unit }).
    First person: { $person }
    Folder: { $home }
cli-join-next-facility = Next: run quanho-hospital (no arguments) to fill the report, or quanho-hospital sync when there is a network.
cli-join-next-so = Next: quanho-so sync, then quanho-so invite for the facilities.
cli-late = late
cli-no-campaigns = No campaigns yet. Open one: campaign open --form kh2273-quy --period …
cli-no-changes = No changes.
cli-no-conflicts = No field has several values.
cli-no-entries = No entries.
cli-no-provinces = No provinces yet. Invite one: invite --unit byt.NN --name …
cli-no-units = No facilities yet. Invite one: invite --unit … --name …
cli-not-pulled = { $unit }: not reached ({ $warning }); { $rollups } rollups in hand.
cli-pulled = { $unit }: { $received } entries received; { $rollups } rollups in hand.
cli-on-time = on time
cli-signed-on-time = signed on time, received late
cli-passphrase-again = The passphrase again
cli-passphrase-new = New passphrase for the key
cli-passphrase-of = Passphrase of { $name }'s key
cli-passwd-done = Changed the passphrase of { $name }.
cli-person-added = Added { $name }.
cli-person-here = key on this machine
cli-person-revoke-done = Revoked the key of { $name } at { $units }. All of its entries that this machine holds stand; what comes later does not.
cli-person-revoked = revoked
cli-quarantined = Quarantined { $id }: { $reason }
cli-refused = Refused { $id }: { $reason }
cli-without-effect = Without effect { $id }: { $reason }
cli-report-head = { $name } ({ $unit }), { $period }: { $state }, due before { $due }
cli-report-included = Went into rollup { $id } of the level above (Merkle proof checked).
cli-no-reason = no reason given
cli-rehearsal = REHEARSAL: not real data
cli-report-received = Received by the level above { $time } ({ $note })
cli-return-done = Returned the report of { $unit } with comments.
cli-rollup-head =
    { $name }, { $period }
    Expected: { $expected }   Received: { $received }   On time: { $ontime }   Late: { $late }   Inputs: { $inputs }
    Signed: { $by }, { $time }
cli-rollup-left-out = Left out { $unit }: { $reason }
cli-rollup-missing = Missing: { $units }
cli-rollup-same = Nothing new since the last rollup.
cli-rollup-signed = Signed the rollup.
cli-row-added = Added row { $row } to { $table }.
cli-row-removed = Removed row { $row } from { $table }.
cli-row-set = Changed row { $row } of { $table }.
cli-serving = Listening at { $address }
cli-set-done = Saved { $code }.
cli-status =
    { $name } ({ $unit })
    Entries: { $entries }   Unsigned: { $pending }   Awaiting credentials: { $parked }   Above: { $above }
cli-stranded = { $count } edits that nobody can sign any more: their author's key no longer counts. They are kept and in nobody's way; whoever may edit can enter the values anew.
cli-submit-done = Signed and submitted. The receipt comes when the level above holds all of it.
cli-submit-nothing-new = Nothing new since the last submission.
cli-sync-done = In sync: { $sent } sent, { $received } received.
cli-sync-partial = Not in sync yet: { $sent } sent, { $received } received. Run sync again.
cli-sync-pending = { $count } edits are not signed and were not sent; run again with --passphrase-file or submit.
cli-sync-refused = The level above did not take { $id }: { $reason }
cli-unavailable = the report of { $unit } could not be had
cli-unit-changed = Updated { $unit }.
cli-unit-closed = closed
cli-unit-enrolled = enrolled
cli-unit-invited = invited
cli-unit-reenrolled = enrolled again with new keys
cli-repair-bad = { $problems } problems could not be repaired ({ $taken } rows taken out, { $back } good ones put back, { $entries } entries left). Restore a backup and sync.
cli-repair-good = Repaired: { $taken } rows taken out, { $back } good ones put back, { $entries } entries left. The next sync fetches what is missing; status shows what nobody has.
cli-verify-bad = Checked { $entries } entries: { $problems } problems.
cli-verify-good = Checked { $entries } entries: all good.
cli-verify-deep = From source: reports { $checked }, mismatches { $mismatches }.
cli-verify-rollup = Signature: { $signature }   Chain: { $chain }   Arithmetic: { $arithmetic }

## Command line: errors, and what to do next

error-stopped = This node is stopping.
hint-stopped = Run the command again.
error-already-set-up = This folder already belongs to { $unit }.
hint-already-set-up = Use --home with another folder, or the program of that unit. To join anew with a new invite, rename this folder first.
error-bad-invite = The invite is not usable.
hint-bad-invite = Copy the whole invite again, or ask for a new one.
error-bad-value = The value does not fit { $field }.
hint-bad-value = Mend the value and set it again; nothing was changed.
error-check-failed = Errors in the report: { $count }.
hint-check-failed = See: report check --period …
error-consolidate = Cannot consolidate.
hint-consolidate = Look at the reports named, return them if need be.
error-csv = The CSV file is wrong in line { $line }.
hint-csv = Each line: unit path, comma, name. Nobody was invited.
error-disk-full = The disk is full.
hint-disk-full = Make room and run again; nothing was changed.
error-drafts-left = There are unsigned edits of: { $names }.
hint-drafts-left = They must run sync or open the program with their passphrase to sign them.
error-due-needed = { $period } has no standing due time.
hint-due-needed = Add --due, for example --due 2026-04-30T00:00:00+07:00
error-entry = The entry could not be made.
hint-entry = Correct what the brackets name, or shorten the content, and try again.
error-file = Cannot read or write the file { $path }.
hint-file = Check the path and its permissions.
error-file-too-large = The file { $path } is too large.
hint-file-too-large = Split it.
error-form-exists = Form { $name } version { $version } exists with another text.
hint-form-exists = Raise the version in the file and publish again.
error-form-owned = { $unit } has published a form { $name } of its own; another one of that name would take the effect from its reports.
hint-form-owned = Choose another name in the file and publish again.
error-incomplete = The submission is incomplete.
hint-incomplete = Sync with the unit again, then retry.
error-invite-elsewhere = The invite is for { $unit }.
hint-invite-elsewhere = Use the right program: quanho-so for a Sở, quanho-hospital for a facility.
error-invite-expired = The invite has expired.
hint-invite-expired = Ask the level above for a new one.
error-json = The answer could not be printed.
hint-json = Tell the developers.
error-key-file = The key file cannot be read.
hint-key-file = Restore it from a backup. Without one: ask for a new invite, rename the data folder (do not delete it: what was not sent is only there), then join with that invite.
error-link-broken = The connection broke.
hint-link-broken = Run again; what arrived is kept.
error-link-closed = The other side closed the connection.
hint-link-closed = Check that this machine was invited into the same tree, then run again.
error-listen = Cannot listen at { $address }.
hint-listen = Choose another port or stop the program that uses it.
error-malformed = The content cannot be read.
hint-malformed = Mend it as described and run again; nothing was changed.
error-no-address = The address of the level above is not known.
hint-no-address = Add --address IP:PORT; it will be remembered.
error-no-address-of = The address of { $unit } is not known.
hint-no-address-of = Wait until that unit runs serve --listen and syncs once.
error-no-home = There is no default data folder.
hint-no-home = Add --home DIR.
error-no-invite-to-extend = { $unit } has no invite to extend.
hint-no-invite-to-extend = Every invite was used and received in time, is revoked, or was issued elsewhere (by the unit itself, for a machine of its own, and whoever issued it has lost the key: add --its-own); after a restored backup let the machine sync once first. See the keys: the page Credentials, or units --json of a Sở and the Bộ. For a new one see: invite --help
error-no-rollup = { $unit } has no rollup for { $period }.
hint-no-rollup = Sign one with rollup sign, or get it with pull or sync.
error-no-submission = { $unit } has submitted nothing for { $period }.
hint-no-submission = See: review list; at a facility: report list
error-no-such-conflict = { $field } has no such conflicting value.
hint-no-such-conflict = See: report conflicts --period …
error-no-such-entry = No entry { $name }.
hint-no-such-entry = See: entries
error-no-such-field = The form has no field { $field }.
hint-no-such-field = See the codes: report show --period …
error-no-such-file = No file { $path }.
hint-no-such-file = Check the path.
error-no-such-form = No form { $name }.
hint-no-such-form = Built in: kh2273-quy, kh2273-vpso, cv2132-rasoat.
error-no-such-person = No person { $name } on this machine.
hint-no-such-person = See: person list
error-no-such-row = Table { $table } has no row { $row }.
hint-no-such-row = See the row ids: report show --period …
error-no-such-unit = No unit { $unit } directly below this one.
hint-no-such-unit = See: units
error-no-terminal = The screens need a terminal.
hint-no-terminal = Run it in a terminal, or give a command: --help lists them.
error-node-key = This machine's key cannot be read.
hint-node-key = Restore node.pem from a backup. Without one: ask for a new invite, rename the data folder (do not delete it: what was not sent is only there), then join with that invite.
error-not-a-pair = “{ $text }” is not NAME=VALUE.
hint-not-a-pair = For example: name="HIS" kind=his
error-not-rehearsal = --at works only in a rehearsal tree.
hint-not-rehearsal = Drop --at, or found a rehearsal tree: quanho-bo init --rehearsal.
error-not-set-up = There is no node in this folder.
hint-not-set-up = Ministry: quanho-bo init. Sở and facilities: join INVITE. Another folder: --home DIR.
error-passphrase-empty = The passphrase is empty.
hint-passphrase-empty = Put it in the first line of the file.
error-passphrase-file = Cannot read the passphrase file { $path }.
hint-passphrase-file = Check --passphrase-file or QUANHO_PASSPHRASE_FILE.
error-passphrase-needed = A passphrase is needed.
hint-passphrase-needed = Run it in a terminal, or add --passphrase-file FILE (for a new one --new-passphrase-file).
error-passphrases-differ = The two are not the same.
hint-passphrases-differ = Type them again.
error-person-key = This person's key file is not on this machine.
hint-person-key = See: person list
error-refused = Not allowed.
hint-refused = See the roles: person list
error-review = The comment is not right.
hint-review = For example: --comment B4="larger than B3"
error-key-in-units = Several units have named the key { $key }: { $units }.
hint-key-in-units = One of them may have done so to have it revoked elsewhere. Say where with --unit UNIT; if it is stolen, --everywhere.
error-role-ambiguous = Several people hold the role { $role }: { $names }.
hint-role-ambiguous = Choose with --as NAME.
error-role-missing = The person acting does not hold the role { $role } at { $unit }, or nobody on this machine does.
hint-role-missing = See: person list. Choose with --as NAME, or add: person add --name … --role …
error-cancelled = Cancelled.
error-rollup-fork = Rollups stand side by side, none replaces the other.
hint-rollup-fork = Synchronise the machines, then sign again: the new one replaces both.
error-runtime = The network part could not be started.
hint-runtime = Restart the machine and try again.
error-report-full = The report holds so many changes that it can take no more.
hint-report-full = See the history: who wrote that much into this report? Tell the unit's registrar.
error-seal = The change could not be made.
hint-seal = Correct what the brackets name, or shorten the content, and try again.
error-session = The session was stopped.
hint-session = Check the units, the invite and the versions of both sides; see status.
error-signal = Signals cannot be received.
hint-signal = Run again.
error-socket = No network socket could be opened.
hint-socket = Check the firewall and permissions.
error-stdout = Cannot write to the output.
hint-stdout = Check where it goes.
error-store = Something is wrong with the data file.
hint-store = Run verify --repair and sync; if it is still damaged, restore a backup and sync.
error-store-busy = Another program keeps the data file locked.
hint-store-busy = Wait a little and run again.
error-store-too-new = The data file was written by a newer version.
hint-store-too-new = Update this program.
error-newer-submission = The unit has submitted a newer report than the one shown.
hint-newer-submission = Read the new one, then decide.
error-draft-changed = The numbers have just changed.
hint-draft-changed = Read them again, then sign.
error-no-such-role = There is no role “{ $role }” at this level.
hint-no-such-role = The box lists the roles.
error-changed-since = Somebody has just edited this report.
hint-changed-since = Read it again, then submit.
error-too-large = The content is too long to be signed.
hint-too-large = Shorten the content, then try again.
error-two-submissions = Two submissions stand side by side.
hint-two-submissions = The unit must sync its machines and submit one that replaces both.
error-unreachable = Cannot reach { $address }.
hint-unreachable = Check the network and the address; the data is safe here, run again later.
error-unknown-there = The other side does not know this machine, or its key is revoked.
hint-unknown-there = If it joined more than 30 days ago and connects only now, ask whoever invited it to extend the invite (a facility's invite: quanho-so invite --extend UNIT), then sync again; nothing is lost. Else check that both are in the same tree.
error-usage = The command is not right.
hint-usage = Add --help to see how it is used.
error-without-effect = This key has no effect any more.
hint-without-effect = Ask the unit's registrar.
error-wrong-level = This command is not for this level.
hint-wrong-level = See --help.
error-wrong-passphrase = Wrong passphrase.
hint-wrong-passphrase = Type it again; the key is unchanged.
error-stranger = The node that dialled showed no credential in effect.
hint-stranger = Check that it has joined the same tree.
