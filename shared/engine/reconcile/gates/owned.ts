import type { Gate } from './gate.ts';

/** Resources that an AWS service, a team or a tool manages are theirs to change. */
export const owned: Gate = ({ run, control, ownership }) => {
  if (ownership === null) return null;
  const { tags, service } = ownership;
  const isServiceManaged = service !== null && control.overrides !== 'ownership';
  const owner = isServiceManaged ? `managed by ${service}` : run.engine.policy.ownerOf(tags);
  return owner === null ? null : { outcome: 'detected', reason: `Not touched: ${owner}.` };
};
