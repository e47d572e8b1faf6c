-- Whether the text of a consultation is final, and which uses of an invite belong to somebody who was forgotten.

ALTER TABLE intakes ADD COLUMN final INTEGER NOT NULL DEFAULT 0;
ALTER TABLE redemptions ADD COLUMN forgotten INTEGER NOT NULL DEFAULT 0;
