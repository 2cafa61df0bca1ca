import type { Fault } from './faults/fault.ts';
import { memoryFaults } from './faults/memory.ts';
import { queueFaults } from './faults/queues.ts';
import { sightFaults } from './faults/sight.ts';
import { voiceFaults } from './faults/voice.ts';

/** The faults that doctor has to find, each alone in a deployment that is well otherwise. */
export const FAULTS: readonly Fault[] = [...sightFaults, ...queueFaults, ...voiceFaults, ...memoryFaults];
