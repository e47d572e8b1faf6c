-- What the secretariat published. Public, but for `feedback`, which knows contributions by their random ids alone.

CREATE TABLE versions (
    version TEXT PRIMARY KEY,
    consultation TEXT NOT NULL,
    document TEXT NOT NULL, -- JSON
    until INTEGER           -- epoch seconds until which drafts may refer to it; NULL while it is in force
) WITHOUT ROWID;

CREATE TABLE points (
    id TEXT PRIMARY KEY,
    document TEXT NOT NULL -- JSON
) WITHOUT ROWID;

CREATE TABLE feedback (
    contribution TEXT PRIMARY KEY, -- random, and so is the order of the rows
    points TEXT NOT NULL           -- ids, joined by spaces
) WITHOUT ROWID;
