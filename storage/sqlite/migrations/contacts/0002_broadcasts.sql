-- Broadcasts, and the ledger of each: who was to get it and what became of that. Beside the contacts, because it is
-- about them alone; nothing of it is found in the other files.

CREATE TABLE broadcasts (
    id TEXT PRIMARY KEY,
    consultation TEXT NOT NULL,
    phase TEXT NOT NULL,
    version INTEGER NOT NULL,
    sealed BLOB NOT NULL,   -- the broadcast, to the working key
    box BLOB NOT NULL,      -- the key of `ledger.message`, to the contacts key
    counts TEXT,            -- by state, once the ledger is gone: JSON, numbers below 5 left out
    expires INTEGER         -- epoch seconds, a whole hour: when the ledger goes
) WITHOUT ROWID;

CREATE TABLE ledger (
    broadcast TEXT NOT NULL,
    tag BLOB NOT NULL,        -- the contact's
    language TEXT NOT NULL,   -- as it was when the recipients were frozen
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    message BLOB,             -- chat and number of the message, sealed; for 47 hours at most
    until INTEGER,            -- epoch seconds, a whole hour: when the message is to go
    PRIMARY KEY (broadcast, tag)
) WITHOUT ROWID;
CREATE INDEX ledger_by_state ON ledger (broadcast, state, language);
CREATE INDEX ledger_by_tag ON ledger (tag);
