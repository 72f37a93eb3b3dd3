// Written from apps/gateway/openapi.json by the generator beside this folder; do not edit.

/** Any JSON value. */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

export type ApiKey = {
  id: string;
  name: string;
  role: "erp_admin" | "erp_operator" | "erp_viewer" | null;
  permissions: (
    "erp:admin" | "erp:create" | "erp:update" | "erp:delete" | "erp:sync" | "erp:reconciliation" | "erp:view"
  )[];
  createdBy: string;
  createdAt: string;
  expiresAt: string | null;
  revokedAt: string | null;
  lastUsedAt: string | null;
};

export type ApproveBody = { /** approval.digest of the plan that was looked at */ digest?: string };

export type BatchSizes = {
  supplier_sync?: number;
  purchase_order_sync?: number;
  inventory_sync?: number;
  cost_posting?: number;
};

export type BulkJob = {
  id: string;
  kind: "retry" | "replay";
  status: "queued" | "running" | "completed" | "failed" | "cancelled";
  filter: { [name: string]: Json };
  total: number;
  counts: { seen: number; done: number };
  /** entries left as they were, by reason; seen = done + their sum */ left: { [name: string]: Json };
  createdBy: string;
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
  problem: Problem | null;
};

export type BulkRetry = { /** every open letter when absent */ filter?: LetterFilter };

/** An article offered to buyers. */ export type CatalogItemRecord = {
  /** Business key. */ itemNumber: string;
  /** Short description. */ name?: string | null;
  /** Long description. */ description?: string | null;
  /** The part behind it. */ part?: string | null;
  /** Who supplies it. */ supplier?: string | null;
  /** The supplier's number. */ supplierPartId?: string | null;
  /** The supplier's further key, for instance a configuration. */ supplierPartAuxiliaryId?: string | null;
  /** Who makes it. */ manufacturer?: string | null;
  /** The maker's number. */ manufacturerPartNumber?: string | null;
  /** IMPA Marine Stores Guide code. */ impaCode?: string | null;
  /** ISSA Ship Stores Catalogue code. */ issaCode?: string | null;
  /** UNSPSC commodity code. */ unspsc?: string | null;
  /** Category shown to buyers. */ category?: string | null;
  /** Unit of sale. */ unit?: string | null;
  /** Currency of the price. */ currency?: string | null;
  /** Price of `priceQuantity` units. */ price?: string | null;
  /** How many units the price is for; 1 when absent. */ priceQuantity?: string | null;
  /** Smallest quantity sold. */ minimumOrderQuantity?: string | null;
  /** Quantities are multiples of this. */ orderIncrement?: string | null;
  /** Quantity available. */ stock?: string | null;
  /** Days to deliver. */ leadTimeDays?: number | null;
  /** Picture. */ imageUrl?: string | null;
  /** Dangerous goods. */ hazardous?: boolean | null;
  /** False when no longer offered. */ active?: boolean | null;
  /** First day of the offer. */ validFrom?: string | null;
  /** Last day of the offer. */ validTo?: string | null;
  /** Reference under which another system knows the record. */ externalReference?: string | null;
  /** When the source created it. */ createdAt?: string | null;
  /** When the source last changed it. */ modifiedAt?: string | null;
  /** Tenant-defined members, free JSON. */ custom?: { [name: string]: RecordValue } | null;
};

export type CloudEvent = {
  specversion: "1.0";
  id: string;
  type: string;
  source: string;
  subject: string;
  time: string;
  datacontenttype: "application/json";
  tenant: string;
  traceparent?: string;
  position: number;
  ordinal: number;
  of: number;
  cursor: string;
  data: { [name: string]: Json };
};

export type ConnectionTemplate = {
  name: string;
  system: string;
  connectionMethod: "API" | "FILE" | "DATABASE" | "MESSAGE_QUEUE";
  adapter: string;
  title: string;
  description: string;
  apiVersion: string | null;
  authMethod: "NONE" | "BASIC" | "OAUTH2" | "API_KEY" | "SSH_KEY" | "SHARED_SECRET";
  settings: { [name: string]: Json };
  syncSchedule: { [name: string]: Json };
  entities: {
    [name: string]: {
      direction: "inbound" | "outbound" | "both";
      master?: boolean;
      schedule?: string;
      pageSize?: number;
      lookbackSeconds?: number;
    };
  };
  mappings: { [name: string]: { [name: string]: Json } };
  placeholders: { field: string; label: string; secret: boolean; example: string | null }[];
};

/** A person at a customer or supplier. */ export type ContactRecord = {
  /** Business key. */ contactNumber: string;
  /** Full name. */ name?: string | null;
  /** Given name. */ firstName?: string | null;
  /** Family name. */ lastName?: string | null;
  /** Position. */ jobTitle?: string | null;
  /** Department. */ department?: string | null;
  /** Customer the person works for. */ customer?: string | null;
  /** Supplier the person works for. */ supplier?: string | null;
  /** Mail address. */ email?: string | null;
  /** Telephone. */ phone?: string | null;
  /** Web address. */ website?: string | null;
  /** BCP 47 tag of the language to write in. */ language?: string | null;
  /** Mobile telephone. */ mobile?: string | null;
  /** First person to ask. */ primary?: boolean | null;
  /** False when the person has left. */ active?: boolean | null;
  /** Own address, when it differs. */ address?: {
    /** Addressee, where it differs from the party. */ name?: string | null;
    /** Street and number. */ line1?: string | null;
    /** Building, floor, care of. */ line2?: string | null;
    /** City or town. */ city?: string | null;
    /** State, province or county. */ region?: string | null;
    /** Postal code. */ postalCode?: string | null;
    /** ISO 3166-1 alpha-2 code; the name where the source has no code. */ country?: string | null;
  } | null;
  /** Free text. */ notes?: string | null;
  /** Reference under which another system knows the record. */ externalReference?: string | null;
  /** When the source created it. */ createdAt?: string | null;
  /** When the source last changed it. */ modifiedAt?: string | null;
  /** Tenant-defined members, free JSON. */ custom?: { [name: string]: RecordValue } | null;
};

/** A cost charged to a work order or cost centre. */ export type CostPostingRecord = {
  /** Business key. */ costPostingNumber: string;
  /** What was paid for. */ costType?:
    "labour" | "material" | "overhead" | "outsideProcessing" | "freight" | "scrap" | "adjustment" | null;
  /** Work order concerned. */ workOrder?: string | null;
  /** Number of the operation of that work order. */ operation?: string | null;
  /** Cost centre charged. */ costCentre?: string | null;
  /** Account charged. */ glAccount?: string | null;
  /** Cost; negative when it reverses another. */ amount: string;
  /** Currency of the amount. */ currency: string;
  /** Hours or pieces behind it. */ quantity?: string | null;
  /** Unit of the quantity. */ unit?: string | null;
  /** Cost of one unit. */ rate?: string | null;
  /** When it counts. */ postingDate?: string | null;
  /** Who was paid. */ supplier?: string | null;
  /** Order behind it. */ purchaseOrder?: string | null;
  /** Line of that order. */ purchaseOrderLine?: string | null;
  /** Invoice that caused it. */ invoice?: string | null;
  /** Line of that invoice. */ invoiceLine?: string | null;
  /** Part concerned. */ part?: string | null;
  /** Number of the posting that this one reverses. */ reverses?: string | null;
  /** State in the source system's words. */ status?: string | null;
  /** Text of the posting. */ description?: string | null;
  /** Reference under which another system knows the record. */ externalReference?: string | null;
  /** When the source created it. */ createdAt?: string | null;
  /** When the source last changed it. */ modifiedAt?: string | null;
  /** Tenant-defined members, free JSON. */ custom?: { [name: string]: RecordValue } | null;
};

export type CreatedKey = {
  id: string;
  name: string;
  role: "erp_admin" | "erp_operator" | "erp_viewer" | null;
  permissions: (
    "erp:admin" | "erp:create" | "erp:update" | "erp:delete" | "erp:sync" | "erp:reconciliation" | "erp:view"
  )[];
  createdBy: string;
  createdAt: string;
  expiresAt: string | null;
  revokedAt: string | null;
  lastUsedAt: string | null;
  key: string;
};

export type CreatedTenant = {
  id: string;
  name: string;
  plan: string;
  createdAt: string;
  apiKey: { id: string; key: string };
  bus: { user: string; password: string };
};

/** A party that goods or services are sold to. */ export type CustomerRecord = {
  /** Business key. */ customerNumber: string;
  /** Trading name. */ name?: string | null;
  /** Registered name. */ legalName?: string | null;
  /** VAT or tax registration number. */ taxId?: string | null;
  /** D-U-N-S number. */ dunsNumber?: string | null;
  /** Class in the source system. */ category?: string | null;
  /** State in the source system's words. */ status?: string | null;
  /** False when no new documents may use it. */ active?: boolean | null;
  /** Currency of trade. */ currency?: string | null;
  /** Terms of payment, for instance NET30. */ paymentTerms?: string | null;
  /** Days until payment is due. */ paymentDays?: number | null;
  /** How it is paid. */ paymentMethod?: string | null;
  /** Incoterm with place. */ deliveryTerms?: string | null;
  /** Account number that the other side uses for us. */ account?: string | null;
  /** Free text. */ notes?: string | null;
  /** Mail address. */ email?: string | null;
  /** Telephone. */ phone?: string | null;
  /** Web address. */ website?: string | null;
  /** BCP 47 tag of the language to write in. */ language?: string | null;
  /** In `currency`. */ creditLimit?: string | null;
  /** Open receivables, in `currency`. */ balance?: string | null;
  /** Who looks after it. */ salesRepresentative?: string | null;
  /** Price list that applies. */ priceList?: string | null;
  /** Where invoices go. */ billTo?: {
    /** Addressee, where it differs from the party. */ name?: string | null;
    /** Street and number. */ line1?: string | null;
    /** Building, floor, care of. */ line2?: string | null;
    /** City or town. */ city?: string | null;
    /** State, province or county. */ region?: string | null;
    /** Postal code. */ postalCode?: string | null;
    /** ISO 3166-1 alpha-2 code; the name where the source has no code. */ country?: string | null;
  } | null;
  /** Where goods go. */ shipTo?: {
    /** Addressee, where it differs from the party. */ name?: string | null;
    /** Street and number. */ line1?: string | null;
    /** Building, floor, care of. */ line2?: string | null;
    /** City or town. */ city?: string | null;
    /** State, province or county. */ region?: string | null;
    /** Postal code. */ postalCode?: string | null;
    /** ISO 3166-1 alpha-2 code; the name where the source has no code. */ country?: string | null;
  } | null;
  /** Reference under which another system knows the record. */ externalReference?: string | null;
  /** When the source created it. */ createdAt?: string | null;
  /** When the source last changed it. */ modifiedAt?: string | null;
  /** Tenant-defined members, free JSON. */ custom?: { [name: string]: RecordValue } | null;
};

export type DeadLetter = {
  id: string;
  kind: "REJECTED" | "PARKED" | "PUSH" | "CONFLICT" | "EVENT" | "CONNECTION";
  integration: string | null;
  direction: "inbound" | "outbound";
  entityType: EntityName | null;
  key: string | null;
  externalId: string | null;
  reason: string;
  problem: Problem | null;
  payload: Json;
  request: LetterExcerpt | null;
  response: LetterExcerpt | null;
  status: "OPEN" | "RESOLVED" | "DISCARDED";
  note: string | null;
  closedBy: string | null;
  attempts: number;
  version: number;
  createdAt: string;
  updatedAt: string;
};

export type DiscardBody = { reason: string };

export type EntityName =
  | "Supplier"
  | "Customer"
  | "Contact"
  | "Technician"
  | "Port"
  | "Vessel"
  | "GlAccount"
  | "Part"
  | "CatalogItem"
  | "InventoryBalance"
  | "WorkOrder"
  | "PurchaseOrder"
  | "SalesOrder"
  | "Order"
  | "Requisition"
  | "Rfq"
  | "Ticket"
  | "Receipt"
  | "Shipment"
  | "InventoryTransaction"
  | "CostPosting"
  | "Invoice"
  | "Payment"
  | "GlTransaction";

export type EntitySettings = {
  direction: "inbound" | "outbound" | "both";
  master: boolean;
  keyPrefix: string | null;
  schedule?: string;
  lookbackSeconds: number;
  pageSize: number;
  fieldPolicy: { [name: string]: "erp" | "mes" | "newest" | "manual" };
  tolerance?: { count?: number; rate?: number };
  scanSchedule?: string;
};

