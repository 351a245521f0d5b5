import openapiTS, { astToString } from 'openapi-typescript';
import { describeApi } from '../../../coordinator/api/describeApi.js';

/** Files made of what the coordinator's routes say of themselves, by their paths in the checkout. */
export async function apiFiles(): Promise<{ path: string; text: string }[]> {
  // As a reader gets it: what JSON leaves out is not there.
  const document = JSON.stringify(await describeApi(), undefined, 2);
  const types = astToString(await openapiTS(document, { alphabetize: false }));
  return [
    { path: 'docs/openapi.json', text: `${document}\n` },
    {
      path: 'adapters/http/generated/coordinatorApi.ts',
      text: `// Made by \`npm run api\` from what the coordinator's routes say of themselves; do not edit.\n${types}`,
    },
  ];
}
