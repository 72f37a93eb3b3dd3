-- a page of a full read, and its lines
SELECT TO_CHAR(t."ID", 'TM9', 'NLS_NUMERIC_CHARACTERS=''. ''') AS "c0", TO_CHAR(t."SUPPLIER", 'TM9', 'NLS_NUMERIC_CHARACTERS=''. ''') AS "c1", TO_CHAR(t."TOTAL", 'TM9', 'NLS_NUMERIC_CHARACTERS=''. ''') AS "c2", TO_CHAR(CAST(t."CHANGED" AS TIMESTAMP), 'YYYY-MM-DD"T"HH24:MI:SS.FF6') AS "c3", TO_CHAR(t."RV", 'TM9', 'NLS_NUMERIC_CHARACTERS=''. ''') AS "c4", t."REF" AS "c5" FROM "v_po" t ORDER BY t."ID" FETCH FIRST 8 ROWS ONLY;
-- values: []
SELECT TO_CHAR(t."PO_ID", 'TM9', 'NLS_NUMERIC_CHARACTERS=''. ''') AS "c0", TO_CHAR(t."LINE_NO", 'TM9', 'NLS_NUMERIC_CHARACTERS=''. ''') AS "c1", TO_CHAR(t."QTY", 'TM9', 'NLS_NUMERIC_CHARACTERS=''. ''') AS "c2", TO_CHAR(CAST(t."CHANGED" AS TIMESTAMP), 'YYYY-MM-DD"T"HH24:MI:SS.FF6') AS "c3", TO_CHAR(t."RV", 'TM9', 'NLS_NUMERIC_CHARACTERS=''. ''') AS "c4" FROM "v_po_line" t WHERE t."PO_ID" IN (TO_NUMBER(:1)) ORDER BY t."PO_ID";
-- values: ["41"]

-- the next page of a full read by a key of two columns
SELECT TO_CHAR(t."PART", 'TM9', 'NLS_NUMERIC_CHARACTERS=''. ''') AS "c0", t."PLACE" AS "c1", TO_CHAR(t."QTY", 'TM9', 'NLS_NUMERIC_CHARACTERS=''. ''') AS "c2", TO_CHAR(CAST(t."CHANGED" AS TIMESTAMP), 'YYYY-MM-DD"T"HH24:MI:SS.FF6') AS "c3" FROM "v_stock" t WHERE ((t."PART" > TO_NUMBER(:1)) OR (t."PART" = TO_NUMBER(:2) AND t."PLACE" > CAST(:3 AS CHAR(2000)))) ORDER BY t."PART", t."PLACE" FETCH FIRST 8 ROWS ONLY;
-- values: ["4","4","B-7"]

-- a page by watermark and key
SELECT TO_CHAR(t."ID", 'TM9', 'NLS_NUMERIC_CHARACTERS=''. ''') AS "c0", TO_CHAR(t."SUPPLIER", 'TM9', 'NLS_NUMERIC_CHARACTERS=''. ''') AS "c1", TO_CHAR(t."TOTAL", 'TM9', 'NLS_NUMERIC_CHARACTERS=''. ''') AS "c2", TO_CHAR(CAST(t."CHANGED" AS TIMESTAMP), 'YYYY-MM-DD"T"HH24:MI:SS.FF6') AS "c3", TO_CHAR(t."RV", 'TM9', 'NLS_NUMERIC_CHARACTERS=''. ''') AS "c4", t."REF" AS "c5" FROM "v_po" t WHERE ((t."CHANGED" >= CAST(TO_TIMESTAMP(:1, 'YYYY-MM-DD"T"HH24:MI:SS.FF6') AS DATE) AND t."CHANGED" < CAST(TO_TIMESTAMP(:2, 'YYYY-MM-DD"T"HH24:MI:SS.FF6') AS DATE)) OR EXISTS (SELECT 1 FROM "v_po_line" l WHERE l."PO_ID" = t."ID" AND l."CHANGED" >= CAST(TO_TIMESTAMP(:3, 'YYYY-MM-DD"T"HH24:MI:SS.FF6') AS DATE))) AND ((t."ID" > TO_NUMBER(:4))) ORDER BY t."ID" FETCH FIRST 8 ROWS ONLY;
-- values: ["2026-02-01T00:00:00","2026-02-02T00:00:00","2026-02-01T00:00:00","41"]

