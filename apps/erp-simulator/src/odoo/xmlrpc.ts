import { OdooError } from "./errors";
import type { Answer } from "./pages";
import { callCommon, readObjectCall } from "./rpc";
import type { Face, Incoming } from "./face";
import { FloatToken, type Json, type JsonObject, type Output } from "./values";
import { escapeHtml } from "./pages";

/** Odoo's fault codes: 1 other, 2 user errors, 3 access denied, 4 access error. */
const FAULT_CODES: Record<string, number> = {
  "odoo.exceptions.AccessDenied": 3,
  "odoo.exceptions.AccessError": 4,
  "odoo.exceptions.UserError": 2,
  "odoo.exceptions.ValidationError": 2,
  "odoo.exceptions.MissingError": 2,
};

/** Answers `/xmlrpc/2/common`, `/xmlrpc/2/object` and `/xmlrpc/2/db`. */
export async function xmlRpcAnswer(server: Face, request: Incoming, fail?: OdooError): Promise<Answer> {
  try {
    if (fail) throw fail;
    const { method, params } = readCall(request.body);
    let result: Output;
    if (request.path.endsWith("/object")) {
      result = await server.database.call(readObjectCall(server.accounts, method, params));
    } else if (request.path.endsWith("/db")) result = [server.accounts.options.database];
    else result = callCommon(server.accounts, method, params);
    return answer(server.version, `<params>\n<param>\n<value>${write(result)}</value>\n</param>\n</params>\n`);
  } catch (error) {
    const code = error instanceof OdooError ? (FAULT_CODES[error.odooName] ?? 1) : 1;
    const text = error instanceof Error ? error.message : String(error);
    return answer(
      server.version,
      `<fault>\n<value>${write({ faultCode: code, faultString: text })}</value>\n</fault>\n`,
    );
  }
}

function answer(version: number, inner: string): Answer {
  return {
    status: 200,
    headers: { "Content-Type": version === 14 ? "text/xml" : "text/xml; charset=utf-8" },
    body: `<?xml version="1.0"?>\n<methodResponse>\n${inner}\n</methodResponse>\n`,
  };
}

function write(value: Output): string {
  if (value === null) return "<nil/>";
  if (typeof value === "boolean") return `<boolean>${value ? 1 : 0}</boolean>`;
  if (typeof value === "number") return Number.isInteger(value) ? `<int>${value}</int>` : `<double>${value}</double>`;
  if (typeof value === "string") return `<string>${escapeHtml(value)}</string>`;
  if (value instanceof FloatToken) return `<double>${value.text}</double>`;
  if (Array.isArray(value))
    return `<array><data>\n${value.map((one) => `<value>${write(one)}</value>\n`).join("")}</data></array>`;
  const members = Object.entries(value).map(
    ([name, member]) => `<member>\n<name>${escapeHtml(name)}</name>\n<value>${write(member)}</value>\n</member>\n`,
  );
  return `<struct>\n${members.join("")}</struct>`;
}

interface Cursor {
  text: string;
  at: number;
}

function readCall(xml: string): { method: string; params: Json[] } {
  const method = /<methodName>\s*([^<]+?)\s*<\/methodName>/.exec(xml)?.[1];
  if (method === undefined) throw new OdooError("xml.parsers.expat.ExpatError", "syntax error: line 1, column 0", 500);
  const params: Json[] = [];
  const cursor: Cursor = { text: xml.replace(/>\s+</g, "><"), at: 0 };
  for (;;) {
    const next = cursor.text.indexOf("<param><value>", cursor.at);
    if (next < 0) return { method, params };
    cursor.at = next + "<param>".length;
    params.push(readValue(cursor));
  }
}

function readValue(cursor: Cursor): Json {
  take(cursor, "<value>");
  if (take(cursor, "</value>")) return "";
  const tag = /^<(\w+)(\/?)>/.exec(cursor.text.slice(cursor.at, cursor.at + 32));
  let value: Json;
  if (!tag) value = unescapeXml(until(cursor, "</value>"));
  else if (tag[2] === "/") {
    cursor.at += tag[0].length;
    value = tag[1] === "nil" ? null : "";
  } else {
    cursor.at += tag[0].length;
    value = readTyped(cursor, tag[1] ?? "");
  }
  take(cursor, "</value>");
  return value;
}

function readTyped(cursor: Cursor, type: string): Json {
  if (type === "array") return readArray(cursor);
  if (type === "struct") return readStruct(cursor);
  const text = unescapeXml(until(cursor, `</${type}>`));
  if (type === "boolean") return text.trim() === "1";
  return type === "int" || type === "i4" || type === "double" ? Number(text) : text;
}

function readArray(cursor: Cursor): Json[] {
  const list: Json[] = [];
  if (take(cursor, "<data/>")) {
    take(cursor, "</array>");
    return list;
  }
  take(cursor, "<data>");
  while (cursor.text.startsWith("<value>", cursor.at)) list.push(readValue(cursor));
  take(cursor, "</data>");
  take(cursor, "</array>");
  return list;
}

function readStruct(cursor: Cursor): JsonObject {
  const struct: JsonObject = {};
  while (take(cursor, "<member>")) {
    take(cursor, "<name>");
    const name = unescapeXml(until(cursor, "</name>"));
    struct[name] = readValue(cursor);
    take(cursor, "</member>");
  }
  take(cursor, "</struct>");
  return struct;
}

function take(cursor: Cursor, token: string): boolean {
  if (!cursor.text.startsWith(token, cursor.at)) return false;
  cursor.at += token.length;
  return true;
}

function until(cursor: Cursor, token: string): string {
  const end = cursor.text.indexOf(token, cursor.at);
  if (end < 0) throw new OdooError("xml.parsers.expat.ExpatError", "no element found", 500);
  const text = cursor.text.slice(cursor.at, end);
  cursor.at = end + token.length;
  return text;
}

function unescapeXml(text: string): string {
  return text
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&quot;/g, '"')
    .replace(/&apos;/g, "'")
    .replace(/&amp;/g, "&");
}
