import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describeApi } from '../../../coordinator/api/describeApi.js';
import { apiFiles } from './apiFiles.js';

interface Operation {
  operationId?: string;
  summary?: string;
  parameters?: { in: string; name: string }[];
  responses: Record<string, { content?: Record<string, { schema?: { $ref?: string; properties?: object } }> }>;
}

describe("the coordinator's API", () => {
  let operations: { name: string; operation: Operation }[];
  before(async () => {
    const { paths } = (await describeApi()) as { paths: Record<string, Record<string, Operation>> };
    operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, operation })),
    );
    assert.ok(operations.length >= 12);
  });

  it('is what the committed document and the types of its client say', async () => {
    for (const { path, text } of await apiFiles())
      assert.equal(await readFile(path, 'utf8'), text, `${path} is not what the routes say: run npm run api`);
  });

  it('has a name, words and a schema for every route', () => {
    const names = operations.map(({ operation }) => operation.operationId);
    assert.equal(new Set(names).size, names.length);
    for (const { name, operation } of operations) {
      assert.match(operation.operationId ?? '', /^(get|post|put)[A-Z]/, name);
      assert.ok((operation.summary ?? '').length > 10, name);
      const good = Object.entries(operation.responses).filter(([status]) => status.startsWith('2'));
      assert.ok(good.length > 0, name);
      for (const [status, { content }] of good)
        assert.ok(status === '204' || Object.values(content ?? {})[0]?.schema !== undefined, `${name} ${status}`);
    }
  });

  it('has errors of one shape', () => {
    for (const { name, operation } of operations)
      for (const [status, { content }] of Object.entries(operation.responses))
        if (!status.startsWith('2'))
          assert.deepEqual(
            content?.['application/json']?.schema,
            { $ref: '#/components/schemas/Error' },
            `${name} ${status}`,
          );
    for (const { name, operation } of operations)
      assert.ok('4XX' in operation.responses && '5XX' in operation.responses, name);
  });

  it('gives every list by pages', () => {
    const listing = operations.filter(({ operation }) => {
      const properties = operation.responses['200']?.content?.['application/json']?.schema?.properties ?? {};
      return Object.values(properties as Record<string, { type?: string }>).some(({ type }) => type === 'array');
    });
    assert.deepEqual(
      listing.map(({ name }) => name),
      ['get /v1/jobs', 'get /v1/jobs/{jobId}/chunks', 'get /v1/workers'],
    );
    for (const { name, operation } of listing) {
      const asked = (operation.parameters ?? []).map((parameter) => parameter.name);
      assert.ok(asked.includes('cursor') && asked.includes('limit'), name);
      const answer = operation.responses['200']?.content?.['application/json']?.schema?.properties ?? {};
      assert.ok('nextCursor' in answer, name);
    }
  });
});
