-- a page of a full read, and its lines
SELECT CAST(t."ID" AS text) AS "c0", CAST(t."SUPPLIER" AS text) AS "c1", CAST(t."TOTAL" AS text) AS "c2", to_char(t."CHANGED", 'YYYY-MM-DD"T"HH24:MI:SS.US') AS "c3", CAST(t."RV" AS text) AS "c4", CAST(t."REF" AS text) AS "c5" FROM "v_po" t WHERE t."ID" IS NOT NULL ORDER BY t."ID" LIMIT 8;
-- values: []
SELECT CAST(t."PO_ID" AS text) AS "c0", CAST(t."LINE_NO" AS text) AS "c1", CAST(t."QTY" AS text) AS "c2", to_char(t."CHANGED", 'YYYY-MM-DD"T"HH24:MI:SS.US') AS "c3", CAST(t."RV" AS text) AS "c4" FROM "v_po_line" t WHERE t."PO_ID" IN (CAST($1 AS "int4")) ORDER BY t."PO_ID";
-- values: ["41"]
SELECT CAST(t."ID" AS text) AS "c0", CAST(t."SUPPLIER" AS text) AS "c1", CAST(t."TOTAL" AS text) AS "c2", to_char(t."CHANGED", 'YYYY-MM-DD"T"HH24:MI:SS.US') AS "c3", CAST(t."RV" AS text) AS "c4", CAST(t."REF" AS text) AS "c5" FROM "v_po" t WHERE NOT (t."ID" IS NOT NULL) ORDER BY t."ID" LIMIT 7;
-- values: []
SELECT CAST(t."PO_ID" AS text) AS "c0", CAST(t."LINE_NO" AS text) AS "c1", CAST(t."QTY" AS text) AS "c2", to_char(t."CHANGED", 'YYYY-MM-DD"T"HH24:MI:SS.US') AS "c3", CAST(t."RV" AS text) AS "c4" FROM "v_po_line" t WHERE t."PO_ID" IN (CAST($1 AS "int4")) ORDER BY t."PO_ID";
-- values: ["41"]

-- the next page of a full read by a key of two columns
SELECT CAST(t."PART" AS text) AS "c0", CAST(t."PLACE" AS text) AS "c1", CAST(t."QTY" AS text) AS "c2", to_char(t."CHANGED", 'YYYY-MM-DD"T"HH24:MI:SS.US') AS "c3" FROM "v_stock" t WHERE t."PART" IS NOT NULL AND t."PLACE" IS NOT NULL AND (t."PART", t."PLACE") > (CAST($1 AS "int4"), CAST($2 AS "bpchar")) ORDER BY t."PART", t."PLACE" LIMIT 8;
-- values: ["4","B-7"]
SELECT CAST(t."PART" AS text) AS "c0", CAST(t."PLACE" AS text) AS "c1", CAST(t."QTY" AS text) AS "c2", to_char(t."CHANGED", 'YYYY-MM-DD"T"HH24:MI:SS.US') AS "c3" FROM "v_stock" t WHERE NOT (t."PART" IS NOT NULL AND t."PLACE" IS NOT NULL) ORDER BY t."PART", t."PLACE" LIMIT 7;
-- values: []

-- a page by watermark and key
SELECT CAST(t."ID" AS text) AS "c0", CAST(t."SUPPLIER" AS text) AS "c1", CAST(t."TOTAL" AS text) AS "c2", to_char(t."CHANGED", 'YYYY-MM-DD"T"HH24:MI:SS.US') AS "c3", CAST(t."RV" AS text) AS "c4", CAST(t."REF" AS text) AS "c5" FROM "v_po" t WHERE ((t."CHANGED" >= CAST($1 AS "timestamp") AND t."CHANGED" < CAST($2 AS "timestamp")) OR EXISTS (SELECT 1 FROM "v_po_line" l WHERE l."PO_ID" = t."ID" AND l."CHANGED" >= CAST($3 AS "timestamp"))) AND t."ID" IS NOT NULL AND ((t."ID" > CAST($4 AS "int4"))) ORDER BY t."ID" LIMIT 8;
-- values: ["2026-02-01T00:00:00","2026-02-02T00:00:00","2026-02-01T00:00:00","41"]
SELECT CAST(t."ID" AS text) AS "c0", CAST(t."SUPPLIER" AS text) AS "c1", CAST(t."TOTAL" AS text) AS "c2", to_char(t."CHANGED", 'YYYY-MM-DD"T"HH24:MI:SS.US') AS "c3", CAST(t."RV" AS text) AS "c4", CAST(t."REF" AS text) AS "c5" FROM "v_po" t WHERE ((t."CHANGED" >= CAST($1 AS "timestamp") AND t."CHANGED" < CAST($2 AS "timestamp")) OR EXISTS (SELECT 1 FROM "v_po_line" l WHERE l."PO_ID" = t."ID" AND l."CHANGED" >= CAST($3 AS "timestamp"))) AND NOT (t."ID" IS NOT NULL) ORDER BY t."ID" LIMIT 7;
-- values: ["2026-02-01T00:00:00","2026-02-02T00:00:00","2026-02-01T00:00:00"]