export type ErpField = { name: string; type: string; label?: string; required?: boolean; references?: string };

export type ErpHealth = { status: "ok" | "degraded" | "down"; bus?: "up" | "down"; integrations?: IntegrationHealth[] };

export type ExecuteAnswer = {
  jobs: {
    id: string;
    entityType: EntityName;
    status: "queued" | "running" | "awaiting_approval" | "completed" | "failed" | "cancelled";
    coalesced: boolean;
  }[];
};

export type ExecuteBody = {
  /** entities or groups; every inbound entity when absent */ entityTypes?: string[];
  mode?: "incremental" | "full" | "scan";
  /** plan only: nothing changes until the job is approved */ dryRun?: boolean;
};

export type Features = {
  inboundRequisitions?: boolean;
  outboundOrderStatus?: boolean;
  inventorySync?: boolean;
  punchOutCatalog?: boolean;
  /** name of the file exchange that outbound entries go through while the ERP is not reached */ fileFallback?: string;
};

/** An account of the general ledger. */ export type GlAccountRecord = {
  /** Business key. */ accountCode: string;
  /** Name of the account. */ name?: string | null;
  /** Asset, liability, equity, income, expense, in the source system's words. */ type?: string | null;
  /** Finer class. */ subtype?: string | null;
  /** Code of the account that it is part of. */ parentAccount?: string | null;
  /** Currency, where the account has its own. */ currency?: string | null;
  /** Side on which it grows. */ normalBalance?: "debit" | "credit" | null;
  /** Balance, debit positive. */ balance?: string | null;
  /** False for headings. */ postable?: boolean | null;
  /** True when its entries are matched. */ reconcilable?: boolean | null;
  /** False when no new entries may use it. */ active?: boolean | null;
  /** Cost centre that it belongs to. */ costCentre?: string | null;
  /** What belongs here. */ description?: string | null;
  /** Reference under which another system knows the record. */ externalReference?: string | null;
  /** When the source created it. */ createdAt?: string | null;
  /** When the source last changed it. */ modifiedAt?: string | null;
  /** Tenant-defined members, free JSON. */ custom?: { [name: string]: RecordValue } | null;
};

/** A journal entry; its debits equal its credits. */ export type GlTransactionRecord = {
  /** Business key. */ glTransactionNumber: string;
  /** Date of the document. */ transactionDate?: string | null;
  /** Day of the books. */ postingDate?: string | null;
  /** Accounting period. */ period?: string | null;
  /** Journal it stands in. */ journal?: string | null;
  /** What caused it. */ type?: string | null;
  /** State in the source system's words. */ status?: string | null;
  /** Currency of all amounts. */ currency?: string | null;
  /** Sum of the debits. */ totalAmount?: string | null;
  /** Number of the document behind it. */ reference?: string | null;
  /** Text of the entry. */ description?: string | null;
  /** Number of the entry that this one reverses. */ reverses?: string | null;
  /** Debits and credits. */ lines?:
    | {
        /** Number of the line. */ lineNumber: string;
        /** Account posted to. */ glAccount?: string | null;
        /** Debit amount. */ debit?: string | null;
        /** Credit amount. */ credit?: string | null;
        /** Amount in the foreign currency. */ foreignAmount?: string | null;
        /** The foreign currency. */ foreignCurrency?: string | null;
        /** Who owes, or is repaid. */ customer?: string | null;
        /** Who is owed, or repays. */ supplier?: string | null;
        /** Invoice behind the line. */ invoice?: string | null;
        /** Work order concerned. */ workOrder?: string | null;
        /** Number of the operation of that work order. */ operation?: string | null;
        /** Cost centre. */ costCentre?: string | null;
        /** Text of the line. */ description?: string | null;
        /** Tenant-defined members, free JSON. */ custom?: { [name: string]: RecordValue } | null;
      }[]
    | null;
  /** Reference under which another system knows the record. */ externalReference?: string | null;
  /** When the source created it. */ createdAt?: string | null;
  /** When the source last changed it. */ modifiedAt?: string | null;
  /** Tenant-defined members, free JSON. */ custom?: { [name: string]: RecordValue } | null;
};

export type Integration = {
  id: string;
  name: string;
  erpSystem: string;
  description: string;
  critical: boolean;
  connectionMethod: "API" | "FILE" | "DATABASE" | "MESSAGE_QUEUE";
  apiEndpoint: string | null;
  apiVersion: string | null;
  authMethod: "NONE" | "BASIC" | "OAUTH2" | "API_KEY" | "SSH_KEY" | "SHARED_SECRET";
  syncSchedule: { [name: string]: Json };
  settings: { [name: string]: Json };
  entities: { [name: string]: EntitySettings };
  limits: {
    concurrentCalls?: number;
    perMinute?: number;
    concurrentSyncs?: number;
    batchSizes?: {
      supplier_sync?: number;
      purchase_order_sync?: number;
      inventory_sync?: number;
      cost_posting?: number;
    };
  };
  features: { [name: string]: boolean };
  tls: { minVersion?: string };
  status: "ACTIVE" | "DISABLED" | "PAUSED";
  credentials: { set: string[]; updatedAt: string | null };
  adapter: { system: string; version: number };
  createdAt: string;
  updatedAt: string;
  version: number;
};

export type IntegrationBody = {
  description?: string;
  /** critical integrations are recovered first */ critical?: boolean;
  /** picks the adapter; absent: that of the system's own. Another one begins anew with its own settings */ connectionMethod?:
    "API" | "FILE" | "DATABASE" | "MESSAGE_QUEUE";
  /** name of a template that fills what is left out: GET /erp/systems/:code/templates */ template?: string;
  apiEndpoint?: string;
  apiVersion?: string;
  authMethod?: "NONE" | "BASIC" | "OAUTH2" | "API_KEY" | "SSH_KEY" | "SHARED_SECRET";
  /** {enabled, interval, maintenance: [{cron, minutes}]} or a cron expression per entity or group, all in UTC; the ERP is not called within maintenance */ syncSchedule?: {
    [name: string]: Json;
  };
  /** the adapter's own settings, see GET /erp/systems/:code */ settings?: { [name: string]: Json };
  /** entity → {direction, master, keyPrefix, schedule, lookbackSeconds, pageSize, fieldPolicy, tolerance, scanSchedule} */ entities?: {
    [name: string]: Json;
  };
  limits?: Limits;
  features?: Features;
  tls?: TlsSettings;
  /** unique in the tenant, never changes */ name: string;
  erpSystem: string;
  /** credential: stored sealed, never shown */ apiUsername?: string;
  /** credential: stored sealed, never shown */ apiPassword?: string;
  /** credential: stored sealed, never shown */ clientId?: string;
  /** credential: stored sealed, never shown */ clientSecret?: string;
  /** credential: stored sealed, never shown */ tokenEndpoint?: string;
  /** credential: stored sealed, never shown */ scope?: string;
  /** credential: stored sealed, never shown */ username?: string;
  /** credential: stored sealed, never shown */ password?: string;
  /** credential: stored sealed, never shown */ refreshToken?: string;
  /** credential: stored sealed, never shown */ privateKey?: string;
  /** credential: stored sealed, never shown */ apiToken?: string;
  /** credential: stored sealed, never shown */ apiKeyHeader?: string;
  /** credential: stored sealed, never shown */ hostKey?: string;
  /** credential: stored sealed, never shown */ secret?: string;
  /** alias of apiEndpoint */ baseUrl?: string;
  /** alias of authMethod */ authType?: "NONE" | "BASIC" | "OAUTH2" | "API_KEY" | "SSH_KEY" | "SHARED_SECRET";
  /** the credential members, if not beside the others */ credentials?: { [name: string]: Json };
};

export type IntegrationHealth = {
  integration: string;
  status: "CONNECTED" | "DISCONNECTED" | "ERROR" | "EXPIRED" | "DISABLED";
  lastSyncAt: string | null;
  lastError: Problem | null;
  openDeadLetters: number;
  queueDepth: number;
  successRate: number | null;
  circuit: {
    state: "closed" | "open" | "half-open";
    failures: number;
    waitsUntil: string | null;
    waitsFor: "paused" | "circuit" | "maintenance" | null;
  };
  recovering: boolean;
};

export type IntegrationMetrics = {
  integration: string;
  jobs: { [name: string]: number };
  counts: {
    read: number;
    created: number;
    updated: number;
    unchanged: number;
    rejected: number;
    parked: number;
    deleted: number;
  };
  averageDurationMs: number | null;
  queue: { pending: number; active: number; failed: number };
  pushes: { [name: string]: number };
};

export type IntegrationPatchBody = {
  description?: string;
  /** critical integrations are recovered first */ critical?: boolean;
  /** picks the adapter; absent: that of the system's own. Another one begins anew with its own settings */ connectionMethod?:
    "API" | "FILE" | "DATABASE" | "MESSAGE_QUEUE";
  /** name of a template that fills what is left out: GET /erp/systems/:code/templates */ template?: string;
  apiEndpoint?: string;
  apiVersion?: string;
  authMethod?: "NONE" | "BASIC" | "OAUTH2" | "API_KEY" | "SSH_KEY" | "SHARED_SECRET";
  /** {enabled, interval, maintenance: [{cron, minutes}]} or a cron expression per entity or group, all in UTC; the ERP is not called within maintenance */ syncSchedule?: {
    [name: string]: Json;
  };
  /** the adapter's own settings, see GET /erp/systems/:code */ settings?: { [name: string]: Json };
  /** entity → {direction, master, keyPrefix, schedule, lookbackSeconds, pageSize, fieldPolicy, tolerance, scanSchedule} */ entities?: {
    [name: string]: Json;
  };
  limits?: Limits;
  features?: Features;
  tls?: TlsSettings;
  /** credential: stored sealed, never shown */ apiUsername?: string;
  /** credential: stored sealed, never shown */ apiPassword?: string;
  /** credential: stored sealed, never shown */ clientId?: string;
  /** credential: stored sealed, never shown */ clientSecret?: string;
  /** credential: stored sealed, never shown */ tokenEndpoint?: string;
  /** credential: stored sealed, never shown */ scope?: string;
  /** credential: stored sealed, never shown */ username?: string;
  /** credential: stored sealed, never shown */ password?: string;
  /** credential: stored sealed, never shown */ refreshToken?: string;
  /** credential: stored sealed, never shown */ privateKey?: string;
  /** credential: stored sealed, never shown */ apiToken?: string;
  /** credential: stored sealed, never shown */ apiKeyHeader?: string;
  /** credential: stored sealed, never shown */ hostKey?: string;
  /** credential: stored sealed, never shown */ secret?: string;
  /** alias of apiEndpoint */ baseUrl?: string;
  /** alias of authMethod */ authType?: "NONE" | "BASIC" | "OAUTH2" | "API_KEY" | "SSH_KEY" | "SHARED_SECRET";
  /** the credential members, if not beside the others */ credentials?: { [name: string]: Json };
};

/** The quantity of a part in a location, by lot where lots are kept. */ export type InventoryBalanceRecord = {
  /** The part. */ part: string;
  /** Warehouse, or warehouse and bin. */ location: string;
  /** Lot number; absent or empty where none is kept. */ lot?: string | null;
  /** On hand. */ quantity?: string | null;
  /** Promised to documents. */ reserved?: string | null;
  /** On hand less reserved. */ available?: string | null;
  /** Ordered and not yet received. */ onOrder?: string | null;
  /** Blocked by quality control. */ quarantined?: string | null;
  /** Unit of the quantities. */ unit?: string | null;
  /** Currency of the cost. */ currency?: string | null;
  /** Cost of one unit. */ unitCost?: string | null;
  /** Value of the quantity on hand. */ totalValue?: string | null;
  /** Warehouse of the location. */ warehouse?: string | null;
  /** Bin, shelf or rack. */ bin?: string | null;
  /** Own, consignment, customer's. */ ownership?: string | null;
  /** Use by. */ expiryDate?: string | null;
  /** Last count. */ countedAt?: string | null;
  /** Reference under which another system knows the record. */ externalReference?: string | null;
  /** When the source created it. */ createdAt?: string | null;
  /** When the source last changed it. */ modifiedAt?: string | null;
  /** Tenant-defined members, free JSON. */ custom?: { [name: string]: RecordValue } | null;
};

