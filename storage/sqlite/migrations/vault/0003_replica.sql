-- What the replica does not have yet as it is here. Triggers fill it, so that no way of changing a contribution is missed.

CREATE TABLE uncopied (
    contribution TEXT PRIMARY KEY,
    change BLOB NOT NULL -- random: differs when the contribution changed again while it was being copied
) WITHOUT ROWID;
INSERT INTO uncopied SELECT id, randomblob(8) FROM contributions;

CREATE TRIGGER contribution_added AFTER INSERT ON contributions
BEGIN
    INSERT OR REPLACE INTO uncopied VALUES (new.id, randomblob(8));
END;

CREATE TRIGGER contribution_changed AFTER UPDATE ON contributions
BEGIN
    INSERT OR REPLACE INTO uncopied VALUES (new.id, randomblob(8));
END;

CREATE TRIGGER contribution_erased AFTER DELETE ON contributions
BEGIN
    INSERT OR REPLACE INTO uncopied VALUES (old.id, randomblob(8));
END;

CREATE TRIGGER part_added AFTER INSERT ON parts
BEGIN
    INSERT OR REPLACE INTO uncopied VALUES (new.contribution, randomblob(8));
END;

CREATE TRIGGER part_changed AFTER UPDATE ON parts
BEGIN
    INSERT OR REPLACE INTO uncopied VALUES (new.contribution, randomblob(8));
END;

CREATE TRIGGER part_erased AFTER DELETE ON parts
BEGIN
    INSERT OR REPLACE INTO uncopied VALUES (old.contribution, randomblob(8));
END;

-- Which state of the replica the table above speaks of; in the replica itself, which state it is.
CREATE TABLE copies (
    generation TEXT PRIMARY KEY
) WITHOUT ROWID;
