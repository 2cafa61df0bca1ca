import type { AnyControl, Mode } from '../../shared/control.ts';
import type { Engine } from '../../shared/engine/context.ts';
import type { InternalMessage } from '../../shared/internal-events.ts';
import { memoryLedger } from '../../shared/ledger/memory.ts';
import { announcementMessage, noticeMessage } from '../../shared/notify/compose.ts';
import type { Announcement, Notice } from '../../shared/notify/notifier.ts';
import { defaultParameters } from '../../shared/policy/defaults.ts';
import { policyFrom } from '../../shared/policy/settings.ts';
import type { Aws } from '../../shared/resource.ts';
import { assertValidMessage } from './message-schema.ts';
import { REGION } from './samples.ts';

/** An engine for tests: everything in memory, no waiting, and what was published can be read. */
export interface TestEngine extends Engine {
  readonly notified: Notice[];
  readonly announced: Announcement[];
  readonly sent: InternalMessage[];
}

/** What one notification says, control by control. */
export const singles = ({ others = [], ...notice }: Notice): readonly Notice[] => [notice, ...others];

/** `mode` holds for every control; parameters are the controls' own, overridden by `parameters`. */
export function testEngine(
  aws: (region: string) => Aws,
  mode: Mode = 'remediate',
  overrides: Partial<Engine> & { readonly parameters?: Readonly<Record<string, unknown>> } = {},
): TestEngine {
  const notified: Notice[] = [];
  const announced: Announcement[] = [];
  const sent: InternalMessage[] = [];
  const { parameters, ...rest } = overrides;
  return {
    aws,
    ledger: memoryLedger(),
    notifier: {
      async notify(notice) {
        assertValidMessage(noticeMessage(notice));
        notified.push(...singles(notice));
      },
      async announce(announcement) {
        assertValidMessage(announcementMessage(announcement));
        announced.push(announcement);
      },
    },
    policy: {
      ...policyFrom(null),
      version: 'test',
      reach: () => mode,
      reachAnywhere: () => mode,
      settingsFor: (control: AnyControl) => ({
        mode,
        parameters: { ...defaultParameters(control), ...parameters },
        why: 'the test says so',
      }),
    },
    clock: { now: () => new Date(), sleep: async () => {} },
    home: REGION,
    codeVersion: 'test',
    ceiling: 'remediate',
    async send(messages) {
      sent.push(...messages);
    },
    ...rest,
    notified,
    announced,
    sent,
  };
}