/** One movement of stock. */ export type InventoryTransactionRecord = {
  /** Business key. */ inventoryTransactionNumber: string;
  /** What the movement does. */ type:
    "receipt" | "issue" | "transfer" | "adjustment" | "scrap" | "consignment" | "return" | "completion" | "count";
  /** What moved. */ part: string;
  /** How much; the sign follows the stock. */ quantity: string;
  /** Unit of the quantity. */ unit?: string | null;
  /** Location whose stock changes. */ location?: string | null;
  /** Where it came from. */ fromLocation?: string | null;
  /** Where it went to. */ toLocation?: string | null;
  /** Supplier's or production batch. */ batch?: string | null;
  /** Lot number. */ lot?: string | null;
  /** Serial number of a single piece. */ serialNumber?: string | null;
  /** Use by. */ expiryDate?: string | null;
  /** When it happened. */ transactionDate?: string | null;
  /** Currency of the cost. */ currency?: string | null;
  /** Cost of one unit. */ unitCost?: string | null;
  /** Cost of the movement. */ totalCost?: string | null;
  /** Reason code, for instance of scrap. */ reason?: string | null;
  /** Work order concerned. */ workOrder?: string | null;
  /** Number of the operation of that work order. */ operation?: string | null;
  /** Cost centre charged. */ costCentre?: string | null;
  /** Order behind a receipt or return. */ purchaseOrder?: string | null;
  /** Line of that order. */ purchaseOrderLine?: string | null;
  /** Order behind an issue. */ salesOrder?: string | null;
  /** Owner of consigned stock. */ supplier?: string | null;
  /** Number of the movement that this one reverses. */ reverses?: string | null;
  /** State in the source system's words. */ status?: string | null;
  /** Who posted it. */ postedBy?: string | null;
  /** Free text. */ notes?: string | null;
  /** Reference under which another system knows the record. */ externalReference?: string | null;
  /** When the source created it. */ createdAt?: string | null;
  /** When the source last changed it. */ modifiedAt?: string | null;
  /** Tenant-defined members, free JSON. */ custom?: { [name: string]: RecordValue } | null;
};

/** An invoice or credit note, to a customer or from a supplier. */ export type InvoiceRecord = {
  /** Business key. */ invoiceNumber: string;
  /** Who owes whom. */ type: "receivable" | "payable";
  /** True when it takes an invoice back. */ creditNote?: boolean | null;
  /** Number of the invoice that a credit note takes back. */ credits?: string | null;
  /** Who owes, or is repaid. */ customer?: string | null;
  /** Who is owed, or repays. */ supplier?: string | null;
  /** The other side's number of the invoice. */ partyReference?: string | null;
  /** State in the source system's words. */ status?: string | null;
  /** Date of the document. */ invoiceDate?: string | null;
  /** When it is to be paid. */ dueDate?: string | null;
  /** Day of the books. */ postingDate?: string | null;
  /** Terms of payment. */ paymentTerms?: string | null;
  /** Order that it charges, when there is one only. */ purchaseOrder?: string | null;
  /** Order that it charges, when there is one only. */ salesOrder?: string | null;
  /** Currency of all amounts. */ currency?: string | null;
  /** Company currency for one unit of `currency`. */ exchangeRate?: string | null;
  /** Sum of the lines before tax and freight. */ subtotal?: string | null;
  /** Tax. */ taxAmount?: string | null;
  /** Freight. */ freightAmount?: string | null;
  /** Amount to pay. */ totalAmount?: string | null;
  /** Paid so far. */ paidAmount?: string | null;
  /** Still to pay. */ openAmount?: string | null;
  /** Where it was sent. */ billTo?: {
    /** Addressee, where it differs from the party. */ name?: string | null;
    /** Street and number. */ line1?: string | null;
    /** Building, floor, care of. */ line2?: string | null;
    /** City or town. */ city?: string | null;
    /** State, province or county. */ region?: string | null;
    /** Postal code. */ postalCode?: string | null;
    /** ISO 3166-1 alpha-2 code; the name where the source has no code. */ country?: string | null;
  } | null;
  /** Free text. */ notes?: string | null;
  /** What is charged. */ lines?:
    | {
        /** Number of the line. */ lineNumber: string;
        /** What is charged. */ part?: string | null;
        /** Text of the line. */ description?: string | null;
        /** Charged. */ quantity?: string | null;
        /** Unit of the quantity. */ unit?: string | null;
        /** Price of one unit. */ unitPrice?: string | null;
        /** Discount in per cent. */ discountPercent?: string | null;
        /** Tax that applies. */ taxCode?: string | null;
        /** Tax of the line. */ taxAmount?: string | null;
        /** Amount of the line before tax. */ lineTotal?: string | null;
        /** Order that the line charges. */ purchaseOrder?: string | null;
        /** Line of that order. */ purchaseOrderLine?: string | null;
        /** Order that the line charges. */ salesOrder?: string | null;
        /** Line of that order. */ salesOrderLine?: string | null;
        /** Receipt that the line charges. */ receipt?: string | null;
        /** Work order concerned. */ workOrder?: string | null;
        /** Number of the operation of that work order. */ operation?: string | null;
        /** Account charged or credited. */ glAccount?: string | null;
        /** Cost centre charged. */ costCentre?: string | null;
        /** Tenant-defined members, free JSON. */ custom?: { [name: string]: RecordValue } | null;
      }[]
    | null;
  /** Reference under which another system knows the record. */ externalReference?: string | null;
  /** When the source created it. */ createdAt?: string | null;
  /** When the source last changed it. */ modifiedAt?: string | null;
  /** Tenant-defined members, free JSON. */ custom?: { [name: string]: RecordValue } | null;
};

export type Job = {
  id: string;
  integration: string;
  entityType: EntityName;
  direction: "inbound" | "outbound";
  mode: "incremental" | "full" | "scan";
  trigger: "manual" | "webhook" | "schedule" | "start";
  status: "queued" | "running" | "awaiting_approval" | "completed" | "failed" | "cancelled";
  dryRun: boolean;
  counts: JobCounts;
  mappingVersion: number | null;
  startedAt: string | null;
  finishedAt: string | null;
  createdAt: string;
  problem: Problem | null;
  approval: JobApproval | null;
};

export type JobApproval = {
  kind: "sync" | "rollback" | "deletes";
  state: "making" | "ready" | "approved" | "applied";
  /** names exactly this plan: an approval that carries another one is refused */ digest: string | null;
  expiresAt: string | null;
  approvedBy: string | null;
  /** items that became stale while the plan was applied, and were left out */ notApplied: number;
  /** the job that a roll-back takes back */ reverts: string | null;
};

export type JobCounts = {
  read: number;
  created: number;
  updated: number;
  unchanged: number;
  rejected: number;
  parked: number;
  deleted: number;
};

export type KeyPatch = { name: string };

export type LetterExcerpt = { head: string; body?: string };

export type LetterFilter = {
  integration?: string;
  kind?: "REJECTED" | "PARKED" | "PUSH" | "CONFLICT" | "EVENT" | "CONNECTION";
  reason?: string;
  entityType?:
    | "Supplier"
    | "Customer"
    | "Contact"
    | "Technician"
    | "Port"
    | "Vessel"
    | "GlAccount"
    | "Part"
    | "CatalogItem"
    | "InventoryBalance"
    | "WorkOrder"
    | "PurchaseOrder"
    | "SalesOrder"
    | "Order"
    | "Requisition"
    | "Rfq"
    | "Ticket"
    | "Receipt"
    | "Shipment"
    | "InventoryTransaction"
    | "CostPosting"
    | "Invoice"
    | "Payment"
    | "GlTransaction";
  /** listed at or after this time, ISO 8601 with zone */ from?: string;
  /** listed before this time, ISO 8601 with zone */ to?: string;
};

export type Limits = {
  /** calls of the ERP at the same time; the adapter's own when absent */ concurrentCalls?: number;
  /** calls of the ERP within any minute */ perMinute?: number;
  /** pulls at the same time (3) */ concurrentSyncs?: number;
  batchSizes?: BatchSizes;
};

export type Login = {
  token: string;
  expiresAt: string;
  tenant: string;
  role: "erp_admin" | "erp_operator" | "erp_viewer";
  permissions: (
    "erp:admin" | "erp:create" | "erp:update" | "erp:delete" | "erp:sync" | "erp:reconciliation" | "erp:view"
  )[];
};

export type MappingSaved = { version: number; stage: "production"; warnings: string[] };

export type MappingVersion = {
  integrationId: string;
  entityType: EntityName;
  version: number;
  stage: "production";
  origin: "template" | "tenant";
  document: { [name: string]: Json };
  createdAt: string;
  createdBy: string;
};

export type Me = {
  tenant: string;
  tenantId: string;
  kind: "user" | "key" | "module" | "service";
  id: string;
  permissions: (
    "erp:admin" | "erp:create" | "erp:update" | "erp:delete" | "erp:sync" | "erp:reconciliation" | "erp:view"
  )[];
};

export type NewKey = {
  name: string;
  /** erp_admin, erp_operator or erp_viewer; or give permissions */ role?: string;
  /** instead of a role */ permissions?: string[];
  expiresAt?: string;
};

export type NewTenant = { /** never changes */ name: string; plan?: string };

export type NewUser = {
  login: string;
  /** at least 12 characters */ password: string;
  /** erp_admin, erp_operator, erp_viewer; any case */ role: string;
  displayName?: string;
};

export type NoticeAnswer = { id: string; duplicate: boolean };

/** A buyer's order taken by the platform, with its fulfilment. */ export type OrderRecord = {
  /** Business key. */ orderNumber: string;
  /** The buyer. */ customer?: string | null;
  /** The buyer's number of the order. */ buyerOrderNumber?: string | null;
  /** Where the order stands. */ status?:
    | "RECEIVED"
    | "CONFIRMED"
    | "REJECTED"
    | "PARTLY_SHIPPED"
    | "SHIPPED"
    | "DELIVERED"
    | "INVOICED"
    | "CANCELLED"
    | null;
  /** Where delivery stands. */ fulfillmentStatus?: string | null;
  /** How to follow the goods. */ trackingInfo?: {
    /** Who carries them. */ carrier?: string | null;
    /** The carrier's number. */ trackingNumber?: string | null;
    /** Page that shows where they are. */ url?: string | null;
    /** When they should arrive. */ estimatedDelivery?: string | null;
    /** When they arrived. */ deliveredAt?: string | null;
  } | null;
  /** System that the order came from. */ externalSystem?: string | null;
  /** When it was placed. */ orderDate?: string | null;
  /** When the buyer wants it. */ requestedDeliveryDate?: string | null;
  /** Ship that it is for. */ vessel?: string | null;
  /** Where it is to be delivered. */ deliveryPort?: string | null;
  /** Request behind it. */ requisition?: string | null;
  /** Request for quotation behind it. */ rfq?: string | null;
  /** The same order in the ERP. */ salesOrder?: string | null;
  /** Currency of all amounts. */ currency?: string | null;
  /** Sum of the lines before tax and freight. */ subtotal?: string | null;
  /** Tax. */ taxAmount?: string | null;
  /** Freight. */ freightAmount?: string | null;
  /** Amount to pay. */ totalAmount?: string | null;
  /** Terms of payment. */ paymentTerms?: string | null;
  /** Where the invoice goes. */ billTo?: {
    /** Addressee, where it differs from the party. */ name?: string | null;
    /** Street and number. */ line1?: string | null;
    /** Building, floor, care of. */ line2?: string | null;
    /** City or town. */ city?: string | null;
    /** State, province or county. */ region?: string | null;
    /** Postal code. */ postalCode?: string | null;
    /** ISO 3166-1 alpha-2 code; the name where the source has no code. */ country?: string | null;
  } | null;
  /** Where the goods go. */ shipTo?: {
    /** Addressee, where it differs from the party. */ name?: string | null;
    /** Street and number. */ line1?: string | null;
    /** Building, floor, care of. */ line2?: string | null;
    /** City or town. */ city?: string | null;
    /** State, province or county. */ region?: string | null;
    /** Postal code. */ postalCode?: string | null;
    /** ISO 3166-1 alpha-2 code; the name where the source has no code. */ country?: string | null;
  } | null;
  /** Free text. */ notes?: string | null;
  /** What is ordered. */ lines?:
    | {
        /** Number of the line. */ lineNumber: string;
        /** What is ordered. */ item?: string | null;
        /** Number in the catalogue that the buyer saw. */ supplierPartId?: string | null;
        /** Further key that the buyer sent back. */ supplierPartAuxiliaryId?: string | null;
        /** Text of the line. */ description?: string | null;
        /** Ordered. */ quantity?: string | null;
        /** Confirmed. */ confirmedQuantity?: string | null;
        /** Shipped so far. */ shippedQuantity?: string | null;
        /** Unit of the quantities. */ unit?: string | null;
        /** Price of one unit. */ unitPrice?: string | null;
        /** Amount of the line before tax. */ lineTotal?: string | null;
        /** Where the line stands. */ status?:
          | "RECEIVED"
          | "CONFIRMED"
          | "REJECTED"
          | "PARTLY_SHIPPED"
          | "SHIPPED"
          | "DELIVERED"
          | "INVOICED"
          | "CANCELLED"
          | null;
        /** When the buyer wants it. */ requestedDeliveryDate?: string | null;
        /** Tenant-defined members, free JSON. */ custom?: { [name: string]: RecordValue } | null;
      }[]
    | null;
  /** Reference under which another system knows the record. */ externalReference?: string | null;
  /** When the source created it. */ createdAt?: string | null;
  /** When the source last changed it. */ modifiedAt?: string | null;
  /** Tenant-defined members, free JSON. */ custom?: { [name: string]: RecordValue } | null;
};

