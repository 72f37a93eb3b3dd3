-- a page of a full read, and its lines
SELECT CONVERT(varchar(max), t.[ID]) AS [c0], CONVERT(varchar(max), t.[SUPPLIER]) AS [c1], CONVERT(varchar(64), t.[TOTAL], 2) AS [c2], CONVERT(varchar(33), t.[CHANGED], 126) AS [c3], CONVERT(varchar(20), CONVERT(bigint, t.[RV])) AS [c4], t.[REF] AS [c5] FROM [v_po] t WHERE t.[ID] IS NOT NULL ORDER BY t.[ID] OFFSET 0 ROWS FETCH NEXT 8 ROWS ONLY;
-- values: []
SELECT CONVERT(varchar(max), t.[PO_ID]) AS [c0], CONVERT(varchar(max), t.[LINE_NO]) AS [c1], CONVERT(varchar(64), t.[QTY], 2) AS [c2], CONVERT(varchar(33), t.[CHANGED], 126) AS [c3], CONVERT(varchar(20), CONVERT(bigint, t.[RV])) AS [c4] FROM [v_po_line] t WHERE t.[PO_ID] IN (CAST(@p1 AS int)) ORDER BY t.[PO_ID];
-- values: ["41"]
SELECT CONVERT(varchar(max), t.[ID]) AS [c0], CONVERT(varchar(max), t.[SUPPLIER]) AS [c1], CONVERT(varchar(64), t.[TOTAL], 2) AS [c2], CONVERT(varchar(33), t.[CHANGED], 126) AS [c3], CONVERT(varchar(20), CONVERT(bigint, t.[RV])) AS [c4], t.[REF] AS [c5] FROM [v_po] t WHERE NOT (t.[ID] IS NOT NULL) ORDER BY t.[ID] OFFSET 0 ROWS FETCH NEXT 7 ROWS ONLY;
-- values: []
SELECT CONVERT(varchar(max), t.[PO_ID]) AS [c0], CONVERT(varchar(max), t.[LINE_NO]) AS [c1], CONVERT(varchar(64), t.[QTY], 2) AS [c2], CONVERT(varchar(33), t.[CHANGED], 126) AS [c3], CONVERT(varchar(20), CONVERT(bigint, t.[RV])) AS [c4] FROM [v_po_line] t WHERE t.[PO_ID] IN (CAST(@p1 AS int)) ORDER BY t.[PO_ID];
-- values: ["41"]

-- the next page of a full read by a key of two columns
SELECT CONVERT(varchar(max), t.[PART]) AS [c0], t.[PLACE] AS [c1], CONVERT(varchar(64), t.[QTY], 2) AS [c2], CONVERT(varchar(33), t.[CHANGED], 126) AS [c3] FROM [v_stock] t WHERE t.[PART] IS NOT NULL AND t.[PLACE] IS NOT NULL AND ((t.[PART] > CAST(@p1 AS int)) OR (t.[PART] = CAST(@p2 AS int) AND t.[PLACE] > @p3)) ORDER BY t.[PART], t.[PLACE] OFFSET 0 ROWS FETCH NEXT 8 ROWS ONLY;
-- values: ["4","4","B-7"]
SELECT CONVERT(varchar(max), t.[PART]) AS [c0], t.[PLACE] AS [c1], CONVERT(varchar(64), t.[QTY], 2) AS [c2], CONVERT(varchar(33), t.[CHANGED], 126) AS [c3] FROM [v_stock] t WHERE NOT (t.[PART] IS NOT NULL AND t.[PLACE] IS NOT NULL) ORDER BY t.[PART], t.[PLACE] OFFSET 0 ROWS FETCH NEXT 7 ROWS ONLY;
-- values: []

-- a page by watermark and key
SELECT CONVERT(varchar(max), t.[ID]) AS [c0], CONVERT(varchar(max), t.[SUPPLIER]) AS [c1], CONVERT(varchar(64), t.[TOTAL], 2) AS [c2], CONVERT(varchar(33), t.[CHANGED], 126) AS [c3], CONVERT(varchar(20), CONVERT(bigint, t.[RV])) AS [c4], t.[REF] AS [c5] FROM [v_po] t WHERE ((t.[CHANGED] >= CAST(@p1 AS datetime) AND t.[CHANGED] < CAST(@p2 AS datetime)) OR EXISTS (SELECT 1 FROM [v_po_line] l WHERE l.[PO_ID] = t.[ID] AND l.[CHANGED] >= CAST(@p3 AS datetime))) AND t.[ID] IS NOT NULL AND ((t.[ID] > CAST(@p4 AS int))) ORDER BY t.[ID] OFFSET 0 ROWS FETCH NEXT 8 ROWS ONLY;
-- values: ["2026-02-01T00:00:00","2026-02-02T00:00:00","2026-02-01T00:00:00","41"]
SELECT CONVERT(varchar(max), t.[ID]) AS [c0], CONVERT(varchar(max), t.[SUPPLIER]) AS [c1], CONVERT(varchar(64), t.[TOTAL], 2) AS [c2], CONVERT(varchar(33), t.[CHANGED], 126) AS [c3], CONVERT(varchar(20), CONVERT(bigint, t.[RV])) AS [c4], t.[REF] AS [c5] FROM [v_po] t WHERE ((t.[CHANGED] >= CAST(@p1 AS datetime) AND t.[CHANGED] < CAST(@p2 AS datetime)) OR EXISTS (SELECT 1 FROM [v_po_line] l WHERE l.[PO_ID] = t.[ID] AND l.[CHANGED] >= CAST(@p3 AS datetime))) AND NOT (t.[ID] IS NOT NULL) ORDER BY t.[ID] OFFSET 0 ROWS FETCH NEXT 7 ROWS ONLY;
-- values: ["2026-02-01T00:00:00","2026-02-02T00:00:00","2026-02-01T00:00:00"]

