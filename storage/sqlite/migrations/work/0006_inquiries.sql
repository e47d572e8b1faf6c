-- What participants ask the organizers, and the organizers who want to be told. What is asked and answered, and where
-- the answer goes, is sealed; the tags are none that occurs in another table.

CREATE TABLE inquiries (
    id TEXT PRIMARY KEY,       -- random
    asker BLOB NOT NULL,       -- a tag of the chat
    version INTEGER NOT NULL,  -- of two changes at once, one is told of the other
    open INTEGER NOT NULL,     -- 0: closed, and only the reason is left
    owed TEXT NOT NULL,        -- what the asker has still to be told
    announced INTEGER NOT NULL,
    expires INTEGER NOT NULL,  -- epoch seconds, a whole day
    route BLOB NOT NULL,       -- the chat, to the working key
    sealed BLOB NOT NULL       -- to the working key
) WITHOUT ROWID;
CREATE INDEX inquiries_by_asker ON inquiries (asker);

CREATE TABLE duties (
    tag BLOB PRIMARY KEY,
    wanted INTEGER NOT NULL,
    told INTEGER NOT NULL,     -- that something waits, and has not looked since
    route BLOB NOT NULL        -- the chat, to the working key
) WITHOUT ROWID;