/** Something that is made, bought, stocked or sold. */ export type PartRecord = {
  /** Business key. */ partNumber: string;
  /** Short description. */ name?: string | null;
  /** Long description. */ description?: string | null;
  /** Engineering revision. */ revision?: string | null;
  /** Class in the source system. */ category?: string | null;
  /** Raw material, semi-finished, finished, service, … */ type?: string | null;
  /** State in the source system's words. */ status?: string | null;
  /** False when no new documents may use it. */ active?: boolean | null;
  /** Bought from suppliers. */ purchased?: boolean | null;
  /** Made in house. */ manufactured?: boolean | null;
  /** Sold to customers. */ sold?: boolean | null;
  /** How pieces are told apart. */ tracking?: "none" | "lot" | "serial" | null;
  /** Stock unit. */ unit?: string | null;
  /** Unit in which it is bought. */ purchaseUnit?: string | null;
  /** Currency of cost and price. */ currency?: string | null;
  /** Cost of one stock unit. */ standardCost?: string | null;
  /** Sales price of one stock unit. */ listPrice?: string | null;
  /** Weight of one stock unit. */ weight?: string | null;
  /** Unit of the weight. */ weightUnit?: string | null;
  /** Level that stock should not fall below. */ safetyStock?: string | null;
  /** Level at which to order. */ reorderPoint?: string | null;
  /** Smallest quantity ordered. */ minimumOrderQuantity?: string | null;
  /** Days to make or buy. */ leadTimeDays?: number | null;
  /** GTIN or other code on the piece. */ barcode?: string | null;
  /** Who makes it. */ manufacturer?: string | null;
  /** The maker's number. */ manufacturerPartNumber?: string | null;
  /** IMPA Marine Stores Guide code. */ impaCode?: string | null;
  /** Harmonised System code. */ hsCode?: string | null;
  /** ISO 3166-1 alpha-2 code. */ countryOfOrigin?: string | null;
  /** First choice of supplier. */ preferredSupplier?: string | null;
  /** First day of sale. */ sellStart?: string | null;
  /** Last day of sale. */ sellEnd?: string | null;
  /** Sources of supply. */ suppliers?:
    | {
        /** The supplier. */ supplier: string;
        /** The supplier's number. */ supplierPartNumber?: string | null;
        /** Currency of the price. */ currency?: string | null;
        /** Price of one purchase unit. */ price?: string | null;
        /** Smallest quantity ordered. */ minimumOrderQuantity?: string | null;
        /** Days to deliver. */ leadTimeDays?: number | null;
        /** Tenant-defined members, free JSON. */ custom?: { [name: string]: RecordValue } | null;
      }[]
    | null;
  /** Reference under which another system knows the record. */ externalReference?: string | null;
  /** When the source created it. */ createdAt?: string | null;
  /** When the source last changed it. */ modifiedAt?: string | null;
  /** Tenant-defined members, free JSON. */ custom?: { [name: string]: RecordValue } | null;
};

/** Money received from a customer or paid to a supplier. */ export type PaymentRecord = {
  /** Business key. */ paymentNumber: string;
  /** Which way the money went. */ direction?: "received" | "paid" | null;
  /** Who owes, or is repaid. */ customer?: string | null;
  /** Who is owed, or repays. */ supplier?: string | null;
  /** When it was paid. */ paymentDate?: string | null;
  /** How much. */ amount: string;
  /** Currency of all amounts. */ currency: string;
  /** Company currency for one unit of `currency`. */ exchangeRate?: string | null;
  /** Transfer, card, cheque, … */ method?: string | null;
  /** Own account, as the source names it. */ bankAccount?: string | null;
  /** The bank's reference. */ bankReference?: string | null;
  /** State in the source system's words. */ status?: string | null;
  /** Not yet set against invoices. */ unappliedAmount?: string | null;
  /** Number of the payment that this one reverses. */ reverses?: string | null;
  /** Text of the payment. */ memo?: string | null;
  /** Invoices that it pays. */ applications?:
    | {
        /** The invoice. */ invoice: string;
        /** Amount set against it. */ amount?: string | null;
        /** Cash discount taken. */ discountAmount?: string | null;
        /** Tenant-defined members, free JSON. */ custom?: { [name: string]: RecordValue } | null;
      }[]
    | null;
  /** Reference under which another system knows the record. */ externalReference?: string | null;
  /** When the source created it. */ createdAt?: string | null;
  /** When the source last changed it. */ modifiedAt?: string | null;
  /** Tenant-defined members, free JSON. */ custom?: { [name: string]: RecordValue } | null;
};

export type PlanItem = {
  direction: "inbound" | "outbound";
  integration: string;
  entityType: EntityName;
  key: string | null;
  externalId: string | null;
  operation: "create" | "update" | "delete" | "skip" | "reject" | "park" | "hold";
  state: "planned" | "applied" | "stale";
  reason: string | null;
  problem: Problem | null;
  changes: { field: string; old: Json; new: Json }[];
  /** what a push would send, in the ERP's words */ body: { [name: string]: Json } | null;
  assumes: { version: number; shadowHash: string | null } | null;
  pushes: { integration: string; operation: string; offered: boolean }[];
};

/** A port of call or delivery. */ export type PortRecord = {
  /** UN/LOCODE. */ locode: string;
  /** Name of the port. */ name?: string | null;
  /** ISO 3166-1 alpha-2 code. */ country?: string | null;
  /** State or province. */ region?: string | null;
  /** IANA time zone. */ timeZone?: string | null;
  /** Position as in UN/LOCODE, degrees and minutes. */ coordinates?: string | null;
  /** False when no longer used. */ active?: boolean | null;
  /** Code of the port in each other system. */ codes?:
    | {
        /** Name of the system or integration. */ system: string;
        /** The port's code there. */ code?: string | null;
        /** Tenant-defined members, free JSON. */ custom?: { [name: string]: RecordValue } | null;
      }[]
    | null;
  /** Reference under which another system knows the record. */ externalReference?: string | null;
  /** When the source created it. */ createdAt?: string | null;
  /** When the source last changed it. */ modifiedAt?: string | null;
  /** Tenant-defined members, free JSON. */ custom?: { [name: string]: RecordValue } | null;
};

export type Problem = {
  type: string;
  title: string;
  status: number;
  /** ERP001 … ERP010 and the words of docs/errors.md */ code: string;
  detail: string;
  instance?: string;
  /** what the reader can do about it */ resolution?: string;
  errors?: { field: string; rule: string; value: Json; code: string; message?: string }[];
  retryable: boolean;
  retryAfterSeconds?: number;
  current?: Json;
  traceId?: string;
};

/** An order to a supplier. A line with work order and operation is outside processing. */ export type PurchaseOrderRecord =
  {
    /** Business key. */ poNumber: string;
    /** Who is to deliver. */ supplier?: string | null;
    /** Supplier's name as printed on the order. */ vendorName?: string | null;
    /** Standard, blanket, subcontract, … */ type?: string | null;
    /** State in the source system's words, for instance DRAFT, APPROVED, SENT. */ status?: string | null;
    /** Number of the amendment. */ revision?: string | null;
    /** When it was placed. */ orderDate?: string | null;
    /** When delivery is expected. */ expectedDate?: string | null;
    /** When it was approved. */ approvedAt?: string | null;
    /** Who buys. */ buyer?: string | null;
    /** The supplier's number of the order. */ supplierReference?: string | null;
    /** Currency of all amounts. */ currency?: string | null;
    /** Company currency for one unit of `currency`. */ exchangeRate?: string | null;
    /** Sum of the lines before tax and freight. */ subtotal?: string | null;
    /** Tax. */ taxAmount?: string | null;
    /** Freight. */ freightAmount?: string | null;
    /** Amount to pay. */ totalAmount?: string | null;
    /** Terms of payment. */ paymentTerms?: string | null;
    /** Incoterm with place. */ deliveryTerms?: string | null;
    /** Carrier or means of transport. */ shipMethod?: string | null;
    /** Receiving warehouse. */ location?: string | null;
    /** Where the goods go. */ shipTo?: {
      /** Addressee, where it differs from the party. */ name?: string | null;
      /** Street and number. */ line1?: string | null;
      /** Building, floor, care of. */ line2?: string | null;
      /** City or town. */ city?: string | null;
      /** State, province or county. */ region?: string | null;
      /** Postal code. */ postalCode?: string | null;
      /** ISO 3166-1 alpha-2 code; the name where the source has no code. */ country?: string | null;
    } | null;
    /** Where the invoice goes. */ billTo?: {
      /** Addressee, where it differs from the party. */ name?: string | null;
      /** Street and number. */ line1?: string | null;
      /** Building, floor, care of. */ line2?: string | null;
      /** City or town. */ city?: string | null;
      /** State, province or county. */ region?: string | null;
      /** Postal code. */ postalCode?: string | null;
      /** ISO 3166-1 alpha-2 code; the name where the source has no code. */ country?: string | null;
    } | null;
    /** Free text. */ notes?: string | null;
    /** What is ordered. */ lines?:
      | {
          /** Number of the line. */ lineNumber: string;
          /** What is ordered. */ part?: string | null;
          /** Text of the line. */ description?: string | null;
          /** The supplier's number of the part. */ supplierPartNumber?: string | null;
          /** Ordered. */ quantity?: string | null;
          /** Received so far. */ receivedQuantity?: string | null;
          /** Rejected on receipt. */ rejectedQuantity?: string | null;
          /** Invoiced so far. */ invoicedQuantity?: string | null;
          /** Unit of the quantities. */ unit?: string | null;
          /** Price of one unit. */ unitPrice?: string | null;
          /** Discount in per cent. */ discountPercent?: string | null;
          /** Tax of the line. */ taxAmount?: string | null;
          /** Amount of the line before tax. */ lineTotal?: string | null;
          /** When the line is due. */ expectedDate?: string | null;
          /** When the supplier promised it. */ promisedDate?: string | null;
          /** Receiving location. */ location?: string | null;
          /** State of the line. */ status?: string | null;
          /** Work order concerned. */ workOrder?: string | null;
          /** Number of the operation of that work order. */ operation?: string | null;
          /** Account charged. */ glAccount?: string | null;
          /** Cost centre charged. */ costCentre?: string | null;
          /** Free text. */ notes?: string | null;
          /** Tenant-defined members, free JSON. */ custom?: { [name: string]: RecordValue } | null;
        }[]
      | null;
    /** Reference under which another system knows the record. */ externalReference?: string | null;
    /** When the source created it. */ createdAt?: string | null;
    /** When the source last changed it. */ modifiedAt?: string | null;
    /** Tenant-defined members, free JSON. */ custom?: { [name: string]: RecordValue } | null;
  };

