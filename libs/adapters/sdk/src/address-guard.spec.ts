import { isNoMetadata } from "./address-guard";

it.each(["169.254.169.254", "169.254.0.1", "::ffff:169.254.169.254", "fe80::1", "fd00:ec2::254", "100.100.100.200"])(
  "%s is no address of an ERP",
  (address) => expect(isNoMetadata(address)).toBe(false),
);

it.each(["10.0.0.1", "127.0.0.1", "192.168.1.4", "203.0.113.9", "::1", "2001:db8::1"])("%s may be one", (address) =>
  expect(isNoMetadata(address)).toBe(true),
);
