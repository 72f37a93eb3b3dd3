-- a page of a full read, and its lines
SELECT CAST(t.`ID` AS CHAR) AS `c0`, CAST(t.`SUPPLIER` AS CHAR) AS `c1`, CAST(t.`TOTAL` AS CHAR) AS `c2`, DATE_FORMAT(t.`CHANGED`, '%Y-%m-%dT%H:%i:%s.%f') AS `c3`, CAST(t.`RV` AS CHAR) AS `c4`, t.`REF` AS `c5` FROM `v_po` t WHERE t.`ID` IS NOT NULL ORDER BY t.`ID` LIMIT 8;
-- values: []
SELECT CAST(t.`PO_ID` AS CHAR) AS `c0`, CAST(t.`LINE_NO` AS CHAR) AS `c1`, CAST(t.`QTY` AS CHAR) AS `c2`, DATE_FORMAT(t.`CHANGED`, '%Y-%m-%dT%H:%i:%s.%f') AS `c3`, CAST(t.`RV` AS CHAR) AS `c4` FROM `v_po_line` t WHERE t.`PO_ID` IN (CAST(? AS SIGNED)) ORDER BY t.`PO_ID`;
-- values: ["41"]
SELECT CAST(t.`ID` AS CHAR) AS `c0`, CAST(t.`SUPPLIER` AS CHAR) AS `c1`, CAST(t.`TOTAL` AS CHAR) AS `c2`, DATE_FORMAT(t.`CHANGED`, '%Y-%m-%dT%H:%i:%s.%f') AS `c3`, CAST(t.`RV` AS CHAR) AS `c4`, t.`REF` AS `c5` FROM `v_po` t WHERE NOT (t.`ID` IS NOT NULL) ORDER BY t.`ID` LIMIT 7;
-- values: []
SELECT CAST(t.`PO_ID` AS CHAR) AS `c0`, CAST(t.`LINE_NO` AS CHAR) AS `c1`, CAST(t.`QTY` AS CHAR) AS `c2`, DATE_FORMAT(t.`CHANGED`, '%Y-%m-%dT%H:%i:%s.%f') AS `c3`, CAST(t.`RV` AS CHAR) AS `c4` FROM `v_po_line` t WHERE t.`PO_ID` IN (CAST(? AS SIGNED)) ORDER BY t.`PO_ID`;
-- values: ["41"]

-- the next page of a full read by a key of two columns
SELECT CAST(t.`PART` AS CHAR) AS `c0`, t.`PLACE` AS `c1`, CAST(t.`QTY` AS CHAR) AS `c2`, DATE_FORMAT(t.`CHANGED`, '%Y-%m-%dT%H:%i:%s.%f') AS `c3` FROM `v_stock` t WHERE t.`PART` IS NOT NULL AND t.`PLACE` IS NOT NULL AND ((t.`PART` > CAST(? AS SIGNED)) OR (t.`PART` = CAST(? AS SIGNED) AND t.`PLACE` > ?)) ORDER BY t.`PART`, t.`PLACE` LIMIT 8;
-- values: ["4","4","B-7"]
SELECT CAST(t.`PART` AS CHAR) AS `c0`, t.`PLACE` AS `c1`, CAST(t.`QTY` AS CHAR) AS `c2`, DATE_FORMAT(t.`CHANGED`, '%Y-%m-%dT%H:%i:%s.%f') AS `c3` FROM `v_stock` t WHERE NOT (t.`PART` IS NOT NULL AND t.`PLACE` IS NOT NULL) ORDER BY t.`PART`, t.`PLACE` LIMIT 7;
-- values: []

-- a page by watermark and key
SELECT CAST(t.`ID` AS CHAR) AS `c0`, CAST(t.`SUPPLIER` AS CHAR) AS `c1`, CAST(t.`TOTAL` AS CHAR) AS `c2`, DATE_FORMAT(t.`CHANGED`, '%Y-%m-%dT%H:%i:%s.%f') AS `c3`, CAST(t.`RV` AS CHAR) AS `c4`, t.`REF` AS `c5` FROM `v_po` t WHERE ((t.`CHANGED` >= CAST(REPLACE(?, 'Z', '') AS DATETIME(6)) AND t.`CHANGED` < CAST(REPLACE(?, 'Z', '') AS DATETIME(6))) OR EXISTS (SELECT 1 FROM `v_po_line` l WHERE l.`PO_ID` = t.`ID` AND l.`CHANGED` >= CAST(REPLACE(?, 'Z', '') AS DATETIME(6)))) AND t.`ID` IS NOT NULL AND ((t.`ID` > CAST(? AS SIGNED))) ORDER BY t.`ID` LIMIT 8;
-- values: ["2026-02-01T00:00:00","2026-02-02T00:00:00","2026-02-01T00:00:00","41"]
SELECT CAST(t.`ID` AS CHAR) AS `c0`, CAST(t.`SUPPLIER` AS CHAR) AS `c1`, CAST(t.`TOTAL` AS CHAR) AS `c2`, DATE_FORMAT(t.`CHANGED`, '%Y-%m-%dT%H:%i:%s.%f') AS `c3`, CAST(t.`RV` AS CHAR) AS `c4`, t.`REF` AS `c5` FROM `v_po` t WHERE ((t.`CHANGED` >= CAST(REPLACE(?, 'Z', '') AS DATETIME(6)) AND t.`CHANGED` < CAST(REPLACE(?, 'Z', '') AS DATETIME(6))) OR EXISTS (SELECT 1 FROM `v_po_line` l WHERE l.`PO_ID` = t.`ID` AND l.`CHANGED` >= CAST(REPLACE(?, 'Z', '') AS DATETIME(6)))) AND NOT (t.`ID` IS NOT NULL) ORDER BY t.`ID` LIMIT 7;
-- values: ["2026-02-01T00:00:00","2026-02-02T00:00:00","2026-02-01T00:00:00"]

