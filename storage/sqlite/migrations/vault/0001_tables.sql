-- Where contributions rest. No tag, no time, no order: rows stand by their random ids.

CREATE TABLE contributions (
    id TEXT PRIMARY KEY,
    consultation TEXT NOT NULL,
    receipt BLOB NOT NULL,
    state TEXT NOT NULL,
    batch INTEGER NOT NULL -- the export that first carried it; 0 before
) WITHOUT ROWID;
CREATE INDEX contributions_by_receipt ON contributions (receipt);

CREATE TABLE parts (
    id TEXT PRIMARY KEY,
    contribution TEXT NOT NULL,
    batch INTEGER NOT NULL,
    sha256 TEXT NOT NULL, -- of `sealed`, in hex
    sealed BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX parts_by_batch ON parts (batch, contribution, id, sha256);

-- What is left of the parts of a withdrawn contribution.
CREATE TABLE tombstones (
    part TEXT PRIMARY KEY,
    contribution TEXT NOT NULL,
    batch INTEGER NOT NULL,
    sha256 TEXT NOT NULL
) WITHOUT ROWID;

-- Kept apart from the rows, so that a number is not given twice when old rows are gone.
CREATE TABLE batches (
    number INTEGER PRIMARY KEY
);
