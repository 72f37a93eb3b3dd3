import type { OdooVersion } from "./values";

/** A finished HTTP answer. */
export interface Answer {
  status: number;
  headers: Record<string, string | string[]>;
  body: string;
}

const HTML = { "Content-Type": "text/html; charset=utf-8" };

/** The short pages of Odoo's HTTP layer. */
export function htmlPage(version: OdooVersion, status: number, title: string, text: string): Answer {
  const body =
    version === 14
      ? `<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN">\n<title>${status} ${title}</title>\n<h1>${title}</h1>\n<p>${text}</p>\n`
      : `<!doctype html>\n<html lang=en>\n<title>${status} ${title}</title>\n<h1>${title}</h1>\n<p>${text}</p>\n`;
  return { status, headers: HTML, body };
}

/** A body that is no JSON: the one failure besides the content type that is not HTTP 200. */
export function malformedJson(version: OdooVersion, raw: string): Answer {
  if (version === 14) return htmlPage(14, 400, "Bad Request", `Invalid JSON data: '${escapeHtml(raw.slice(0, 200))}'`);
  return { status: 400, headers: HTML, body: "Invalid JSON data" };
}

/** A JSON route asked with another content type. */
export function wrongContentType(version: OdooVersion, route: string, kind: string, method: string): Answer {
  if (version === 14) {
    const text =
      method === "GET"
        ? `&lt;function at 0x7f&gt;, ${route}: Function declared as capable of handling request of type 'json' but called with a request of type 'http'`
        : "Session expired (invalid CSRF token)";
    return htmlPage(14, 400, "Bad Request", text);
  }
  const compatible = method === "GET" ? "[&#39;http&#39;, &#39;json2&#39;]" : "[&#39;http&#39;]";
  const shown = escapeHtml(kind === "json2" ? "/json/2/<__model__>/<__method__>" : route);
  const text = `Request inferred type is compatible with ${compatible} but &#39;${shown}&#39; is type=&#39;${kind}&#39;.<br><br>Please verify the Content-Type request header and try again.`;
  if (version === 17) return htmlPage(17, 400, "Bad Request", text);
  const page = htmlPage(19, 415, "Unsupported Media Type", text);
  return { ...page, headers: { ...page.headers, Accept: "application/json, application/json-rpc" } };
}

/** An address that the release does not have; 14 answers JSON to JSON. */
export function notFound(version: OdooVersion, json: boolean): Answer {
  const text =
    "The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.";
  if (version !== 14) {
    const page = `<!DOCTYPE html>\n<html>\n    <head>\n        <meta charset="utf-8"/>\n        <title>Odoo</title>\n    </head>\n    <body>\n        <main>\n            <h1>Page not found</h1>\n            <p>${text}</p>\n        </main>\n    </body>\n</html>`;
    return { status: 404, headers: { "Content-Type": "text/html;charset=utf-8" }, body: page };
  }
  if (!json) return htmlPage(14, 404, "Not Found", text);
  const data = {
    name: "werkzeug.exceptions.NotFound",
    debug: TRACEBACK,
    message: `404 Not Found: ${text}`,
    arguments: [],
    context: {},
  };
  const error = { code: 404, message: "404: Not Found", data, http_status: 404 };
  return {
    status: 404,
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: null, error }),
  };
}

/** What `debug` holds: clients must neither log nor forward it. */
export const TRACEBACK =
  'Traceback (most recent call last):\n  File "/usr/lib/python3/dist-packages/odoo/http.py", line 1, in dispatch\n    result = self._call_function(**self.params)\n';

/** Escapes text for an HTML page. */
export function escapeHtml(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
}
