/** What the templates know of the resource type that the control is about. */
export interface Subject {
  readonly service: string;
  readonly id: string;
  /** shared/resources/<service>/<file>.ts */
  readonly file: string;
  /** The name under which the file exports it. */
  readonly name: string;
  readonly facets: readonly string[];
  readonly sceneFile: string;
}

/** A control that compiles, writes nothing, and never calls anything compliant: until it is written, it throws. */
export const controlSource = ({ service, id, file, name, facets }: Subject): string => `\
import { compliant, defineControl, nonCompliant } from '../../control.ts';
import { ${name} } from '../../resources/${service}/${file}.ts';

export default defineControl({
  id: '${id}',
  title: '',
  severity: 'MEDIUM',
  resource: ${name},
  needs: [${facets.map((facet) => `'${facet}'`).join(', ')}],
  securityControlIds: [],
  relatedRequirements: [],
  description: '',
  rationale: '',
  guidance: '',
  impact: 'none',
  recommendedMode: 'detect',
  permissions: {},
  parameters: {},
  evaluate({ ref }) {
    const secure: boolean = notWritten();
    return secure ? compliant(\`\${ref.resourceId} is \`) : nonCompliant(\`\${ref.resourceId} is not \`);
  },
});

const notWritten = (): never => {
  throw new Error('${id} is not written yet');
};
`;

/** A scene that compiles, and fails until it is written. */
export const controlScene = ({ id }: Subject): string => `\
import type { Scene } from '../scene.ts';

export default {
  title: '',
  expects: { '${id}': 'remediated' },
  prepare: async (_account) => notWritten(),
} satisfies Scene;

const notWritten = (): never => {
  throw new Error('the scene of ${id} is not written yet');
};
`;

/** A test that fails until the control is written and real states stand where `never` stands. */
export const controlTest = ({ service, id, sceneFile }: Subject): string => `\
import scene from '../../../${sceneFile}';
import control from '../../../shared/controls/${service}/${id}.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

testControl(control, {
  resourceId: '',
  compliant: {
    'what is as it should be': {} as never,
  },
  nonCompliant: {
    'what is not': { given: {} as never, plan: [], says: '', same: {}, other: {} },
  },
});

testScene(control, scene);
`;
