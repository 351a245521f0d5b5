import { type ReactNode, useEffect, useRef, useSyncExternalStore } from 'react';
import { ConnectionWord } from './ConnectionNotice.js';
import { JobPage } from './job/JobPage.js';
import { JobsPage } from './jobs/JobsPage.js';
import { type Feed, useFeed } from './live/Feed.js';
import { jobFeed } from './live/jobFeed.js';
import { networkFeed } from './live/networkFeed.js';
import type { Connection } from './live/Connection.js';
import { hashOf, type Place, placeOf } from './model/place.js';
import { NetworkPage } from './network/NetworkPage.js';

/** The whole page. Where it is stands in its address alone. */
export function App(): ReactNode {
  const place = placeOf(useSyncExternalStore(subscribeToHash, () => location.hash));
  const main = useRef<HTMLElement>(null);
  const { page } = place;
  const isFirst = useRef(true);
  useEffect(() => {
    document.title = `${{ jobs: 'Jobs', job: 'Job', network: 'Network' }[page]} · Rushes`;
    // Who reads by keyboard or ear begins at the new page.
    if (!isFirst.current) main.current?.focus();
    isFirst.current = false;
  }, [page]);
  return (
    <>
      <header className="top">
        <span className="name">Rushes</span>
        <nav aria-label="Pages">
          <PageLink place={{ page: 'jobs' }} isHere={page !== 'network'}>
            Jobs
          </PageLink>
          <PageLink place={{ page: 'network' }} isHere={page === 'network'}>
            Network
          </PageLink>
        </nav>
        <FeedConnection feed={place.page === 'job' ? jobFeed(place.jobId) : networkFeed} />
      </header>
      <main ref={main} tabIndex={-1}>
        {place.page === 'job' ? (
          <JobPage key={place.jobId} jobId={place.jobId} frame={place.frame} />
        ) : place.page === 'network' ? (
          <NetworkPage />
        ) : (
          <JobsPage />
        )}
      </main>
      <footer className="quiet">
        What you see is what a coordinator says; money and truth are on the chain and in IPFS.{' '}
        <a href="page/licences.txt">Licences</a>
      </footer>
    </>
  );
}

function PageLink({ place, isHere, children }: { place: Place; isHere: boolean; children: ReactNode }): ReactNode {
  return (
    <a href={hashOf(place)} aria-current={isHere ? 'page' : undefined}>
      {children}
    </a>
  );
}

function FeedConnection({ feed }: { feed: Feed<{ connection: Connection }> }): ReactNode {
  return <ConnectionWord connection={useFeed(feed).connection} />;
}

function subscribeToHash(onChange: () => void): () => void {
  addEventListener('hashchange', onChange);
  return () => removeEventListener('hashchange', onChange);
}