/** Goods that arrived. */ export type ReceiptRecord = {
  /** Business key. */ receiptNumber: string;
  /** Who delivered. */ supplier?: string | null;
  /** Order that it fulfils, when there is one only. */ purchaseOrder?: string | null;
  /** When the goods arrived. */ receiptDate?: string | null;
  /** State in the source system's words. */ status?: string | null;
  /** Where they were put. */ location?: string | null;
  /** Number of the supplier's delivery note. */ deliveryNote?: string | null;
  /** Who brought them. */ carrier?: string | null;
  /** The carrier's number. */ trackingNumber?: string | null;
  /** Who took them in. */ receivedBy?: string | null;
  /** Number of the receipt that this one reverses. */ reverses?: string | null;
  /** Free text. */ notes?: string | null;
  /** What arrived. */ lines?:
    | {
        /** Number of the line. */ lineNumber: string;
        /** Order that the line fulfils. */ purchaseOrder?: string | null;
        /** Line of that order. */ purchaseOrderLine?: string | null;
        /** What arrived. */ part?: string | null;
        /** Arrived. */ quantity?: string | null;
        /** Passed inspection. */ acceptedQuantity?: string | null;
        /** Failed inspection. */ rejectedQuantity?: string | null;
        /** Unit of the quantities. */ unit?: string | null;
        /** Where it was put. */ location?: string | null;
        /** Supplier's or production batch. */ batch?: string | null;
        /** Lot number. */ lot?: string | null;
        /** Serial number of a single piece. */ serialNumber?: string | null;
        /** Use by. */ expiryDate?: string | null;
        /** Work order concerned. */ workOrder?: string | null;
        /** Number of the operation of that work order. */ operation?: string | null;
        /** Currency of the cost. */ currency?: string | null;
        /** Cost of one unit. */ unitCost?: string | null;
        /** Result of the inspection. */ inspection?: string | null;
        /** Free text. */ notes?: string | null;
        /** Tenant-defined members, free JSON. */ custom?: { [name: string]: RecordValue } | null;
      }[]
    | null;
  /** Reference under which another system knows the record. */ externalReference?: string | null;
  /** When the source created it. */ createdAt?: string | null;
  /** When the source last changed it. */ modifiedAt?: string | null;
  /** Tenant-defined members, free JSON. */ custom?: { [name: string]: RecordValue } | null;
};

export type RecordValue = Json;

export type RecordSync = {
  integration: string;
  direction: "inbound" | "outbound";
  state: "PENDING" | "SYNCED" | "FAILED" | "ORPHANED";
  externalId: string | null;
  lastSyncAt?: string | null;
  lastError?: string | null;
  retries?: number;
  nextRetryAt?: string | null;
};

export type RecordView = {
  entityType: EntityName;
  key: string;
  version: number;
  deleted: boolean;
  updatedAt: string;
  /** the canonical record: see the schema of its entity */ record: { [name: string]: Json };
  sync: RecordSync[];
};

export type Recovery = {
  integration: string;
  recovering: boolean;
  since: string | null;
  reason: "database" | "reset" | null;
  unread: EntityName[];
};

export type ReleaseBody = { /** true: also while entities have not been read whole */ force?: boolean };

export type ReplayBody = { /** true: it is known to be confirmed */ force: boolean; mapping?: "original" | "current" };

export type ReplayTransactions = {
  integration: string;
  /** at or after this time, ISO 8601 with zone */ from: string;
  /** before this time; until now when absent */ to?: string;
  /** both when absent */ direction?: "inbound" | "outbound";
  /** entities or groups; all when absent */ entityTypes?: string[];
  /** current when absent; original: that of the time */ mapping?: "original" | "current";
};

/** A wish to buy; becomes a request for quotation. */ export type RequisitionRecord = {
  /** Business key. */ requisitionNumber: string;
  /** Subject. */ title?: string | null;
  /** State of the request. */ status?: string | null;
  /** Counts the changes of the request. */ revision?: string | null;
  /** Urgency. */ priority?: string | null;
  /** Ship that needs it. */ vessel?: string | null;
  /** Where it is to be delivered. */ deliveryPort?: string | null;
  /** When it is needed. */ requestedDeliveryDate?: string | null;
  /** Who asks. */ requestedBy?: string | null;
  /** Deck, engine, galley, … */ department?: string | null;
  /** Buyer that the request belongs to. */ customer?: string | null;
  /** Currency of all amounts. */ currency?: string | null;
  /** System that the request came from. */ externalSystem?: string | null;
  /** Its id there. */ externalId?: string | null;
  /** Code of the ship there. */ vesselCode?: string | null;
  /** Request for quotation made from it. */ rfq?: string | null;
  /** Day of the request. */ requestedOn?: string | null;
  /** Budget charged. */ budgetCode?: string | null;
  /** Free text. */ notes?: string | null;
  /** What is wanted. */ lines?:
    | {
        /** Number of the line. */ lineNumber: string;
        /** The part, when known. */ part?: string | null;
        /** IMPA Marine Stores Guide code. */ impaCode?: string | null;
        /** What is wanted, in words. */ productName?: string | null;
        /** Size, make, drawing, … */ specifications?: string | null;
        /** Wanted. */ quantity?: string | null;
        /** Unit of the quantity. */ unit?: string | null;
        /** Free text. */ notes?: string | null;
        /** Expected price of one unit. */ estimatedPrice?: string | null;
        /** Account charged. */ glAccount?: string | null;
        /** Tenant-defined members, free JSON. */ custom?: { [name: string]: RecordValue } | null;
      }[]
    | null;
  /** Reference under which another system knows the record. */ externalReference?: string | null;
  /** When the source created it. */ createdAt?: string | null;
  /** When the source last changed it. */ modifiedAt?: string | null;
  /** Tenant-defined members, free JSON. */ custom?: { [name: string]: RecordValue } | null;
};

export type RetryBody = {
  /** the record as it should be: a new version by the operator */ record?: { [name: string]: Json };
  /** KEY_CHANGED, DUPLICATE_KEY: the row has the key that the ERP shows */ accept?: boolean;
};

/** A request for quotation with the quotes it received. */ export type RfqRecord = {
  /** Business key. */ rfqNumber: string;
  /** Subject. */ title?: string | null;
  /** State of the request. */ status?: string | null;
  /** Counts the changes of the request. */ revision?: string | null;
  /** Urgency. */ priority?: string | null;
  /** Ship that needs it. */ vessel?: string | null;
  /** Where it is to be delivered. */ deliveryPort?: string | null;
  /** When it is needed. */ requestedDeliveryDate?: string | null;
  /** Who asks. */ requestedBy?: string | null;
  /** Deck, engine, galley, … */ department?: string | null;
  /** Buyer that the request belongs to. */ customer?: string | null;
  /** Currency of all amounts. */ currency?: string | null;
  /** System that the request came from. */ externalSystem?: string | null;
  /** Its id there. */ externalId?: string | null;
  /** Code of the ship there. */ vesselCode?: string | null;
  /** Request that it was made from. */ requisition?: string | null;
  /** Quotes are taken until then. */ quoteBy?: string | null;
  /** The request changed after a quote had come in. */ changedAfterQuote?: boolean | null;
  /** Order placed on it. */ order?: string | null;
  /** Free text. */ notes?: string | null;
  /** What is to be quoted. */ lines?:
    | {
        /** Number of the line. */ lineNumber: string;
        /** The part, when known. */ part?: string | null;
        /** IMPA Marine Stores Guide code. */ impaCode?: string | null;
        /** What is wanted, in words. */ productName?: string | null;
        /** Size, make, drawing, … */ specifications?: string | null;
        /** Wanted. */ quantity?: string | null;
        /** Unit of the quantity. */ unit?: string | null;
        /** Free text. */ notes?: string | null;
        /** Tenant-defined members, free JSON. */ custom?: { [name: string]: RecordValue } | null;
      }[]
    | null;
  /** Quotes received. */ quotes?:
    | {
        /** The supplier's number of the quote. */ quoteNumber: string;
        /** Who quoted. */ supplier?: string | null;
        /** Currency of the quote. */ currency?: string | null;
        /** Amount quoted. */ totalAmount?: string | null;
        /** End of the offer. */ validUntil?: string | null;
        /** State of the quote. */ status?: string | null;
        /** Tenant-defined members, free JSON. */ custom?: { [name: string]: RecordValue } | null;
      }[]
    | null;
  /** Reference under which another system knows the record. */ externalReference?: string | null;
  /** When the source created it. */ createdAt?: string | null;
  /** When the source last changed it. */ modifiedAt?: string | null;
  /** Tenant-defined members, free JSON. */ custom?: { [name: string]: RecordValue } | null;
};

/** An order from a customer as the ERP keeps it. */ export type SalesOrderRecord = {
  /** Business key. */ salesOrderNumber: string;
  /** Who ordered. */ customer?: string | null;
  /** The customer's own order number. */ customerReference?: string | null;
  /** State in the source system's words. */ status?: string | null;
  /** When it was placed. */ orderDate?: string | null;
  /** When the customer wants it. */ requestedDate?: string | null;
  /** When it was promised. */ promisedDate?: string | null;
  /** Who sold it. */ salesRepresentative?: string | null;
  /** Currency of all amounts. */ currency?: string | null;
  /** Company currency for one unit of `currency`. */ exchangeRate?: string | null;
  /** Sum of the lines before tax and freight. */ subtotal?: string | null;
  /** Discount on the whole. */ discountAmount?: string | null;
  /** Tax. */ taxAmount?: string | null;
  /** Freight. */ freightAmount?: string | null;
  /** Amount to pay. */ totalAmount?: string | null;
  /** Terms of payment. */ paymentTerms?: string | null;
  /** Incoterm with place. */ deliveryTerms?: string | null;
  /** Carrier or means of transport. */ shipMethod?: string | null;
  /** Warehouse that delivers. */ location?: string | null;
  /** Where the invoice goes. */ billTo?: {
    /** Addressee, where it differs from the party. */ name?: string | null;
    /** Street and number. */ line1?: string | null;
    /** Building, floor, care of. */ line2?: string | null;
    /** City or town. */ city?: string | null;
    /** State, province or county. */ region?: string | null;
    /** Postal code. */ postalCode?: string | null;
    /** ISO 3166-1 alpha-2 code; the name where the source has no code. */ country?: string | null;
  } | null;
  /** Where the goods go. */ shipTo?: {
    /** Addressee, where it differs from the party. */ name?: string | null;
    /** Street and number. */ line1?: string | null;
    /** Building, floor, care of. */ line2?: string | null;
    /** City or town. */ city?: string | null;
    /** State, province or county. */ region?: string | null;
    /** Postal code. */ postalCode?: string | null;
    /** ISO 3166-1 alpha-2 code; the name where the source has no code. */ country?: string | null;
  } | null;
  /** Free text. */ notes?: string | null;
  /** What is ordered. */ lines?:
    | {
        /** Number of the line. */ lineNumber: string;
        /** What is ordered. */ part?: string | null;
        /** Text of the line. */ description?: string | null;
        /** Ordered. */ quantity?: string | null;
        /** Shipped so far. */ shippedQuantity?: string | null;
        /** Invoiced so far. */ invoicedQuantity?: string | null;
        /** Unit of the quantities. */ unit?: string | null;
        /** Price of one unit. */ unitPrice?: string | null;
        /** Discount in per cent. */ discountPercent?: string | null;
        /** Tax of the line. */ taxAmount?: string | null;
        /** Amount of the line before tax. */ lineTotal?: string | null;
        /** When the customer wants it. */ requestedDate?: string | null;
        /** State of the line. */ status?: string | null;
        /** Work order concerned. */ workOrder?: string | null;
        /** Number of the operation of that work order. */ operation?: string | null;
        /** Tenant-defined members, free JSON. */ custom?: { [name: string]: RecordValue } | null;
      }[]
    | null;
  /** Reference under which another system knows the record. */ externalReference?: string | null;
  /** When the source created it. */ createdAt?: string | null;
  /** When the source last changed it. */ modifiedAt?: string | null;
  /** Tenant-defined members, free JSON. */ custom?: { [name: string]: RecordValue } | null;
};