-- a page by a watermark that may be empty
SELECT CAST(t."PART" AS text) AS "c0", CAST(t."PLACE" AS text) AS "c1", CAST(t."QTY" AS text) AS "c2", to_char(t."CHANGED", 'YYYY-MM-DD"T"HH24:MI:SS.US') AS "c3" FROM "v_stock" t WHERE ((t."CHANGED" >= CAST($1 AS "timestamp") AND t."CHANGED" < CAST($2 AS "timestamp")) OR t."CHANGED" IS NULL) AND t."PART" IS NOT NULL AND t."PLACE" IS NOT NULL ORDER BY t."PART", t."PLACE" LIMIT 8;
-- values: ["2026-02-01T00:00:00","2026-02-02T00:00:00"]
SELECT CAST(t."PART" AS text) AS "c0", CAST(t."PLACE" AS text) AS "c1", CAST(t."QTY" AS text) AS "c2", to_char(t."CHANGED", 'YYYY-MM-DD"T"HH24:MI:SS.US') AS "c3" FROM "v_stock" t WHERE ((t."CHANGED" >= CAST($1 AS "timestamp") AND t."CHANGED" < CAST($2 AS "timestamp")) OR t."CHANGED" IS NULL) AND NOT (t."PART" IS NOT NULL AND t."PLACE" IS NOT NULL) ORDER BY t."PART", t."PLACE" LIMIT 7;
-- values: ["2026-02-01T00:00:00","2026-02-02T00:00:00"]

-- a window by a watermark that counts
SELECT CAST(MAX(t."RV") AS text) AS "c0" FROM "v_po" t;
-- values: []
SELECT CAST(MAX(t."RV") AS text) AS "c0" FROM "v_po_line" t;
-- values: []
SELECT CAST(t."ID" AS text) AS "c0", CAST(t."SUPPLIER" AS text) AS "c1", CAST(t."TOTAL" AS text) AS "c2", to_char(t."CHANGED", 'YYYY-MM-DD"T"HH24:MI:SS.US') AS "c3", CAST(t."RV" AS text) AS "c4", CAST(t."REF" AS text) AS "c5" FROM "v_po" t WHERE ((t."RV" >= CAST($1 AS "int8") AND t."RV" <= CAST($2 AS "int8")) OR EXISTS (SELECT 1 FROM "v_po_line" l WHERE l."PO_ID" = t."ID" AND l."RV" >= CAST($3 AS "int8"))) AND t."ID" IS NOT NULL ORDER BY t."ID" LIMIT 8;
-- values: ["100","200","100"]
SELECT CAST(t."ID" AS text) AS "c0", CAST(t."SUPPLIER" AS text) AS "c1", CAST(t."TOTAL" AS text) AS "c2", to_char(t."CHANGED", 'YYYY-MM-DD"T"HH24:MI:SS.US') AS "c3", CAST(t."RV" AS text) AS "c4", CAST(t."REF" AS text) AS "c5" FROM "v_po" t WHERE ((t."RV" >= CAST($1 AS "int8") AND t."RV" <= CAST($2 AS "int8")) OR EXISTS (SELECT 1 FROM "v_po_line" l WHERE l."PO_ID" = t."ID" AND l."RV" >= CAST($3 AS "int8"))) AND NOT (t."ID" IS NOT NULL) ORDER BY t."ID" LIMIT 7;
-- values: ["100","200","100"]

-- stamps
SELECT CAST(t."ID" AS text) AS "c0", to_char(t."CHANGED", 'YYYY-MM-DD"T"HH24:MI:SS.US') AS "c1", (SELECT to_char(MAX(l."CHANGED"), 'YYYY-MM-DD"T"HH24:MI:SS.US') FROM "v_po_line" l WHERE l."PO_ID" = t."ID") AS "c2" FROM "v_po" t WHERE ((t."ID" > CAST($1 AS "int4"))) ORDER BY t."ID" LIMIT 2000;
-- values: ["41"]

