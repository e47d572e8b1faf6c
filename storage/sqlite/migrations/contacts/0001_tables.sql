-- Who is remembered, and who gets news. Nothing here is found in the other two files.

CREATE TABLE people (
    tag BLOB PRIMARY KEY,
    sealed BLOB NOT NULL,    -- the profile, to the working key
    expires INTEGER NOT NULL -- epoch seconds, a whole hour
) WITHOUT ROWID;

CREATE TABLE contacts (
    tag BLOB PRIMARY KEY,
    consultation TEXT NOT NULL,
    language TEXT NOT NULL,
    chat_sealed BLOB NOT NULL, -- to the contacts key
    expires INTEGER NOT NULL   -- epoch seconds, a whole day
) WITHOUT ROWID;
CREATE INDEX contacts_by_consultation ON contacts (consultation, language);
