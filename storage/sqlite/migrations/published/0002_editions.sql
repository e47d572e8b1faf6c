-- Forms that organizers brought: what is asked of people, and therefore public. Nothing says who brought one, or when.
--
-- editions: later ones have greater numbers; version is the beginning of the SHA-256 of the document; form is the form's
-- own id; about (titles, languages, questions) and document are JSON; until is in epoch seconds, when it goes unless it is
-- published before, and NULL once it was.
-- offers: in_force is 1 where people can begin it, and 0 where another took its place while contributions may name it.

CREATE TABLE editions (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    version TEXT NOT NULL UNIQUE,
    form TEXT NOT NULL,
    about TEXT NOT NULL,
    document TEXT NOT NULL,
    workbook BLOB NOT NULL,
    until INTEGER
);

CREATE TABLE offers (
    consultation TEXT NOT NULL,
    version TEXT NOT NULL,
    form TEXT NOT NULL,
    in_force INTEGER NOT NULL,
    PRIMARY KEY (consultation, version)
) WITHOUT ROWID;

CREATE UNIQUE INDEX one_in_force ON offers (consultation, form) WHERE in_force = 1;
