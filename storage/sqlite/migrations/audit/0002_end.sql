-- How many entries there are, vouched for: an end that was cut off is noticed as well.

CREATE TABLE ends (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    number INTEGER NOT NULL,
    vouched BLOB NOT NULL
);
