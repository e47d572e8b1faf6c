-- What the server keeps for hours: drafts, what waits to be moved, who may do what.
-- Tags and sealed bytes only. Rows lie in the order of their keys, which are random or keyed, so that no order of
-- arrival rests here; but for `updates`, whose numbers Telegram gave in that order. Nothing joins them to another row.

CREATE TABLE updates (
    id INTEGER PRIMARY KEY, -- Telegram's number of an update that had its effect; below zero: a digest of a larger one
    day INTEGER NOT NULL    -- days since the epoch
);

CREATE TABLE sessions (
    tag BLOB PRIMARY KEY,
    sealed BLOB NOT NULL,    -- to the working key
    view BLOB,               -- what stands in the chat, to the working key
    owed INTEGER NOT NULL,   -- 1: an answer is owed
    expires INTEGER NOT NULL -- epoch seconds, a whole hour
) WITHOUT ROWID;

CREATE TABLE parts (
    id TEXT PRIMARY KEY,
    tag BLOB NOT NULL,  -- the same as the session's
    sealed BLOB NOT NULL -- to the secretariat
) WITHOUT ROWID;
CREATE INDEX parts_by_tag ON parts (tag);

-- Handed in, until the vault has it. From here on there is no tag.
CREATE TABLE submissions (
    contribution TEXT PRIMARY KEY,
    consultation TEXT NOT NULL,
    receipt BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX submissions_by_receipt ON submissions (receipt);

CREATE TABLE submitted_parts (
    id TEXT PRIMARY KEY,
    contribution TEXT NOT NULL,
    sealed BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX submitted_parts_by_contribution ON submitted_parts (contribution);

-- Updates that could not be handled, sealed to the secretariat.
CREATE TABLE aside (
    id TEXT PRIMARY KEY,
    sealed BLOB NOT NULL,
    day INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE intakes (
    consultation TEXT PRIMARY KEY,
    open INTEGER NOT NULL,
    until REAL, -- epoch seconds, as the operator said
    access TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE invites (
    mac BLOB PRIMARY KEY,
    role TEXT NOT NULL,
    consultation TEXT,
    uses_left INTEGER NOT NULL,
    expires REAL, -- epoch seconds, as the operator said
    vouched BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE redemptions (
    tag BLOB PRIMARY KEY,
    invite BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX redemptions_by_invite ON redemptions (invite);

CREATE TABLE roles (
    tag BLOB NOT NULL,
    role TEXT NOT NULL,
    consultation TEXT NOT NULL, -- '' for all
    vouched BLOB NOT NULL,
    PRIMARY KEY (tag, role, consultation)
) WITHOUT ROWID;
