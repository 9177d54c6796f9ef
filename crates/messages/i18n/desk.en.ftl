
# Quan họ: the desks (home, board, review, consolidation, nation).

## Frame

rehearsal = REHEARSAL
desk-home = Home
desk-board = Board
desk-review = Review
desk-rollup = Rollup
desk-province = Province
desk-behind = Sources
desk-units = Units
desk-keys = Credentials
desk-campaigns = Campaigns
desk-nation = Nation
sync-top = top level
clock-ahead = This machine's clock is { $minutes } minutes ahead
clock-behind = This machine's clock is { $minutes } minutes behind
page-reading = Reading…
page-reading-part = Reading… { $done }/{ $all }
page-nothing-left = No line fits. Esc: show all.
page-narrowed = Narrowed by “{ $words }”: { $shown } of { $of } lines
page-at = Line { $at } of { $all }
page-hidden = ({ $count } hidden)
more-below = ▼ { $count } more
more-above = ▲ { $count } more
narrow-label = Find (marks not needed):
palette-title = Commands
palette-go = Go to
palette-nothing = No command fits
secret-title = Sign
busy-title = Under way (Esc: stop)

## Columns

col-address = Address
col-approved = Dossiers
col-asker = Asked for by
col-open-severe = Holes
col-incidents = Incidents
col-budget = Budget
col-before = Submitted before
col-code = Code
col-completeness = Completeness
col-due = Due (before)
col-field = Field
col-form = Form
col-heard = Last contact
col-holder = Kind
col-indicator = Indicator
col-key = Key
col-last-period = Last period
col-left = Time left
col-mark = ±
col-name = Name
col-now = Now
col-on-time = Timely
col-path = Unit path
col-period = Period
col-proof = Check
col-province = Province
col-received = Received
col-received-of = Received
col-roles = Roles
col-signed = Signed
col-state = State
col-submitted = Sent
col-time = Timeliness
col-timeliness = Timeliness
col-trend = Trend
col-unit = Unit
col-until = Valid until
col-what = What

## Facets

facet-all = All
facet-call = To call
facet-changed = Changed
facet-deep = Verified from source
facet-doubt = In doubt
facet-flagged = To be known
facet-incomplete = Incomplete
facet-no-rollup = No rollup
facet-numbers = Numbers
facet-remarks = Remarks
facet-reports = Reports
facet-since-signed = Unlike the signed
facet-suspect = To look at
facet-tasks = Tasks
facet-waiting = Not joined
facet-without = Without number

## Standing

board-not-joined = not joined
board-not-opened = not begun
board-working = at work
board-incomplete = incomplete
board-two = two submissions
board-submitted = to review
board-returned = returned
board-accepted = accepted
board-call = The due time has passed and no report was received: call the unit.
board-empty = No units yet. Go to Units and invite the first facility.
board-others = { $count ->
    [one] One other form is asked for in this period (b: choose).
   *[other] { $count } other forms are asked for in this period (b: choose).
}
time-on-time = on time
time-signed-on-time = signed on time
time-late = late
flag-reenrolled = The level above has replaced the unit's keys: confirm this with the unit.
flag-pending = submitted, not counted
flag-newer-pending = a newer one waits
flag-returned = returned
totals-received = Received
totals-missing = missing
totals-inputs = · accepted
totals-texts = { $count ->
    [one] { $count } text
   *[other] { $count } texts
}
unit-joined = joined
unit-again = new keys
unit-invited = invited
unit-not-invited = not invited
unit-closed = closed
cred-valid = valid
cred-ending = ends soon
cred-ended = ended
cred-revoked = revoked
cred-root = root
cred-person = person
cred-node = machine
cred-invite = invite
cred-here = (on this machine)
cred-here-long = The key file is on this very machine.
role-node = machine
role-editor = editor
role-head = head
role-reviewer = reviewer
role-publisher = publisher
role-registrar = registrar
role-auditor = auditor
proof-signature = signature
proof-chain = credential chain
proof-arithmetic = sums
proof-source = from source
proof-faults = { $count } sums are wrong: verify from source to see which
proof-source-part = { $checked } reports recomputed, { $wrong } differ, { $unavailable } could not be had
proof-source-done = { $checked } reports recomputed, { $wrong } differ

## Details

