import type { GradedProblem } from '../../artist/gradeProblems.js';
import { BadInputError } from '../../protocol/errors.js';

/** A scene that would not be drawn as its author sees it. */
export class SceneProblemsError extends BadInputError {
  constructor({
    scene,
    missing,
    unsupported,
    unreadable = false,
  }: {
    scene: string;
    missing: GradedProblem[];
    unsupported: GradedProblem[];
    unreadable?: boolean;
  }) {
    const parts = [
      ...(missing.length > 0 ? [`${missing.length} missing (${nameSome(missing)})`] : []),
      ...(unsupported.length > 0 ? [`${unsupported.length} not drawn yet (${nameSome(unsupported)})`] : []),
    ];
    super({
      code: 'scene-problems',
      message: `${scene} would not look as it should: ${parts.join(', ')}; nothing was rendered or paid`,
      facts: { missing, unsupported },
      advice: unreadable
        ? "put the missing files into the scene's folder."
        : missing.length > 0
          ? "put the missing files into the scene's folder, or render anyway with --accept-unsupported."
          : 'render anyway with --accept-unsupported.',
    });
  }
}

function nameSome(problems: GradedProblem[]): string {
  const names = [...new Set(problems.map((problem) => problem.name))];
  return names.length <= 4 ? names.join(', ') : `${names.slice(0, 4).join(', ')} and ${names.length - 4} more`;
}
