-- Of which draft a person was reminded (a keyed tag of its id), and how long drafts of a consultation are kept.

ALTER TABLE sessions ADD COLUMN reminded BLOB;
ALTER TABLE intakes ADD COLUMN draft_hours INTEGER; -- empty: as the installation says
