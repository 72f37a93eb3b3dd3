import { lookup, type LookupAddress, type LookupOptions } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";

/** Decides on an IP address that a connection is about to go to. */
export type AllowAddress = (address: string) => boolean;

// Link-local addresses, and those under which clouds hand out credentials beside them.
const metadata = new BlockList();
metadata.addSubnet("169.254.0.0", 16, "ipv4");
metadata.addSubnet("fe80::", 10, "ipv6");
metadata.addAddress("fd00:ec2::254", "ipv6");
metadata.addAddress("100.100.100.200", "ipv4");

/**
 * Everything but link-local and metadata addresses: no ERP stands there, and whoever may name an ERP's address must not
 * get at the credentials of the machine.
 */
export function isNoMetadata(address: string): boolean {
  return !metadata.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
}

/** Thrown before any byte is sent to an address that the guard refuses. */
export class AddressRefusedError extends Error {
  readonly code = "ADDRESS_REFUSED";

  constructor(host: string) {
    super(`${host} leads to an address that may not be called`);
  }
}

/**
 * Name resolution that refuses names leading to forbidden addresses. The check stands where the connection is made:
 * a name that resolves differently the second time (DNS rebinding) does not get past it.
 */
export function guardedLookup(allow: AllowAddress): LookupFunction {
  return (host, options, done) => {
    lookup(host, { ...(options as LookupOptions), all: true }, (error, addresses: LookupAddress[]) => {
      if (error) return done(error, "", 0);
      const first = addresses[0];
      if (!first || !addresses.every(({ address }) => allow(address)))
        return done(new AddressRefusedError(host), "", 0);
      if (options.all) return done(null, addresses);
      done(null, first.address, first.family);
    });
  };
}

/** Addresses written in the URL are never looked up, so they are checked here. */
export function refuseLiteral(hostname: string, allow: AllowAddress): void {
  const bare = hostname.replace(/^\[|\]$/g, "");
  if (isIP(bare) !== 0 && !allow(bare)) throw new AddressRefusedError(hostname);
}
