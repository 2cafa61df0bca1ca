import { Command } from 'commander';
import { awsClients } from '../aws/clients.ts';
import { DEFAULT_STACK, deploymentAt } from '../doctor/deployment.ts';
import { type Diagnosis, type Examination, ill, type Scene, well } from '../doctor/diagnosis.ts';
import { sight, voice, withinLedger } from '../doctor/index.ts';
import { ledger } from '../doctor/ledger.ts';
import { notices } from '../doctor/notifications.ts';
import { policy } from '../doctor/policy.ts';
import { examine } from '../doctor/run.ts';
import { caller } from './caller.ts';
import { colors } from './colors.ts';
import { engineFor } from './context.ts';
import { EXIT } from './errors.ts';
import { type CommonOptions, homeRegion, withCommonOptions } from './options.ts';
import { policyOrDetect } from './policy.ts';

interface DoctorOptions extends CommonOptions {
  readonly stack: string;
}

export const doctorCommand = () =>
  withCommonOptions(new Command('doctor'))
    .description('What keeps Evenkeel from seeing or acting, each with its mend.')
    .option('--stack <name>', 'the stack of the deployment, in the region that you name', DEFAULT_STACK)
    .action(doctor);

const account: Examination = {
  what: 'account',
  mend: 'give credentials that hold: AWS_PROFILE or --profile, and --region',
  examine: async ({ engine, home }) => well(`${await caller(engine)}, ${home}`),
};

/** A policy that is broken is one more thing that is wrong, and hides nothing else. */
const brokenPolicy = (error: string): Examination => ({
  ...policy,
  examine: async () => ill(error, 'correct it: until then the command acts on nothing, and nothing can be deployed'),
});

async function doctor(options: DoctorOptions): Promise<void> {
  const home = homeRegion();
  const { deployment, examination } = await deploymentAt(awsClients()(home), home, options.stack);
  const { LedgerTable, NoticeTopic } = deployment?.outputs ?? {};
  // What is set wins: so a copy of the ledger can be looked at.
  process.env.EVENKEEL_TABLE ||= LedgerTable ?? '';
  process.env.EVENKEEL_TOPIC_ARN ||= NoticeTopic ?? '';
  const chosen = policyOrDetect(options);
  const engine = engineFor({ mode: 'detect' }, chosen.policy);
  const { EVENKEEL_TABLE: table, EVENKEEL_TOPIC_ARN: topicArn } = process.env;
  const scene: Scene = { engine, home, deployment, table, topicArn };

  const states = new Map<string, Diagnosis['state']>();
  const show = async (examinations: readonly Examination[]) => {
    for await (const diagnosis of examine(examinations, scene)) {
      process.stdout.write(options.json ? `${JSON.stringify(diagnosis)}\n` : inWords(diagnosis));
      if (states.get(diagnosis.what) !== 'ill') states.set(diagnosis.what, diagnosis.state);
    }
  };
  const deployed = deployment === null ? [notices] : [...sight, ...voice];
  await show([chosen.error === null ? policy : brokenPolicy(chosen.error), account, examination, ...deployed, ledger]);
  // A ledger that does not answer has nothing to say about what it holds.
  if (states.get(ledger.what) !== 'ill') await show(withinLedger);
  process.exitCode = [...states.values()].includes('ill') ? EXIT.failed : EXIT.done;
}

const MARKS = { well: colors.green('✓'), look: colors.yellow('!'), ill: colors.red('✗') };
/** Columns of a line, and of what stands before the words in it. */
const WIDTH = 100;
const MARGIN = 19;

function inWords({ what, state, says, mend }: Diagnosis): string {
  const [first = '', ...rest] = wrapped(says, WIDTH - MARGIN);
  const lines = [
    `${MARKS[state]} ${what.padEnd(MARGIN - 3)} ${first}`,
    ...rest.map((line) => ' '.repeat(MARGIN) + line),
  ];
  if (mend !== null) {
    const [begin = '', ...more] = holdsCommand(mend) ? [mend] : wrapped(mend, WIDTH - MARGIN - 2);
    lines.push(`${' '.repeat(MARGIN)}${colors.dim(`→ ${begin}`)}`);
    lines.push(...more.map((line) => ' '.repeat(MARGIN + 2) + colors.dim(line)));
  }
  return `${lines.join('\n')}\n`;
}

/** A command stays in one piece, so that it can be pasted. */
const holdsCommand = (mend: string) => / --[a-z]/.test(mend);

/** The words in lines of at most `width`; a longer word has a line of its own. */
function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
