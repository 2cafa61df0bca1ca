import type { Engine } from '../../engine/context.ts';
import { agreeing, visible, withoutErrorNames } from '../../text.ts';
import { EXIT } from '../errors.ts';
import { NO_RESULT_YET, summarizeOnInterrupt } from '../interrupt.ts';
import { type Progress, progressOn } from '../progress.ts';
import { type LogFile, pagesOf, placeIn } from '../sources/log-files.ts';
import { Activity } from './activity.ts';
import { type Forecast, forecastOf } from './forecast.ts';
import { inWords } from './in-words.ts';
import { actorLine, controlLine, failureLine, findingLine, summaryLine } from './lines.ts';
import { Outlook } from './outlook.ts';
import { LogReading, type ReadingContext } from './reading.ts';
import { statesOf } from './state.ts';

/** Errors that are printed for people; further ones are counted. */
const MAX_ERRORS_SHOWN = 20;
const MEGABYTE = 1e6;

interface RunContext extends ReadingContext {
  readonly isJson: boolean;
}

/** A run of what-if: reads a log, then today's state, and prints what they say. */
export class WhatIf {
  readonly #context: RunContext;
  /** Null where today's state is not read. */
  readonly #engine: Engine | null;
  readonly #activity = new Activity();
  readonly #reading: LogReading;
  readonly #outlook: Outlook | null;
  readonly #progress: Progress = progressOn(process.stderr);
  #failures = 0;
  /** True once a file could not be read to its end. */
  #isUnreadable = false;

  constructor(context: RunContext, engine: Engine | null) {
    this.#context = context;
    this.#engine = engine;
    this.#outlook = engine === null ? null : new Outlook(context.policy.minimumSeverity);
    this.#reading = new LogReading(this.#activity, context, (where, error) => this.#fail(where, error));
    const soFar = () => (this.#reading.counts.events === 0 ? NO_RESULT_YET : this.#inWords());
    summarizeOnInterrupt({ text: () => (context.isJson ? '' : soFar()), isJson: context.isJson });
  }

  /** Reads the files one after the other; `known`: those of which the sizes are known before. */
  async read(files: AsyncIterable<LogFile>, known: readonly LogFile[]): Promise<void> {
    const all = known.reduce((sum, { bytes }) => sum + bytes, 0);
    let read = 0;
    for await (const file of files) {
      for await (const { entries, packedBytes, isUnreadable = false } of pagesOf(file)) {
        this.#isUnreadable ||= isUnreadable;
        read += packedBytes;
        for (const entry of entries) {
          const where = placeIn(file, entry.where);
          if ('error' in entry) this.#fail(where, entry.error);
          else await this.#reading.take(entry.value, where);
        }
        const { events } = this.#reading.counts;
        const what = `${events.toLocaleString('en-US')} ${agreeing(events, 'event')}, ${file.name}`;
        this.#progress.show(Math.round(read / MEGABYTE), Math.round(Math.max(all, read) / MEGABYTE), `MB, ${what}`);
      }
    }
    this.#progress.clear();
  }

  /** Reads today's state and prints everything. The exit status. */
  async finish(): Promise<number> {
    if (this.#engine !== null) await this.#readState(this.#engine);
    this.#progress.clear();
    if (this.#context.isJson) this.#printLines();
    else process.stdout.write(this.#inWords());
    if (this.#failures > MAX_ERRORS_SHOWN && !this.#context.isJson)
      process.stderr.write(
        `evenkeel: and ${this.#failures - MAX_ERRORS_SHOWN} more ${agreeing(this.#failures - MAX_ERRORS_SHOWN, 'error')}; --json shows all\n`,
      );
    if (this.#isUnreadable) return EXIT.usage;
    return this.#failures > 0 ? EXIT.failed : EXIT.done;
  }

  async #readState(engine: Engine): Promise<void> {
    const { resources } = this.#activity;
    for await (const read of statesOf(resources.values(), engine)) {
      const { drift, failed } = this.#outlook?.add(read) ?? { drift: [], failed: [] };
      if (this.#context.isJson) for (const one of drift) process.stdout.write(findingLine(one));
      const [first] = failed;
      if (first !== undefined)
        this.#fail(`${first.resourceType} ${first.resourceId} ${first.region}`, first.error ?? '');
      this.#progress.show(this.#outlook?.read ?? 0, resources.size, `${agreeing(resources.size, 'resource')} read`);
    }
  }

  #fail(where: string, error: string): void {
    this.#failures += 1;
    this.#progress.clear();
    if (this.#context.isJson) process.stdout.write(failureLine(where, error));
    if (this.#failures <= MAX_ERRORS_SHOWN)
      process.stderr.write(`evenkeel: ${visible(where)}: ${visible(withoutErrorNames(error))}\n`);
  }

  #forecast(): Forecast {
    const { controls, detections, policy } = this.#context;
    const [activity, reading, outlook, failures] = [this.#activity, this.#reading, this.#outlook, this.#failures];
    return forecastOf({ activity, reading, outlook, controls, detections, policy, failures });
  }

  #printLines(): void {
    const { controls, actors, summary } = this.#forecast();
    const hasState = this.#outlook !== null;
    for (const row of actors) process.stdout.write(actorLine(row, hasState));
    for (const row of controls) process.stdout.write(controlLine(row, hasState));
    process.stdout.write(summaryLine(summary));
  }

  #inWords(): string {
    return inWords(this.#forecast(), this.#outlook?.shown() ?? [], this.#outlook === null);
  }
}
