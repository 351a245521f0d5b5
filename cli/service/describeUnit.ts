import type { Role } from '../../protocol/events.js';

/** What ends in order has ended well, however that was asked for. */
const INTERRUPTED = 130;
/** Longest time to bring open leases to their end; then systemd ends it at once. */
const STOP_SECONDS = 900;

/**
 * A systemd unit that joins a network and comes back after a crash. It is asked to end as by Ctrl-C, so that it ends
 * after the leases that are under way.
 */
export function describeUnit(of: {
  node: string;
  program: string;
  home: string;
  url: string;
  role: Role;
  threads: number | undefined;
  /** Absolute; undefined: its key is not encrypted. */
  passphraseFile: string | undefined;
}): string {
  const command = [
    ...[of.node, of.program, 'join', of.url, '--as', of.role, '--yes'],
    ...(of.threads === undefined ? [] : ['--threads', String(of.threads)]),
  ];
  const environment = [
    `RUSHES_HOME=${of.home}`,
    ...(of.passphraseFile === undefined ? [] : [`RUSHES_PASSPHRASE_FILE=${of.passphraseFile}`]),
  ];
  return `[Unit]
Description=Rushes ${of.role}
Wants=network-online.target
After=network-online.target

[Service]
ExecStart=${command.map(quoted).join(' ')}
${environment.map((variable) => `Environment=${quoted(variable)}`).join('\n')}
KillMode=mixed
KillSignal=SIGINT
TimeoutStopSec=${STOP_SECONDS}
SuccessExitStatus=${INTERRUPTED}
Restart=on-failure
RestartSec=30
Nice=5

[Install]
WantedBy=default.target
`;
}

/** A word as systemd reads it: quotes and backslashes escaped, percent and dollar signs not expanded. */
function quoted(word: string): string {
  const escaped = word.replace(/[\\"]/g, '\\$&').replace(/%/g, '%%').replace(/\$/g, '$$$$');
  return /^[A-Za-z0-9_./:=@+-]+$/.test(escaped) ? escaped : `"${escaped}"`;
}
