/** Ids of public catalogues that scenarios map to, with their names. An id that is not in the table is a fault. */
import { accepted, complained, type Parsed, show } from './faults.js';
import { field } from './field.js';
import { proposal } from './nearest.js';

export const mappingTable = {
  // OWASP Automated Threats to Web Applications, handbook 1.30.
  'OAT-001': 'Carding',
  'OAT-002': 'Token Cracking',
  'OAT-003': 'Cost-Inflation Fraud (Ad Fraud)',
  'OAT-004': 'Fingerprinting',
  'OAT-005': 'Scalping',
  'OAT-006': 'Expediting',
  'OAT-007': 'Credential Cracking',
  'OAT-008': 'Credential Stuffing',
  'OAT-009': 'CAPTCHA Defeat',
  'OAT-010': 'Card Cracking',
  'OAT-011': 'Scraping',
  'OAT-012': 'Cashing Out',
  'OAT-013': 'Sniping',
  'OAT-014': 'Vulnerability Scanning',
  'OAT-015': 'Denial of Service',
  'OAT-016': 'Skewing',
  'OAT-017': 'Spamming',
  'OAT-018': 'Footprinting',
  'OAT-019': 'Account Creation',
  'OAT-020': 'Account Aggregation',
  'OAT-021': 'Denial of Inventory',
  // OWASP API Security Top 10, edition 2023.
  'API1:2023': 'Broken Object Level Authorization',
  'API2:2023': 'Broken Authentication',
  'API3:2023': 'Broken Object Property Level Authorization',
  'API4:2023': 'Unrestricted Resource Consumption',
  'API5:2023': 'Broken Function Level Authorization',
  'API6:2023': 'Unrestricted Access to Sensitive Business Flows',
  'API7:2023': 'Server Side Request Forgery',
  'API8:2023': 'Security Misconfiguration',
  'API9:2023': 'Improper Inventory Management',
  'API10:2023': 'Unsafe Consumption of APIs',
  // MITRE ATT&CK, Enterprise: those that attacks on an API's limits and signatures come under.
  T1036: 'Masquerading',
  T1078: 'Valid Accounts',
  'T1078.004': 'Valid Accounts: Cloud Accounts',
  T1087: 'Account Discovery',
  T1090: 'Proxy',
  'T1090.002': 'Proxy: External Proxy',
  'T1098.001': 'Account Manipulation: Additional Cloud Credentials',
  T1110: 'Brute Force',
  'T1110.001': 'Brute Force: Password Guessing',
  'T1110.003': 'Brute Force: Password Spraying',
  'T1110.004': 'Brute Force: Credential Stuffing',
  T1111: 'Multi-Factor Authentication Interception',
  T1212: 'Exploitation for Credential Access',
  T1499: 'Endpoint Denial of Service',
  'T1499.002': 'Endpoint Denial of Service: Service Exhaustion Flood',
  'T1499.003': 'Endpoint Denial of Service: Application Exhaustion Flood',
  'T1499.004': 'Endpoint Denial of Service: Application or System Exploitation',
  T1531: 'Account Access Removal',
  T1548: 'Abuse Elevation Control Mechanism',
  'T1550.001': 'Use Alternate Authentication Material: Application Access Token',
  T1565: 'Data Manipulation',
  'T1565.002': 'Data Manipulation: Transmitted Data Manipulation',
  T1585: 'Establish Accounts',
  'T1589.002': 'Gather Victim Identity Information: Email Addresses',
  T1595: 'Active Scanning',
  T1606: 'Forge Web Credentials',
  T1621: 'Multi-Factor Authentication Request Generation',
  T1657: 'Financial Theft',
  // CAPEC 3.9.
  'CAPEC-2': 'Inducing Account Lockout',
  'CAPEC-26': 'Leveraging Race Conditions',
  'CAPEC-29': 'Leveraging Time-of-Check and Time-of-Use (TOCTOU) Race Conditions',
  'CAPEC-49': 'Password Brute Forcing',
  'CAPEC-60': 'Reusing Session IDs (aka Session Replay)',
  'CAPEC-125': 'Flooding',
  'CAPEC-565': 'Password Spraying',
  'CAPEC-600': 'Credential Stuffing',
} as const;

export type Mapping = keyof typeof mappingTable;
const mappingIds = Object.keys(mappingTable) as readonly Mapping[];

function isMapping(input: unknown): input is Mapping {
  return typeof input === 'string' && Object.hasOwn(mappingTable, input);
}

/** An id of a public catalogue: OAT-008, API2:2023, T1110.004, CAPEC-60. */
function parseMapping(input: unknown): Parsed<Mapping> {
  if (isMapping(input)) return accepted(input);
  if (typeof input !== 'string') {
    return complained('FP_MAPPING_UNKNOWN', `must be an id of a catalogue, got ${show(input)}`);
  }
  const near = proposal(input, mappingIds);
  const hint = near.startsWith('did you mean') ? near : undefined;
  return complained('FP_MAPPING_UNKNOWN', `is no id that is known here: ${show(input)}`, hint);
}

export function mappingField() {
  return field(parseMapping, {
    title: 'id',
    type: 'string',
    enum: mappingIds,
    description: 'id of a public catalogue',
  });
}
