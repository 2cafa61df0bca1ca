import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import {
  canFitRegion,
  isKnownRegion,
  isRegionName,
  nearestRegion,
  unknownRegion,
} from '../../shared/aws/region-names.ts';
import { fits } from '../../shared/policy/patterns.ts';

/** Every region of the SDK's data, which its packages do not export. */
const DATA = 'node_modules/@aws-sdk/core/dist-es/submodules/client/util-endpoints/lib/aws/partitions.js';
const text = readFileSync(new URL(`../../${DATA}`, import.meta.url), 'utf8');
const regions = [...text.matchAll(/"([a-z0-9-]+)": \{\s*"description"/g)]
  .map(([, name = '']) => name)
  .filter((name) => !name.endsWith('-global'));

test("every region of the SDK's data is one, and can be suggested", () => {
  expect(regions.length).toBeGreaterThan(40);
  for (const region of regions) {
    expect([region, isRegionName(region), isKnownRegion(region)]).toEqual([region, true, true]);
    expect([region, nearestRegion(`${region}.`)]).toEqual([region, region]);
    expect(canFitRegion(region.replace(/\d+$/, '*'), fits)).toBe(true);
  }
});

test.each([
  ['eu-wst-1', 'eu-west-1'],
  ['EU-WEST-1', 'eu-west-1'],
  ['us-esat-1', 'us-east-1'],
  ['eu-west1', 'eu-west-1'],
  ['eu-west-1a', 'eu-west-1'],
  ['eu_central_1', 'eu-central-1'],
  [' eu-west-1', 'eu-west-1'],
  ['us-gov-wst-1', 'us-gov-west-1'],
  ['ap-northest-1', 'ap-northeast-1'],
])('%s is none: %s was meant', (name, meant) => {
  expect(isRegionName(name)).toBe(false);
  expect(canFitRegion(name, fits)).toBe(false);
  expect(unknownRegion(name)).toBe(`unknown region; did you mean ${meant}?`);
});

test.each(['nowhere', 'frankfurt', 'mars-1', 'mars', 'us', 'mars-*', '*-west_1', ''])(
  '%j is none, and like none: no region is guessed',
  (name) => {
    expect(unknownRegion(name)).toBe('unknown region; one is eu-west-1');
  },
);

test.each(['eu-west-9', 'eu-west-12', 'nz-north-1', 'ap-southwest-1', 'eusc-fr-south-2'])(
  '%s is made as AWS makes its names: it is not refused, and it is not known',
  (name) => {
    expect([isRegionName(name), isKnownRegion(name)]).toEqual([true, false]);
    expect(canFitRegion(name, fits)).toBe(true);
    expect(isKnownRegion(nearestRegion(name) ?? '')).toBe(true);
  },
);

describe('a pattern', () => {
  test.each(['*', 'eu-*', '*-1', 'us-gov-*', '*central*', 'nz-*', '*-9'])('%s can fit a region', (pattern) => {
    expect(canFitRegion(pattern, fits)).toBe(true);
  });

  test.each(['eu-wst-*', 'EU-*', 'europe-*', 'eu-west1*', '*-west_1', '*-0'])('%s can fit none', (pattern) => {
    expect(canFitRegion(pattern, fits)).toBe(false);
  });
});
