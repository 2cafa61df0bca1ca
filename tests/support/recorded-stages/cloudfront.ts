import site from '../../../scenes/cloudfront/cloudfront-distribution-https-required.ts';
import type { Json } from '../recorded-events.ts';
import { sceneAccount } from '../test-scene.ts';
import type { Stage } from './stage.ts';

/** A distribution that answers by HTTP too by the time the event is handled. */
export const distributionOpened: Stage = async (account, { record }) => {
  const { happen, state } = await site.prepare(sceneAccount(account));
  const right = await state();
  const { event }: { event: Json } = await happen();
  const { id } = event.detail.requestParameters;
  return { renamed: { [record.responseElements.distribution.id]: id }, state, right };
};
