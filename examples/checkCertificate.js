// Recomputes every number of a certificate from the documents and events it holds. Asks no chain, no network, nobody:
//   node examples/checkCertificate.js certificate.json
import { readFile } from 'node:fs/promises';
import { verifyCertificate } from 'rushes';

const path = process.argv[2];
if (path === undefined) {
  console.error('name a certificate: node examples/checkCertificate.js certificate.json');
  process.exit(2);
}
const certificate = JSON.parse(await readFile(path, 'utf8'));
const { checks, problems } = verifyCertificate(certificate);
console.log(`job ${certificate.job.jobId}: ${checks} checks, ${problems.length} problems`);
for (const problem of problems) console.log(`  ${problem}`);
process.exitCode = problems.length === 0 ? 0 : 1;
