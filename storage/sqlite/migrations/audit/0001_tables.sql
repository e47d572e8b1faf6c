-- What organizers, the secretariat and the operator did. No participant, no text.

CREATE TABLE entries (
    number INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,  -- epoch seconds
    who TEXT NOT NULL,    -- a role tag, shortened
    act TEXT NOT NULL,
    about TEXT NOT NULL,
    detail TEXT NOT NULL,
    head TEXT NOT NULL,   -- of the chain up to here
    once BLOB UNIQUE      -- the act's own tag, so that one that comes again is not written twice
);
