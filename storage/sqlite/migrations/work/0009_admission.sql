-- Codes by which people are admitted, and what organizers decided about whoever told one. Where a code leads is sealed;
-- the tags are none that occurs in another table.

CREATE TABLE codes (
    mac BLOB PRIMARY KEY,      -- of the code
    tag BLOB NOT NULL UNIQUE,  -- of the chat: one code each
    route BLOB NOT NULL,       -- the chat, to the working key
    expires INTEGER NOT NULL   -- epoch seconds, a whole hour
) WITHOUT ROWID;

CREATE TABLE memberships (
    tag BLOB NOT NULL,         -- of the chat
    consultation TEXT NOT NULL,
    state TEXT NOT NULL,
    told INTEGER NOT NULL,     -- 1: the person was told
    expires INTEGER NOT NULL,  -- epoch seconds, a whole day
    vouched BLOB NOT NULL,
    PRIMARY KEY (tag, consultation)
) WITHOUT ROWID;

-- Whoever is kept out does not come in again by the same invite, forgotten or not.
ALTER TABLE redemptions ADD COLUMN barred INTEGER NOT NULL DEFAULT 0;
