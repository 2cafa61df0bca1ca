import type { Alteration } from '../aws-proxy.ts';
import type { DeployedStack } from '../deployed.ts';
import type { TestAccount } from '../sandbox.ts';

/** Something that keeps a deployment from seeing, telling or remembering. */
export interface Fault {
  readonly name: string;
  seed(account: TestAccount, stack: DeployedStack): Promise<unknown>;
  /** What doctor says of it. */
  readonly expect: {
    readonly what: string;
    readonly state: 'look' | 'ill';
    readonly says: RegExp;
    readonly mend: RegExp;
  };
  /** Puts it right, as the mend says. */
  mend?(account: TestAccount, stack: DeployedStack): Promise<unknown>;
  /** The answer that shows it, where the local account cannot. */
  readonly answer?: Alteration;
}

/** The mend of what was taken from the stack by hand. */
export const RESTORE =
  /^aws cloudformation create-change-set --stack-name evenkeel-prod .*--deployment-mode REVERT_DRIFT/;
