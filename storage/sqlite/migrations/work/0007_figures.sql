-- How often something happened, in whole days. Nothing in these rows is about one person, and none is joined to any
-- other row. Of today there is only how much, without an order; once the day is over it is part of `before`.

CREATE TABLE figures (
    consultation TEXT NOT NULL,
    stage TEXT NOT NULL,
    language TEXT NOT NULL,      -- '' where there is none
    questionnaire TEXT NOT NULL, -- '' where there is none
    day INTEGER NOT NULL,        -- days since the epoch; 0: everything is in `before`
    since INTEGER NOT NULL,      -- on that day
    before INTEGER NOT NULL,     -- on all days before it
    PRIMARY KEY (consultation, stage, language, questionnaire)
) WITHOUT ROWID;

-- What organizers were shown from which day on: sums of whole fives.
CREATE TABLE figure_days (
    consultation TEXT NOT NULL,
    stage TEXT NOT NULL,
    day INTEGER NOT NULL,
    shown INTEGER NOT NULL,
    PRIMARY KEY (consultation, stage, day)
) WITHOUT ROWID;
