-- New versions, and parts that are added later.

ALTER TABLE contributions ADD COLUMN supersedes TEXT; -- the version that this one replaced; both have one receipt
ALTER TABLE contributions ADD COLUMN note BLOB;       -- what the holder of the receipt may be told, under a key made from it
ALTER TABLE parts ADD COLUMN number INTEGER NOT NULL DEFAULT 0; -- running number of an addition; 0: part of what was handed in
