import { freshEvent } from '../fresh-event.ts';
import type { Scene } from '../scene.ts';

export default {
  title: 'The root user creates an access key for itself',
  expects: { 'iam-root-user-unused': 'detected' },
  // The event is itself the finding: there is nothing to read.
  prepare: async (account) => ({
    state: async () => null,
    neighbours: async () => ({}),
    happen: async () => ({ event: freshEvent('detections/RootCall', account) }),
  }),
} satisfies Scene;
