-- How long drafts under way may be finished after the end of an intake, and consultations beyond the six: their names,
-- place, dates and countries. Nothing about people.

ALTER TABLE intakes ADD COLUMN grace_hours INTEGER; -- empty: as the program says

CREATE TABLE consultations (
    id TEXT PRIMARY KEY,
    document TEXT NOT NULL -- JSON
) WITHOUT ROWID;
