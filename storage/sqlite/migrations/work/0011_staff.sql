-- Roles of staff with what is needed to end them at once, what they propose to one another, and what stands still.

ALTER TABLE roles ADD COLUMN since INTEGER NOT NULL DEFAULT 0; -- days since the epoch; 0: a participant's
ALTER TABLE roles ADD COLUMN route BLOB;                       -- the chat, to the working key; empty: a participant's

-- Vouches for all roles of staff together, so that a row that was dropped or put back is noticed as well.
CREATE TABLE roster (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    version INTEGER NOT NULL,
    vouched BLOB NOT NULL
);

CREATE TABLE proposals (
    id TEXT PRIMARY KEY,      -- random
    proposer BLOB NOT NULL,   -- a tag of the chat
    route BLOB NOT NULL,      -- the chat, to the working key
    expires INTEGER NOT NULL, -- epoch seconds, a whole hour
    sealed BLOB NOT NULL      -- to the working key
) WITHOUT ROWID;
CREATE INDEX proposals_by_proposer ON proposals (proposer);

-- Chats that are to be told that a role of theirs has ended, or that somebody agreed to what they proposed.
CREATE TABLE errands (
    tag BLOB NOT NULL,
    kind TEXT NOT NULL,       -- ended, menu (only its commands are to go), agreed
    route BLOB NOT NULL,      -- the chat, to the working key
    PRIMARY KEY (tag, kind)
) WITHOUT ROWID;

CREATE TABLE freezes (
    consultation TEXT PRIMARY KEY, -- '' for all
    since INTEGER NOT NULL         -- epoch seconds
) WITHOUT ROWID;