-- stamps by a watermark that counts
SELECT CAST(t."ID" AS text) AS "c0", CAST(t."RV" AS text) AS "c1", (SELECT CAST(MAX(l."RV") AS text) FROM "v_po_line" l WHERE l."PO_ID" = t."ID") AS "c2" FROM "v_po" t ORDER BY t."ID" LIMIT 2000;
-- values: []

-- a look-up by business key
SELECT CAST(t."ID" AS text) AS "c0", CAST(t."SUPPLIER" AS text) AS "c1", CAST(t."TOTAL" AS text) AS "c2", to_char(t."CHANGED", 'YYYY-MM-DD"T"HH24:MI:SS.US') AS "c3", CAST(t."RV" AS text) AS "c4", CAST(t."REF" AS text) AS "c5" FROM "v_po" t WHERE t."ID" IN (CAST($1 AS "int4")) ORDER BY t."ID";
-- values: ["41"]

-- a look-up by external id of two parts
SELECT CAST(t."PART" AS text) AS "c0", CAST(t."PLACE" AS text) AS "c1", CAST(t."QTY" AS text) AS "c2", to_char(t."CHANGED", 'YYYY-MM-DD"T"HH24:MI:SS.US') AS "c3" FROM "v_stock" t WHERE ((t."PART" = CAST($1 AS "int4") AND t."PLACE" = CAST($2 AS "bpchar"))) ORDER BY t."PART", t."PLACE";
-- values: ["4","B-7"]

-- a look-up by reference
SELECT CAST(t."ID" AS text) AS "c0", CAST(t."SUPPLIER" AS text) AS "c1", CAST(t."TOTAL" AS text) AS "c2", to_char(t."CHANGED", 'YYYY-MM-DD"T"HH24:MI:SS.US') AS "c3", CAST(t."RV" AS text) AS "c4", CAST(t."REF" AS text) AS "c5" FROM "v_po" t WHERE t."REF" IN (CAST($1 AS "text")) ORDER BY t."ID";
-- values: ["REF1"]
SELECT CAST(t."PO_ID" AS text) AS "c0", CAST(t."STATE" AS text) AS "c1", CAST(t."ERROR" AS text) AS "c2", CAST(t."REF" AS text) AS "c3" FROM "po_in" t WHERE t."REF" = CAST($1 AS "text");
-- values: ["REF1"]

-- an insert into an interface table and its lines
SELECT CAST(t."PO_ID" AS text) AS "c0", CAST(t."STATE" AS text) AS "c1", CAST(t."ERROR" AS text) AS "c2", CAST(t."REF" AS text) AS "c3" FROM "po_in" t WHERE t."REF" = CAST($1 AS "text");
-- values: ["REF1"]
INSERT INTO "po_in" ("PO_NO", "TOTAL", "DUE", "REF", "STATE", "ACTION") VALUES (CAST($1 AS "text"), CAST($2 AS "numeric"), CAST($3 AS "timestamp"), CAST($4 AS "text"), CAST($5 AS "bpchar"), CAST($6 AS "bpchar"));
-- values: ["41","0.1000","2026-03-01T00:00:00","REF1","N","I"]
SELECT CAST(t."SEQ" AS text) AS "c0" FROM "po_in" t WHERE t."REF" = CAST($1 AS "text");
-- values: ["REF1"]
INSERT INTO "po_in_line" ("LINE_NO", "QTY", "HEAD", "REF") VALUES (CAST($1 AS "int4"), CAST($2 AS "numeric"), CAST($3 AS "int4"), CAST($4 AS "text"));
-- values: ["1","2.5","77","REF1"]
SELECT CAST(t."PO_ID" AS text) AS "c0", CAST(t."STATE" AS text) AS "c1", CAST(t."ERROR" AS text) AS "c2", CAST(t."REF" AS text) AS "c3" FROM "po_in" t WHERE t."REF" = CAST($1 AS "text");
-- values: ["REF1"]

-- a poll of an interface row
SELECT CAST(t."PO_ID" AS text) AS "c0", CAST(t."STATE" AS text) AS "c1", CAST(t."ERROR" AS text) AS "c2", CAST(t."REF" AS text) AS "c3" FROM "po_in" t WHERE t."REF" = CAST($1 AS "text");
-- values: ["REF1"]

-- an update by key
SELECT CAST(t."ID" AS text) AS "c0", CAST(t."REF" AS text) AS "c1" FROM "parts" t WHERE t."ID" IN (CAST($1 AS "int4"));
-- values: ["9"]
UPDATE "parts" SET "NAME" = CAST($1 AS "text") WHERE "ID" = CAST($2 AS "int4");
-- values: ["New","9"]
