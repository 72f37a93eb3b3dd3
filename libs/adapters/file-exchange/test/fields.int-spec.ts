import { fileExchange } from "../src";
import { SETS } from "./adventureworks";
import { deliver, newRoot, openFolder } from "./exchange";

const fieldsOf = async (root: string) => {
  const session = await openFolder(root, { sets: SETS });
  return (await fileExchange.describe?.(session, "PurchaseOrder"))?.map(({ name }) => name);
};

it("lists the columns of files, and nothing before there is a file: a mapping may be stored before the first delivery", async () => {
  const root = newRoot();
  // A list alone would read as "these are all": every column of the orders would be refused.
  expect(await fieldsOf(root)).toEqual([]);
  deliver(root, "PurchaseOrderHeader.csv", "PurchaseOrderID,VendorID\n1,2\n");
  deliver(root, "PurchaseOrderDetail.csv", "PurchaseOrderID,ProductID\n1,3\n");
  const lines = ["lines", "lines.PurchaseOrderID", "lines.ProductID"];
  expect(await fieldsOf(root)).toEqual(["PurchaseOrderID", "VendorID", ...lines]);
});
