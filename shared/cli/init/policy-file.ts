import microdiff from 'microdiff';
import { parse } from 'yaml';
import { controls } from '../../controls/index.ts';
import { detections } from '../../detections/index.ts';
import { type Framework, requirementsIn } from '../../frameworks.ts';
import { counted, visibleJson } from '../../text.ts';
import { MODE_COMMENT, policyText, type WrittenMode } from '../framework-policy.ts';

export const FILE = 'policy.yml';

/** Of which controls, and how far they may go. */
export interface Chosen {
  /** `null`: all controls. */
  readonly framework: Framework | null;
  readonly mode: WrittenMode;
}

/** Editors complete and validate the file by it. */
const SCHEMA = '# yaml-language-server: $schema=./docs/policy.schema.json\n';

/** The policy that a new clone has. */
const FIRST = `${SCHEMA}# What Evenkeel may do in this account. A new clone only detects and notifies: enabling remediation is a reviewed change.
#
#   controls:
#     ec2-security-group-admin-ports-restricted: { mode: remediate }
defaults: { mode: detect }
`;

/** The policy.yml for these answers. */
export function policyFor({ framework, mode }: Chosen): string {
  if (framework !== null) {
    const asked = [...controls, ...detections].filter((one) => requirementsIn(framework, one).length > 0);
    return `${SCHEMA}${policyText(framework, asked, mode)}`;
  }
  if (mode === 'detect') return FIRST;
  const comment = MODE_COMMENT[mode].replace('# They', '# All controls').replace('# Their', '# All');
  return `${SCHEMA}# What Evenkeel may do in this account.\n${comment}\ndefaults: { mode: ${mode} }\n`;
}

/** Where two policies differ, setting by setting; null where the present one cannot be read. */
export function policyDifferences(before: string, after: string): readonly string[] | null {
  const present = documentIn(before);
  if (present === null) return null;
  return microdiff(present, documentIn(after) ?? {}).map((one) => {
    const [from, to] = [
      one.type === 'CREATE' ? undefined : one.oldValue,
      one.type === 'REMOVE' ? undefined : one.value,
    ];
    return `${one.path.join('.')}: ${inJson(from)} → ${inJson(to)}`;
  });
}

/** True where a policy sets nothing, or what a new clone's does. */
export const isFirst = (text: string): boolean => {
  const document = documentIn(text);
  return (
    document !== null &&
    (Object.keys(document).length === 0 || microdiff(document, documentIn(FIRST) ?? {}).length === 0)
  );
};

/** Longer values are only counted: a person looks into the file for them. */
const MAX_VALUE_LENGTH = 80;

function inJson(value: unknown): string {
  if (value === undefined) return 'not set';
  const text = visibleJson(JSON.stringify(value));
  if (text.length <= MAX_VALUE_LENGTH) return text;
  return typeof value === 'object' && value !== null
    ? counted(Object.keys(value).length, 'entry', 'entries')
    : `${text.slice(0, MAX_VALUE_LENGTH)}…`;
}

function documentIn(text: string): Record<string, unknown> | null {
  try {
    const document: unknown = parse(text) ?? {};
    return typeof document === 'object' && !Array.isArray(document) ? (document as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
