import type { CommandRun } from './context.ts';
import { flagsOf, placeFlags } from './next-command.ts';
import type { PageFacts } from './output/page.ts';

/** What the page of a run says beside its findings. Throws where the ledger does not answer. */
export async function pageFacts(
  subcommand: string,
  options: Parameters<typeof flagsOf>[0],
  { engine, source, caller }: CommandRun,
): Promise<PageFacts> {
  const mode = options.mode === undefined || options.mode === 'detect' ? '' : ` --mode ${options.mode}`;
  return {
    command: `npx evenkeel ${subcommand}${flagsOf(options)}${mode}`,
    account: await caller().then(
      ({ accountId }) => accountId,
      () => 'unknown',
    ),
    regions: options.region ?? 'all',
    ...source,
    now: engine.clock.now(),
    pauses: await engine.ledger.pauses(),
    flags: placeFlags(options),
  };
}
