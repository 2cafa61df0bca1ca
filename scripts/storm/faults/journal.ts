import { hashOf } from '../../../shared/hash.ts';
import type { Message } from '../../../shared/notify/message.ts';
import { isWrite } from '../../sandbox/call-name.ts';
import type { Answer, Fault } from './fault.ts';
import type { Trial } from './trial.ts';

/** Whether the caller learned that its call was made. */
export type Fate = 'heard' | 'lost' | 'killed';

/** A call that took effect in the account. */
export interface WriteMade {
  readonly trial: Trial;
  readonly name: string;
  /** The same for the same call with the same input. */
  readonly identity: string;
  readonly fate: Fate;
}

/** A notification that was published. */
export interface Published {
  /** The message, from 0: one that is sent again is another. */
  readonly message: number;
  readonly trial: Trial;
  readonly fate: Fate;
  /** The same for what is told again. */
  readonly key: string;
  readonly outcome: string | null;
  readonly remediationId: string | null;
  readonly subject: string;
  readonly annotation: string;
}

/** True for a call that changes what is remediated: none of the ledger's, nor a notification. */
export const isAccountWrite = (name: string): boolean => isWrite(name) && !/^(dynamodb|sns|sts):/.test(name);

const tryOf = ({ life, phase, attempt }: Trial) => `${life} ${phase} ${attempt}`;

/** All that went over the wire, as far as the end is judged by it. */
export class Journal {
  readonly writes: WriteMade[] = [];
  readonly published: Published[] = [];
  readonly faults = new Map<Fault, number>();
  readonly kills: { readonly phase: string; readonly isAfterWrite: boolean }[] = [];
  calls = 0;
  #messages = 0;
  readonly #records = new Map<number, Set<string>>();
  readonly #transactions = new Map<string, Promise<Answer>>();
  readonly #sheltered = new Set<string>();

  called({ life }: Trial, name: string, body: string): void {
    this.calls += 1;
    if (!name.startsWith('dynamodb:') || !isWrite(name)) return;
    for (const [, id = ''] of body.matchAll(/"REMEDIATION#(rem-\d+-\w+)"/g)) this.recordsOf(life).add(id);
  }

  befell(_trial: Trial, _name: string, fault: Fault): void {
    this.faults.set(fault, (this.faults.get(fault) ?? 0) + 1);
  }

  killed(trial: Trial): void {
    const isAfterWrite = this.writes.some((write) => write.trial === trial);
    this.kills.push({ phase: trial.phase, isAfterWrite });
  }

  /** A call that took effect, or was refused by the account itself. */
  made(trial: Trial, name: string, body: string, answer: Answer, fate: Fate): void {
    if (answer.status >= 300) return;
    if (name === 'sns:Publish') {
      const message = this.#messages++;
      this.published.push(...publishedIn(body).map((one) => ({ ...one, message, trial, fate })));
    }
    if (isAccountWrite(name)) this.writes.push({ trial, name, identity: hashOf([name, withoutToken(body)]), fate });
  }

  /** Makes a call; a transaction under a token that is known gets the first one's answer, as AWS gives it, also where that is still on its way. The local account would make it again. */
  async onceByToken(name: string, body: string, make: () => Promise<Answer>): Promise<Answer> {
    const token = tokenOf(name, body);
    if (token === null) return make();
    const known = this.#transactions.get(token);
    if (known !== undefined) return known;
    const made = make();
    this.#transactions.set(token, made);
    const isMade = await made.then(
      ({ status }) => status < 300,
      () => false,
    );
    if (!isMade) this.#transactions.delete(token);
    return made;
  }

  /** True where no fault may befall this call: a notification is sent twice at most, so its second time goes well, alone or with others, and so does all that this try still does. */
  isSheltered(trial: Trial, name: string, body: string): boolean {
    const isSent = ({ key }: Told) => this.published.some((before) => before.key === key);
    if (name === 'sns:Publish' && publishedIn(body).some(isSent)) this.#sheltered.add(tryOf(trial));
    return this.#sheltered.has(tryOf(trial));
  }

  /** The ids of the records that were written, or tried to be, for a resource. */
  recordsOf(life: number): Set<string> {
    const known = this.#records.get(life) ?? new Set();
    this.#records.set(life, known);
    return known;
  }
}

type Told = Omit<Published, 'message' | 'trial' | 'fate'>;

/** What a message tells: each of its findings, or itself. */
function publishedIn(body: string): readonly Told[] {
  const { id, subject, findings }: Message = JSON.parse(JSON.parse(messageOf(body)).default);
  if (findings.length === 0) return [{ key: id, outcome: null, remediationId: null, subject, annotation: '' }];
  return findings.map(({ controlId, outcome, remediationId, annotation }) => ({
    // A message has the id of its most severe finding, so that one that is sent again with others has another.
    key: hashOf([remediationId ?? id, controlId, outcome, annotation]),
    outcome,
    remediationId,
    subject,
    annotation: annotation ?? '',
  }));
}

const messageOf = (body: string): string => new URLSearchParams(body).get('Message') ?? '';

const tokenOf = (name: string, body: string): string | null =>
  name === 'dynamodb:TransactWriteItems' ? (JSON.parse(body).ClientRequestToken ?? null) : null;

const withoutToken = (body: string): string => body.replace(/&?ClientToken=[^&]*/, '');
