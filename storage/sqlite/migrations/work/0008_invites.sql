-- What organizers need to know of an invite they made: how many people it was for, the language it carries, their own
-- word for it. Empty in rows of before.

ALTER TABLE invites ADD COLUMN cap INTEGER;
ALTER TABLE invites ADD COLUMN language TEXT;
ALTER TABLE invites ADD COLUMN label BLOB; -- to the working key