-- a page by a watermark that may be empty
SELECT TO_CHAR(t."PART", 'TM9', 'NLS_NUMERIC_CHARACTERS=''. ''') AS "c0", t."PLACE" AS "c1", TO_CHAR(t."QTY", 'TM9', 'NLS_NUMERIC_CHARACTERS=''. ''') AS "c2", TO_CHAR(CAST(t."CHANGED" AS TIMESTAMP), 'YYYY-MM-DD"T"HH24:MI:SS.FF6') AS "c3" FROM "v_stock" t WHERE ((t."CHANGED" >= CAST(TO_TIMESTAMP(:1, 'YYYY-MM-DD"T"HH24:MI:SS.FF6') AS DATE) AND t."CHANGED" < CAST(TO_TIMESTAMP(:2, 'YYYY-MM-DD"T"HH24:MI:SS.FF6') AS DATE)) OR t."CHANGED" IS NULL) ORDER BY t."PART", t."PLACE" FETCH FIRST 8 ROWS ONLY;
-- values: ["2026-02-01T00:00:00","2026-02-02T00:00:00"]

-- a window by a watermark that counts
SELECT TO_CHAR(MAX(t."RV"), 'TM9', 'NLS_NUMERIC_CHARACTERS=''. ''') AS "c0" FROM "v_po" t;
-- values: []
SELECT TO_CHAR(MAX(t."RV"), 'TM9', 'NLS_NUMERIC_CHARACTERS=''. ''') AS "c0" FROM "v_po_line" t;
-- values: []
SELECT TO_CHAR(t."ID", 'TM9', 'NLS_NUMERIC_CHARACTERS=''. ''') AS "c0", TO_CHAR(t."SUPPLIER", 'TM9', 'NLS_NUMERIC_CHARACTERS=''. ''') AS "c1", TO_CHAR(t."TOTAL", 'TM9', 'NLS_NUMERIC_CHARACTERS=''. ''') AS "c2", TO_CHAR(CAST(t."CHANGED" AS TIMESTAMP), 'YYYY-MM-DD"T"HH24:MI:SS.FF6') AS "c3", TO_CHAR(t."RV", 'TM9', 'NLS_NUMERIC_CHARACTERS=''. ''') AS "c4", t."REF" AS "c5" FROM "v_po" t WHERE ((t."RV" >= TO_NUMBER(:1) AND t."RV" <= TO_NUMBER(:2)) OR EXISTS (SELECT 1 FROM "v_po_line" l WHERE l."PO_ID" = t."ID" AND l."RV" >= TO_NUMBER(:3))) ORDER BY t."ID" FETCH FIRST 8 ROWS ONLY;
-- values: ["100","200","100"]

-- stamps
SELECT TO_CHAR(t."ID", 'TM9', 'NLS_NUMERIC_CHARACTERS=''. ''') AS "c0", TO_CHAR(CAST(t."CHANGED" AS TIMESTAMP), 'YYYY-MM-DD"T"HH24:MI:SS.FF6') AS "c1", (SELECT TO_CHAR(CAST(MAX(l."CHANGED") AS TIMESTAMP), 'YYYY-MM-DD"T"HH24:MI:SS.FF6') FROM "v_po_line" l WHERE l."PO_ID" = t."ID") AS "c2" FROM "v_po" t WHERE ((t."ID" > TO_NUMBER(:1))) ORDER BY t."ID" FETCH FIRST 2000 ROWS ONLY;
-- values: ["41"]

-- stamps by a watermark that counts
SELECT TO_CHAR(t."ID", 'TM9', 'NLS_NUMERIC_CHARACTERS=''. ''') AS "c0", TO_CHAR(t."RV", 'TM9', 'NLS_NUMERIC_CHARACTERS=''. ''') AS "c1", (SELECT TO_CHAR(MAX(l."RV"), 'TM9', 'NLS_NUMERIC_CHARACTERS=''. ''') FROM "v_po_line" l WHERE l."PO_ID" = t."ID") AS "c2" FROM "v_po" t ORDER BY t."ID" FETCH FIRST 2000 ROWS ONLY;
-- values: []

-- a look-up by business key
SELECT TO_CHAR(t."ID", 'TM9', 'NLS_NUMERIC_CHARACTERS=''. ''') AS "c0", TO_CHAR(t."SUPPLIER", 'TM9', 'NLS_NUMERIC_CHARACTERS=''. ''') AS "c1", TO_CHAR(t."TOTAL", 'TM9', 'NLS_NUMERIC_CHARACTERS=''. ''') AS "c2", TO_CHAR(CAST(t."CHANGED" AS TIMESTAMP), 'YYYY-MM-DD"T"HH24:MI:SS.FF6') AS "c3", TO_CHAR(t."RV", 'TM9', 'NLS_NUMERIC_CHARACTERS=''. ''') AS "c4", t."REF" AS "c5" FROM "v_po" t WHERE t."ID" IN (TO_NUMBER(:1)) ORDER BY t."ID";
-- values: ["41"]

