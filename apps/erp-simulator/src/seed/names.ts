/** Words the demo data is made of: a yard that buys steel, machinery and consumables. */
export const COMPANY_STEMS = [
  'Baltic', 'Harbour', 'Nordvik', 'Delta', 'Maas', 'Fjord', 'Anker', 'Kestrel', 'Zeeland', 'Orion', 'Skagen', 'Piraeus',
  'Keppel', 'Tideway', 'Borealis', 'Helm', 'Lodestar', 'Vesper', 'Marlin', 'Castor', 'Hanse', 'Ironclad', 'Seamark',
] as const;
export const COMPANY_TRADES = [
  'Steel', 'Fasteners', 'Hydraulics', 'Electric', 'Coatings', 'Pumps', 'Valves', 'Cables', 'Rigging', 'Castings', 'Bearings', 'Instruments',
] as const;
export const COMPANY_FORMS = ['B.V.', 'GmbH', 'AS', 'Ltd', 'S.A.', 'Pte Ltd'] as const;
export const CITIES: readonly (readonly [string, number])[] = [
  ['Rotterdam', 1], ['Vlissingen', 1], ['Hamburg', 2], ['Bremen', 2], ['Bergen', 3], ['Stavanger', 3], ['Singapore', 4], ['Piraeus', 5], ['Houston', 6],
];
export const FIRST_NAMES = ['Anna', 'Jonas', 'Ingrid', 'Pieter', 'Mei', 'Nikos', 'Farah', 'Lars', 'Sofia', 'Tom'] as const;
export const LAST_NAMES = ['de Vries', 'Hansen', 'Schmidt', 'Tan', 'Papadakis', 'Olsen', 'Jansen', 'Meyer', 'Lim', 'Berg'] as const;
export const PARTS = [
  'Hex bolt', 'Gate valve', 'Ball bearing', 'Hydraulic hose', 'Centrifugal pump', 'Pressure gauge', 'Cable tray', 'Steel plate', 'Flange',
  'Gasket', 'Anode', 'Shackle', 'Junction box', 'Epoxy primer', 'Welding rod', 'Butterfly valve', 'Propeller seal', 'Filter cartridge',
] as const;
export const GRADES = ['M8', 'M12', 'DN50', 'DN80', 'A4-70', '316L', 'S355', 'IP67', 'PN16', 'type B', 'heavy duty', 'marine grade'] as const;
