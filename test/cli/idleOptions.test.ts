import assert from 'node:assert/strict';
import { buildProgram } from '../../cli/buildProgram.js';
import type { CommandContext } from '../../cli/options/CommandContext.js';
import { IDLE_OPTIONS, refuseIdleOptions, type Situation } from '../../cli/options/refuseIdleOptions.js';
import { BadInputError } from '../../protocol/errors.js';

/** Where each command looks, so that a situation in the table is one that is really asked about. */
const ASKED: Record<string, Situation[]> = {
  render: ['local', 'named', 'running', 'broughtUp', 'unlit', 'still'],
  quote: ['unlit', 'still'],
  fetch: ['named', 'radiance'],
  up: ['noWorkers', 'ownIpfs'],
  status: ['named'],
  cancel: ['named'],
  jobs: ['named'],
  pause: ['named'],
  resume: ['named'],
  priority: ['named'],
  faucet: ['named'],
};

describe('options that would do nothing', () => {
  const program = buildProgram({} as CommandContext);

  it('are told apart for every option of every command', () => {
    for (const command of program.commands) {
      const names = command.options.map((option) => option.name()).sort();
      assert.deepEqual(
        Object.keys(IDLE_OPTIONS[command.name()] ?? {}).sort(),
        names,
        `${command.name()}: a new option must say where it has no effect, in cli/options/refuseIdleOptions.ts`,
      );
    }
    assert.deepEqual(Object.keys(IDLE_OPTIONS).sort(), program.commands.map((command) => command.name()).sort());
  });

  for (const command of program.commands)
    for (const option of command.options) {
      const name = option.name();
      const idleIn = IDLE_OPTIONS[command.name()]?.[name] ?? [];
      for (const situation of ASKED[command.name()] ?? [])
        it(`${command.name()} --${name}, ${situation}: ${idleIn.includes(situation) ? 'refused' : 'taken'}`, () => {
          const run = () => refuseIdleOptions({ command: command.name(), given: new Set([name]), situation });
          if (!idleIn.includes(situation)) return run();
          assert.throws(run, (error: unknown) => {
            assert.ok(error instanceof BadInputError);
            assert.match(error.message, new RegExp(`, so --${name} has no effect$`));
            assert.equal(error.advice, `leave --${name} out.`);
            return true;
          });
        });
      it(`${command.name()} --${name} is idle only where somebody asks`, () => {
        for (const situation of idleIn) assert.ok(ASKED[command.name()]!.includes(situation), situation);
      });
    }
});
