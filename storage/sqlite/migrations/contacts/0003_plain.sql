-- Consultations in which it puts nobody at risk that news shows on a locked screen. All others are sensitive.

CREATE TABLE plain (
    consultation TEXT PRIMARY KEY
) WITHOUT ROWID;
