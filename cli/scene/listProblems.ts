import type { GradedProblem } from '../../artist/gradeProblems.js';
import type { Terminal } from '../terminal/Terminal.js';

/** Lists by name what is missing and what cannot be drawn, the most severe first. */
export function listProblems(
  terminal: Terminal,
  { missing, unsupported }: { missing: GradedProblem[]; unsupported: GradedProblem[] },
): void {
  const paint = { error: terminal.red, major: terminal.red, minor: terminal.yellow } as const;
  const show = (label: string, { severity, name, where, consequence }: GradedProblem): void =>
    terminal.line(`${paint[severity](label.padEnd(11))}  ${severity}  ${name}  (${where}): ${consequence}`);
  for (const problem of missing) show('missing', problem);
  for (const problem of unsupported) show('unsupported', problem);
}
