// The command as a child of the supervisor: the same program, without the build that bin/rushes.js does first.
import { main } from './main.js';

await main(process.argv.slice(2));
