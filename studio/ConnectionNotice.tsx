import type { ReactNode } from 'react';
import type { Connection } from './live/Connection.js';

/** What a person has to know of each, besides a word; live ones need none. */
const NOTICES: Partial<Record<Connection, { title: string; text: string }>> = {
  away: {
    title: 'The coordinator does not answer.',
    text: 'What it last said is still shown. The network works without it; this page goes on by itself when it is back.',
  },
  closing: {
    title: 'The coordinator was shut down.',
    text: 'What it last said is still shown. This page goes on by itself when it is up again.',
  },
  ended: {
    title: 'This network has ended.',
    text: 'It lived as long as the command that rendered. What it last said is shown here until you close or reload the page. To keep a network, with its jobs and frames: rushes up',
  },
  replaced: {
    title: 'Another network answers at this address now.',
    text: 'What is shown belongs to the one before. Reload the page to see the other.',
  },
  missing: {
    title: 'This network has no such job.',
    text: 'Check the address, or choose one of its jobs.',
  },
};

const WORDS: Record<Connection, string> = {
  connecting: 'connecting',
  live: 'live',
  away: 'away',
  closing: 'shut down',
  ended: 'ended',
  replaced: 'replaced',
  missing: 'no such job',
};

/** How the page stands with the coordinator, in a word. */
export function ConnectionWord({ connection }: { connection: Connection }): ReactNode {
  return (
    <span className="connection" data-connection={connection}>
      {WORDS[connection]}
    </span>
  );
}

/** The same in sentences, where something is not as it should be. */
export function ConnectionNotice({ connection }: { connection: Connection }): ReactNode {
  const notice = NOTICES[connection];
  return (
    <div role="status">
      {notice !== undefined && (
        <p className="notice" data-connection={connection}>
          <b>{notice.title}</b> {notice.text}
        </p>
      )}
    </div>
  );
}