/** Goods that left: to a customer, or to a supplier for outside processing. */ export type ShipmentRecord = {
  /** Business key. */ shipmentNumber: string;
  /** Why the goods left. */ purpose?: "customer" | "outsideProcessing" | "return" | "transfer" | null;
  /** State in the source system's words. */ status?: string | null;
  /** Who gets them. */ customer?: string | null;
  /** Outside processor that gets them. */ supplier?: string | null;
  /** Order that it fulfils. */ salesOrder?: string | null;
  /** Buyer's order that it fulfils. */ order?: string | null;
  /** When they left. */ shippedAt?: string | null;
  /** When they should arrive. */ expectedAt?: string | null;
  /** When they arrived. */ deliveredAt?: string | null;
  /** Where they left. */ fromLocation?: string | null;
  /** Where they go. */ shipTo?: {
    /** Addressee, where it differs from the party. */ name?: string | null;
    /** Street and number. */ line1?: string | null;
    /** Building, floor, care of. */ line2?: string | null;
    /** City or town. */ city?: string | null;
    /** State, province or county. */ region?: string | null;
    /** Postal code. */ postalCode?: string | null;
    /** ISO 3166-1 alpha-2 code; the name where the source has no code. */ country?: string | null;
  } | null;
  /** Who carries them. */ carrier?: string | null;
  /** The carrier's service. */ service?: string | null;
  /** The carrier's number. */ trackingNumber?: string | null;
  /** Gross weight. */ weight?: string | null;
  /** Unit of the weight. */ weightUnit?: string | null;
  /** Number of packages. */ packages?: string | null;
  /** Currency of the freight. */ currency?: string | null;
  /** Freight. */ freightAmount?: string | null;
  /** Number of the shipment that this one reverses. */ reverses?: string | null;
  /** Free text. */ notes?: string | null;
  /** What left. */ lines?:
    | {
        /** Number of the line. */ lineNumber: string;
        /** What left. */ part?: string | null;
        /** Text of the line. */ description?: string | null;
        /** How much. */ quantity?: string | null;
        /** Unit of the quantity. */ unit?: string | null;
        /** Line of the sales order. */ salesOrderLine?: string | null;
        /** Order for outside processing. */ purchaseOrder?: string | null;
        /** Line of that order. */ purchaseOrderLine?: string | null;
        /** Work order concerned. */ workOrder?: string | null;
        /** Number of the operation of that work order. */ operation?: string | null;
        /** Supplier's or production batch. */ batch?: string | null;
        /** Lot number. */ lot?: string | null;
        /** Serial number of a single piece. */ serialNumber?: string | null;
        /** Use by. */ expiryDate?: string | null;
        /** Tenant-defined members, free JSON. */ custom?: { [name: string]: RecordValue } | null;
      }[]
    | null;
  /** Reference under which another system knows the record. */ externalReference?: string | null;
  /** When the source created it. */ createdAt?: string | null;
  /** When the source last changed it. */ modifiedAt?: string | null;
  /** Tenant-defined members, free JSON. */ custom?: { [name: string]: RecordValue } | null;
};

/** A party that goods or services are bought from. */ export type SupplierRecord = {
  /** Business key. */ supplierNumber: string;
  /** Trading name. */ name?: string | null;
  /** Registered name. */ legalName?: string | null;
  /** VAT or tax registration number. */ taxId?: string | null;
  /** D-U-N-S number. */ dunsNumber?: string | null;
  /** Class in the source system. */ category?: string | null;
  /** State in the source system's words. */ status?: string | null;
  /** False when no new documents may use it. */ active?: boolean | null;
  /** Currency of trade. */ currency?: string | null;
  /** Terms of payment, for instance NET30. */ paymentTerms?: string | null;
  /** Days until payment is due. */ paymentDays?: number | null;
  /** How it is paid. */ paymentMethod?: string | null;
  /** Incoterm with place. */ deliveryTerms?: string | null;
  /** Account number that the other side uses for us. */ account?: string | null;
  /** Free text. */ notes?: string | null;
  /** Mail address. */ email?: string | null;
  /** Telephone. */ phone?: string | null;
  /** Web address. */ website?: string | null;
  /** BCP 47 tag of the language to write in. */ language?: string | null;
  /** Preferred for new purchases. */ preferred?: boolean | null;
  /** Rating in the source system. */ creditRating?: number | null;
  /** Usual days from order to delivery. */ leadTimeDays?: number | null;
  /** Smallest order taken, in `currency`. */ minimumOrderAmount?: string | null;
  /** Main address. */ address?: {
    /** Addressee, where it differs from the party. */ name?: string | null;
    /** Street and number. */ line1?: string | null;
    /** Building, floor, care of. */ line2?: string | null;
    /** City or town. */ city?: string | null;
    /** State, province or county. */ region?: string | null;
    /** Postal code. */ postalCode?: string | null;
    /** ISO 3166-1 alpha-2 code; the name where the source has no code. */ country?: string | null;
  } | null;
  /** Where payments go, when it differs. */ remitTo?: {
    /** Addressee, where it differs from the party. */ name?: string | null;
    /** Street and number. */ line1?: string | null;
    /** Building, floor, care of. */ line2?: string | null;
    /** City or town. */ city?: string | null;
    /** State, province or county. */ region?: string | null;
    /** Postal code. */ postalCode?: string | null;
    /** ISO 3166-1 alpha-2 code; the name where the source has no code. */ country?: string | null;
  } | null;
  /** Reference under which another system knows the record. */ externalReference?: string | null;
  /** When the source created it. */ createdAt?: string | null;
  /** When the source last changed it. */ modifiedAt?: string | null;
  /** Tenant-defined members, free JSON. */ custom?: { [name: string]: RecordValue } | null;
};

export type SystemDescription = {
  code: string;
  version: number;
  title: string;
  connectionMethod: "API" | "FILE" | "DATABASE" | "MESSAGE_QUEUE";
  anySystem: boolean;
  connection: { [name: string]: Json };
  auth: string[];
  inbound: string[];
  outbound: string[];
  formats: string[];
  realTime: boolean;
  limits: { concurrent?: number; perMinute?: number };
  entities: {
    entityType: EntityName;
    pull: boolean;
    incremental: boolean;
    deletesSeen: boolean;
    operations: string[];
    writeClass: "K" | "L" | "N" | null;
    lookup: boolean;
    webhook: boolean;
  }[];
  errors: { [name: string]: Json }[];
};

/** A person who carries out work orders. */ export type TechnicianRecord = {
  /** Business key. */ technicianNumber: string;
  /** Full name. */ name?: string | null;
  /** Mail address. */ email?: string | null;
  /** Telephone. */ phone?: string | null;
  /** Web address. */ website?: string | null;
  /** BCP 47 tag of the language to write in. */ language?: string | null;
  /** Department or crew. */ department?: string | null;
  /** Home base. */ location?: string | null;
  /** Whether work can be assigned now. */ availability?: "available" | "busy" | "off" | null;
  /** When the next slot begins. */ availableFrom?: string | null;
  /** Cost of an hour, in `currency`. */ hourlyRate?: string | null;
  /** Currency of the rate. */ currency?: string | null;
  /** False when the person has left. */ active?: boolean | null;
  /** What the person is qualified for. */ skills?:
    | {
        /** Name of the skill. */ skill: string;
        /** Grade. */ level?: string | null;
        /** End of the certificate. */ validUntil?: string | null;
        /** Tenant-defined members, free JSON. */ custom?: { [name: string]: RecordValue } | null;
      }[]
    | null;
  /** Reference under which another system knows the record. */ externalReference?: string | null;
  /** When the source created it. */ createdAt?: string | null;
  /** When the source last changed it. */ modifiedAt?: string | null;
  /** Tenant-defined members, free JSON. */ custom?: { [name: string]: RecordValue } | null;
};

export type Tenant = { id: string; name: string; plan: string; createdAt: string };

export type TestAnswer = {
  success: boolean;
  message: string;
  code: string | null;
  serverInfo: { [name: string]: Json };
  latencyMs: number;
};

/** A customer's request for help. */ export type TicketRecord = {
  /** Business key. */ ticketNumber: string;
  /** Subject. */ title?: string | null;
  /** What is wrong. */ description?: string | null;
  /** Where it stands. */ status?: "open" | "in_progress" | "resolved" | "closed" | null;
  /** Urgency, for instance low, medium, high, emergency. */ priority?: string | null;
  /** Kind of request. */ category?: string | null;
  /** How it came in. */ channel?: string | null;
  /** Who asks. */ customer?: string | null;
  /** Person who asks. */ contact?: string | null;
  /** Who looks after it. */ technician?: string | null;
  /** Work that it caused. */ workOrder?: string | null;
  /** What it is about. */ part?: string | null;
  /** Machine or equipment concerned. */ asset?: string | null;
  /** Serial number of that piece. */ serialNumber?: string | null;
  /** Where help is needed. */ location?: string | null;
  /** When it came in. */ openedAt?: string | null;
  /** When an answer is due. */ dueAt?: string | null;
  /** When it was solved. */ resolvedAt?: string | null;
  /** When it was closed. */ closedAt?: string | null;
  /** How it was solved. */ resolution?: string | null;
  /** What was said. */ comments?:
    | {
        /** Number of the comment. */ commentNumber: string;
        /** Who said it. */ author?: string | null;
        /** When. */ at?: string | null;
        /** What. */ text?: string | null;
        /** Tenant-defined members, free JSON. */ custom?: { [name: string]: RecordValue } | null;
      }[]
    | null;
  /** Reference under which another system knows the record. */ externalReference?: string | null;
  /** When the source created it. */ createdAt?: string | null;
  /** When the source last changed it. */ modifiedAt?: string | null;
  /** Tenant-defined members, free JSON. */ custom?: { [name: string]: RecordValue } | null;
};

export type TlsSettings = { minVersion?: "TLSv1.2" | "TLSv1.3" };

export type Transaction = {
  id: string;
  integration: string | null;
  direction: "inbound" | "outbound";
  entityType: EntityName;
  key: string;
  version: number;
  operation: "create" | "update" | "delete" | "post";
  status:
    "pending" | "sent" | "accepted" | "confirmed" | "superseded" | "unknown" | "rejected" | "parked" | "discarded";
  externalId: string | null;
  attempts: number;
  jobId: string | null;
  createdAt: string;
  problem: Problem | null;
};

export type User = {
  id: string;
  login: string;
  displayName: string;
  role: "erp_admin" | "erp_operator" | "erp_viewer";
  disabled: boolean;
  version: number;
  createdAt: string;
  updatedAt: string;
};

export type UserPatch = {
  /** at least 12 characters */ password?: string;
  role?: string;
  displayName?: string;
  disabled?: boolean;
};

/** A ship of a fleet. */ export type VesselRecord = {
  /** IMO ship identification number, seven digits. */ imoNumber: string;
  /** Name of the ship. */ name?: string | null;
  /** Radio call sign. */ callSign?: string | null;
  /** Maritime Mobile Service Identity. */ mmsi?: string | null;
  /** ISO 3166-1 alpha-2 code of the flag state. */ flag?: string | null;
  /** Tanker, bulk carrier, … */ vesselType?: string | null;
  /** Year of delivery. */ yearBuilt?: number | null;
  /** Gross tonnage. */ grossTonnage?: number | null;
  /** Owner or manager as customer. */ customer?: string | null;
  /** Port of registry. */ homePort?: string | null;
  /** False when sold or scrapped. */ active?: boolean | null;
  /** Code of the ship in each other system. */ codes?:
    | {
        /** Name of the system or integration. */ system: string;
        /** The ship's code there. */ code?: string | null;
        /** Tenant-defined members, free JSON. */ custom?: { [name: string]: RecordValue } | null;
      }[]
    | null;
  /** Reference under which another system knows the record. */ externalReference?: string | null;
  /** When the source created it. */ createdAt?: string | null;
  /** When the source last changed it. */ modifiedAt?: string | null;
  /** Tenant-defined members, free JSON. */ custom?: { [name: string]: RecordValue } | null;
};

export type WebhookAddress = { url: string; rotatedAt: string; previousUntil: string | null };