-- a page by a watermark that may be empty
SELECT CAST(t.`PART` AS CHAR) AS `c0`, t.`PLACE` AS `c1`, CAST(t.`QTY` AS CHAR) AS `c2`, DATE_FORMAT(t.`CHANGED`, '%Y-%m-%dT%H:%i:%s.%f') AS `c3` FROM `v_stock` t WHERE ((t.`CHANGED` >= CAST(REPLACE(?, 'Z', '') AS DATETIME(6)) AND t.`CHANGED` < CAST(REPLACE(?, 'Z', '') AS DATETIME(6))) OR t.`CHANGED` IS NULL) AND t.`PART` IS NOT NULL AND t.`PLACE` IS NOT NULL ORDER BY t.`PART`, t.`PLACE` LIMIT 8;
-- values: ["2026-02-01T00:00:00","2026-02-02T00:00:00"]
SELECT CAST(t.`PART` AS CHAR) AS `c0`, t.`PLACE` AS `c1`, CAST(t.`QTY` AS CHAR) AS `c2`, DATE_FORMAT(t.`CHANGED`, '%Y-%m-%dT%H:%i:%s.%f') AS `c3` FROM `v_stock` t WHERE ((t.`CHANGED` >= CAST(REPLACE(?, 'Z', '') AS DATETIME(6)) AND t.`CHANGED` < CAST(REPLACE(?, 'Z', '') AS DATETIME(6))) OR t.`CHANGED` IS NULL) AND NOT (t.`PART` IS NOT NULL AND t.`PLACE` IS NOT NULL) ORDER BY t.`PART`, t.`PLACE` LIMIT 7;
-- values: ["2026-02-01T00:00:00","2026-02-02T00:00:00"]

-- a window by a watermark that counts
SELECT CAST(MAX(t.`RV`) AS CHAR) AS `c0` FROM `v_po` t;
-- values: []
SELECT CAST(MAX(t.`RV`) AS CHAR) AS `c0` FROM `v_po_line` t;
-- values: []
SELECT CAST(t.`ID` AS CHAR) AS `c0`, CAST(t.`SUPPLIER` AS CHAR) AS `c1`, CAST(t.`TOTAL` AS CHAR) AS `c2`, DATE_FORMAT(t.`CHANGED`, '%Y-%m-%dT%H:%i:%s.%f') AS `c3`, CAST(t.`RV` AS CHAR) AS `c4`, t.`REF` AS `c5` FROM `v_po` t WHERE ((t.`RV` >= CAST(? AS SIGNED) AND t.`RV` <= CAST(? AS SIGNED)) OR EXISTS (SELECT 1 FROM `v_po_line` l WHERE l.`PO_ID` = t.`ID` AND l.`RV` >= CAST(? AS SIGNED))) AND t.`ID` IS NOT NULL ORDER BY t.`ID` LIMIT 8;
-- values: ["100","200","100"]
SELECT CAST(t.`ID` AS CHAR) AS `c0`, CAST(t.`SUPPLIER` AS CHAR) AS `c1`, CAST(t.`TOTAL` AS CHAR) AS `c2`, DATE_FORMAT(t.`CHANGED`, '%Y-%m-%dT%H:%i:%s.%f') AS `c3`, CAST(t.`RV` AS CHAR) AS `c4`, t.`REF` AS `c5` FROM `v_po` t WHERE ((t.`RV` >= CAST(? AS SIGNED) AND t.`RV` <= CAST(? AS SIGNED)) OR EXISTS (SELECT 1 FROM `v_po_line` l WHERE l.`PO_ID` = t.`ID` AND l.`RV` >= CAST(? AS SIGNED))) AND NOT (t.`ID` IS NOT NULL) ORDER BY t.`ID` LIMIT 7;
-- values: ["100","200","100"]

