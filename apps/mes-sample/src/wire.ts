// What crosses the wire, as docs/mes-modules.md describes it. A module in another language declares the same.

export type Fields = { [member: string]: unknown };

/** An event on `erp.<tenant>.<entity>.<op>` or in the change feed (CloudEvents 1.0). */
export interface ErpEvent {
  id: string;
  /** erp.<Entity>.created | updated | deleted | baseline */
  type: string;
  data: {
    entityType: string;
    key: string;
    version: number;
    /** Absent in `deleted`, over 64 KiB, and when a newer version has replaced this one. */
    record?: Fields;
  };
}

/** A request on `mes.<tenant>.<entity>.<op>`. */
export interface MesRequest {
  specversion: "1.0";
  id: string;
  type: string;
  source: string;
  seq: number;
  time: string;
  datacontenttype: "application/json";
  data: { entityType: string; key: string; record?: Fields; patch?: Fields };
}

/** The answer after the platform's commit. */
export interface Accepted {
  accepted: true;
  duplicate: boolean;
  version: number;
  transactionIds: string[];
}

/** RFC 9457: why not. */
export interface Problem {
  status: number;
  code: string;
  title: string;
  detail: string;
  retryable: boolean;
  retryAfterSeconds?: number;
}

/** One record of `GET /api/v1/erp/records/<Entity>`. */
export interface RecordView {
  entityType: string;
  key: string;
  version: number;
  deleted: boolean;
  record: Fields;
}

export interface Page<T> {
  items: T[];
  next: string | null;
}
