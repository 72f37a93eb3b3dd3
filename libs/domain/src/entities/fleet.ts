import { entity, flag, integer, key, list, reference, text } from "./builders";

export const vessel = entity({
  name: "Vessel",
  code: 5,
  kind: "state",
  key: ["imoNumber"],
  group: ["masterData"],
  description: "A ship of a fleet.",
  fields: [
    // IMO Resolution A.1117(30). One ship must have one key: mappings take a prefix "IMO" off.
    key("imoNumber", "IMO ship identification number, seven digits.", { pattern: "^[0-9]{7}$" }),
    text("name", "Name of the ship."),
    text("callSign", "Radio call sign."),
    text("mmsi", "Maritime Mobile Service Identity."),
    text("flag", "ISO 3166-1 alpha-2 code of the flag state."),
    text("vesselType", "Tanker, bulk carrier, …"),
    integer("yearBuilt", "Year of delivery."),
    integer("grossTonnage", "Gross tonnage."),
    reference("customer", "Customer", "Owner or manager as customer."),
    reference("homePort", "Port", "Port of registry."),
    flag("active", "False when sold or scrapped."),
    list("codes", "system", "Code of the ship in each other system.", [
      key("system", "Name of the system or integration."),
      text("code", "The ship's code there."),
    ]),
  ],
});

export const port = entity({
  name: "Port",
  code: 6,
  kind: "state",
  key: ["locode"],
  group: ["masterData"],
  description: "A port of call or delivery.",
  fields: [
    // UN/ECE Recommendation 16: country code and three characters, here without the space.
    key("locode", "UN/LOCODE.", { pattern: "^[A-Z]{2}[A-Z2-9]{3}$" }),
    text("name", "Name of the port."),
    text("country", "ISO 3166-1 alpha-2 code."),
    text("region", "State or province."),
    text("timeZone", "IANA time zone."),
    text("coordinates", "Position as in UN/LOCODE, degrees and minutes."),
    flag("active", "False when no longer used."),
    list("codes", "system", "Code of the port in each other system.", [
      key("system", "Name of the system or integration."),
      text("code", "The port's code there."),
    ]),
  ],
});
