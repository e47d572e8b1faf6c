-- What organizers write for people to read. Nothing in it is about a participant. An edition is never changed again.

CREATE TABLE briefings (
    id TEXT PRIMARY KEY,       -- random
    consultation TEXT NOT NULL,
    version INTEGER NOT NULL,  -- of two changes at once, one is told of the other
    sealed BLOB NOT NULL       -- to the working key
) WITHOUT ROWID;
CREATE INDEX briefings_by_consultation ON briefings (consultation);

CREATE TABLE editions (
    briefing TEXT NOT NULL,
    number INTEGER NOT NULL,   -- from 1
    sealed BLOB NOT NULL,      -- to the working key
    PRIMARY KEY (briefing, number)
) WITHOUT ROWID;
