import type { AnyControl } from '../../shared/control.ts';
import type { Place, PolicyDocument } from '../../shared/policy/policy.ts';
import { policyFrom } from '../../shared/policy/settings.ts';
import { lidClosed, REF } from './fake-resource.ts';

/** Where policies are asked what holds. */
export const PLACE: Place = {
  ref: { ...REF, accountId: '111122223333', region: 'eu-west-1', resourceId: 'box-1' },
  arn: 'arn:aws:box:::box-1',
  tags: { env: 'prod', team: 'web' },
};
export const control = (rest: Partial<AnyControl> = {}): AnyControl => ({
  ...lidClosed,
  recommendedMode: 'remediate',
  ...rest,
});
/** The mode that a policy.yml sets a control to at PLACE, or beside it. */
export const modeIn = (document: PolicyDocument | null, place: Partial<Place> = {}, of = control()) =>
  policyFrom(document).settingsFor(of, { ...PLACE, ...place }).mode;
