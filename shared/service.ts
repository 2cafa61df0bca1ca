/** The deployment units of a stack: each has one function and one queue, which serve every service of the domain. */
export const DOMAINS = ['infrastructure', 'identity', 'data', 'databases', 'monitoring', 'applications'] as const;
export type Domain = (typeof DOMAINS)[number];

/** One AWS service, as `shared/resources/<id>/service.ts` defines it. Loads no SDK client by itself: functions import this file to know which controls an event needs. */
export interface Service {
  /** CloudTrail's prefix of the service and the name of its folders: `ec2`. */
  readonly id: string;
  readonly domain: Domain;
  /** Every `eventSource` of a CloudTrail call, and every `source` of another EventBridge event, that the triggers of its resources name. */
  readonly eventSources: readonly string[];
  /** The SDK modules of the service by the short name that a call carries as its `service`; a step or an undo is made with one of these. */
  readonly sdks: Readonly<Record<string, () => Promise<object>>>;
}

/** Names a service; an identity function that gives inference and has no side effect. */
export const defineService = (service: Service): Service => service;
