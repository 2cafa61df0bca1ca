// Each of the SDK's clients is loaded when a scene first uses it: an argument that is wrong is answered sooner.
import '../../shared/cli/lazy-clients.ts';

await import('./demo.ts');
