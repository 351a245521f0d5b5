import { type ReactNode, useEffect, useRef, useState } from 'react';

/** Screen readers are told at most this often: a job moves many times a second. */
const LEAST_APART_MS = 10_000;

/** Tells screen readers what changed, without chatter: the newest message once the last one is old enough. */
export function Announcer({ message }: { message: string }): ReactNode {
  const [said, setSaid] = useState('');
  const saidAtMs = useRef(-LEAST_APART_MS);
  useEffect(() => {
    const timer = setTimeout(
      () => {
        saidAtMs.current = performance.now();
        setSaid(message);
      },
      Math.max(0, saidAtMs.current + LEAST_APART_MS - performance.now()),
    );
    return () => clearTimeout(timer);
  }, [message]);
  return (
    <p className="hidden" role="status">
      {said}
    </p>
  );
}
