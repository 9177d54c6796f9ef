-- Times are milliseconds since 1970 (UTC), ids and keys 32-byte blobs.

CREATE TABLE meta (
    key   TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The finest scope. `period` is '' where an entry has none. Which parts exist,
-- `count` and `sum` are a projection; the number `part` is only an abbreviation.
CREATE TABLE parts (
    part   INTEGER PRIMARY KEY,
    unit   TEXT    NOT NULL,
    stream TEXT    NOT NULL,
    period TEXT    NOT NULL,
    count  INTEGER NOT NULL DEFAULT 0,
    sum    BLOB    NOT NULL DEFAULT x'0000000000000000000000000000000000000000000000000000000000000000',
    UNIQUE (unit, stream, period)
) STRICT;

-- The truth. Rows are only added. rowid + UNIQUE(id): a random primary key
-- fills 2.5 times slower. All columns but `arrived` and `peer` repeat what
-- `bytes` says.
CREATE TABLE entries (
    row     INTEGER PRIMARY KEY,
    id      BLOB    NOT NULL UNIQUE,
    part    INTEGER NOT NULL REFERENCES parts (part),
    kind    TEXT    NOT NULL,
    time    INTEGER NOT NULL,
    author  BLOB    NOT NULL,
    doc     BLOB,
    arrived INTEGER NOT NULL,
    peer    BLOB,               -- who sent it; NULL for our own and imported ones
    bytes   BLOB    NOT NULL
) STRICT;
CREATE INDEX entries_kind ON entries (kind, part);
CREATE INDEX entries_part ON entries (part, time);
CREATE INDEX entries_doc ON entries (doc) WHERE doc IS NOT NULL;
CREATE INDEX entries_credential ON entries (author) WHERE kind = 'credential';

-- Sums of parts: of one unit (subtree 0) or of it and all below (1); of one
-- period or of all ('*'). What a Hello asks for is one row, however many parts.
CREATE TABLE totals (
    unit    TEXT    NOT NULL,
    subtree INTEGER NOT NULL,
    stream  TEXT    NOT NULL,
    period  TEXT    NOT NULL,
    count   INTEGER NOT NULL,
    sum     BLOB    NOT NULL,
    PRIMARY KEY (unit, subtree, stream, period)
) STRICT, WITHOUT ROWID;

CREATE TABLE grants (
    key        BLOB NOT NULL,
    credential BLOB NOT NULL,
    unit       TEXT NOT NULL,
    PRIMARY KEY (key, credential)
) STRICT, WITHOUT ROWID;
CREATE INDEX grants_key ON grants (key, unit);
CREATE INDEX grants_unit ON grants (unit);

CREATE TABLE revocations (
    row       INTEGER PRIMARY KEY REFERENCES entries (row),
    unit      TEXT    NOT NULL,
    key       BLOB,
    overrules BLOB
) STRICT;
CREATE INDEX revocations_key ON revocations (key, unit) WHERE key IS NOT NULL;
CREATE INDEX revocations_overrules ON revocations (overrules, unit) WHERE overrules IS NOT NULL;

CREATE TABLE receipts (
    row  INTEGER PRIMARY KEY REFERENCES entries (row),
    node BLOB    NOT NULL,
    seq  INTEGER NOT NULL,
    prev BLOB,
    time INTEGER NOT NULL
) STRICT;
CREATE INDEX receipts_node ON receipts (node, seq);
CREATE INDEX receipts_prev ON receipts (node, prev) WHERE prev IS NOT NULL;

CREATE TABLE receipt_covers (
    entry   BLOB    NOT NULL,
    receipt INTEGER NOT NULL REFERENCES receipts (row),
    PRIMARY KEY (entry, receipt)
) STRICT, WITHOUT ROWID;

-- The newest `unit` entry of each unit by (time, id).
CREATE TABLE units (
    unit   TEXT    NOT NULL PRIMARY KEY,
    id     BLOB    NOT NULL,
    row    INTEGER NOT NULL REFERENCES entries (row),
    time   INTEGER NOT NULL,
    name   TEXT    NOT NULL,
    opened INTEGER,
    closed INTEGER
) STRICT, WITHOUT ROWID;

-- From here on: this node's own notes, no projections.

CREATE TABLE parked (
    seq    INTEGER PRIMARY KEY,
    id     BLOB    NOT NULL UNIQUE,
    author BLOB    NOT NULL,
    peer   BLOB,
    since  INTEGER NOT NULL,
    size   INTEGER NOT NULL,
    bytes  BLOB    NOT NULL
) STRICT;
CREATE INDEX parked_author ON parked (author);
CREATE INDEX parked_peer ON parked (peer);
CREATE INDEX parked_size ON parked (size);

-- Rows that were taken out of `entries` because they were damaged, or rested on
-- one that was: as they lay there, until the entry is held again.
CREATE TABLE damaged (
    seq     INTEGER PRIMARY KEY,
    row     INTEGER NOT NULL,
    id      BLOB,
    kind    BLOB,
    arrived INTEGER,
    peer    BLOB,
    bytes   BLOB,
    reason  TEXT    NOT NULL
) STRICT;
CREATE INDEX damaged_id ON damaged (id);

CREATE TABLE quarantine (
    entry   BLOB NOT NULL PRIMARY KEY,
    doc     BLOB NOT NULL,
    reason  TEXT NOT NULL,
    version TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX quarantine_doc ON quarantine (doc);

-- Documents on which the gate has to give its verdict anew; `row`: the newest row
-- when that was noted.
CREATE TABLE gates_due (
    doc    BLOB    NOT NULL PRIMARY KEY,
    unit   TEXT    NOT NULL,
    period TEXT    NOT NULL,
    row    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE refused (
    seq    INTEGER PRIMARY KEY,
    id     BLOB,
    author BLOB,
    kind   TEXT,
    unit   TEXT,
    reason TEXT    NOT NULL,
    time   INTEGER NOT NULL,
    peer   BLOB
) STRICT;
CREATE INDEX refused_id ON refused (id) WHERE id IS NOT NULL;

-- AUTOINCREMENT: the number of a sealed draft is never given to another one,
-- so a late delete cannot hit it.
CREATE TABLE drafts (
    row    INTEGER PRIMARY KEY AUTOINCREMENT,
    person BLOB    NOT NULL,
    doc    BLOB    NOT NULL,
    key    TEXT    NOT NULL,
    heads  BLOB    NOT NULL,
    text   INTEGER NOT NULL,    -- 1: `value` is the whole text of a text field
    value  BLOB    NOT NULL,    -- CBOR
    time   INTEGER NOT NULL,
    UNIQUE (doc, person, key)
) STRICT;

CREATE TABLE docs (
    doc       BLOB    NOT NULL PRIMARY KEY,
    saved     BLOB    NOT NULL,
    up_to_row INTEGER NOT NULL,
    version   TEXT    NOT NULL
) STRICT;

CREATE TABLE peers (
    key       BLOB    NOT NULL PRIMARY KEY,
    unit      TEXT    NOT NULL,
    address   TEXT,
    acked_row INTEGER NOT NULL,
    last_sync INTEGER,
    in_sync   INTEGER NOT NULL,
    receipts_head BLOB          -- of its receipt chain, as it last said
) STRICT, WITHOUT ROWID;

-- A node showed a head below a receipt that it had given before.
CREATE TABLE chain_breaks (
    node  BLOB    NOT NULL,
    shown BLOB    NOT NULL,     -- the head; empty: none at all
    held  BLOB    NOT NULL,     -- the receipt
    PRIMARY KEY (node, shown)
) STRICT, WITHOUT ROWID;

CREATE TABLE refused_by (
    seq   INTEGER PRIMARY KEY,
    peer  BLOB NOT NULL,
    entry BLOB NOT NULL,
    since INTEGER,              -- the first session after; NULL until then
    UNIQUE (peer, entry)
) STRICT;

CREATE TABLE drills (
    seq    INTEGER PRIMARY KEY,
    unit   TEXT    NOT NULL,
    period TEXT    NOT NULL,
    peer   BLOB    NOT NULL,
    time   INTEGER NOT NULL
) STRICT;
