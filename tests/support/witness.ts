import { type AnyControl, type AnyResource, compliant, defineControl } from '../../shared/control.ts';

/** A control that looks on: it needs every facet and finds everything compliant, unless a test says otherwise. */
export const witness = (resource: AnyResource, rest: Partial<AnyControl> = {}): AnyControl => ({
  ...defineControl({
    id: 'witness',
    title: 'Looks on',
    severity: 'LOW',
    resource,
    needs: Object.keys(resource.facets),
    securityControlIds: [],
    relatedRequirements: [],
    description: 'Everything is right.',
    rationale: 'A test needs a control.',
    guidance: 'Do nothing.',
    impact: 'none',
    recommendedMode: 'detect',
    permissions: {},
    parameters: {},
    evaluate: () => compliant('Everything is right.'),
  }),
  ...rest,
});