detail-department = Department
detail-basis = Basis
detail-heard = Last contact
detail-never-heard = Never in contact
detail-received = Received
detail-signed = Signed
detail-task-place = Edit it in the task table (H2) of the report.
detail-title = Details
home-empty = No report has been asked for.
home-hint = Enter: open a report. Everything is saved at once, without a network.
home-incidents = Cyber incidents: tell the level above within 24 hours (not kept here yet).
trouble-refused = { $count } entries that arrived were refused, no number is affected: have a technician look.
trouble-set-aside = { $count } changes that arrived break the form, and are set aside: have a technician look.
trouble-stranded = { $count } edits can be signed by nobody any more: whoever may should type the values again.
trouble-receipts = { $count } receipts of the level above are out of line: tell the level above.
trouble-rollup-fork = Rollups stand side by side: sync the machines and sign again, the new one replaces both.
trouble-rollup-fork-there = Rollups stand side by side: the Sở has to sync its machines and sign again.
trouble-contradiction = Nothing can be consolidated: the reports contradict each other.
home-returned = { $count ->
    [one] One report was returned: open it to see the remarks at their fields.
   *[other] { $count } reports were returned: open them to see the remarks at their fields.
}
task-late = overdue
task-open = open
review-newer = The unit has just submitted a newer report. F5: read it.
review-empty = The unit has submitted nothing for this period.
review-signed = signed by { $by } { $time }
review-counts = { $errors } errors, { $warnings } warnings, { $outliers } big changes, { $remarks } remarks unsent
review-changed-since = { $count } fields changed after the submission
review-unsent = (unsent)
review-outlier = changed more than threefold: from { $before } to { $after }
rollup-empty = No rollup for this period.
rollup-unsigned = Not signed.
rollup-changed = The numbers differ from the signed ones: sign again to replace them.
rollup-signed = signed by { $by } { $time } ({ $id })
rollup-missing = No report of this unit was received.
behind-count = { $code }: { $count } units
behind-empty = The sources are not here. Verify from source (d) to fetch them.
behind-hint = Enter: the unit's report.
campaigns-hint = Enter: board, review and consolidation turn to this form.
campaign-standing = standing rule
campaign-unasked = nobody
units-empty = No units yet. Press a to invite the first one.
units-hint = i: invite this unit · a: invite a new one · Enter: its credentials
keys-empty = No credentials yet.
keys-hint = a: add a person of this unit · d: revoke a key. All of its entries that are here stand.
nation-empty = No provinces yet. Go to Units and invite the first Sở Y tế.
nation-rollups = { $with }/{ $all } provinces with a rollup
nation-unsigned = The national rollup is not signed.
nation-measure = ({ $key }: another measure)
nation-gap = no rollup
nation-doubt = the rollup is in doubt, its numbers are left out
nation-no-rollup = This province has no rollup.
mode-bars = Bars
mode-trend = Trend

## Questions

ask-required = To be filled: { $label }
ask-remark = Remark on { $code }
ask-remark-text = Text (empty: no remark)
ask-invite = Invite a unit
ask-invite-unit = Unit path (such as byt.24.07210)
ask-invite-name = Name of the unit
ask-invite-address = Address of this node (host:port)
ask-period = Open another period: { $form }
ask-period-text = Period, such as 2026-Q1
ask-period-wrong = A period is written 2026-Q1, or 2026 where the form is yearly.
ask-rename = Rename { $unit }
ask-close = Close { $name } ({ $unit })? It need not report from now on.
ask-reopen = Open { $name } ({ $unit }) again? It has to report as if it had never been closed, also for what fell due meanwhile.
ask-person = Add a person of this unit
ask-person-name = Name
ask-person-roles = Roles, apart by commas: { $roles }
ask-person-secret = Passphrase of this person's key
ask-person-again = The passphrase again
ask-person-differ = They differ: type both again.
ask-revoke = Revoke the key of { $name } ({ $unit })
ask-revoke-reason = Reason
ask-revoke-word = revoke
ask-revoke-type = Type “{ $word }” to confirm
ask-revoke-differs = Not revoked: it takes “{ $word }”.
ask-revoke-machine = This is the key of THIS VERY MACHINE. Once revoked it can neither send nor receive; to be used again it has to join with a new invite.
ask-revoke-person = The key of { $name } lies on THIS VERY MACHINE. Once revoked { $name } can sign nothing any more; to go on they have to be added anew with a new key. What they have entered and not signed yet cannot be signed then.
ask-revoke-last = No registrar will be left in the unit: only the level above can invite it again.
ask-drill = See the report of { $unit }? Its Sở will see this.
ask-approve-remarks = { $count ->
    [one] One remark is unsent. Accept and drop it?
   *[other] { $count } remarks are unsent. Accept and drop them?
}
do-accept = Accept the report { $form } of { $unit }, { $period }. The reviewer's passphrase, please.
do-return = Return the report { $form } of { $unit }, { $period }, with remarks. The reviewer's passphrase, please.
do-sign = Sign the rollup { $form }, { $period }. The head signs with their own key and answers for it.
do-invite = Invite { $unit }. The registrar's passphrase, please.
do-rename = Rename { $unit }. The registrar's passphrase, please.
do-add-person = Give { $name } a key and roles. The registrar's passphrase, please.
do-close = Close { $unit }. The registrar's passphrase, please.
do-reopen = Open { $unit } again. The registrar's passphrase, please.
do-revoke = Revoke a key. The registrar's passphrase, please.
do-pull = Fetching the provinces' rollups
do-verify = Verifying the rollup of { $unit } from its sources
do-drill = Fetching the report of { $unit }