-- stamps
SELECT CAST(t.`ID` AS CHAR) AS `c0`, DATE_FORMAT(t.`CHANGED`, '%Y-%m-%dT%H:%i:%s.%f') AS `c1`, (SELECT DATE_FORMAT(MAX(l.`CHANGED`), '%Y-%m-%dT%H:%i:%s.%f') FROM `v_po_line` l WHERE l.`PO_ID` = t.`ID`) AS `c2` FROM `v_po` t WHERE ((t.`ID` > CAST(? AS SIGNED))) ORDER BY t.`ID` LIMIT 2000;
-- values: ["41"]

-- stamps by a watermark that counts
SELECT CAST(t.`ID` AS CHAR) AS `c0`, CAST(t.`RV` AS CHAR) AS `c1`, (SELECT CAST(MAX(l.`RV`) AS CHAR) FROM `v_po_line` l WHERE l.`PO_ID` = t.`ID`) AS `c2` FROM `v_po` t ORDER BY t.`ID` LIMIT 2000;
-- values: []

-- a look-up by business key
SELECT CAST(t.`ID` AS CHAR) AS `c0`, CAST(t.`SUPPLIER` AS CHAR) AS `c1`, CAST(t.`TOTAL` AS CHAR) AS `c2`, DATE_FORMAT(t.`CHANGED`, '%Y-%m-%dT%H:%i:%s.%f') AS `c3`, CAST(t.`RV` AS CHAR) AS `c4`, t.`REF` AS `c5` FROM `v_po` t WHERE t.`ID` IN (CAST(? AS SIGNED)) ORDER BY t.`ID`;
-- values: ["41"]

-- a look-up by external id of two parts
SELECT CAST(t.`PART` AS CHAR) AS `c0`, t.`PLACE` AS `c1`, CAST(t.`QTY` AS CHAR) AS `c2`, DATE_FORMAT(t.`CHANGED`, '%Y-%m-%dT%H:%i:%s.%f') AS `c3` FROM `v_stock` t WHERE ((t.`PART` = CAST(? AS SIGNED) AND t.`PLACE` = ?)) ORDER BY t.`PART`, t.`PLACE`;
-- values: ["4","B-7"]

-- a look-up by reference
SELECT CAST(t.`ID` AS CHAR) AS `c0`, CAST(t.`SUPPLIER` AS CHAR) AS `c1`, CAST(t.`TOTAL` AS CHAR) AS `c2`, DATE_FORMAT(t.`CHANGED`, '%Y-%m-%dT%H:%i:%s.%f') AS `c3`, CAST(t.`RV` AS CHAR) AS `c4`, t.`REF` AS `c5` FROM `v_po` t WHERE t.`REF` IN (?) ORDER BY t.`ID`;
-- values: ["REF1"]
SELECT CAST(t.`PO_ID` AS CHAR) AS `c0`, t.`STATE` AS `c1`, t.`ERROR` AS `c2`, t.`REF` AS `c3` FROM `po_in` t WHERE t.`REF` = ?;
-- values: ["REF1"]

-- an insert into an interface table and its lines
SELECT CAST(t.`PO_ID` AS CHAR) AS `c0`, t.`STATE` AS `c1`, t.`ERROR` AS `c2`, t.`REF` AS `c3` FROM `po_in` t WHERE t.`REF` = ?;
-- values: ["REF1"]
INSERT INTO `po_in` (`PO_NO`, `TOTAL`, `DUE`, `REF`, `STATE`, `ACTION`) VALUES (?, CAST(? AS DECIMAL(65,30)), CAST(REPLACE(?, 'Z', '') AS DATETIME(6)), ?, ?, ?);
-- values: ["41","0.1000","2026-03-01T00:00:00","REF1","N","I"]
SELECT CAST(t.`SEQ` AS CHAR) AS `c0` FROM `po_in` t WHERE t.`REF` = ?;
-- values: ["REF1"]
INSERT INTO `po_in_line` (`LINE_NO`, `QTY`, `HEAD`, `REF`) VALUES (CAST(? AS SIGNED), CAST(? AS DECIMAL(65,30)), CAST(? AS SIGNED), ?);
-- values: ["1","2.5","77","REF1"]
SELECT CAST(t.`PO_ID` AS CHAR) AS `c0`, t.`STATE` AS `c1`, t.`ERROR` AS `c2`, t.`REF` AS `c3` FROM `po_in` t WHERE t.`REF` = ?;
-- values: ["REF1"]

-- a poll of an interface row
SELECT CAST(t.`PO_ID` AS CHAR) AS `c0`, t.`STATE` AS `c1`, t.`ERROR` AS `c2`, t.`REF` AS `c3` FROM `po_in` t WHERE t.`REF` = ?;
-- values: ["REF1"]

-- an update by key
SELECT CAST(t.`ID` AS CHAR) AS `c0`, t.`REF` AS `c1` FROM `parts` t WHERE t.`ID` IN (CAST(? AS SIGNED));
-- values: ["9"]
UPDATE `parts` SET `NAME` = ? WHERE `ID` = CAST(? AS SIGNED);
-- values: ["New","9"]
