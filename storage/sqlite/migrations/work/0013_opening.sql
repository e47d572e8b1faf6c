-- When an intake that is open begins. Nothing about people.

ALTER TABLE intakes ADD COLUMN opens REAL; -- epoch seconds; empty: at once