-- a page by a watermark that may be empty
SELECT CONVERT(varchar(max), t.[PART]) AS [c0], t.[PLACE] AS [c1], CONVERT(varchar(64), t.[QTY], 2) AS [c2], CONVERT(varchar(33), t.[CHANGED], 126) AS [c3] FROM [v_stock] t WHERE ((t.[CHANGED] >= CAST(@p1 AS datetime) AND t.[CHANGED] < CAST(@p2 AS datetime)) OR t.[CHANGED] IS NULL) AND t.[PART] IS NOT NULL AND t.[PLACE] IS NOT NULL ORDER BY t.[PART], t.[PLACE] OFFSET 0 ROWS FETCH NEXT 8 ROWS ONLY;
-- values: ["2026-02-01T00:00:00","2026-02-02T00:00:00"]
SELECT CONVERT(varchar(max), t.[PART]) AS [c0], t.[PLACE] AS [c1], CONVERT(varchar(64), t.[QTY], 2) AS [c2], CONVERT(varchar(33), t.[CHANGED], 126) AS [c3] FROM [v_stock] t WHERE ((t.[CHANGED] >= CAST(@p1 AS datetime) AND t.[CHANGED] < CAST(@p2 AS datetime)) OR t.[CHANGED] IS NULL) AND NOT (t.[PART] IS NOT NULL AND t.[PLACE] IS NOT NULL) ORDER BY t.[PART], t.[PLACE] OFFSET 0 ROWS FETCH NEXT 7 ROWS ONLY;
-- values: ["2026-02-01T00:00:00","2026-02-02T00:00:00"]

-- a window by a watermark that counts
SELECT CONVERT(varchar(20), CONVERT(bigint, MIN_ACTIVE_ROWVERSION())) AS now;
-- values: []
SELECT CONVERT(varchar(max), t.[ID]) AS [c0], CONVERT(varchar(max), t.[SUPPLIER]) AS [c1], CONVERT(varchar(64), t.[TOTAL], 2) AS [c2], CONVERT(varchar(33), t.[CHANGED], 126) AS [c3], CONVERT(varchar(20), CONVERT(bigint, t.[RV])) AS [c4], t.[REF] AS [c5] FROM [v_po] t WHERE ((t.[RV] >= CONVERT(binary(8), CONVERT(bigint, @p1)) AND t.[RV] < CONVERT(binary(8), CONVERT(bigint, @p2))) OR EXISTS (SELECT 1 FROM [v_po_line] l WHERE l.[PO_ID] = t.[ID] AND l.[RV] >= CONVERT(binary(8), CONVERT(bigint, @p3)))) AND t.[ID] IS NOT NULL ORDER BY t.[ID] OFFSET 0 ROWS FETCH NEXT 8 ROWS ONLY;
-- values: ["100","200","100"]
SELECT CONVERT(varchar(max), t.[ID]) AS [c0], CONVERT(varchar(max), t.[SUPPLIER]) AS [c1], CONVERT(varchar(64), t.[TOTAL], 2) AS [c2], CONVERT(varchar(33), t.[CHANGED], 126) AS [c3], CONVERT(varchar(20), CONVERT(bigint, t.[RV])) AS [c4], t.[REF] AS [c5] FROM [v_po] t WHERE ((t.[RV] >= CONVERT(binary(8), CONVERT(bigint, @p1)) AND t.[RV] < CONVERT(binary(8), CONVERT(bigint, @p2))) OR EXISTS (SELECT 1 FROM [v_po_line] l WHERE l.[PO_ID] = t.[ID] AND l.[RV] >= CONVERT(binary(8), CONVERT(bigint, @p3)))) AND NOT (t.[ID] IS NOT NULL) ORDER BY t.[ID] OFFSET 0 ROWS FETCH NEXT 7 ROWS ONLY;
-- values: ["100","200","100"]