/** Work to be done: making a part, a service visit or maintenance. */ export type WorkOrderRecord = {
  /** Business key. */ workOrderNumber: string;
  /** What the work is for. */ kind?: "production" | "service" | "maintenance" | null;
  /** Subject. */ title?: string | null;
  /** What is to be done. */ description?: string | null;
  /** State in the source system's words. */ status?: string | null;
  /** Urgency. */ priority?: string | null;
  /** What is made or serviced. */ part?: string | null;
  /** Revision of the part. */ revision?: string | null;
  /** Ordered. */ quantity?: string | null;
  /** Finished. */ completedQuantity?: string | null;
  /** Scrapped. */ scrappedQuantity?: string | null;
  /** Unit of the quantities. */ unit?: string | null;
  /** Supplier's or production batch. */ batch?: string | null;
  /** Lot number. */ lot?: string | null;
  /** Serial number of a single piece. */ serialNumber?: string | null;
  /** Use by. */ expiryDate?: string | null;
  /** Planned start. */ plannedStart?: string | null;
  /** Planned end. */ plannedEnd?: string | null;
  /** Actual start. */ actualStart?: string | null;
  /** Actual end. */ actualEnd?: string | null;
  /** When it must be done. */ dueDate?: string | null;
  /** Plant or site. */ location?: string | null;
  /** Cost centre that the work belongs to. */ costCentre?: string | null;
  /** Who it is done for. */ customer?: string | null;
  /** Order that caused it. */ salesOrder?: string | null;
  /** Line of that order. */ salesOrderLine?: string | null;
  /** Ticket that caused it. */ ticket?: string | null;
  /** Who does it. */ technician?: string | null;
  /** Number of the work order that it is part of. */ parentWorkOrder?: string | null;
  /** Machine or equipment concerned. */ asset?: string | null;
  /** Currency of all amounts. */ currency?: string | null;
  /** Expected cost. */ estimatedCost?: string | null;
  /** Cost so far. */ actualCost?: string | null;
  /** Free text. */ notes?: string | null;
  /** Steps of the work. */ operations?:
    | {
        /** Number of the step. */ operationNumber: string;
        /** What is done. */ name?: string | null;
        /** Machine or group. */ workCentre?: string | null;
        /** State of the step. */ status?: string | null;
        /** Sent to a supplier (outside processing). */ outside?: boolean | null;
        /** Who processes it outside. */ supplier?: string | null;
        /** Order to that supplier. */ purchaseOrder?: string | null;
        /** Line of that order. */ purchaseOrderLine?: string | null;
        /** Set-up time. */ setupHours?: string | null;
        /** Planned time. */ plannedHours?: string | null;
        /** Time spent. */ actualHours?: string | null;
        /** Finished at this step. */ completedQuantity?: string | null;
        /** Scrapped at this step. */ scrappedQuantity?: string | null;
        /** Planned start. */ plannedStart?: string | null;
        /** Planned end. */ plannedEnd?: string | null;
        /** Actual start. */ actualStart?: string | null;
        /** Actual end. */ actualEnd?: string | null;
        /** Tenant-defined members, free JSON. */ custom?: { [name: string]: RecordValue } | null;
      }[]
    | null;
  /** What the work consumes. */ materials?:
    | {
        /** Number of the line. */ lineNumber: string;
        /** What is consumed. */ part?: string | null;
        /** Needed. */ quantity?: string | null;
        /** Issued so far. */ issuedQuantity?: string | null;
        /** Unit of the quantities. */ unit?: string | null;
        /** Step that needs it. */ operation?: string | null;
        /** Where it is taken from. */ location?: string | null;
        /** Tenant-defined members, free JSON. */ custom?: { [name: string]: RecordValue } | null;
      }[]
    | null;
  /** Reference under which another system knows the record. */ externalReference?: string | null;
  /** When the source created it. */ createdAt?: string | null;
  /** When the source last changed it. */ modifiedAt?: string | null;
  /** Tenant-defined members, free JSON. */ custom?: { [name: string]: RecordValue } | null;
};

export type Written = { record: RecordView; transactions: Transaction[] };

