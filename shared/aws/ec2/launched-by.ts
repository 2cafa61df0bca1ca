/** Tags that EC2 and Auto Scaling put on what they launch, and what each names. */
const LAUNCHERS: readonly (readonly [tag: string, what: string])[] = [
  ['aws:autoscaling:groupName', 'Auto Scaling group'],
  ['aws:ec2launchtemplate:id', 'launch template'],
  ['aws:ec2:fleet-id', 'EC2 fleet'],
  ['aws:ec2spot:fleet-request-id', 'Spot fleet'],
  ['eks:nodegroup-name', 'EKS node group'],
];

/** What launched an instance, by its tags, as words: `Auto Scaling group web, launch template lt-1`; null where nothing is named. */
export function launchedBy(tags: Readonly<Record<string, string>>): string | null {
  const named = LAUNCHERS.flatMap(([tag, what]) => (tags[tag] === undefined ? [] : [`${what} ${tags[tag]}`]));
  return named.length === 0 ? null : named.join(', ');
}
