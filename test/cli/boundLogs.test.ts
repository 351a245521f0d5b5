import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { turnLogs } from '../../cli/supervisor/boundLogs.js';

const BOUNDS = { mostBytes: 20_000, keptParts: 2 };

describe('Logs of a network', () => {
  it('stay within their bound while somebody writes them, who notices nothing', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rushes-logs-'));
    try {
      await writeFile(join(folder, 'notes.txt'), 'x'.repeat(BOUNDS.mostBytes + 1));
      const log = openSync(join(folder, 'daemon.log'), 'a');
      const program =
        'let n = 0; process.stdin.on("data", () => { for (let i = 0; i < 400; i++) require("fs").writeSync(1, `line ${n++} ${"-".repeat(60)}\\n`); process.stderr.write("done\\n"); })';
      const writer = spawn(process.execPath, ['-e', program], { stdio: ['pipe', log, 'pipe'] });
      closeSync(log);
      for (let turn = 0; turn < 5; turn++) {
        const done = once(writer.stderr!, 'data');
        writer.stdin!.write('go\n');
        await done;
        await turnLogs(folder, BOUNDS);
      }
      const done = once(writer.stderr!, 'data');
      writer.stdin!.write('go\n');
      await done;
      writer.stdin!.end();
      await once(writer, 'exit');

      assert.deepEqual((await readdir(folder)).sort(), ['daemon.log', 'daemon.log.1', 'daemon.log.2', 'notes.txt']);
      const parts = await Promise.all(
        ['daemon.log.2', 'daemon.log.1', 'daemon.log'].map((name) => readFile(join(folder, name), 'utf8')),
      );
      const numbers = parts
        .join('')
        .trimEnd()
        .split('\n')
        .map((line) => Number(/^line (\d+) -{60}$/.exec(line)?.[1]));
      assert.deepEqual(
        numbers,
        Array.from({ length: 1200 }, (_, index) => 1200 + index),
      );
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