-- stamps
SELECT CONVERT(varchar(max), t.[ID]) AS [c0], CONVERT(varchar(33), t.[CHANGED], 126) AS [c1], (SELECT CONVERT(varchar(33), MAX(l.[CHANGED]), 126) FROM [v_po_line] l WHERE l.[PO_ID] = t.[ID]) AS [c2] FROM [v_po] t WHERE ((t.[ID] > CAST(@p1 AS int))) ORDER BY t.[ID] OFFSET 0 ROWS FETCH NEXT 2000 ROWS ONLY;
-- values: ["41"]

-- stamps by a watermark that counts
SELECT CONVERT(varchar(max), t.[ID]) AS [c0], CONVERT(varchar(20), CONVERT(bigint, t.[RV])) AS [c1], (SELECT CONVERT(varchar(20), MAX(CONVERT(bigint, l.[RV]))) FROM [v_po_line] l WHERE l.[PO_ID] = t.[ID]) AS [c2] FROM [v_po] t ORDER BY t.[ID] OFFSET 0 ROWS FETCH NEXT 2000 ROWS ONLY;
-- values: []

-- a look-up by business key
SELECT CONVERT(varchar(max), t.[ID]) AS [c0], CONVERT(varchar(max), t.[SUPPLIER]) AS [c1], CONVERT(varchar(64), t.[TOTAL], 2) AS [c2], CONVERT(varchar(33), t.[CHANGED], 126) AS [c3], CONVERT(varchar(20), CONVERT(bigint, t.[RV])) AS [c4], t.[REF] AS [c5] FROM [v_po] t WHERE t.[ID] IN (CAST(@p1 AS int)) ORDER BY t.[ID];
-- values: ["41"]

-- a look-up by external id of two parts
SELECT CONVERT(varchar(max), t.[PART]) AS [c0], t.[PLACE] AS [c1], CONVERT(varchar(64), t.[QTY], 2) AS [c2], CONVERT(varchar(33), t.[CHANGED], 126) AS [c3] FROM [v_stock] t WHERE ((t.[PART] = CAST(@p1 AS int) AND t.[PLACE] = @p2)) ORDER BY t.[PART], t.[PLACE];
-- values: ["4","B-7"]

-- a look-up by reference
SELECT CONVERT(varchar(max), t.[ID]) AS [c0], CONVERT(varchar(max), t.[SUPPLIER]) AS [c1], CONVERT(varchar(64), t.[TOTAL], 2) AS [c2], CONVERT(varchar(33), t.[CHANGED], 126) AS [c3], CONVERT(varchar(20), CONVERT(bigint, t.[RV])) AS [c4], t.[REF] AS [c5] FROM [v_po] t WHERE t.[REF] IN (@p1) ORDER BY t.[ID];
-- values: ["REF1"]
SELECT CONVERT(varchar(max), t.[PO_ID]) AS [c0], t.[STATE] AS [c1], t.[ERROR] AS [c2], t.[REF] AS [c3] FROM [po_in] t WHERE t.[REF] = @p1;
-- values: ["REF1"]

-- an insert into an interface table and its lines
SELECT CONVERT(varchar(max), t.[PO_ID]) AS [c0], t.[STATE] AS [c1], t.[ERROR] AS [c2], t.[REF] AS [c3] FROM [po_in] t WHERE t.[REF] = @p1;
-- values: ["REF1"]
INSERT INTO [po_in] ([PO_NO], [TOTAL], [DUE], [REF], [STATE], [ACTION]) VALUES (@p1, CAST(@p2 AS money), CAST(@p3 AS datetime), @p4, @p5, @p6);
-- values: ["41","0.1000","2026-03-01T00:00:00","REF1","N","I"]
SELECT CONVERT(varchar(max), t.[SEQ]) AS [c0] FROM [po_in] t WHERE t.[REF] = @p1;
-- values: ["REF1"]
INSERT INTO [po_in_line] ([LINE_NO], [QTY], [HEAD], [REF]) VALUES (CAST(@p1 AS int), CAST(@p2 AS money), CAST(@p3 AS int), @p4);
-- values: ["1","2.5","77","REF1"]
SELECT CONVERT(varchar(max), t.[PO_ID]) AS [c0], t.[STATE] AS [c1], t.[ERROR] AS [c2], t.[REF] AS [c3] FROM [po_in] t WHERE t.[REF] = @p1;
-- values: ["REF1"]

-- a poll of an interface row
SELECT CONVERT(varchar(max), t.[PO_ID]) AS [c0], t.[STATE] AS [c1], t.[ERROR] AS [c2], t.[REF] AS [c3] FROM [po_in] t WHERE t.[REF] = @p1;
-- values: ["REF1"]

-- an update by key
SELECT CONVERT(varchar(max), t.[ID]) AS [c0], t.[REF] AS [c1] FROM [parts] t WHERE t.[ID] IN (CAST(@p1 AS int));
-- values: ["9"]
UPDATE [parts] SET [NAME] = @p1 WHERE [ID] = CAST(@p2 AS int);
-- values: ["New","9"]
