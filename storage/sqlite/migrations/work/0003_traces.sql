-- Messages that are to be deleted from chats: which chat and which numbers is sealed. Erased when it is done, and after
-- 48 hours in any case.

CREATE TABLE traces (
    tag BLOB NOT NULL,     -- the same as the session's
    id BLOB NOT NULL,      -- random
    fate INTEGER NOT NULL, -- 0 belongs to what the chat is in the middle of (5: is to be kept afterwards), 1 waits until
                           -- what was handed in rests in two places (4: is kept), 2 goes at once, 3 when the person leaves
    hour INTEGER NOT NULL, -- in which they were sent, since the epoch
    sealed BLOB NOT NULL,  -- to the working key
    PRIMARY KEY (tag, id)
) WITHOUT ROWID;
CREATE INDEX traces_by_fate ON traces (fate, hour);
