-- Forms that organizers brought: what is asked of people, and therefore public. Nothing says who brought one, or when.

CREATE TABLE editions (
    number INTEGER PRIMARY KEY AUTOINCREMENT, -- later editions have greater ones
    version TEXT NOT NULL UNIQUE,             -- beginning of the SHA-256 of the document
    form TEXT NOT NULL,                       -- the form's own id
    about TEXT NOT NULL,                      -- titles, languages, questions: JSON
    document TEXT NOT NULL,                   -- JSON
    workbook BLOB NOT NULL,
    until INTEGER                             -- epoch seconds until which it may be published; NULL once it was
);

CREATE TABLE offers (
    consultation TEXT NOT NULL,
    version TEXT NOT NULL,
    form TEXT NOT NULL,
    in_force INTEGER NOT NULL, -- 1: people can begin it; 0: it was replaced or retired, and contributions may name it
    PRIMARY KEY (consultation, version)
) WITHOUT ROWID;

CREATE UNIQUE INDEX one_in_force ON offers (consultation, form) WHERE in_force = 1;
