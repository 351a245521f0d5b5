import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startKubo } from '../support/realComponents.js';
import { keepsWhatIsOrderedInTime, losesWhatNothingNames } from './garbageCases.js';
import { type GarbageNetwork, openGarbageNetwork } from './garbageNetwork.js';

describe('a coordinator whose Kubo keeps nothing else', function () {
  this.timeout(900_000);
  let folder: string;
  let network: GarbageNetwork | undefined;
  before(async function () {
    folder = await mkdtemp(join(tmpdir(), 'rushes-kubo-'));
    const kubo = await startKubo(this, folder);
    network = await openGarbageNetwork({ apiUrl: kubo.url, close: () => kubo.close() });
  });
  after(async () => {
    await network?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('lets go of what no order names, and has its space freed; what an order names stays', () =>
    losesWhatNothingNames(network!));
  it('pins again what is ordered just when it was let go of', () => keepsWhatIsOrderedInTime(network!));
});
