import type { AnyControl } from '../control.ts';
import type { Change } from '../engine/intake/parse-event.ts';

/** A service before its controls and clients are loaded. */
export interface ServiceEntry {
  /** The name of its folder, with which the ids of its controls begin. */
  readonly id: string;
  /** Where the events come from that can concern one of its controls: `ec2.amazonaws.com`, `aws.rds`. */
  readonly eventSources: readonly string[];
  /** What AWS Config and our own messages call its resources. */
  readonly resourceTypes: readonly string[];
  load(): Promise<{ readonly controls: readonly AnyControl[] }>;
}

/** Loads the controls of services; each once for the life of an instance. */
export const controlsOf = async (entries: readonly ServiceEntry[]): Promise<readonly AnyControl[]> =>
  (await Promise.all(entries.map(({ load }) => load()))).flatMap(({ controls }) => controls);

/** The services that a change can concern, by where it came from or by the type of the resource that it names. */
export function concernedBy(change: Change, services: readonly ServiceEntry[]): readonly ServiceEntry[] {
  switch (change.kind) {
    case 'call':
      return services.filter(({ eventSources }) => eventSources.includes(change.record.eventSource));
    case 'event':
      return services.filter(({ eventSources }) => eventSources.includes(change.record.source));
    case 'resource':
    case 'recheck':
      return services.filter(({ resourceTypes }) => resourceTypes.includes(change.resource.resourceType));
    default:
      return [];
  }
}

/** The service of a control, by its id; undefined where there is none. A service's id can begin like another's. */
export const serviceOfControl = (controlId: string, services: readonly ServiceEntry[]): ServiceEntry | undefined =>
  services.filter(({ id }) => controlId.startsWith(`${id}-`)).toSorted((a, b) => b.id.length - a.id.length)[0];
