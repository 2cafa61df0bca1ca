/** What OCSF 1.5.0 (https://schema.ocsf.io/1.5.0/classes/compliance_finding) requires of a compliance finding in the profile `cloud`, and which members its objects may have. */
const text = { type: 'string', minLength: 1 };
const integer = { type: 'integer' };
const oneOf = (...values: readonly number[]) => ({ enum: values });
const object = (required: readonly string[], properties: object) => ({
  type: 'object',
  required,
  properties,
  additionalProperties: false,
});

export const OCSF_COMPLIANCE_FINDING = object(
  [
    'activity_id',
    'category_uid',
    'class_uid',
    'cloud',
    'compliance',
    'finding_info',
    'metadata',
    'severity_id',
    'time',
    'type_uid',
  ],
  {
    activity_id: oneOf(0, 1, 2, 3, 99),
    activity_name: text,
    category_uid: { const: 2 },
    category_name: { const: 'Findings' },
    class_uid: { const: 2003 },
    class_name: { const: 'Compliance Finding' },
    type_uid: oneOf(200300, 200301, 200302, 200303, 200399),
    type_name: text,
    time: { ...integer, minimum: 1_000_000_000_000 },
    severity_id: oneOf(0, 1, 2, 3, 4, 5, 6, 99),
    severity: text,
    status_id: oneOf(0, 1, 2, 3, 4, 5, 6, 99),
    status: text,
    status_code: text,
    message: { type: 'string' },
    metadata: object(['product', 'version'], {
      version: { const: '1.5.0' },
      profiles: { type: 'array', items: { const: 'cloud' } },
      product: object(['name', 'vendor_name'], { name: text, vendor_name: text, version: text }),
      correlation_uid: text,
    }),
    finding_info: object(['uid'], {
      uid: text,
      title: text,
      desc: { type: 'string' },
      types: { type: 'array', items: text },
      first_seen_time: integer,
    }),
    compliance: object(['standards'], {
      status_id: oneOf(0, 1, 2, 3, 99),
      status: text,
      control: text,
      desc: text,
      standards: { type: 'array', items: text },
      requirements: { type: 'array', items: text },
    }),
    cloud: object(['provider'], {
      provider: { const: 'AWS' },
      account: object(['uid', 'type_id'], { uid: text, type: { const: 'AWS Account' }, type_id: { const: 10 } }),
      region: text,
    }),
    resources: {
      type: 'array',
      items: object(['uid'], {
        uid: { type: 'string' },
        type: { type: 'string' },
        name: { type: 'string' },
        region: text,
        cloud_partition: text,
        group: object(['name'], { name: text }),
      }),
    },
    remediation: object(['desc'], { desc: text }),
  },
);