-- a look-up by external id of two parts
SELECT TO_CHAR(t."PART", 'TM9', 'NLS_NUMERIC_CHARACTERS=''. ''') AS "c0", t."PLACE" AS "c1", TO_CHAR(t."QTY", 'TM9', 'NLS_NUMERIC_CHARACTERS=''. ''') AS "c2", TO_CHAR(CAST(t."CHANGED" AS TIMESTAMP), 'YYYY-MM-DD"T"HH24:MI:SS.FF6') AS "c3" FROM "v_stock" t WHERE ((t."PART" = TO_NUMBER(:1) AND t."PLACE" = CAST(:2 AS CHAR(2000)))) ORDER BY t."PART", t."PLACE";
-- values: ["4","B-7"]

-- a look-up by reference
SELECT TO_CHAR(t."ID", 'TM9', 'NLS_NUMERIC_CHARACTERS=''. ''') AS "c0", TO_CHAR(t."SUPPLIER", 'TM9', 'NLS_NUMERIC_CHARACTERS=''. ''') AS "c1", TO_CHAR(t."TOTAL", 'TM9', 'NLS_NUMERIC_CHARACTERS=''. ''') AS "c2", TO_CHAR(CAST(t."CHANGED" AS TIMESTAMP), 'YYYY-MM-DD"T"HH24:MI:SS.FF6') AS "c3", TO_CHAR(t."RV", 'TM9', 'NLS_NUMERIC_CHARACTERS=''. ''') AS "c4", t."REF" AS "c5" FROM "v_po" t WHERE t."REF" IN (:1) ORDER BY t."ID";
-- values: ["REF1"]
SELECT TO_CHAR(t."PO_ID", 'TM9', 'NLS_NUMERIC_CHARACTERS=''. ''') AS "c0", t."STATE" AS "c1", t."ERROR" AS "c2", t."REF" AS "c3" FROM "po_in" t WHERE t."REF" = :1;
-- values: ["REF1"]

-- an insert into an interface table and its lines
SELECT TO_CHAR(t."PO_ID", 'TM9', 'NLS_NUMERIC_CHARACTERS=''. ''') AS "c0", t."STATE" AS "c1", t."ERROR" AS "c2", t."REF" AS "c3" FROM "po_in" t WHERE t."REF" = :1;
-- values: ["REF1"]
INSERT INTO "po_in" ("PO_NO", "TOTAL", "DUE", "REF", "STATE", "ACTION") VALUES (:1, TO_NUMBER(:2), CAST(TO_TIMESTAMP(:3, 'YYYY-MM-DD"T"HH24:MI:SS.FF6') AS DATE), :4, :5, :6);
-- values: ["41","0.1000","2026-03-01T00:00:00","REF1","N","I"]
SELECT TO_CHAR(t."SEQ", 'TM9', 'NLS_NUMERIC_CHARACTERS=''. ''') AS "c0" FROM "po_in" t WHERE t."REF" = :1;
-- values: ["REF1"]
INSERT INTO "po_in_line" ("LINE_NO", "QTY", "HEAD", "REF") VALUES (TO_NUMBER(:1), TO_NUMBER(:2), TO_NUMBER(:3), :4);
-- values: ["1","2.5","77","REF1"]
SELECT TO_CHAR(t."PO_ID", 'TM9', 'NLS_NUMERIC_CHARACTERS=''. ''') AS "c0", t."STATE" AS "c1", t."ERROR" AS "c2", t."REF" AS "c3" FROM "po_in" t WHERE t."REF" = :1;
-- values: ["REF1"]

-- a poll of an interface row
SELECT TO_CHAR(t."PO_ID", 'TM9', 'NLS_NUMERIC_CHARACTERS=''. ''') AS "c0", t."STATE" AS "c1", t."ERROR" AS "c2", t."REF" AS "c3" FROM "po_in" t WHERE t."REF" = :1;
-- values: ["REF1"]

-- an update by key
SELECT TO_CHAR(t."ID", 'TM9', 'NLS_NUMERIC_CHARACTERS=''. ''') AS "c0", t."REF" AS "c1" FROM "parts" t WHERE t."ID" IN (TO_NUMBER(:1));
-- values: ["9"]
UPDATE "parts" SET "NAME" = :1 WHERE "ID" = TO_NUMBER(:2);
-- values: ["New","9"]
