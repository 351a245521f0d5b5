import Type from 'typebox';
import type { HttpServer } from '../../adapters/http/createHttpServer.js';
import { ERRORS } from '../../adapters/http/errorSchema.js';
import { BadInputError } from '../../protocol/errors.js';
import { parseJobId } from '../../protocol/ids.js';
import type { LedgerJob } from '../../protocol/ledger.js';
import { checkManifest, type Manifest } from '../../protocol/manifest.js';
import { describeJob, JobSchema, jobStateOf } from '../jobs/describeJob.js';
import { type CoordinatorContext, withDatabase } from './CoordinatorContext.js';
import { AddressSchema, NextCursorSchema, pageQuery } from './schemas.js';

const PictureSchema = Type.Object({
  scene: Type.String({ description: 'path of the scene in its directory' }),
  width: Type.Integer(),
  height: Type.Integer(),
  firstFrame: Type.Integer(),
  lastFrame: Type.Integer(),
  samples: Type.Integer(),
});

const ListedJobSchema = Type.Object({
  ...JobSchema.properties,
  picture: Type.Union([PictureSchema, Type.Null()], {
    description: 'what is rendered; null before its manifest was read',
  }),
});

/** GET /v1/jobs: newest first, a page at a time. */
export function getJobs(server: HttpServer, context: CoordinatorContext): void {
  server.get(
    '/v1/jobs',
    {
      schema: {
        operationId: 'getJobs',
        summary: 'Jobs, newest first',
        querystring: Type.Object({
          state: Type.Optional(Type.Union([Type.Literal('open'), Type.Literal('closed'), Type.Literal('completed')])),
          artist: Type.Optional(AddressSchema),
          ...pageQuery({ cursor: '^0x[0-9a-f]{64}$', most: 1000, usual: 100 }),
        }),
        response: {
          200: Type.Object(
            {
              jobs: Type.Array(ListedJobSchema),
              nextCursor: NextCursorSchema,
              nowSeconds: Type.Integer({ description: 'unix seconds by the clock of the chain' }),
            },
            { description: 'a page' },
          ),
          ...ERRORS,
        },
      },
    },
    async (request) =>
      withDatabase(context, async ({ state: chain, database }) => {
        const { state, artist, cursor, limit = 100 } = request.query;
        const { ledger } = chain;
        const jobs = [...ledger.jobs.values()].reverse();
        const found = jobs
          .slice(placeAfter(jobs, cursor))
          .filter((job) => artist === undefined || job.artist === artist.toLowerCase())
          .filter((job) => state === undefined || jobStateOf(job) === state);
        const page = found.slice(0, limit);
        const rows =
          page.length === 0
            ? []
            : await database.db
                .selectFrom('jobs')
                .select(['job_id', 'manifest'])
                .where(
                  'job_id',
                  'in',
                  page.map((job) => job.jobId),
                )
                .where('documents', '=', 'ready')
                .execute();
        const pictures = new Map(rows.map((row) => [row.job_id, pictureOf(checkManifest(row.manifest))]));
        return {
          jobs: page.map((job) => ({ ...describeJob(ledger, job), picture: pictures.get(job.jobId) ?? null })),
          nextCursor: found.length > page.length ? (page.at(-1)?.jobId ?? null) : null,
          nowSeconds: chain.head?.timestampSeconds ?? 0,
        };
      }),
  );
}

/** Where in a list, newest first, those older than the last job of a page begin. */
function placeAfter(jobs: readonly Readonly<LedgerJob>[], cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  const jobId = parseJobId(cursor);
  const at = jobs.findIndex((job) => job.jobId === jobId);
  if (at < 0)
    throw new BadInputError({
      message: `there is no job ${jobId} to list older ones than`,
      facts: { jobId },
      advice: 'Begin at the first page again: its block never happened, or it is of another network.',
    });
  return at + 1;
}

function pictureOf({ scene, size, frames, samples }: Manifest): Type.Static<typeof PictureSchema> {
  return { scene: scene.path, ...size, firstFrame: frames.first, lastFrame: frames.last, samples };
}
