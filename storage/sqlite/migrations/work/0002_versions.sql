-- New versions, and parts that are added later, until the vault has them. No tag of a chat here either.

ALTER TABLE submissions ADD COLUMN supersedes TEXT;
ALTER TABLE submissions ADD COLUMN note BLOB;
-- Of two versions handed in at once from two phones, one is told of the other.
CREATE UNIQUE INDEX submissions_by_supersedes ON submissions (supersedes) WHERE supersedes IS NOT NULL;

CREATE TABLE additions (
    id TEXT PRIMARY KEY,
    contribution TEXT NOT NULL,
    receipt BLOB NOT NULL,
    number INTEGER NOT NULL,
    sealed BLOB NOT NULL, -- to the secretariat
    note BLOB,
    UNIQUE (contribution, number)
) WITHOUT ROWID;
CREATE INDEX additions_by_receipt ON additions (receipt);