## News of the desks

notice-stopped = Stopped.
notice-not-yours = Only its own unit signs this rollup.
notice-nothing-new = Nothing new since it was signed.
notice-read-first = There is no submission to accept or return.
notice-see-then-sign = This is what will be signed: read it, then press Ctrl-S.
notice-own-unit = This is the own unit of this level: only the level above changes it.
notice-remark-first = To return a report takes at least one remark: press c at the field.
notice-remarks-unsent = Remarks are unsent: return the report (r) or delete them first.
notice-queue-empty = No more reports wait for a review.
notice-queue-unread = Choose the next report on the board.
notice-not-revocable = This key cannot be revoked any more.
notice-accepted = Accepted the report of { $unit }.
notice-returned = { $count ->
    [one] Returned the report of { $unit } with one remark.
   *[other] Returned the report of { $unit } with { $count } remarks.
}
notice-rollup-signed = Signed the rollup { $id }.
notice-rollup-same = The signed one is still right; nothing was signed.
notice-renamed = Renamed { $unit }.
notice-person-added = Added { $name }.
notice-errand-lost = This ended with an error of the program: run it again with 2>file to have a log.
notice-closed = Closed { $unit }.
notice-no-period = This page is not of one period.
notice-reopened = { $unit } is open again.
notice-revoked = Revoked the key { $key } at { $units }.
notice-invited = Made an invite for { $unit }.
notice-pulled = { $count ->
    [one] Fetched from one province.
   *[other] Fetched from { $count } provinces.
}
notice-pull-failed = Fetched from { $count } provinces; not reached: { $names }
notice-verified = { $unit }: right, from { $count } reports.
notice-not-verified = { $unit }: there are differences, see the details.
notice-drilled = Fetched the report of { $unit }.
paper-invite = Invite for { $unit }
paper-invite-once = To be used once, within { $days } days. Whoever has it can join as the unit: hand it over by a way you trust.
paper-verify = Verification of { $unit }
paper-verify-ok = Signature, credential chain, sums and { $count } reports are right.
paper-too-wide = (The QR code needs a window of { $columns } columns.)
paper-left-out = { $unit }: has reported, or had to, and the rollup leaves it out
paper-invite-file = Kept in { $path } (only you can read it). Delete it once it is handed over.
paper-unavailable = The report of { $unit } could not be had
paper-mismatch = { $unit } · { $code }: the rollup says { $rollup }, the report { $source }

## Keys of the desks

context-page = On every page
context-home = Home
context-board = Board
context-review = Review
context-rollup = Rollup
context-behind = Sources
context-units = Units
context-keys = Credentials
context-campaigns = Campaigns
context-nation = Nation
context-palette = Command palette
context-narrow = When finding in a list
context-ask = When filling a box
context-paper = When reading
context-busy = While something is under way
key-add-person = add a person
key-add-unit = invite a new unit
key-approve = accept
key-ask-line = next line
key-ask-line-back = line before
key-ask-next = on, done
key-behind = sources
key-campaigns = choose form / campaign
key-close-unit = close/reopen
key-comment = remark
key-desk-1 = desk 1
key-desk-2 = desk 2
key-desk-3 = desk 3
key-desk-4 = desk 4
key-desk-5 = desk 5
key-details = all details
key-drop-comment = delete the remark
key-facet = facet
key-facet-back = facet before
key-invite = invite
key-keys-of = credentials
key-leave = leave
key-measure = next measure
key-measure-back = measure before
key-narrow = find
key-narrow-drop = show all
key-narrow-keep = keep
key-next-unit = next report
key-open-report = open report
key-palette = commands
key-period-back = period before
key-period-forward = period after
key-province = open
key-pull = fetch
key-refresh = read again
key-rename = rename
key-return = return
key-review = review
key-revoke = revoke
key-sign = sign
key-sort = order
key-source = see the report
key-stop = stop
key-theme = colours
key-verify-deep = from source
key-view = view
