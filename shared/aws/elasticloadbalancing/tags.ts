import { DescribeTagsCommand, ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { type Aws, type Ownership, onEverything, type ResourceRef } from '../../resource.ts';
import { carried } from '../answer.ts';
import { serviceOfTags } from '../service-managed.ts';
import { tagsByKey } from '../tags.ts';

/** Tags by which a controller in a Kubernetes cluster knows what it made, and sets it back to what the cluster says. */
const CONTROLLER_TAGS = ['elbv2.k8s.aws/cluster', 'eks:eks-cluster-name'];

/** Whose a load balancer or a listener is, as far as its tags tell. */
export const elbOwnership = {
  grants: onEverything('elasticloadbalancing:DescribeTags'),
  async read(aws: Aws, { resourceId }: ResourceRef): Promise<Ownership> {
    const answer = await aws(ElasticLoadBalancingV2Client).send(
      new DescribeTagsCommand({ ResourceArns: [resourceId] }),
    );
    const [found] = carried('DescribeTags', 'TagDescriptions', answer.TagDescriptions);
    const tags = tagsByKey(carried('DescribeTags', 'Tags', found?.Tags));
    const isOfCluster = CONTROLLER_TAGS.some((key) => key in tags);
    return {
      tags,
      service: isOfCluster ? 'the load balancer controller of a Kubernetes cluster' : serviceOfTags(tags),
    };
  },
};