/** Every route: "METHOD /path". */
export interface Routes {
  /** Add a user */
  "POST /api/v1/users": { path: Record<never, never>; query: Record<never, never>; body: NewUser; answer: User };
  /** Add an integration; credentials are sealed at once and never shown again */
  "POST /api/v1/erp/integrations": {
    path: Record<never, never>;
    query: Record<never, never>;
    body: IntegrationBody;
    answer: Integration;
  };
  /** Cancel a bulk job; what it has done stands */
  "POST /api/v1/erp/bulk-jobs/{id}/cancel": {
    path: { id: string };
    query: Record<never, never>;
    body?: undefined;
    answer: BulkJob;
  };
  /** Cancel a job after its page in hand */
  "POST /api/v1/erp/sync-jobs/{id}/cancel": {
    path: { id: string };
    query: Record<never, never>;
    body?: undefined;
    answer: Job;
  };
  /** Change a user; a new password or role ends their sessions */
  "PATCH /api/v1/users/{id}": { path: { id: string }; query: Record<never, never>; body: UserPatch; answer: User };
  /** Change an integration; credentials are replaced as a whole */
  "PATCH /api/v1/erp/integrations/{integration}": {
    path: { integration: string };
    query: Record<never, never>;
    body: IntegrationPatchBody;
    answer: Integration;
  };
  /** Change members of a record (JSON merge patch, RFC 7386) */
  "PATCH /api/v1/erp/records/{entityType}/{key}": {
    path: { entityType: string; key: string };
    query: Record<never, never>;
    body: { [name: string]: Json };
    answer: Written;
  };
  /** Connections made ready for an ERP: what `template` of a new integration begins with */
  "GET /api/v1/erp/systems/{code}/templates": {
    path: { code: string };
    query: Record<never, never>;
    body?: undefined;
    answer: { items: ConnectionTemplate[]; /** cursor of the next page; null on the last one */ next: string | null };
  };
  /** Disable: nothing is read or sent */
  "POST /api/v1/erp/integrations/{integration}/disable": {
    path: { integration: string };
    query: Record<never, never>;
    body?: undefined;
    answer: Integration;
  };
  /** Discard with a reason */
  "POST /api/v1/erp/dead-letters/{id}/discard": {
    path: { id: string };
    query: Record<never, never>;
    body: DiscardBody;
    answer: DeadLetter;
  };
  /** Enable */
  "POST /api/v1/erp/integrations/{integration}/enable": {
    path: { integration: string };
    query: Record<never, never>;
    body?: undefined;
    answer: Integration;
  };
  /** End recovery mode: pushes, deletions and schedules go on */
  "POST /api/v1/erp/integrations/{integration}/release": {
    path: { integration: string };
    query: Record<never, never>;
    body?: ReleaseBody;
    answer: Recovery;
  };
  /** End the session of the token */
  "POST /api/v1/auth/logout": {
    path: Record<never, never>;
    query: Record<never, never>;
    body?: undefined;
    answer: undefined;
  };
  /** Every stored version, newest first */
  "GET /api/v1/erp/integrations/{integration}/mappings/{entityType}/versions": {
    path: { integration: string; entityType: string };
    query: Record<never, never>;
    body?: undefined;
    answer: { items: MappingVersion[]; /** cursor of the next page; null on the last one */ next: string | null };
  };
  /** Financial records of one integration */
  "GET /api/v1/erp/integrations/{integration}/account-transactions": {
    path: { integration: string };
    query: { cursor?: string; limit?: number; from?: string; to?: string };
    body?: undefined;
    answer: { items: RecordView[]; /** cursor of the next page; null on the last one */ next: string | null };
  };
  /** Financial records of one integration */
  "GET /api/v1/erp/integrations/{integration}/chart-of-accounts": {
    path: { integration: string };
    query: { cursor?: string; limit?: number; from?: string; to?: string };
    body?: undefined;
    answer: { items: RecordView[]; /** cursor of the next page; null on the last one */ next: string | null };
  };
  /** Financial records of one integration */
  "GET /api/v1/erp/integrations/{integration}/customers": {
    path: { integration: string };
    query: { cursor?: string; limit?: number; from?: string; to?: string };
    body?: undefined;
    answer: { items: RecordView[]; /** cursor of the next page; null on the last one */ next: string | null };
  };
  /** Financial records of one integration */
  "GET /api/v1/erp/integrations/{integration}/invoices": {
    path: { integration: string };
    query: { cursor?: string; limit?: number; from?: string; to?: string };
    body?: undefined;
    answer: { items: RecordView[]; /** cursor of the next page; null on the last one */ next: string | null };
  };
  /** Financial records of one integration */
  "GET /api/v1/erp/integrations/{integration}/payments": {
    path: { integration: string };
    query: { cursor?: string; limit?: number; from?: string; to?: string };
    body?: undefined;
    answer: { items: RecordView[]; /** cursor of the next page; null on the last one */ next: string | null };
  };
  /** Financial records of one integration */
  "GET /api/v1/erp/integrations/{integration}/sales-orders": {
    path: { integration: string };
    query: { cursor?: string; limit?: number; from?: string; to?: string };
    body?: undefined;
    answer: { items: RecordView[]; /** cursor of the next page; null on the last one */ next: string | null };
  };
  /** Follow a job: its state now, its progress, its end */
  "GET /api/v1/erp/sync-jobs/{id}/events": {
    path: { id: string };
    query: Record<never, never>;
    body?: undefined;
    answer: string;
  };
  /** Go on after a pause */
  "POST /api/v1/erp/integrations/{integration}/resume": {
    path: { integration: string };
    query: Record<never, never>;
    body?: undefined;
    answer: Integration;
  };
  /** Go through an integration's transactions since a time again, as a bulk job; confirmed ones are left */
  "POST /api/v1/erp/transactions/replay": {
    path: Record<never, never>;
    query: Record<never, never>;
    body: ReplayTransactions;
    answer: BulkJob;
  };
  /** How the connection stands */
  "GET /api/v1/erp/integrations/{integration}/health": {
    path: { integration: string };
    query: Record<never, never>;
    body?: undefined;
    answer: IntegrationHealth;
  };
  /** Jobs, counts and queue per integration */
  "GET /api/v1/erp/metrics": {
    path: Record<never, never>;
    query: { integration?: string };
    body?: undefined;
    answer: { items: IntegrationMetrics[]; /** cursor of the next page; null on the last one */ next: string | null };
  };
  /** Let a job go on that waits for approval; roll-backs and deletions need erp:admin */
  "POST /api/v1/erp/sync-jobs/{id}/approve": {
    path: { id: string };
    query: Record<never, never>;
    body?: ApproveBody;
    answer: Job;
  };
  /** List bulk jobs, newest first */
  "GET /api/v1/erp/bulk-jobs": {
    path: Record<never, never>;
    query: {
      cursor?: string;
      limit?: number;
      kind?: "retry" | "replay";
      status?: "queued" | "running" | "completed" | "failed" | "cancelled";
    };
    body?: undefined;
    answer: { items: BulkJob[]; /** cursor of the next page; null on the last one */ next: string | null };
  };
  /** List changes and pushes, newest first */
  "GET /api/v1/erp/transactions": {
    path: Record<never, never>;
    query: {
      cursor?: string;
      limit?: number;
      integration?: string;
      direction?: "inbound" | "outbound";
      status?:
        "pending" | "sent" | "accepted" | "confirmed" | "superseded" | "unknown" | "rejected" | "parked" | "discarded";
      entityType?:
        | "Supplier"
        | "Customer"
        | "Contact"
        | "Technician"
        | "Port"
        | "Vessel"
        | "GlAccount"
        | "Part"
        | "CatalogItem"
        | "InventoryBalance"
        | "WorkOrder"
        | "PurchaseOrder"
        | "SalesOrder"
        | "Order"
        | "Requisition"
        | "Rfq"
        | "Ticket"
        | "Receipt"
        | "Shipment"
        | "InventoryTransaction"
        | "CostPosting"
        | "Invoice"
        | "Payment"
        | "GlTransaction";
      key?: string;
    };
    body?: undefined;
    answer: { items: Transaction[]; /** cursor of the next page; null on the last one */ next: string | null };
  };
  /** List dead letters, newest first */
  "GET /api/v1/erp/dead-letters": {
    path: Record<never, never>;
    query: {
      cursor?: string;
      limit?: number;
      integration?: string;
      kind?: "REJECTED" | "PARKED" | "PUSH" | "CONFLICT" | "EVENT" | "CONNECTION";
      reason?: string;
      status?: "OPEN" | "RESOLVED" | "DISCARDED";
      entityType?:
        | "Supplier"
        | "Customer"
        | "Contact"
        | "Technician"
        | "Port"
        | "Vessel"
        | "GlAccount"
        | "Part"
        | "CatalogItem"
        | "InventoryBalance"
        | "WorkOrder"
        | "PurchaseOrder"
        | "SalesOrder"
        | "Order"
        | "Requisition"
        | "Rfq"
        | "Ticket"
        | "Receipt"
        | "Shipment"
        | "InventoryTransaction"
        | "CostPosting"
        | "Invoice"
        | "Payment"
        | "GlTransaction";
      key?: string;
      from?: string;
      to?: string;
    };
    body?: undefined;
    answer: { items: DeadLetter[]; /** cursor of the next page; null on the last one */ next: string | null };
  };
  /** List integrations */
  "GET /api/v1/erp/integrations": {
    path: Record<never, never>;
    query: { cursor?: string; limit?: number; erpSystem?: string };
    body?: undefined;
    answer: { items: Integration[]; /** cursor of the next page; null on the last one */ next: string | null };
  };
  /** List jobs, newest first */
  "GET /api/v1/erp/sync-jobs": {
    path: Record<never, never>;
    query: {
      cursor?: string;
      limit?: number;
      integration?: string;
      entityType?:
        | "Supplier"
        | "Customer"
        | "Contact"
        | "Technician"
        | "Port"
        | "Vessel"
        | "GlAccount"
        | "Part"
        | "CatalogItem"
        | "InventoryBalance"
        | "WorkOrder"
        | "PurchaseOrder"
        | "SalesOrder"
        | "Order"
        | "Requisition"
        | "Rfq"
        | "Ticket"
        | "Receipt"
        | "Shipment"
        | "InventoryTransaction"
        | "CostPosting"
        | "Invoice"
        | "Payment"
        | "GlTransaction";
      status?: "queued" | "running" | "awaiting_approval" | "completed" | "failed" | "cancelled";
    };
    body?: undefined;
    answer: { items: Job[]; /** cursor of the next page; null on the last one */ next: string | null };
  };
  /** List records of one entity by key */
  "GET /api/v1/erp/records/{entityType}": {
    path: { entityType: string };
    query: { cursor?: string; limit?: number; prefix?: string; includeDeleted?: "true" | "false" };
    body?: undefined;
    answer: { items: RecordView[]; /** cursor of the next page; null on the last one */ next: string | null };
  };
  /** List the tenant's API keys */
  "GET /api/v1/api-keys": {
    path: Record<never, never>;
    query: { cursor?: string; limit?: number };
    body?: undefined;
    answer: { items: ApiKey[]; /** cursor of the next page; null on the last one */ next: string | null };
  };
  /** List the tenant's users */
  "GET /api/v1/users": {
    path: Record<never, never>;
    query: { cursor?: string; limit?: number };
    body?: undefined;
    answer: { items: User[]; /** cursor of the next page; null on the last one */ next: string | null };
  };
  /** List the tenants */
  "GET /api/v1/tenants": {
    path: Record<never, never>;
    query: Record<never, never>;
    body?: undefined;
    answer: { items: Tenant[]; /** cursor of the next page; null on the last one */ next: string | null };
  };
  /** Log in with a password; the token goes into Authorization: Bearer */
  "POST /api/v1/auth/login": { path: Record<never, never>; query: Record<never, never>; body: Login; answer: Login };
  /** Make a tenant; the answer shows its first API key and its bus user's password once */
  "POST /api/v1/tenants": {
    path: Record<never, never>;
    query: Record<never, never>;
    body: NewTenant;
    answer: CreatedTenant;
  };
  /** Make an API key; the answer shows it once */
  "POST /api/v1/api-keys": {
    path: Record<never, never>;
    query: Record<never, never>;
    body: NewKey;
    answer: CreatedKey;
  };
  /** Make the secret address, or a new one; the one before works for 24 hours more */
  "POST /api/v1/erp/integrations/{integration}/webhook-secret": {
    path: { integration: string };
    query: Record<never, never>;
    body?: undefined;
    answer: WebhookAddress;
  };
  /** Mark a record deleted */
  "DELETE /api/v1/erp/records/{entityType}/{key}": {
    path: { entityType: string; key: string };
    query: Record<never, never>;
    body?: undefined;
    answer: Written;
  };
  /** One ERP */
  "GET /api/v1/erp/systems/{code}": {
    path: { code: string };
    query: Record<never, never>;
    body?: undefined;
    answer: SystemDescription;
  };
  /** Pause: work waits */
  "POST /api/v1/erp/integrations/{integration}/pause": {
    path: { integration: string };
    query: Record<never, never>;
    body?: undefined;
    answer: Integration;
  };
  /** Plan to take an ended job back; nothing changes before the plan is approved */
  "POST /api/v1/erp/sync-jobs/{id}/rollback": {
    path: { id: string };
    query: Record<never, never>;
    body?: undefined;
    answer: Job;
  };
  /** Put the integration into recovery mode: all is read anew, links stay, nothing is pushed until a release */
  "POST /api/v1/erp/integrations/{integration}/reset": {
    path: { integration: string };
    query: Record<never, never>;
    body?: undefined;
    answer: Recovery;
  };
  /** Read a job's plan: what becomes of each record when it is approved */
  "GET /api/v1/erp/sync-jobs/{id}/plan": {
    path: { id: string };
    query: {
      cursor?: string;
      limit?: number;
      operation?: "create" | "update" | "delete" | "skip" | "reject" | "park" | "hold";
      state?: "planned" | "applied" | "stale";
    };
    body?: undefined;
    answer: { items: PlanItem[]; /** cursor of the next page; null on the last one */ next: string | null };
  };
  /** Read one API key (never the key itself) */
  "GET /api/v1/api-keys/{id}": { path: { id: string }; query: Record<never, never>; body?: undefined; answer: ApiKey };
  /** Read one bulk job: how far it has come */
  "GET /api/v1/erp/bulk-jobs/{id}": {
    path: { id: string };
    query: Record<never, never>;
    body?: undefined;
    answer: BulkJob;
  };
  /** Read one change or push */
  "GET /api/v1/erp/transactions/{id}": {
    path: { id: string };
    query: Record<never, never>;
    body?: undefined;
    answer: Transaction;
  };
  /** Read one dead letter; secrets are masked */
  "GET /api/v1/erp/dead-letters/{id}": {
    path: { id: string };
    query: Record<never, never>;
    body?: undefined;
    answer: DeadLetter;
  };
  /** Read one integration */
  "GET /api/v1/erp/integrations/{integration}": {
    path: { integration: string };
    query: Record<never, never>;
    body?: undefined;
    answer: Integration;
  };
  /** Read one job */
  "GET /api/v1/erp/sync-jobs/{id}": {
    path: { id: string };
    query: Record<never, never>;
    body?: undefined;
    answer: Job;
  };
  /** Read one record */
  "GET /api/v1/erp/records/{entityType}/{key}": {
    path: { entityType: string; key: string };
    query: Record<never, never>;
    body?: undefined;
    answer: RecordView;
  };
  /** Read one tenant */
  "GET /api/v1/tenants/{name}": {
    path: { name: string };
    query: Record<never, never>;
    body?: undefined;
    answer: Tenant;
  };
  /** Read one user */
  "GET /api/v1/users/{id}": { path: { id: string }; query: Record<never, never>; body?: undefined; answer: User };
  /** Remove a user and their sessions */
  "DELETE /api/v1/users/{id}": {
    path: { id: string };
    query: Record<never, never>;
    body?: undefined;
    answer: undefined;
  };
  /** Remove an integration */
  "DELETE /api/v1/erp/integrations/{integration}": {
    path: { integration: string };
    query: Record<never, never>;
    body?: undefined;
    answer: undefined;
  };
  /** Rename an API key */
  "PATCH /api/v1/api-keys/{id}": { path: { id: string }; query: Record<never, never>; body: KeyPatch; answer: ApiKey };
  /** Retry every open dead letter that fits, as a bulk job */
  "POST /api/v1/erp/dead-letters/bulk-retry": {
    path: Record<never, never>;
    query: Record<never, never>;
    body?: BulkRetry;
    answer: BulkJob;
  };
  /** Retry, as it is, with an edited record, or accepting the key that the ERP shows */
  "POST /api/v1/erp/dead-letters/{id}/retry": {
    path: { id: string };
    query: Record<never, never>;
    body?: RetryBody;
    answer: DeadLetter;
  };
  /** Revoke an API key for ever */
  "DELETE /api/v1/api-keys/{id}": {
    path: { id: string };
    query: Record<never, never>;
    body?: undefined;
    answer: undefined;
  };
  /** Send the record of one confirmed push again, by force; answers the new push */
  "POST /api/v1/erp/transactions/{id}/replay": {
    path: { id: string };
    query: Record<never, never>;
    body: ReplayBody;
    answer: Transaction;
  };
  /** Start a synchronisation; one that runs already is joined */
  "POST /api/v1/erp/sync-jobs/{integration}/execute": {
    path: { integration: string };
    query: Record<never, never>;
    body?: ExecuteBody;
    answer: ExecuteAnswer;
  };
  /** Store a new version of a mapping; it is checked as a whole first */
  "PUT /api/v1/erp/integrations/{integration}/mappings/{entityType}": {
    path: { integration: string; entityType: string };
    query: Record<never, never>;
    body: { [name: string]: Json };
    answer: MappingSaved;
  };
  /** Store a whole record; it goes to every outbound integration */
  "PUT /api/v1/erp/records/{entityType}/{key}": {
    path: { entityType: string; key: string };
    query: Record<never, never>;
    body: { [name: string]: Json };
    answer: Written;
  };
  /** Take a notice of an ERP in; it is stored before the answer */
  "POST /api/v1/webhooks/inbound/{integration}/{secret}": {
    path: { integration: string; secret: string };
    query: Record<never, never>;
    body?: string;
    answer: NoticeAnswer;
  };
  /** Test the connection; a failed test is an answer too (success: false) */
  "POST /api/v1/erp/integrations/{integration}/test": {
    path: { integration: string };
    query: Record<never, never>;
    body?: undefined;
    answer: TestAnswer;
  };
  /** The ERP's fields of one entity */
  "GET /api/v1/erp/integrations/{integration}/fields": {
    path: { integration: string };
    query: {
      entityType:
        | "Supplier"
        | "Customer"
        | "Contact"
        | "Technician"
        | "Port"
        | "Vessel"
        | "GlAccount"
        | "Part"
        | "CatalogItem"
        | "InventoryBalance"
        | "WorkOrder"
        | "PurchaseOrder"
        | "SalesOrder"
        | "Order"
        | "Requisition"
        | "Rfq"
        | "Ticket"
        | "Receipt"
        | "Shipment"
        | "InventoryTransaction"
        | "CostPosting"
        | "Invoice"
        | "Payment"
        | "GlTransaction";
    };
    body?: undefined;
    answer: { items: ErpField[]; /** cursor of the next page; null on the last one */ next: string | null };
  };
  /** The ERPs that can be connected and what each can do */
  "GET /api/v1/erp/systems": {
    path: Record<never, never>;
    query: Record<never, never>;
    body?: undefined;
    answer: { items: SystemDescription[]; /** cursor of the next page; null on the last one */ next: string | null };
  };
  /** The change feed after a cursor; 410 when the cursor is too old: start from a baseline */
  "GET /api/v1/erp/changes": {
    path: Record<never, never>;
    query: { cursor?: string; limit?: number };
    body?: undefined;
    answer: { items: CloudEvent[]; /** cursor of the next page; null on the last one */ next: string | null };
  };
  /** The mapping in use */
  "GET /api/v1/erp/integrations/{integration}/mappings/{entityType}": {
    path: { integration: string; entityType: string };
    query: Record<never, never>;
    body?: undefined;
    answer: MappingVersion;
  };
  /** The newest mapping of each entity */
  "GET /api/v1/erp/integrations/{integration}/mappings": {
    path: { integration: string };
    query: Record<never, never>;
    body?: undefined;
    answer: { items: MappingVersion[]; /** cursor of the next page; null on the last one */ next: string | null };
  };
  /** The secret address for the ERP's notices */
  "GET /api/v1/erp/integrations/{integration}/webhook-secret": {
    path: { integration: string };
    query: Record<never, never>;
    body?: undefined;
    answer: WebhookAddress;
  };
  /** Whether synchronisation works; with a key that may view also each integration */
  "GET /api/v1/erp/health": {
    path: Record<never, never>;
    query: Record<never, never>;
    body?: undefined;
    answer: ErpHealth;
  };
  /** Whether the integration is in recovery mode */
  "GET /api/v1/erp/integrations/{integration}/recovery": {
    path: { integration: string };
    query: Record<never, never>;
    body?: undefined;
    answer: Recovery;
  };
  /** Who the key or token belongs to */
  "GET /api/v1/auth/me": { path: Record<never, never>; query: Record<never, never>; body?: undefined; answer: Me };
}
