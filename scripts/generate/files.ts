import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { loadScenes } from '../../scenes/index.ts';
import type { PolicyDocument } from '../../shared/policy/policy.ts';
import { policySchema } from '../../shared/policy/schema.ts';
import { loadServices, ROOT } from '../catalogue.ts';
import { barrel, barrelOfAll, barrelOfDetections, barrelOfServices } from './barrels.ts';
import { byDomain, byService, type Content, enabledIn } from './content.ts';
import { decisionsDoc } from './decisions.ts';
import { controlDoc, detectionDoc } from './docs.ts';
import { indexes } from './indexes.ts';
import { permissionsDoc } from './permissions-doc.ts';
import { ADDITIONS_FILE, proofsDoc, testsThatUse } from './proofs.ts';
import { CONFIG_RULES, rolesOf } from './roles.ts';
import { domainHandler, domainTable, permissionsYml, serviceTable } from './tables.ts';

/** All that follows from the controls and policy.yml, by its path in the tree. */
export async function generatedFiles(all: Content, policy: PolicyDocument): Promise<ReadonlyMap<string, string>> {
  const { controls, detections } = all;
  const roles = rolesOf(all, policy);
  const files = new Map<string, string>();
  files.set('shared/controls/index.ts', barrelOfAll([...byService(controls).keys()]));
  for (const [service, own] of byService(controls)) files.set(`shared/controls/${service}/index.ts`, barrel(own));
  files.set('shared/detections/index.ts', barrelOfDetections(detections));
  files.set('shared/resources/index.ts', barrelOfServices((await loadServices()).map(({ id }) => id)));

  for (const [domain, own] of byDomain(all)) {
    files.set(`functions/${domain}/handler.ts`, domainHandler());
    files.set(`functions/${domain}/services.ts`, serviceTable(own));
  }
  files.set(`functions/${CONFIG_RULES}/services.ts`, serviceTable({ controls, detections: [] }));
  files.set('functions/watch/domains.ts', domainTable(all, [...byService(enabledIn(all, policy).controls).keys()]));
  for (const role of roles) files.set(`functions/${role.name}/permissions.yml`, permissionsYml(role));

  for (const [file, page] of indexes(all)) files.set(`docs/controls/${file}`, page);
  const scenes = await loadScenes();
  const leavesOf = (id: string) => scenes.find((one) => one.id === id)?.proof.leaves;
  for (const control of controls)
    files.set(`docs/controls/${control.id}.md`, controlDoc(control, leavesOf(control.id)));
  for (const detection of detections) files.set(`docs/controls/${detection.id}.md`, detectionDoc(detection));
  const notes = globSync('docs/decisions/*.md', { cwd: ROOT }).map((path) => basename(path));
  const decisions = notes
    .filter((file) => file !== 'README.md')
    .map((file) => ({ file, text: readFileSync(`${ROOT}docs/decisions/${file}`, 'utf8') }));
  files.set('docs/decisions/README.md', decisionsDoc(decisions));
  files.set('docs/permissions.md', permissionsDoc(roles, controls, policy));
  // A copy of the tree that is packaged has no tests, and says nothing of them.
  if (existsSync(`${ROOT}tests`))
    files.set(
      'docs/proofs.md',
      proofsDoc(all, {
        scenes,
        additions: JSON.parse(readFileSync(ROOT + ADDITIONS_FILE, 'utf8')),
        wire: testsThatUse('support/aws-proxy.ts'),
        properties: testsThatUse('fast-check'),
      }),
    );
  files.set('docs/policy.schema.json', `${JSON.stringify(policySchema(controls, detections), null, 2)}\n`);
  return files;
}
