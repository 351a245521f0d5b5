import { RushesError } from '../../protocol/errors.js';
import type { CommandContext } from '../options/CommandContext.js';
import { type Finding, examineMachine } from './examineMachine.js';

/**
 * Runs `rushes doctor`: one line per thing examined. Throws a RushesError (exit code 1) when something needed does not
 * work.
 */
export async function doctorCommand({ context: { env, terminal } }: { context: CommandContext }): Promise<void> {
  const findings = await examineMachine({ home: env.home });
  const marks: Record<Finding['state'], string> = {
    works: terminal.green('ok  '),
    note: terminal.yellow('note'),
    broken: terminal.red('no  '),
  };
  const width = Math.max(...findings.map((finding) => finding.what.length));
  for (const finding of findings)
    terminal.line(`${marks[finding.state]}  ${finding.what.padEnd(width)}  ${finding.found}`);
  const broken = findings.filter((finding) => finding.state === 'broken');
  terminal.result({ works: broken.length === 0, findings });
  if (broken.length === 0) {
    terminal.line(terminal.green('everything needed works: try `rushes render SCENE`'));
    return;
  }
  throw new RushesError({
    code: 'doctor',
    message: `${broken.map((finding) => finding.what).join(', ')}: not working here`,
    facts: { broken: broken.map((finding) => finding.what) },
    advice: broken.map((finding) => finding.advice).find((advice) => advice !== undefined) ?? 'see the lines above.',
  });
}
